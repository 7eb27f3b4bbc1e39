//! A type that derives `Trace` does not implement `Drop`.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner {
    next: Option<Gc<Owner>>,
}

impl Drop for Owner {
    fn drop(&mut self) {}
}

fn main() {}
