//! `name` takes a string.

use gcycle::Trace;

#[derive(Trace)]
#[trace(name = 3)]
struct Owner {
    name: String,
}

fn main() {}
