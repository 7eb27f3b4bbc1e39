//! `name` takes a value.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(name)]
    name: String,
}

fn main() {}
