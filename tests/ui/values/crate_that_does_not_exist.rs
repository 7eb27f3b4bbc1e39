//! The path of `crate` must lead somewhere.

use gcycle::Trace;

#[derive(Trace)]
#[trace(crate = nowhere)]
struct Owner {
    name: String,
}

fn main() {}
