//! So does a type that owns one.

use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Owner {
    next: Option<Gc<Owner>>,
}

fn sent<T: Send>() {}

fn main() {
    sent::<Owner>();
}
