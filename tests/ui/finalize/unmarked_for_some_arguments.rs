//! So it is if only some arguments of a type have it, which no other check sees.

use gcycle::{Finalize, Trace};

#[derive(Trace)]
struct Owner<T> {
    value: T,
}

impl Finalize for Owner<String> {
    fn finalize(&self) {}
}

fn main() {}
