//! `Finalize` takes the place of `Drop`.

#![allow(dead_code)]

use gcycle::{Finalize, Gc, Trace};

#[derive(Trace)]
#[trace(finalize)]
struct Owner {
    next: Option<Gc<Owner>>,
}

impl Finalize for Owner {
    fn finalize(&self) {}
}

fn main() {}
