//! What the attributes of other collectors become.

#![allow(dead_code)]

use gcycle::{Gc, Trace, Tracer};

struct Foreign(Vec<Gc<u8>>);

fn trace_foreign(foreign: &Foreign, tracer: &mut Tracer<'_>) {
    foreign.0.trace(tracer);
}

#[derive(Trace)]
#[trace(unsafe_drop)]
#[trace(crate = gcycle)]
#[trace(bound = "where T: Trace")]
enum Owner<T> {
    #[trace(skip)]
    Foreign(Foreign),
    Own(#[trace(skip)] Foreign, #[trace(acyclic)] String, T),
    ByHand(#[trace(unsafe_with = trace_foreign)] Foreign),
}

impl<T> Drop for Owner<T> {
    fn drop(&mut self) {}
}

fn main() {}
