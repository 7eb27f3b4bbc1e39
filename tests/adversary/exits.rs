//! `std::process::exit` from wherever code of the user runs. It runs the destructors of
//! the thread's thread-locals, and does not return: the exit code must be the program's.
//!
//! Each test runs this program again, once for each site and order of thread-locals.

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::panic;
use std::process::{Command, Output, exit};
use std::rc::Rc;

use gcycle::inspect::HeapSnapshot;
use gcycle::weak::{self, WeakMap};
use gcycle::{Finalize, Gc, Trace, Untraced, Weak, gc};

use crate::honest::{Fragile, set_broken};

const CODE: i32 = 42;

/// An object with code of the user wherever there can be some.
#[derive(Trace)]
#[trace(finalize)]
struct Node {
    edges: RefCell<Vec<Gc<Node>>>,
    weak: RefCell<Vec<Weak<Node>>>,
    exits_in_finalizer: Cell<bool>,
    drops: Untraced<Drops>,
}

struct Drops {
    exits: Cell<bool>,
}

impl Drop for Drops {
    fn drop(&mut self) {
        if self.exits.get() {
            exit(CODE);
        }
    }
}

impl Finalize for Node {
    fn finalize(&self) {
        if self.exits_in_finalizer.get() {
            exit(CODE);
        }
    }
}

fn node() -> Gc<Node> {
    Gc::new(Node {
        edges: RefCell::default(),
        weak: RefCell::default(),
        exits_in_finalizer: Cell::new(false),
        drops: Untraced(Drops { exits: Cell::new(false) }),
    })
}

/// Nodes that hold the next and the one before, the first of which is also held by the
/// last.
fn ring(length: usize) -> Vec<Gc<Node>> {
    let nodes: Vec<Gc<Node>> = (0..length).map(|_| node()).collect();
    for (number, node) in nodes.iter().enumerate() {
        let next = &nodes[(number + 1) % length];
        node.edges.borrow_mut().push(next.clone());
        next.edges.borrow_mut().push(node.clone());
    }
    nodes
}

/// What a thread-local holds, and what it does when the thread ends.
struct Kept {
    nodes: Vec<Gc<Node>>,
    weak: Vec<Weak<Node>>,
    map: Option<WeakMap<Node, Gc<Node>>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        for node in self.weak.iter().filter_map(Weak::upgrade) {
            node.edges.borrow_mut().pop();
        }
        self.nodes.truncate(self.nodes.len() / 2);
        for node in &self.nodes {
            node.edges.borrow_mut().clear();
        }
        let made = ring(30);
        drop(made);
        gc::collect();
        drop(self.map.take());
        gc::trim();
    }
}

