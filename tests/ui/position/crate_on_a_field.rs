//! `crate` does not go on a field.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(crate = gcycle)]
    name: String,
}

fn main() {}
