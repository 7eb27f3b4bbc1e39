//! `unsafe_drop` does not go on a field.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(unsafe_drop)]
    name: String,
}

fn main() {}