thread_local! {
    /// Made before the heap has memory: dropped after the heap is torn down.
    static EARLY: RefCell<Option<Kept>> = const { RefCell::new(None) };
    /// Made after: dropped before.
    static LATE: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// Fills both thread-locals with handles into `nodes`.
fn keep(nodes: &[Gc<Node>]) {
    let kept = || {
        let map = WeakMap::new();
        for node in nodes {
            map.insert(node, node.clone());
        }
        let weak = nodes.iter().map(Gc::downgrade).collect();
        Some(Kept { nodes: ring(10), weak, map: Some(map) })
    };
    EARLY.set(kept());
    LATE.set(kept());
    LATE.with_borrow_mut(|kept| {
        let nodes = nodes.iter().take(5).cloned();
        kept.as_mut().expect("it was just made").nodes.extend(nodes);
    });
}

/// The sites, and how to get there.
const SITES: [(&str, fn()); 18] = [
    ("a finalizer in a collection", || {
        let garbage = ring(20);
        keep(&garbage[..0]);
        EARLY.with_borrow_mut(|kept| {
            kept.as_mut().expect("it is kept").weak.extend(garbage.iter().map(Gc::downgrade));
        });
        LATE.with_borrow_mut(|kept| {
            kept.as_mut().expect("it is kept").weak.extend(garbage.iter().map(Gc::downgrade));
        });
        garbage[7].exits_in_finalizer.set(true);
        drop(garbage);
        gc::collect();
    }),
    ("a finalizer whose object is kept", || {
        let garbage = ring(20);
        keep(&garbage);
        let one = node();
        one.exits_in_finalizer.set(true);
        one.edges.borrow_mut().extend(garbage);
        drop(one);
    }),
    ("a finalizer far down a list", || {
        let garbage = ring(20);
        keep(&garbage);
        let mut list = node();
        list.exits_in_finalizer.set(true);
        for _ in 0..5000 {
            let next = node();
            next.edges.borrow_mut().push(list);
            list = next;
        }
        drop(list);
    }),
    ("a drop in a collection", || {
        let garbage = ring(20);
        keep(&[]);
        LATE.with_borrow_mut(|kept| {
            kept.as_mut().expect("it is kept").weak.extend(garbage.iter().map(Gc::downgrade));
        });
        garbage[11].drops.exits.set(true);
        drop(garbage);
        gc::collect();
    }),
    ("a drop when the count reaches zero", || {
        let garbage = ring(20);
        keep(&garbage);
        let one = node();
        one.drops.exits.set(true);
        one.edges.borrow_mut().extend(garbage);
        drop(one);
    }),
    ("a drop far down a list", || {
        let garbage = ring(20);
        keep(&garbage);
        let mut list = node();
        list.drops.exits.set(true);
        for _ in 0..5000 {
            let next = node();
            next.edges.borrow_mut().push(list);
            list = next;
        }
        drop(list);
    }),
    ("the callback of a weak handle in a collection", || {
        let garbage = ring(20);
        keep(&[]);
        let handles: Vec<Weak<Node>> =
            garbage.iter().map(|node| Gc::downgrade_with(node, || exit(CODE))).collect();
        EARLY.with_borrow_mut(|kept| {
            kept.as_mut().expect("it is kept").weak.extend(handles.iter().cloned());
        });
        drop(garbage);
        gc::collect();
    }),
    ("the callback of a weak handle", || {
        let garbage = ring(20);
        keep(&garbage);
        let one = node();
        let weak = Gc::downgrade_with(&one, || exit(CODE));
        drop(one);
        drop(weak);
    }),
    ("a callback that nobody holds", || {
        let garbage = ring(20);
        keep(&garbage);
        weak::finalize(&garbage[0], || ());
        let one = node();
        weak::finalize(&one, || exit(CODE));
        drop(one);
    }),
    ("a callback when a collection starts", || {
        keep(&ring(20));
        drop(ring(5));
        gc::add_callback(|phase, _| {
            if phase == gc::Phase::Start {
                exit(CODE);
            }
        });
        gc::collect();
    }),
    ("a callback when a collection is done", || {
        keep(&ring(20));
        drop(ring(5));
        gc::add_callback(|phase, _| {
            if phase == gc::Phase::Stop {
                exit(CODE);
            }
        });
        gc::collect();
    }),
    ("a constructor", || {
        let garbage = ring(20);
        keep(&garbage);
        drop(garbage);
        drop(Gc::new_cyclic(|weak: &Weak<Node>| {
            LATE.with_borrow_mut(|kept| {
                kept.as_mut().expect("it is kept").weak.push(weak.clone());
            });
            exit(CODE)
        }));
    }),
    ("an automatic collection", || {
        let garbage = ring(20);
        keep(&[]);
        garbage[3].exits_in_finalizer.set(true);
        drop(garbage);
        let kept: Vec<Gc<Node>> = (0..5000).map(|_| node()).collect();
        drop(kept);
    }),
    ("the drop of a weak map's value", || {
        let key = node();
        keep(&ring(20));
        let map: WeakMap<Node, Gc<Node>> = WeakMap::new();
        let value = node();
        value.drops.exits.set(true);
        map.insert(&key, value);
        drop(key);
    }),
    ("the hook of a panic in a trace", || {
        let garbage = ring(20);
        keep(&garbage);
        let fragile = Gc::new(Fragile::late(garbage));
        drop(fragile.clone());
        panic::set_hook(Box::new(|_| exit(CODE)));
        set_broken(true);
        gc::collect();
    }),
    ("the hook of a panic in a heap tool", || {
        let garbage = ring(20);
        keep(&garbage);
        let fragile = Gc::new(Fragile::new(garbage));
        panic::set_hook(Box::new(|_| exit(CODE)));
        set_broken(true);
        drop((HeapSnapshot::capture(), fragile));
    }),
    ("the hook of a panic in a finalizer", || {
        struct Panics;
        impl Drop for Panics {
            fn drop(&mut self) {
                panic!("in a drop");
            }
        }
        let garbage = ring(20);
        keep(&garbage);
        let one = Gc::new(RefCell::new(None::<(Gc<Node>, Untraced<Panics>)>));
        *one.borrow_mut() = Some((garbage[0].clone(), Untraced(Panics)));
        panic::set_hook(Box::new(|_| exit(CODE)));
        drop(one);
    }),
    ("an ordinary place", || {
        keep(&ring(20));
        drop(ring(20));
        exit(CODE);
    }),
];

#[test]
#[cfg_attr(miri, ignore = "it starts processes")]
fn the_exit_code_is_the_programs() {
    const NAME: &str = "the_exit_code_is_the_programs";
    if let Ok(site) = std::env::var("GCYCLE_EXIT") {
        // The early one is registered before the heap has memory.
        EARLY.with(|_| ());
        let (_, go) = SITES.into_iter().find(|(name, _)| *name == site).expect("a site");
        go();
        panic!("{site}: it did not exit");
    }
    for (site, _) in SITES {
        let output = again(NAME, site);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(CODE), "{site}: {:?}\n{stderr}", output.status);
    }
}

