//! A word is given once, over all attributes of a field.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(name = "first")]
    #[trace(name = "second")]
    name: String,
}

fn main() {}
