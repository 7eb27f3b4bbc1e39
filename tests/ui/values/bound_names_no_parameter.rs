//! The compiler reads what is in `bound`.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bound = "U: Trace")]
struct Owner<T> {
    value: T,
}

fn main() {}
