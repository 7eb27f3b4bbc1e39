//! `bound` takes a string.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bound = T)]
struct Owner {
    name: String,
}

fn main() {}
