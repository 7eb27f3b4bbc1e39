//! A word is given once on a field.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(skip, skip)]
    name: String,
}

fn main() {}
