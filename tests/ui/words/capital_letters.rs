//! Words are lower case.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(Skip)]
    name: String,
}

fn main() {}
