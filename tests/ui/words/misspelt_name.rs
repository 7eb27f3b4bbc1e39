//! So are letters in the wrong order, in a short word.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(nmae = "label")]
    name: String,
}

fn main() {}
