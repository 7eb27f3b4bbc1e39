//! `unsafe_with` does not go on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(unsafe_with = trace_name)]
    Name(String),
}

fn main() {}
