//! An acyclic type does not own a `Gc` to itself.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(acyclic)]
struct Owner {
    name: String,
    next: Option<Gc<Owner>>,
}

fn main() {}
