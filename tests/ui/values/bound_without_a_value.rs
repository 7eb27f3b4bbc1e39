//! `bound` takes a value.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bound)]
struct Owner {
    name: String,
}

fn main() {}
