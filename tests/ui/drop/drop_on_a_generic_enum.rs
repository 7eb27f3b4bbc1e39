//! Nor does a generic one.

use gcycle::Trace;

#[derive(Trace)]
enum Owner<T> {
    Value(T),
}

impl<T> Drop for Owner<T> {
    fn drop(&mut self) {}
}

fn main() {}
