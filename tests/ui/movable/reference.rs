//! What a reference refers to stays behind, and both threads may use it.

use std::cell::Cell;

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Node {
    counter: &'static Cell<u32>,
    next: Option<Gc<Node>>,
}

fn main() {}
