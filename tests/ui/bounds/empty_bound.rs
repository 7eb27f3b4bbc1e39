//! An empty bound means no bound.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bound = "")]
struct Owner<T> {
    value: T,
}

fn main() {}
