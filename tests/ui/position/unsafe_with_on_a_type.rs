//! `unsafe_with` does not go on the type.

use gcycle::Trace;

#[derive(Trace)]
#[trace(unsafe_with = trace_name)]
struct Owner {
    name: String,
}

fn main() {}
