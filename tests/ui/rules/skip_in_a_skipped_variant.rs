//! The fields of a skipped variant are skipped already.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(skip)]
    Name(#[trace(skip)] String),
    Twice(String),
}

fn main() {}
