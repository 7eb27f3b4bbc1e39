//! What lives in the heap borrows nothing.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner<'a> {
    name: &'a str,
}

fn keep(name: &str) -> usize {
    Gc::strong_count(&Gc::new(Owner { name }))
}

fn main() {}
