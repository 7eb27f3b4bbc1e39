//! So is one of a variant.

use gcycle::{Gc, Trace};

#[derive(Trace)]
enum Owner {
    Next(#[trace(acyclic)] Gc<Owner>),
    End,
}

fn main() {}
