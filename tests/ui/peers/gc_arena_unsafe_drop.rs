//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[collect(unsafe_drop)]
struct Owner {
    name: String,
}

fn main() {}
