//! Two mistakes are two errors.

use gcycle::{Finalize, Trace};

#[derive(Trace)]
struct Owner<'a, const N: usize> {
    name: &'a str,
    numbers: [u8; N],
}

impl<const N: usize> Finalize for Owner<'_, N> {
    fn finalize(&self) {}
}

impl<const N: usize> Drop for Owner<'_, N> {
    fn drop(&mut self) {}
}

fn main() {}
