//! The wrapper does not make an `Rc` another type.

use std::rc::Rc;

use gcycle::{Trace, Untraced};

#[derive(Trace)]
#[trace(movable)]
struct Node {
    names: Vec<Untraced<Rc<str>>>,
}

fn main() {}
