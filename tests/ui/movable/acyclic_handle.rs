//! A handle in a field that is not traced could lead out of the heap.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(movable)]
struct Element {
    #[trace(acyclic)]
    font: Gc<str>,
    parent: Option<Gc<Element>>,
}

fn main() {}
