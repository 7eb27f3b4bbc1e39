//! `Arc`, and `std::sync::Weak` where a cycle would be.

use std::sync::{Arc, Mutex, Weak};

use crate::library::Library;

/// `Arc` + `Weak`.
pub(crate) enum ArcAndWeak {}

/// A node.
#[derive(Default)]
pub(crate) struct Node {
    next: Mutex<Option<Arc<Node>>>,
    links: Mutex<Vec<Arc<Node>>>,
    back: Mutex<Option<Weak<Node>>>,
}

impl Library for ArcAndWeak {
    type Number = Arc<u64>;
    type Node = Arc<Node>;

    fn number(number: u64) -> Arc<u64> {
        Arc::new(number)
    }

    fn node() -> Arc<Node> {
        Arc::new(Node::default())
    }

    fn next(node: &Arc<Node>) -> &Mutex<Option<Arc<Node>>> {
        &node.next
    }

    fn links(node: &Arc<Node>) -> &Mutex<Vec<Arc<Node>>> {
        &node.links
    }

    fn refer_back(node: &Arc<Node>, target: &Arc<Node>) {
        *node.back.lock().expect("no thread panics") = Some(Arc::downgrade(target));
    }

    fn collect() {}

    fn set_automatic(_: bool) {}
}
