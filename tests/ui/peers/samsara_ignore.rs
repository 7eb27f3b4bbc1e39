//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(ignore)]
    name: String,
}

fn main() {}
