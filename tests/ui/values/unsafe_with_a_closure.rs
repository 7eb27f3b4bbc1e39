//! `unsafe_with` takes a path, not a closure.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(unsafe_with = |name, tracer| {})]
    name: String,
}

fn main() {}
