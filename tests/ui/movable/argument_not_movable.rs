//! A generic type is `Movable` if its arguments are.

use std::rc::Rc;

use gcycle::{Gc, Movable, Trace};

#[derive(Trace)]
#[trace(movable)]
struct List<T> {
    value: T,
    next: Option<Gc<List<T>>>,
}

fn assert_movable<T: Movable>() {}

fn main() {
    assert_movable::<List<Rc<str>>>();
}
