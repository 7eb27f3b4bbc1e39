//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[dumpster(crate = gcycle)]
struct Owner {
    name: String,
}

fn main() {}
