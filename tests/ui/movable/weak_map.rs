//! The table of a weak map lies outside of the heap.

use gcycle::Trace;
use gcycle::weak::WeakMap;

#[derive(Trace)]
#[trace(movable)]
struct Cache {
    sizes: WeakMap<str, usize>,
}

fn main() {}
