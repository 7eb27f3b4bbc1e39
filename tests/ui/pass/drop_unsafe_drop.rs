//! `unsafe_drop` allows `Drop`.

#![allow(dead_code)]

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(unsafe_drop)]
enum Owner<T> {
    Value(T, Option<Gc<Owner<T>>>),
}

impl<T> Drop for Owner<T> {
    fn drop(&mut self) {}
}

fn main() {}
