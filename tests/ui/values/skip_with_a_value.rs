//! A flag takes no value.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(skip = true)]
    name: String,
}

fn main() {}
