//! `unsafe_with` takes a path without quotes.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(unsafe_with = "trace_name")]
    name: String,
}

fn main() {}
