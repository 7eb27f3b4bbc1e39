//! `finalize` asks for the trait of that name.

use gcycle::Trace;

#[derive(Trace)]
#[trace(finalize)]
struct Owner {
    name: String,
}

fn main() {}
