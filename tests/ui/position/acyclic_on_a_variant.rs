//! `acyclic` does not go on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(acyclic)]
    Name(String),
}

fn main() {}
