//! `finalize` does not go on a variant.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(finalize)]
    Name(String),
}

fn main() {}
