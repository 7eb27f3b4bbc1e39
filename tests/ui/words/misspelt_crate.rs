//! A letter too few is recognised.

use gcycle::Trace;

#[derive(Trace)]
#[trace(crat = gcycle)]
struct Owner {
    name: String,
}

fn main() {}
