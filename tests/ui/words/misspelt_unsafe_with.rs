//! A misspelt word with a value is recognised.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(unsafe_wiht = trace_name)]
    name: String,
}

fn main() {}
