//! A reference could hide a cycle.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner<'a> {
    borrowed: &'a Gc<Owner<'static>>,
}

fn main() {}
