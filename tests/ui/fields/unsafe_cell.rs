//! Only the owner of an `UnsafeCell` knows when to look.

use std::cell::UnsafeCell;

use gcycle::Trace;

#[derive(Trace)]
struct Owner {
    cell: UnsafeCell<u32>,
}

fn main() {}
