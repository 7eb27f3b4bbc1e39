//! The function of `describe` writes to a formatter.

use gcycle::Trace;

#[derive(Trace)]
#[trace(describe = text)]
struct Owner {
    name: String,
}

fn text(owner: &Owner) -> String {
    owner.name.clone()
}

fn main() {}
