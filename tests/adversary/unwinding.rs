//! Code of the library that runs while a panic unwinds rethrows nothing: that would end
//! the process.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use gcycle::weak::WeakMap;
use gcycle::{Finalize, Gc, Trace, Untraced, gc};

use crate::honest::{Fragile, set_broken};

const OUTER: &str = "the outer panic";

/// Runs `code` while a panic unwinds, which must come out as it was.
fn while_unwinding(code: impl FnOnce() + Send + 'static) {
    struct Runs<F: FnOnce()>(Option<F>);
    impl<F: FnOnce()> Drop for Runs<F> {
        fn drop(&mut self) {
            self.0.take().expect("it runs once")();
        }
    }
    // The second of two panics at a time comes with a backtrace, which takes Miri a minute.
    if cfg!(miri) {
        panic::set_hook(Box::new(|_| ()));
    }
    let run = move || {
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            let _runs = Runs(Some(code));
            panic::panic_any(OUTER);
        }));
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&OUTER));
        drop(Node::ring("after"));
        assert_eq!(gc::collect(), 2);
        assert_eq!(gc::memory().objects, 0);
    };
    thread::spawn(run).join().expect("the panic came out");
}

/// An object whose finalizer panics if it is named so.
#[derive(Trace)]
#[trace(finalize)]
struct Node {
    name: &'static str,
    next: RefCell<Option<Gc<Node>>>,
}

impl Node {
    fn new(name: &'static str) -> Gc<Node> {
        Gc::new(Node { name, next: RefCell::default() })
    }

    fn ring(name: &'static str) -> Gc<Node> {
        let (one, other) = (Node::new(name), Node::new(name));
        *one.next.borrow_mut() = Some(other.clone());
        *other.next.borrow_mut() = Some(one.clone());
        one
    }
}

impl Finalize for Node {
    fn finalize(&self) {
        assert_ne!(self.name, "bad");
    }
}

/// Panics when it is dropped.
struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic::panic_any("a drop");
    }
}

#[test]
fn a_collection_rethrows_no_finalizer() {
    while_unwinding(|| {
        drop(Node::ring("bad"));
        assert_eq!(gc::collect(), 2);
    });
}

#[test]
fn an_automatic_collection_rethrows_no_finalizer() {
    while_unwinding(|| {
        gc::set_threshold(1, 1, 1);
        for _ in 0..if cfg!(miri) { 4 } else { 20 } {
            drop(Node::ring("bad"));
        }
        gc::collect();
    });
}

#[test]
fn a_collection_rethrows_no_drop() {
    #[derive(Trace)]
    struct Loud {
        me: RefCell<Option<Gc<Loud>>>,
        _loud: Untraced<PanicsInDrop>,
    }
    while_unwinding(|| {
        let loud = Gc::new(Loud { me: RefCell::default(), _loud: Untraced(PanicsInDrop) });
        *loud.me.borrow_mut() = Some(loud.clone());
        drop(loud);
        assert_eq!(gc::collect(), 1);
    });
}

#[test]
fn a_collection_rethrows_no_trace() {
    while_unwinding(|| {
        let pause = gc::pause();
        let bad = Gc::new(Fragile::new(RefCell::new(Some(Node::ring("fine")))));
        drop(bad.clone());
        set_broken(true);
        assert_eq!(gc::collect(), 0);
        set_broken(false);
        drop(bad);
        assert_eq!(gc::collect(), 2);
        drop(pause);
    });
}

#[test]
fn a_value_that_is_moved_out_rethrows_no_drop_of_a_weak_map() {
    while_unwinding(|| {
        let map: WeakMap<u8, Untraced<PanicsInDrop>> = WeakMap::new();
        let key = Gc::new(1);
        map.insert(&key, Untraced(PanicsInDrop));
        assert_eq!(Gc::try_unwrap(key), Ok(1));
    });
}

#[test]
fn a_weak_map_key_that_dies_rethrows_nothing() {
    while_unwinding(|| {
        let map: WeakMap<u8, Untraced<PanicsInDrop>> = WeakMap::new();
        let key = Gc::new(1);
        map.insert(&key, Untraced(PanicsInDrop));
        drop(key);
        assert!(map.is_empty());
    });
}

#[test]
fn a_callback_that_is_dropped_rethrows_nothing() {
    while_unwinding(|| {
        let key = Gc::new(1);
        let captured = Untraced(PanicsInDrop);
        let weak = Gc::downgrade_with(&key, move || drop(captured));
        drop(weak);
    });
}

#[test]
fn long_lists_rethrow_no_finalizer() {
    while_unwinding(|| {
        let mut list = Node::new("bad");
        for number in 0..if cfg!(miri) { 300 } else { 10_000 } {
            let next = Node::new(if number % 100 == 0 { "bad" } else { "fine" });
            *next.next.borrow_mut() = Some(list);
            list = next;
        }
        drop(list);
    });
}
