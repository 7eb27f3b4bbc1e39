//! A word is given once.

use gcycle::Trace;

#[derive(Trace)]
#[trace(unsafe_drop, unsafe_drop)]
struct Owner {
    name: String,
}

fn main() {}
