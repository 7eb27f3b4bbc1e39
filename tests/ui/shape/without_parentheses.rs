//! The attribute takes a list.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace]
    name: String,
}

fn main() {}
