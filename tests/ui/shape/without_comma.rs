//! Words are separated by commas.

use gcycle::Trace;

#[derive(Trace)]
#[trace(unsafe_drop finalize)]
struct Owner {
    name: String,
}

fn main() {}
