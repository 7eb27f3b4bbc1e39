//! The attribute's own name is the compiler's to correct.

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    #[tracee(skip)]
    name: String,
}

fn main() {}
