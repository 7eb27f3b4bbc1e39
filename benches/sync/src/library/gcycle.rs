//! `gcycle::sync`.

use std::sync::Mutex;

use ::gcycle::Trace;
use ::gcycle::sync::Gc;
use ::gcycle::sync::gc;

use crate::library::Library;

/// `gcycle::sync`.
pub(crate) enum Gcycle {}

/// A node.
#[derive(Default, Trace)]
#[trace(shared)]
pub(crate) struct Node {
    next: Mutex<Option<Gc<Node>>>,
    links: Mutex<Vec<Gc<Node>>>,
    back: Mutex<Option<Gc<Node>>>,
}

impl Library for Gcycle {
    type Number = Gc<u64>;
    type Node = Gc<Node>;

    fn number(number: u64) -> Gc<u64> {
        Gc::new(number)
    }

    fn node() -> Gc<Node> {
        Gc::new(Node::default())
    }

    fn next(node: &Gc<Node>) -> &Mutex<Option<Gc<Node>>> {
        &node.next
    }

    fn links(node: &Gc<Node>) -> &Mutex<Vec<Gc<Node>>> {
        &node.links
    }

    fn refer_back(node: &Gc<Node>, target: &Gc<Node>) {
        *node.back.lock().expect("no thread panics") = Some(target.clone());
    }

    fn collect() {
        gc::collect();
    }

    fn set_automatic(on: bool) {
        if on { gc::enable() } else { gc::disable() }
    }
}
