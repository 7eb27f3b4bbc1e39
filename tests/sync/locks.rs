//! Locks that are held while a collection runs.

use std::sync::{Mutex, RwLock};

use gcycle::Trace;
use gcycle::sync::{self, Gc};

use crate::values::{Counted, Counter, Node, ring, turn};

#[test]
fn a_collection_does_not_wait_for_a_lock() {
    let _turn = turn();
    let counter = Counter::default();
    let node = ring(&counter, 3);
    let guard = node.locked.lock().unwrap();
    drop(node.clone());
    sync::gc::collect();
    assert_eq!(counter.dropped(), 0);
    drop(guard);
    drop(node);
    counter.all_are_dropped();
}

#[test]
fn a_lock_is_free_after_a_collection() {
    let _turn = turn();
    let counter = Counter::default();
    let node = ring(&counter, 3);
    drop(node.clone());
    sync::gc::collect();
    drop(node.locked.try_lock().unwrap());
    drop(node);
    counter.all_are_dropped();
}

#[derive(Trace)]
#[trace(shared)]
struct Readers {
    #[trace(skip)]
    _counted: Counted,
    others: RwLock<Vec<Gc<Readers>>>,
}

#[test]
fn a_reader_may_collect() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Gc::new(Readers { _counted: counter.count(), others: RwLock::default() });
    node.others.write().unwrap().push(node.clone());
    let guard = node.others.read().unwrap();
    drop(guard[0].clone());
    sync::gc::collect();
    assert_eq!(guard.len(), 1);
    drop(guard);
    drop(node);
    counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn a_poisoned_lock_is_looked_into() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Node::new(&counter);
    node.push(&node);
    let poisoned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _guard = node.locked.lock().unwrap();
        panic!("poison");
    }));
    assert!(poisoned.is_err() && node.locked.is_poisoned());
    drop(node);
    counter.all_are_dropped();
}

#[test]
fn a_lock_inside_a_lock_is_looked_into() {
    let _turn = turn();
    type Nested = Mutex<Option<Gc<Nest>>>;
    #[derive(Trace)]
    #[trace(shared)]
    struct Nest(
        Mutex<(u8, Nested)>,
        #[trace(skip)]
        #[expect(dead_code, reason = "only dropped")]
        Counted,
    );
    let counter = Counter::default();
    let nest = Gc::new(Nest(Mutex::default(), counter.count()));
    *nest.0.lock().unwrap().1.lock().unwrap() = Some(nest.clone());
    drop(nest);
    counter.all_are_dropped();
}
