//! A skipped field is not traced.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(skip, unsafe_with = trace_name)]
    name: String,
}

fn main() {}
