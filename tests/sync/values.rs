//! The objects of these tests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use gcycle::Trace;
use gcycle::sync::{self, Gc, Weak};

/// Waits until no other test runs.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts what is made and what is dropped.
#[derive(Clone, Default, Debug)]
pub(crate) struct Counter(Arc<[AtomicUsize; 2]>);

impl Counter {
    /// One more that will have to be dropped.
    pub(crate) fn count(&self) -> Counted {
        self.0[0].fetch_add(1, Ordering::Relaxed);
        Counted { counter: self.clone(), is_dropped: false }
    }

    pub(crate) fn made(&self) -> usize {
        self.0[0].load(Ordering::Relaxed)
    }

    pub(crate) fn dropped(&self) -> usize {
        self.0[1].load(Ordering::Relaxed)
    }

    /// Collects until as many were dropped as were made. An automatic collection may have left
    /// some to another thread.
    #[track_caller]
    pub(crate) fn all_are_dropped(&self) {
        for _ in 0..200 {
            sync::gc::collect();
            if self.dropped() == self.made() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("{} of {} were dropped", self.dropped(), self.made());
    }
}

/// Says once that it was dropped.
#[derive(Debug)]
pub(crate) struct Counted {
    counter: Counter,
    is_dropped: bool,
}

impl Counted {
    /// That it was not.
    pub(crate) fn check(&self) {
        assert!(!self.is_dropped, "a dropped value is used");
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        assert!(!self.is_dropped, "a value is dropped twice");
        self.is_dropped = true;
        self.counter.0[1].fetch_add(1, Ordering::Relaxed);
    }
}

/// An object with handles to others.
#[derive(Trace, Debug)]
#[trace(shared)]
pub(crate) struct Node {
    #[trace(skip)]
    pub(crate) counted: Counted,
    pub(crate) fixed: Vec<Gc<Node>>,
    pub(crate) once: OnceLock<Gc<Node>>,
    pub(crate) locked: Mutex<Vec<Gc<Node>>>,
    pub(crate) weak: Mutex<Vec<Weak<Node>>>,
}

impl Node {
    pub(crate) fn of(counter: &Counter, fixed: Vec<Gc<Node>>) -> Gc<Node> {
        Gc::new(Node {
            counted: counter.count(),
            fixed,
            once: OnceLock::new(),
            locked: Mutex::default(),
            weak: Mutex::default(),
        })
    }

    pub(crate) fn new(counter: &Counter) -> Gc<Node> {
        Node::of(counter, Vec::new())
    }

    pub(crate) fn push(&self, other: &Gc<Node>) {
        self.locked.lock().unwrap().push(other.clone());
    }
}

/// A ring of so many objects.
pub(crate) fn ring(counter: &Counter, len: usize) -> Gc<Node> {
    let first = Node::new(counter);
    let mut last = first.clone();
    for _ in 1..len {
        let next = Node::of(counter, vec![last]);
        last = next;
    }
    first.push(&last);
    first
}
