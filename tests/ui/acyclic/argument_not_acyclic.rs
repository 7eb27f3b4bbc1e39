//! An acyclic type asks its arguments.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Link {
    next: Option<Gc<Link>>,
}

#[derive(Trace)]
#[trace(acyclic)]
struct Owner<T> {
    value: T,
}

fn traced<T: Trace>() {}

fn main() {
    traced::<Owner<Link>>();
}
