//! In generic code the bound has to be written.

use gcycle::{Gc, Movable, Trace};

#[derive(Trace)]
#[trace(movable)]
struct List<T> {
    value: T,
    next: Option<Gc<List<T>>>,
}

fn assert_movable<T: Movable>() {}

fn asked_for<T: Trace + 'static>() {
    assert_movable::<List<T>>();
}

fn main() {}
