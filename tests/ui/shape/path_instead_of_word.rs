//! A word is not a path.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(trace::skip)]
    name: String,
}

fn main() {}
