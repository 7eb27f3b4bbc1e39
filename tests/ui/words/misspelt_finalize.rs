//! The other spelling is recognised.

use gcycle::Trace;

#[derive(Trace)]
#[trace(finalise)]
struct Owner {
    name: String,
}

fn main() {}
