//! An empty list says nothing.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace()]
    name: String,
}

fn main() {}
