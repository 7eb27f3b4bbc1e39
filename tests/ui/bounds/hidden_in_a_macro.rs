//! The bounds of a type written as a macro are not known.

use gcycle::Trace;

macro_rules! pair {
    ($value:ty) => { ($value, $value) };
}

#[derive(Trace)]
struct Owner<T> {
    pair: pair!(T),
}

fn main() {}
