//! A mistake does not break what uses the type.

use gcycle::{Acyclic, Gc, Trace};

#[derive(Trace)]
#[trace(acyclic)]
struct Owner {
    #[trace(skp)]
    name: String,
}

fn main() {
    fn acyclic<T: Acyclic>(_: T) {}
    acyclic(Gc::new(Owner { name: String::new() }));
}
