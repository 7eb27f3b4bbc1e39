//! `crate` does not go on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(crate = gcycle)]
    Name(String),
}

fn main() {}
