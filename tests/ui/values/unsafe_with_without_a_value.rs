//! `unsafe_with` takes a value.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(unsafe_with)]
    name: String,
}

fn main() {}
