//! A word nobody knows, on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(frobnicate)]
    Name(String),
}

fn main() {}
