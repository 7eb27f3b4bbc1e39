//! What a `Gc` inside refers to borrows nothing either.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner<'a> {
    name: Gc<&'a str>,
}

fn keep(name: &str) -> Owner<'_> {
    Owner { name: Gc::new(name) }
}

fn main() {}
