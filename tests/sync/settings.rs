//! What `sync::gc` sets and reports. The settings are those of the process, so that each test puts
//! them back.

use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, ThreadId};
use std::time::Duration;

use gcycle::sync::gc::{self, Collection};
use gcycle::sync::{Gc, Shared, Weak};
use gcycle::{Trace, Tracer};

use crate::values::{Counter, Node, ring, turn};

/// So many candidates at least, which die.
fn make_candidates(number: usize) {
    /// How many lists there are: the last entry of each is taken back when its object dies.
    const LISTS: usize = 16;
    let candidate = |_| {
        let gc = Gc::new(OnceLock::<Gc<u8>>::new());
        drop(gc.clone());
        gc
    };
    // From the first to the last.
    drop((0..number + LISTS).map(candidate).collect::<Vec<_>>());
}

/// Garbage that only a collection frees, and a weak handle to it.
fn garbage(counter: &Counter) -> Weak<Node> {
    Gc::downgrade(&ring(counter, 2))
}

/// Puts the settings back, also if the test panics.
struct Defaults;

impl Drop for Defaults {
    fn drop(&mut self) {
        gc::set_collection(Collection::Inline);
        gc::enable();
        gc::set_threshold(1024);
    }
}

#[test]
fn no_collection_runs_while_they_are_switched_off() {
    let _turn = turn();
    let counter = Counter::default();
    let _defaults = Defaults;
    let switches: [(fn(), fn()); 3] = [
        (gc::disable, gc::enable),
        (|| gc::set_collection(Collection::Manual), || gc::set_collection(Collection::Inline)),
        (|| gc::set_threshold(0), || gc::set_threshold(1024)),
    ];
    for (off, on) in switches {
        counter.all_are_dropped();
        off();
        let before = gc::get_stats().collections;
        let weak = garbage(&counter);
        make_candidates(3000);
        assert_eq!(gc::get_stats().collections, before);
        assert!(gc::get_count() >= 3000);
        assert!(weak.upgrade().is_some());
        on();
        make_candidates(1);
        drop(Gc::new(1));
        assert_eq!(gc::get_stats().collections, before + 1, "it was due");
    }
    assert!(gc::is_enabled());
    counter.all_are_dropped();
}

#[test]
fn one_that_is_due_runs_when_asked_for() {
    let _turn = turn();
    let counter = Counter::default();
    let _defaults = Defaults;
    gc::set_collection(Collection::Manual);
    gc::collect();
    assert_eq!((gc::collect_if_due(), gc::get_count()), (None, 0));
    drop(garbage(&counter));
    make_candidates(2000);
    assert_eq!(gc::collect_if_due(), Some(2));
    assert_eq!(gc::collect_if_due(), None);
    counter.all_are_dropped();
}

#[test]
fn a_threshold_is_kept() {
    let _turn = turn();
    let _defaults = Defaults;
    gc::set_threshold(100);
    assert_eq!(gc::get_threshold(), 100);
    gc::collect();
    let before = gc::get_stats().collections;
    // The lists are added up after 16 in one of them.
    make_candidates(100 + 16 * 16);
    let collections = gc::get_stats().collections - before;
    assert!((1..=3).contains(&collections), "{collections}");
    gc::set_threshold(10_000);
    make_candidates(5000);
    assert_eq!(gc::get_stats().collections, before + collections);
    assert!(gc::get_count() >= 5000);
}

#[test]
fn totals_are_reported() {
    let _turn = turn();
    let counter = Counter::default();
    counter.all_are_dropped();
    let before = gc::get_stats();
    let alive = ring(&counter, 3);
    drop(garbage(&counter));
    assert_eq!(gc::collect(), 2);
    let now = gc::get_stats();
    assert_eq!(now.collections - before.collections, 1);
    assert_eq!(now.collected - before.collected, 2);
    assert_eq!(now.suspected - before.suspected, 2);
    assert_eq!(now.refuted, before.refuted);
    assert!(now.traced - before.traced >= 5 && now.candidates > before.candidates);
    assert!(now.duration >= now.max_pause);
    drop(alive);
    counter.all_are_dropped();
}

/// Notes on which thread it was traced last.
struct Probe(Arc<Mutex<Option<ThreadId>>>);

// SAFETY: there is nothing to report.
unsafe impl Trace for Probe {
    fn trace(&self, _: &mut Tracer<'_>) {
        *self.0.lock().unwrap() = Some(thread::current().id());
    }
}

// SAFETY: nothing is reported. Nobody holds the lock for long.
unsafe impl Shared for Probe {}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn a_thread_of_its_own_collects_in_the_background() {
    let _turn = turn();
    let counter = Counter::default();
    let _defaults = Defaults;
    gc::set_collection(Collection::Background);
    drop(garbage(&counter));
    let before = gc::get_stats().collections;
    let here = thread::current().id();
    let traced_on = Arc::new(Mutex::new(None));
    let probe = Gc::new(Probe(traced_on.clone()));
    drop(probe.clone());
    make_candidates(2000);
    for _ in 0..2000 {
        if counter.dropped() == counter.made() {
            break;
        }
        thread::sleep(Duration::from_millis(1));
        make_candidates(100);
    }
    assert_eq!(counter.dropped(), counter.made());
    assert!(traced_on.lock().unwrap().is_some());
    assert!(gc::get_stats().collections > before);
    assert_ne!(*traced_on.lock().unwrap(), Some(here));
    // It has ended, or ends.
    gc::set_collection(Collection::Inline);
    thread::sleep(Duration::from_millis(20));
}
