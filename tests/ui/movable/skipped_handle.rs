//! A handle that is not traced would look like one that stays behind.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Node {
    #[trace(skip)]
    next: Option<Gc<Node>>,
}

fn main() {}
