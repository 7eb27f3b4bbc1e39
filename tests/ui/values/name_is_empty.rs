//! `name` cannot be empty.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(name = "")]
    name: String,
}

fn main() {}
