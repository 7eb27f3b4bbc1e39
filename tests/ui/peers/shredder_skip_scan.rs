//! An attribute of another collector is answered with ours.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[shredder(skip_scan)]
    name: String,
}

fn main() {}
