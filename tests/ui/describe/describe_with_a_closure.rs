//! `describe` takes a path.

use gcycle::Trace;

#[derive(Trace)]
#[trace(describe = |owner, f| f.write_str(&owner.name))]
struct Owner {
    name: String,
}

fn main() {}
