//! A slip of the finger is recognised.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(skp)]
    name: String,
}

fn main() {}
