//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[trace(tracking(ignore))]
struct Owner {
    name: String,
}

fn main() {}
