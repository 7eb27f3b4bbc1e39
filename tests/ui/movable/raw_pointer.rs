//! What a raw pointer refers to is not known.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Buffer {
    start: *const u8,
    next: Option<Gc<Buffer>>,
}

fn main() {}
