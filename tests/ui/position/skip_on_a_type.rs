//! `skip` does not go on the type.

use gcycle::Trace;

#[derive(Trace)]
#[trace(skip)]
struct Owner {
    name: String,
}

fn main() {}
