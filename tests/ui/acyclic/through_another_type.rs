//! A cycle through another type is found.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(acyclic)]
struct Owner {
    other: Gc<Other>,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Other {
    owner: Option<Gc<Owner>>,
}

fn main() {}
