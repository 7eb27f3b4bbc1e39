//! A letter too many is recognised.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bouund = "T: Trace")]
struct Owner<T> {
    value: T,
}

fn main() {}
