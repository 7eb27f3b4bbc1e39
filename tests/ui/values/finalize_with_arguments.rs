//! A flag takes no arguments.

use gcycle::Trace;

#[derive(Trace)]
#[trace(finalize(now))]
struct Owner {
    name: String,
}

fn main() {}
