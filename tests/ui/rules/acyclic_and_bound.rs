//! An acyclic field is asked to be acyclic, whatever its bounds.

use gcycle::Trace;

#[derive(Trace)]
struct Owner<T> {
    #[trace(acyclic, bound = "T: Trace")]
    value: T,
}

fn main() {}
