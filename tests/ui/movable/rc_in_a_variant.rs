//! The field is named, wherever in it the `Rc` is.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
enum Node {
    Leaf(u32),
    Branch { label: Gc<str>, names: RefCell<Vec<(u32, Rc<str>)>> },
}

fn main() {}
