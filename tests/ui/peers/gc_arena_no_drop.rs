//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[collect(no_drop)]
struct Owner {
    name: String,
}

fn main() {}
