//! A word nobody knows, on a field.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(frobnicate)]
    name: String,
}

fn main() {}
