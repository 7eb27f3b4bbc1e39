//! An acyclic field is not traced.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(acyclic, unsafe_with = trace_name)]
    name: String,
}

fn main() {}
