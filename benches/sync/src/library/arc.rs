//! `Arc`, and `std::sync::Weak` where a cycle would be.

use std::sync::{Arc, Mutex, RwLock, Weak};

use crate::library::{Elements, Library};

/// `Arc` + `Weak`.
pub(crate) enum ArcAndWeak {}

/// A node.
#[derive(Default)]
pub(crate) struct Node {
    next: Mutex<Option<Arc<Node>>>,
    links: Mutex<Vec<Arc<Node>>>,
    back: Mutex<Option<Weak<Node>>>,
}

/// An element of a document.
pub(crate) struct Element {
    id: u64,
    texts: Mutex<Vec<String>>,
    parent: Mutex<Option<Weak<Element>>>,
    children: RwLock<Vec<Arc<Element>>>,
    listeners: Mutex<Vec<Weak<Element>>>,
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

impl Elements for ArcAndWeak {
    type Element = Arc<Element>;
    type Back = Weak<Element>;

    fn element(id: u64, texts: Vec<String>) -> Arc<Element> {
        Arc::new(Element {
            id,
            texts: Mutex::new(texts),
            parent: Mutex::default(),
            children: RwLock::default(),
            listeners: Mutex::default(),
        })
    }

    fn id(element: &Arc<Element>) -> u64 {
        element.id
    }

    fn texts(element: &Arc<Element>) -> &Mutex<Vec<String>> {
        &element.texts
    }

    fn parent(element: &Arc<Element>) -> &Mutex<Option<Weak<Element>>> {
        &element.parent
    }

    fn children(element: &Arc<Element>) -> &RwLock<Vec<Arc<Element>>> {
        &element.children
    }

    fn listeners(element: &Arc<Element>) -> &Mutex<Vec<Weak<Element>>> {
        &element.listeners
    }

    fn back(target: &Arc<Element>) -> Weak<Element> {
        Arc::downgrade(target)
    }

    fn with_target<R>(back: &Weak<Element>, look: impl FnOnce(&Arc<Element>) -> R) -> Option<R> {
        back.upgrade().map(|target| look(&target))
    }
}
