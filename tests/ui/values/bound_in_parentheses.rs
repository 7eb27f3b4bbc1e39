//! `bound` takes a string after an equals sign.

use gcycle::Trace;

#[derive(Trace)]
#[trace(bound(T: Trace))]
struct Owner {
    name: String,
}

fn main() {}
