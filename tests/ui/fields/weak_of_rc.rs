//! A weak handle of `Rc` is not one of `Gc`.

use std::cell::RefCell;
use std::rc::Weak;

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Element {
    parent: RefCell<Weak<Element>>,
    children: Vec<Gc<Element>>,
}

fn main() {}
