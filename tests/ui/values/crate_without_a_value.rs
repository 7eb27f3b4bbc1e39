//! `crate` takes a value.

use gcycle::Trace;

#[derive(Trace)]
#[trace(crate)]
struct Owner {
    name: String,
}

fn main() {}
