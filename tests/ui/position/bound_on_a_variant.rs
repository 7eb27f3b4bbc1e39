//! `bound` does not go on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(bound = "T: Trace")]
    Name(String),
}

fn main() {}
