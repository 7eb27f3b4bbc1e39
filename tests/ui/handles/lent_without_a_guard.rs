//! What may be part of a cycle is lent by its guard.

use gcycle::{Gc, GcMut, Trace};

#[derive(Trace, Clone)]
struct Node {
    edges: Vec<Gc<Node>>,
}

fn edges(node: &mut Gc<Node>) -> &mut Vec<Gc<Node>> {
    &mut GcMut::into_mut(Gc::make_mut(node)).edges
}

fn main() {}
