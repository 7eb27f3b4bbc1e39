//! A word is given once on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(skip, skip)]
    Name(String),
}

fn main() {}
