//! What a collection costs and what it finds: one file for each promise.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests read like the code of users"
)]

mod borrowed;
mod depth;
mod depth_inside;
mod due;
mod early;
mod large;
mod memory;
mod pace;
mod scope;
mod shared;
mod slices;
mod thread_exit;
mod tools;
mod weights;

use std::cell::RefCell;

use gcycle::{Gc, Trace};

/// An object with one link.
#[derive(Trace, Default)]
struct Link {
    next: RefCell<Option<Gc<Link>>>,
}

/// Two objects that refer to each other; returns one of them.
fn ring_of_two() -> Gc<Link> {
    let first = Gc::new(Link::default());
    let second = Gc::new(Link { next: RefCell::new(Some(first.clone())) });
    *first.next.borrow_mut() = Some(second);
    first
}
