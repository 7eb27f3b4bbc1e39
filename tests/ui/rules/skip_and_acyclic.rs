//! A skipped field is not checked.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(skip, acyclic)]
    name: String,
}

fn main() {}
