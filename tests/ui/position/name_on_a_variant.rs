//! `name` does not go on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(name = "owner")]
    Name(String),
}

fn main() {}
