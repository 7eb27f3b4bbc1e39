//! Generic types recursive through each other without a `Gc` need a bound.

use gcycle::Trace;

#[derive(Trace)]
struct Owner<T> {
    value: T,
    other: Option<Box<Other<T>>>,
}

#[derive(Trace)]
struct Other<T> {
    owner: Box<Owner<T>>,
}

fn traced<T: Trace>() {}

fn main() {
    traced::<Owner<u8>>();
}
