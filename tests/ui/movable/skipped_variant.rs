//! So has a field of a variant that is not traced.

use std::rc::Rc;

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
enum Node {
    Next(Gc<Node>),
    #[trace(skip)]
    Name(Rc<str>),
}

fn main() {}
