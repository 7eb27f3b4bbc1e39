//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[boa_gc(empty_trace)]
struct Owner {
    name: String,
}

fn main() {}
