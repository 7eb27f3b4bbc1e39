//! `finalize` does not go on a field.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[trace(finalize)]
    name: String,
}

fn main() {}
