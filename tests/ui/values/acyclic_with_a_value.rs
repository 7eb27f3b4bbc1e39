//! A flag takes no value.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(acyclic = "yes")]
    name: String,
}

fn main() {}
