//! A list consists of words.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(1, skip)]
    name: String,
}

fn main() {}
