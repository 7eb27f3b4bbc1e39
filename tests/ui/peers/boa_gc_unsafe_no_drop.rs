//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[boa_gc(unsafe_no_drop)]
struct Owner {
    name: String,
}

fn main() {}
