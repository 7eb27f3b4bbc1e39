//! `unsafe_drop` does not go on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(unsafe_drop)]
    Name(String),
}

fn main() {}
