//! The attribute is no name and value.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace = "skip"]
    name: String,
}

fn main() {}
