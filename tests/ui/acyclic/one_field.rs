//! A field that is left out as acyclic is checked.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner {
    name: String,
    #[trace(acyclic)]
    next: Option<Gc<Owner>>,
}

fn main() {}
