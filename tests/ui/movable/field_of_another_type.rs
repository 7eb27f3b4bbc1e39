//! A field is of a type that says that it is `Movable`, too.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Leaf(u32);

#[derive(Trace)]
#[trace(movable)]
struct Node {
    leaf: Gc<Leaf>,
}

fn main() {}
