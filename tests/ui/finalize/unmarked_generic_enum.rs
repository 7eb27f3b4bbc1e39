//! So it is for a generic type.

use gcycle::{Finalize, Trace};

#[derive(Trace)]
enum Owner<T> {
    Value(T),
    Nothing,
}

impl<T> Finalize for Owner<T> {
    fn finalize(&self) {}
}

fn main() {}
