//! What is shared could hide a cycle.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner {
    shared: Rc<RefCell<Option<Gc<Owner>>>>,
}

fn main() {}
