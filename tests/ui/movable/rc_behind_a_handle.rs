//! What a handle refers to moves along.

use std::rc::Rc;

use gcycle::{Gc, Trace, Weak};

#[derive(Trace)]
#[trace(movable)]
struct Node {
    name: Gc<Rc<str>>,
    other: Weak<[Rc<str>]>,
}

fn main() {}
