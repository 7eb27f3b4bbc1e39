//! `name` cannot contain what joins labels.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(name = "left|right")]
    name: String,
}

fn main() {}
