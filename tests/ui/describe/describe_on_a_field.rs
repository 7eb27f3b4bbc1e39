//! `describe` goes on the type.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(describe)]
    name: String,
}

fn main() {}
