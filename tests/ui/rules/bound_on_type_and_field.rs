//! `bound` on the type replaces those of the fields.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bound = "T: Trace")]
struct Owner<T> {
    #[trace(bound = "T: Trace")]
    value: T,
}

fn main() {}
