//! A word nobody knows, on a type.

use gcycle::Trace;

#[derive(Trace)]
#[trace(frobnicate)]
struct Owner {
    name: String,
}

fn main() {}
