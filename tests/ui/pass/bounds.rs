//! Bounds that are inferred, and bounds that are given.

#![allow(dead_code)]

use gcycle::{Gc, Trace};

struct Foreign;

macro_rules! pair {
    ($value:ty) => { ($value, $value) };
}

#[derive(Trace)]
struct Handle<T> {
    value: Gc<T>,
}

#[derive(Trace)]
struct Owner<T> {
    value: T,
    #[trace(bound = "T: Trace")]
    pair: pair!(T),
    #[trace(bound = "T: Trace")]
    other: Option<Box<Other<T>>>,
}

#[derive(Trace)]
struct Other<T> {
    owner: Box<Owner<T>>,
}

fn traced<T: Trace>() {}

fn main() {
    traced::<Handle<Foreign>>();
    traced::<Owner<u8>>();
    traced::<Other<Gc<u8>>>();
}