/// A program whose thread-local calls `exit` while the process ends: it is the standard
/// library that refuses, and the collector goes on.
#[test]
fn a_finalizer_that_exits_while_the_thread_ends_does_no_harm() {
    let run = || {
        let bad = Rc::new(Cell::new(0));
        let count = Rc::clone(&bad);
        drop(ring(10));
        let one = node();
        weak::finalize(&one, move || count.set(count.get() + 1));
        LATE.set(Some(Kept { nodes: vec![one], weak: Vec::new(), map: None }));
    };
    std::thread::spawn(run).join().expect("the thread ends as others do");
}

/// Runs test `name` of this file again as `how`, and returns what became of it.
fn again(name: &str, how: &str) -> Output {
    Command::new(std::env::current_exe().expect("this program is a file"))
        .args([&format!("exits::{name}"), "--exact", "--nocapture", "--test-threads=1"])
        .env("GCYCLE_EXIT", how)
        .output()
        .expect("it runs again")
}

/// Panics in its finalizer.
#[derive(Trace)]
#[trace(finalize)]
struct Panics(Cell<bool>);

impl Finalize for Panics {
    fn finalize(&self) {
        assert!(!self.0.get(), "a finalizer at the end");
    }
}

/// What is left of a thread is dropped after its last collection too.
#[test]
#[cfg_attr(miri, ignore = "it starts a process")]
fn a_finalizer_that_panics_after_the_last_collection_does_not_end_the_process() {
    const NAME: &str = "a_finalizer_that_panics_after_the_last_collection_does_not_end_the_process";
    thread_local! {
        static HELD: RefCell<Vec<Gc<Panics>>> = const { RefCell::new(Vec::new()) };
        /// Makes objects when the thread ends.
        static MAKES: RefCell<Option<Makes>> = const { RefCell::new(None) };
    }
    struct Makes;
    impl Drop for Makes {
        fn drop(&mut self) {
            for _ in 0..3000 {
                let panics = Gc::new((Panics(Cell::new(true)), RefCell::new(Vec::<Gc<u8>>::new())));
                drop(panics.clone());
            }
            drop(Gc::new(Panics(Cell::new(true))));
        }
    }
    if std::env::var_os("GCYCLE_EXIT").is_some() {
        // Registered before the heap has memory: they are dropped last.
        HELD.with(|_| ());
        MAKES.set(Some(Makes));
        HELD.with_borrow_mut(|held| held.push(Gc::new(Panics(Cell::new(true)))));
        exit(CODE);
    }
    let output = again(NAME, "held");
    assert_eq!(output.status.code(), Some(CODE), "{output:?}");
}

/// By a rule of the language: a panic must not leave the destructor of a thread-local, and
/// before its last collection nobody knows that the thread ends.
#[test]
#[cfg_attr(miri, ignore = "it starts a process")]
fn a_finalizer_that_panics_in_a_thread_local_before_that_ends_the_process() {
    const NAME: &str = "a_finalizer_that_panics_in_a_thread_local_before_that_ends_the_process";
    thread_local! {
        static HELD: RefCell<Vec<Gc<Panics>>> = const { RefCell::new(Vec::new()) };
    }
    if std::env::var_os("GCYCLE_EXIT").is_some() {
        let panics = Gc::new(Panics(Cell::new(true)));
        HELD.with_borrow_mut(|held| held.push(panics));
        exit(CODE);
    }
    assert_ne!(again(NAME, "held").status.code(), Some(CODE));
}

/// A program whose standard error nobody reads any more, as behind `| head -1`.
#[cfg(unix)]
#[test]
#[cfg_attr(miri, ignore = "it starts a process")]
fn lines_that_nobody_can_read_end_no_process_and_lose_nothing() {
    const NAME: &str = "lines_that_nobody_can_read_end_no_process_and_lose_nothing";
    if std::env::var_os("GCYCLE_EXIT").is_some() {
        gc::set_debug(gc::DebugFlags::STATS | gc::DebugFlags::COLLECTABLE);
        drop(ring(4));
        assert_eq!(gc::collect(), 4);
        gc::set_debug(gc::DebugFlags::SAVEALL);
        drop(ring(3));
        assert_eq!(gc::collect(), 3);
        // What is in the list is told of at the end of the thread.
        gc::set_debug(gc::DebugFlags::empty());
        exit(CODE);
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = Command::new(std::env::current_exe().expect("this program is a file"))
        .args([&format!("exits::{NAME}"), "--exact", "--nocapture", "--test-threads=1"])
        .env("GCYCLE_EXIT", "unread")
        .stderr(writer)
        .status()
        .expect("it runs again");
    assert_eq!(status.code(), Some(CODE));
}
