//! `gc::collect_if_due` runs what an allocation would, where the program asks for it.

#![cfg(not(gc_zeal))]

use std::cell::{Cell, RefCell};

use gcycle::gc::{self, Generation};
use gcycle::weak::{WeakMap, WeakSet, WeakValueMap};
use gcycle::{Closure, Finalize, Gc, Trace, Tracer};

use super::{Link, ring_of_two};

/// Switches automatic collection off while it exists.
struct Off;

impl Off {
    fn new() -> Off {
        gc::collect();
        gc::disable();
        Off
    }
}

impl Drop for Off {
    fn drop(&mut self) {
        gc::enable();
    }
}

#[test]
fn nothing_is_collected_until_as_much_was_made_as_for_an_automatic_collection() {
    let _off = Off::new();
    gc::set_threshold(9, 10, 10);
    assert_eq!(gc::collect_if_due(), None);
    for _ in 0..4 {
        drop(ring_of_two());
    }
    drop(Gc::new(Link::default()));
    assert_eq!(gc::collect_if_due(), None, "8 are left");
    drop(ring_of_two());
    assert_eq!(gc::collect_if_due(), Some(10));
    assert_eq!(gc::collect_if_due(), None);
}

#[test]
fn it_finds_nothing_if_an_automatic_collection_was_first() {
    gc::collect();
    gc::set_threshold(9, 10, 10);
    (0..5).for_each(|_| drop(ring_of_two()));
    drop(ring_of_two());
    assert_eq!(gc::collect_if_due(), None);
}

#[test]
fn the_generation_is_the_oldest_that_is_due() {
    let _off = Off::new();
    gc::set_threshold(1, 1, 10);
    let collections = || gc::get_stats().map(|stats| stats.collections);
    let before = collections();
    for _ in 0..3 {
        drop(ring_of_two());
        assert!(gc::collect_if_due().is_some());
    }
    let [young, middle, old] = collections();
    assert_eq!([young - before[0], middle - before[1], old - before[2]], [2, 1, 0]);
}

#[test]
fn at_a_pace_the_garbage_of_frames_stays_bounded() {
    let _off = Off::new();
    gc::set_pace(gc::Pace::default());
    let before = gc::memory().objects;
    let (mut most, mut found) = (0, 0);
    for _frame in 0..1_000 {
        (0..50).for_each(|_| drop(ring_of_two()));
        most = most.max(gc::memory().objects - before);
        found += gc::collect_if_due().unwrap_or(0);
    }
    assert!(found > 90_000, "{found}");
    assert!(most < 5_000, "{most}");
}

#[test]
fn what_external_memory_makes_due_is_collected() {
    #[derive(Trace)]
    struct Texture {
        _memory: gc::Pressure,
        own: RefCell<Option<Gc<Texture>>>,
    }

    let _off = Off::new();
    gc::set_pace(gc::Pace::default());
    let texture = Gc::new(Texture { _memory: gc::add_pressure(64 << 20), own: RefCell::default() });
    *texture.own.borrow_mut() = Some(texture.clone());
    drop(texture);
    assert_eq!(gc::collect_if_due(), Some(1));
}

#[test]
fn a_pause_is_respected_and_a_threshold_of_zero_too() {
    let _off = Off::new();
    gc::set_threshold(1, 10, 10);
    drop(ring_of_two());
    let pause = gc::pause();
    assert_eq!(gc::collect_if_due(), None);
    drop(pause);
    gc::set_threshold(0, 10, 10);
    assert_eq!(gc::collect_if_due(), None);
    gc::set_threshold(1, 10, 10);
    assert_eq!(gc::collect_if_due(), Some(2));
}

thread_local! {
    /// Whether nothing was due when somebody asked.
    static ANSWER: Cell<Option<bool>> = const { Cell::new(None) };
}

