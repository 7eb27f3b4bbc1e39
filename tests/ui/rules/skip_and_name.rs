//! A skipped field has no label.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(skip, name = "label")]
    name: String,
}

fn main() {}
