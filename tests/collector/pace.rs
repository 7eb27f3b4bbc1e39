//! How often collections run by themselves, while the program has set no thresholds.

#![cfg(not(gc_zeal))]
#![cfg(not(miri))]

use std::cell::RefCell;

use gcycle::gc::{self, Pace};
use gcycle::{Gc, Trace};

use super::{Link, ring_of_two};

const MANY: usize = 300_000;

#[derive(Trace, Default)]
struct Page {
    parent: RefCell<Option<Gc<Page>>>,
    children: RefCell<Vec<Gc<Page>>>,
}

/// A document whose nodes hold their parents.
fn document(nodes: usize) -> Vec<Gc<Page>> {
    let pages: Vec<Gc<Page>> = (0..nodes).map(|_| Gc::default()).collect();
    for (index, page) in pages.iter().enumerate().skip(1) {
        let parent = &pages[index / 4];
        *page.parent.borrow_mut() = Some(parent.clone());
        parent.children.borrow_mut().push(page.clone());
    }
    pages
}

/// The root, which is all that holds the document.
fn closed(document: &[Gc<Page>]) -> Gc<Page> {
    document[0].clone()
}

pub(super) fn traced() -> u64 {
    gc::get_stats().iter().map(|stats| stats.traced).sum()
}

/// Makes objects that make up a list behind each other, so that a full collection examines
/// all of them.
pub(super) fn grow(count: usize) -> Gc<Link> {
    let mut last = Gc::new(Link::default());
    for _ in 1..count {
        let next = Gc::new(Link::default());
        drop(next.clone());
        *next.next.borrow_mut() = Some(last);
        last = next;
    }
    last
}

#[test]
fn a_heap_that_only_grows_is_examined_twice_at_most() {
    let list = grow(MANY);
    let traced = traced();
    assert!(10 * traced < 22 * MANY as u64, "{traced} objects traced, {MANY} made");
    drop(list);
}

#[test]
fn memory_first_examines_more_and_time_first_less() {
    let full_collections = |pace| {
        gc::set_pace(pace);
        let before = gc::get_stats()[2].collections;
        let list = grow(MANY);
        let full = gc::get_stats()[2].collections - before;
        drop(list);
        gc::collect();
        full
    };
    let full = [Pace::SaveMemory, Pace::Balanced, Pace::SaveTime].map(full_collections);
    assert!(full[0] > full[1] && full[1] > full[2], "{full:?} full collections");
}

#[test]
fn a_closed_document_is_freed_beside_steady_requests_before_as_much_was_made_again() {
    let root = closed(&document(MANY));
    gc::collect();
    drop(root);
    let mut made = 0;
    while gc::memory().objects > MANY / 2 {
        for _ in 0..100 {
            drop(ring_of_two());
        }
        made += 200;
        assert!(made < MANY, "{made} objects were made, and the document is still there");
    }
}

#[test]
fn a_closed_document_is_freed_also_if_requests_make_no_cycles() {
    let root = closed(&document(MANY));
    gc::collect();
    drop(root);
    let mut made = 0;
    while gc::memory().objects > MANY / 2 {
        for _ in 0..1000 {
            drop(Gc::new(Link::default()));
        }
        made += 1000;
        assert!(made < 9 * MANY, "{made} objects were made, and the document is still there");
    }
}

#[test]
fn a_document_that_stays_open_is_examined_less_and_less_often_beside_requests() {
    const ROUNDS: usize = 40;
    let root = closed(&document(MANY));
    gc::collect();
    let before = traced();
    for _ in 0..ROUNDS * MANY / 2 {
        drop(ring_of_two());
        // It is a candidate again.
        drop(root.clone());
    }
    let made = ROUNDS * MANY;
    let for_the_document = (traced() - before).saturating_sub(made as u64);
    let times = for_the_document / MANY as u64;
    assert!(times <= 6, "it was examined {times} times");
}

#[test]
fn what_was_passed_over_is_found_by_a_full_collection() {
    // Nothing is garbage while this list is made, so that most of it is passed over.
    let mut list = Vec::new();
    for _ in 0..MANY {
        list.push(ring_of_two());
    }
    let before: u64 = traced();
    drop(list);
    assert_eq!(gc::collect(), 2 * MANY);
    assert!(before < 3 * MANY as u64, "{before} objects traced before");
}

#[test]
fn exact_thresholds_pass_nothing_over() {
    gc::set_threshold(700, 10, 10);
    assert_eq!(gc::get_pace(), None);
    let list = grow(MANY);
    let young = gc::get_stats()[0];
    assert!(young.collections > MANY as u64 / 701 / 12 * 10, "{young:?}");
    assert!(traced() >= MANY as u64 - 701);
    drop(list);
    gc::set_pace(Pace::default());
    assert_eq!((gc::get_threshold(), gc::get_pace()), ((700, 10, 10), Some(Pace::Balanced)));
}

#[test]
fn automatic_collection_that_is_off_stays_off_however_much_is_made() {
    gc::disable();
    let root = closed(&document(1000));
    drop(root);
    for _ in 0..MANY {
        drop(Gc::new(Link::default()));
    }
    assert_eq!(gc::get_stats().iter().map(|stats| stats.collections).sum::<u64>(), 0);
    gc::enable();
    let guard = gc::pause();
    for _ in 0..MANY {
        drop(Gc::new(Link::default()));
    }
    assert_eq!(gc::get_stats().iter().map(|stats| stats.collections).sum::<u64>(), 0);
    drop(guard);
}