#[test]
fn inside_of_a_collection_and_of_a_trace_nothing_is_due() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Asks {
        own: RefCell<Option<Gc<Asks>>>,
    }

    impl Finalize for Asks {
        fn finalize(&self) {
            ANSWER.set(Some(gc::collect_if_due().is_none()));
        }
    }

    struct Traces(RefCell<Option<Gc<Traces>>>);
    // SAFETY: the edge is reported once.
    unsafe impl Trace for Traces {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            ANSWER.set(Some(gc::collect_if_due().is_none()));
            self.0.trace(tracer);
        }
    }

    let _off = Off::new();
    gc::set_threshold(1, 10, 10);
    let asks = Gc::new(Asks { own: RefCell::default() });
    *asks.own.borrow_mut() = Some(asks.clone());
    drop((asks, ring_of_two()));
    assert_eq!(gc::collect(), 3);
    assert_eq!(ANSWER.take(), Some(true));

    let traces = Gc::new(Traces(RefCell::default()));
    *traces.0.borrow_mut() = Some(traces.clone());
    drop((traces, ring_of_two()));
    assert_eq!(gc::collect(), 3);
    assert_eq!(ANSWER.take(), Some(true));
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_of_a_finalizer_is_rethrown() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Panics {
        own: RefCell<Option<Gc<Panics>>>,
    }

    impl Finalize for Panics {
        fn finalize(&self) {
            std::panic::resume_unwind(Box::new("from a finalizer"));
        }
    }

    let _off = Off::new();
    gc::set_threshold(1, 10, 10);
    let panics = Gc::new(Panics { own: RefCell::default() });
    *panics.own.borrow_mut() = Some(panics.clone());
    drop((panics, ring_of_two()));
    let panic = std::panic::catch_unwind(gc::collect_if_due).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"from a finalizer"));
    assert_eq!(gc::collect_generation(Generation::Old), 0);
}

/// Whether `act` starts a collection when one is due.
fn starts_one(act: impl FnOnce()) -> bool {
    let collections = || gc::get_stats().iter().map(|stats| stats.collections).sum::<u64>();
    let off = Off::new();
    gc::set_threshold(1, 10, 10);
    (0..5).for_each(|_| drop(ring_of_two()));
    drop(off);
    let before = collections();
    act();
    collections() > before
}

#[test]
fn every_way_to_make_an_object_that_may_be_in_a_cycle_starts_a_collection_that_is_due() {
    let off = Off::new();
    let link = Gc::new(Link::default());
    let mut shared = Gc::new(vec![link.clone()]);
    let _other = shared.clone();
    let map: WeakMap<Link, Gc<Link>> = WeakMap::new();
    drop(off);
    assert!(starts_one(|| drop(Gc::new(Link::default()))));
    assert!(starts_one(|| drop(Gc::<Link>::default())));
    assert!(starts_one(|| drop(Gc::<Link>::from(Link::default()))));
    assert!(starts_one(|| drop(Gc::new_cyclic(|_| Link::default()))));
    assert!(starts_one(|| drop(Gc::from_box(Box::new(Link::default())))));
    assert!(starts_one(|| drop(Gc::<[Gc<Link>]>::from([link.clone()]))));
    assert!(starts_one(|| drop(Gc::<[Gc<Link>]>::from_iter([link.clone()]))));
    assert!(starts_one(|| drop(Gc::<dyn Fn(u8)>::new_closure(link.clone(), |_, _| {}))));
    assert!(starts_one(|| drop(map.insert(&link, link.clone()))));
    assert!(starts_one(|| drop(Gc::make_mut(&mut shared))));
}

#[test]
fn nothing_else_starts_a_collection() {
    let off = Off::new();
    let link = Gc::new(Link::default());
    let mut weakly_held = Gc::new(vec![link.clone()]);
    let (numbers, set, mut values) = (WeakMap::new(), WeakSet::new(), WeakValueMap::new());
    drop(off);
    assert!(!starts_one(|| drop((Gc::new(1), Gc::<str>::from("one")))));
    assert!(!starts_one(|| drop(Gc::<dyn Fn(u8)>::new_closure(1, |_, _| {}))));
    assert!(!starts_one(|| drop(numbers.insert(&link, 1))));
    assert!(!starts_one(|| {
        set.insert(&link);
        values.insert(1, &link);
    }));
    assert!(!starts_one(|| drop((link.clone(), Gc::downgrade_with(&link, || {})))));
    let _weak = Gc::downgrade(&weakly_held);
    assert!(!starts_one(|| drop(Gc::make_mut(&mut weakly_held))), "the value was moved");
    assert!(!starts_one(|| drop(Closure::new(link.clone(), |_: &Gc<Link>| {}))));
}
