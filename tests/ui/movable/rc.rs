//! An `Rc` may be shared with what stays on the old thread.

use std::rc::Rc;

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Node {
    name: Rc<str>,
    next: Option<Gc<Node>>,
}

fn main() {}
