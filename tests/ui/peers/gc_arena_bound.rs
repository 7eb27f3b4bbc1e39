//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
#[collect(bound = "where T: Trace")]
struct Owner {
    name: String,
}

fn main() {}
