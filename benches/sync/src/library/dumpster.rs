//! `dumpster::sync`, with its defaults.

use std::sync::{Mutex, RwLock};

use ::dumpster::Trace;
use ::dumpster::sync::{Gc, collect, default_collect_condition, set_collect_condition};

use crate::library::{Elements, Library};

/// `dumpster::sync`.
pub(crate) enum Dumpster {}

/// A node.
#[derive(Default, Trace)]
pub(crate) struct Node {
    next: Mutex<Option<Gc<Node>>>,
    links: Mutex<Vec<Gc<Node>>>,
    back: Mutex<Option<Gc<Node>>>,
}

/// An element of a document.
#[derive(Trace)]
pub(crate) struct Element {
    id: u64,
    texts: Mutex<Vec<String>>,
    parent: Mutex<Option<Gc<Element>>>,
    children: RwLock<Vec<Gc<Element>>>,
    listeners: Mutex<Vec<Gc<Element>>>,
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

impl Elements for Dumpster {
    type Element = Gc<Element>;
    type Back = Gc<Element>;

    fn element(id: u64, texts: Vec<String>) -> Gc<Element> {
        Gc::new(Element {
            id,
            texts: Mutex::new(texts),
            parent: Mutex::default(),
            children: RwLock::default(),
            listeners: Mutex::default(),
        })
    }

    fn id(element: &Gc<Element>) -> u64 {
        element.id
    }

    fn texts(element: &Gc<Element>) -> &Mutex<Vec<String>> {
        &element.texts
    }

    fn parent(element: &Gc<Element>) -> &Mutex<Option<Gc<Element>>> {
        &element.parent
    }

    fn children(element: &Gc<Element>) -> &RwLock<Vec<Gc<Element>>> {
        &element.children
    }

    fn listeners(element: &Gc<Element>) -> &Mutex<Vec<Gc<Element>>> {
        &element.listeners
    }

    fn back(target: &Gc<Element>) -> Gc<Element> {
        target.clone()
    }

    fn with_target<R>(back: &Gc<Element>, look: impl FnOnce(&Gc<Element>) -> R) -> Option<R> {
        Some(look(back))
    }
}
