//! When the collector runs by itself, and when not.

use std::cell::RefCell;

use gcycle::gc::{self, Generation};
use gcycle::{Gc, Trace};

use super::weakrefs::{Detector, MOST};
use crate::objects::List;

pub(super) fn test_indirect_calls_with_gc_disabled() {
    gc::set_threshold(MOST / 10, 0, 0);
    assert!(Detector::new().wait().is_some(), "no collection after {MOST} objects");

    gc::disable();
    assert_eq!(Detector::new().wait(), None);
    gc::enable();
}

pub(super) fn test_threshold_zero() {
    gc::set_threshold(0, 0, 0);
    let before = gc::get_stats();
    let count = if cfg!(miri) { 50 } else { 50_000 };
    for _ in 0..count {
        drop(List::cyclic());
    }
    assert_eq!(gc::get_stats(), before);
    assert_eq!(gc::get_count().0, count);
}

/// An element of a doubly linked list.
#[derive(Trace)]
struct Element {
    neighbours: RefCell<[Option<Gc<Element>>; 2]>,
    _keeps: Option<Gc<Element>>,
}

/// A doubly linked list, of which each element keeps `other` alive; its head.
fn linked_list(length: usize, other: Option<&Gc<Element>>) -> Gc<Element> {
    let element = || Gc::new(Element { neighbours: RefCell::default(), _keeps: other.cloned() });
    let head = element();
    let mut last = head.clone();
    for _ in 1..length {
        let next = element();
        next.neighbours.borrow_mut()[0] = Some(last.clone());
        last.neighbours.borrow_mut()[1] = Some(next.clone());
        last = next;
    }
    head
}

pub(super) fn test_incremental_gc_handles_fast_cycle_creation() {
    let (length, iterations) = if cfg!(miri) { (20, 15) } else { (1000, 20_000) };
    let old = linked_list(length, None);
    gc::collect_generation(Generation::Old);
    let before = gc::memory().objects;
    let mut most = 0;
    for iteration in 0..iterations {
        drop(linked_list(20, Some(&old)));
        if iteration % 100 == 0 {
            most = most.max(gc::memory().objects - before);
        }
    }
    assert!(most < 27_000, "the heap grew by {most} objects");
}
