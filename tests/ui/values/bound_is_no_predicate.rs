//! `bound` consists of where-predicates.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bound = "Trace for T")]
struct Owner {
    name: String,
}

fn main() {}
