//! An isolate is a heap of its own, which moves between threads only when nothing refers to it.

#![expect(
    clippy::mem_forget,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests read like the code of users"
)]

mod ends;
mod escapes;
mod heaps;
mod hidden;
mod moves;
mod random;
mod tables;

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gcycle::{Finalize, Gc, Trace, Weak};

/// A node that may be in cycles, and counts how many of its kind were dropped.
#[derive(Trace)]
#[trace(movable)]
struct Node {
    id: u32,
    others: RefCell<Vec<Gc<Node>>>,
    weak: RefCell<Vec<Weak<Node>>>,
    #[trace(skip)]
    dropped: Dropped,
    visits: Cell<u32>,
}

/// A count that may be read on any thread.
#[derive(Clone, Debug, Default)]
struct Counter(Arc<AtomicUsize>);

impl Counter {
    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Counts when it is dropped.
struct Dropped(Counter);

impl Deref for Dropped {
    type Target = Counter;

    fn deref(&self) -> &Counter {
        &self.0
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add();
    }
}

impl Node {
    fn new(id: u32, dropped: &Counter) -> Node {
        Node {
            id,
            others: RefCell::default(),
            weak: RefCell::default(),
            dropped: Dropped(dropped.clone()),
            visits: Cell::new(0),
        }
    }

    fn link(&self, other: &Gc<Node>) {
        self.others.borrow_mut().push(Gc::clone(other));
    }
}

/// Makes a ring of `len` nodes that `root` holds.
fn add_ring(root: &Gc<Node>, len: u32) {
    let nodes: Vec<_> = (1..=len).map(|id| Gc::new(Node::new(id, &root.dropped))).collect();
    for (node, next) in nodes.iter().zip(nodes.iter().cycle().skip(1)) {
        node.link(next);
        node.weak.borrow_mut().push(Gc::downgrade(root));
    }
    root.link(&nodes[0]);
}

/// A value with a finalizer that counts.
#[derive(Trace)]
#[trace(finalize, movable)]
struct Finalized {
    me: RefCell<Option<Gc<Finalized>>>,
    #[trace(skip)]
    count: Counter,
}

impl Finalize for Finalized {
    fn finalize(&self) {
        self.count.add();
    }
}
