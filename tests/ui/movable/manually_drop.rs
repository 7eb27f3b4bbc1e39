//! No `trace` looks into it, so a handle in it might lead out of the heap that moves.

use std::mem::{ManuallyDrop, MaybeUninit};

use gcycle::{Gc, Movable, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Node {
    parent: ManuallyDrop<Gc<Node>>,
}

fn assert_movable<T: Movable>() {}

fn main() {
    assert_movable::<ManuallyDrop<String>>();
    assert_movable::<MaybeUninit<Gc<str>>>();
}
