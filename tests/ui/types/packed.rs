//! The fields of a packed type cannot be borrowed.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[repr(C, packed(2))]
struct Owner {
    number: u32,
    next: Gc<u8>,
}

fn main() {}
