//! What is borrowed or locked is not looked into: it counts as held from
//! outside, and is found once the borrow is over.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Mutex, RwLock};

use gcycle::{Gc, Trace, Tracer, gc};

use crate::objects::{Tally, assert_sound_and_empty, ring};

#[test]
fn what_a_borrowed_cell_holds_survives_every_collection() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    let first = nodes[0].clone();
    drop(nodes);
    {
        let mut edges = first.edges.borrow_mut();
        for generation in gc::Generation::ALL {
            assert_eq!(gc::collect_generation(generation), 0);
        }
        let moved = edges.pop().expect("the edge is there");
        assert_eq!(gc::collect(), 0);
        edges.push(moved);
    }
    drop(first);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

/// The cycle was found alive because of the borrow, by a full collection, which
/// takes the flags of candidates away.
#[test]
fn a_cycle_hidden_by_a_borrow_is_found_after_it() {
    let tally: Rc<Tally> = Rc::default();
    let owner = crate::objects::node(&tally);
    let hidden = ring(&tally, 3);
    owner.link(&hidden[0]);
    drop(hidden);
    let borrowed = owner.edges.borrow_mut();
    assert_eq!(gc::collect(), 0);
    drop(borrowed);
    drop(owner);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

#[test]
fn a_borrow_that_is_never_given_back_only_leaks() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    std::mem::forget(nodes[0].edges.borrow_mut());
    drop(nodes);
    assert_eq!(gc::collect(), 0);
    assert_eq!(tally.dropped.get(), 0);
    crate::objects::assert_sound();
}

#[test]
fn a_shared_borrow_hides_nothing() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    let first = nodes[0].clone();
    drop(nodes);
    let borrowed = first.edges.borrow();
    assert_eq!(gc::collect(), 0);
    drop(borrowed);
    drop(first);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

/// Owns itself through a lock of each kind.
struct Locked {
    mutex: Mutex<Option<Gc<Locked>>>,
    lock: RwLock<Option<Gc<Locked>>>,
}

// SAFETY: each field is reported once.
unsafe impl Trace for Locked {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.mutex.trace(tracer);
        self.lock.trace(tracer);
    }
}

#[test]
fn a_collection_does_not_wait_for_locks() {
    let one = Gc::new(Locked { mutex: Mutex::new(None), lock: RwLock::new(None) });
    *one.mutex.lock().unwrap() = Some(one.clone());
    *one.lock.write().unwrap() = Some(one.clone());
    {
        let _mutex = one.mutex.lock().unwrap();
        let _lock = one.lock.write().unwrap();
        drop(one.clone());
        assert_eq!(gc::collect(), 0);
    }
    drop(one);
    assert_eq!(gc::collect(), 1);
    assert_sound_and_empty();
}

#[test]
fn an_allocation_may_collect_while_its_value_is_being_built() {
    let tally: Rc<Tally> = Rc::default();
    gc::set_threshold(1, 0, 0);
    let mut kept = Vec::new();
    let count = if cfg!(miri) { 3 } else { 50 };
    for _ in 0..count {
        let nodes = ring(&tally, 3);
        // The value holds handles while `new` collects.
        kept.push(Gc::new(RefCell::new(nodes)));
    }
    for nodes in &kept {
        assert_eq!(nodes.borrow().len(), 3);
    }
    gc::set_threshold(700, 10, 10);
    drop(kept);
    gc::collect();
    assert_eq!(tally.dropped.get(), 3 * count);
    assert_sound_and_empty();
}
