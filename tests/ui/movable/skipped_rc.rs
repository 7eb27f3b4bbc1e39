//! A field that is not traced has to be `Send`.

use std::rc::Rc;

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Node {
    #[trace(skip)]
    name: Rc<str>,
    next: Option<Gc<Node>>,
}

fn main() {}
