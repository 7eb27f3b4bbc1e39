//! `dumpster::sync`, with its defaults.

use std::sync::Mutex;

use ::dumpster::Trace;
use ::dumpster::sync::{Gc, collect, default_collect_condition, set_collect_condition};

use crate::library::Library;

/// `dumpster::sync`.
pub(crate) enum Dumpster {}

/// A node.
#[derive(Default, Trace)]
pub(crate) struct Node {
    next: Mutex<Option<Gc<Node>>>,
    links: Mutex<Vec<Gc<Node>>>,
    back: Mutex<Option<Gc<Node>>>,
}

impl Library for Dumpster {
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
        collect();
    }

    fn set_automatic(on: bool) {
        set_collect_condition(if on { default_collect_condition } else { |_| false });
    }
}
