//! An acyclic field has no label.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(acyclic, name = "label")]
    name: String,
}

fn main() {}
