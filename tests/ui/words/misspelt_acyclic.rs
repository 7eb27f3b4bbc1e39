//! Letters that changed places are recognised.

use gcycle::Trace;

#[derive(Trace)]
#[trace(acylcic)]
struct Owner {
    name: String,
}

fn main() {}
