//! The fields of a skipped variant are skipped.

use gcycle::Trace;

#[derive(Trace)]
enum Owner {
    #[trace(skip)]
    Name(#[trace(name = "label")] String),
    Twice(String),
}

fn main() {}
