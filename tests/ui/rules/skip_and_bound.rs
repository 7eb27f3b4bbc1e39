//! A skipped field needs no bound.

use gcycle::Trace;

#[derive(Trace)]
struct Owner<T> {
    #[trace(skip, bound = "T: Trace")]
    value: T,
}

fn main() {}
