//! Panics wherever user code runs. A collection ends properly or is abandoned
//! with nothing lost, and the next one runs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gcycle::{Gc, gc};

use crate::objects::{Tally, Tracing, assert_sound, assert_sound_and_empty, node, panic_of, ring};

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_trace_abandons_the_collection_and_loses_nothing() {
    let tally: Rc<Tally> = Rc::default();
    for bad in 0..3 {
        let nodes = ring(&tally, 3);
        let weak = Gc::downgrade(&nodes[bad]);
        nodes[bad].tracing.set(Tracing::Panics);
        drop(nodes);
        for _ in 0..3 {
            assert_eq!(panic_of(gc::collect), Some("trace panics".into()));
            assert_eq!(tally.dropped.get(), bad * 3);
        }
        weak.upgrade().expect("it is still there").tracing.set(Tracing::Honest);
        assert_eq!(gc::collect(), 3);
        assert_eq!(tally.dropped.get(), bad * 3 + 3);
    }
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_trace_leaves_every_generation_as_it_was() {
    for generation in gc::Generation::ALL {
        let tally: Rc<Tally> = Rc::default();
        let nodes = ring(&tally, 2);
        gc::collect_generation(generation);
        let bad = node(&tally);
        bad.tracing.set(Tracing::Panics);
        nodes[0].link(&bad);
        drop(nodes);
        let ages = || gc::Generation::ALL.map(|age| gc::get_objects(Some(age)).len());
        let before = ages();
        assert!(panic_of(gc::collect).is_some());
        assert_eq!(ages(), before, "with a ring that survived a collection of {generation:?}");
        bad.tracing.set(Tracing::Honest);
        drop(bad);
        assert_eq!(gc::collect(), 3);
        assert_sound_and_empty();
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_a_finalizer_of_a_cycle_goes_on_after_the_collection() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 5);
    nodes[1].on_finalize(|_| panic!("first"));
    nodes[3].on_finalize(|_| panic!("second"));
    drop(nodes);
    let said = panic_of(gc::collect).expect("the panic goes on");
    assert!(said == "first" || said == "second");
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (5, 5));
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panicking_finalizer_can_resurrect() {
    let tally: Rc<Tally> = Rc::default();
    let saved: Rc<RefCell<Vec<_>>> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[0].on_finalize({
        let saved = saved.clone();
        move |own| {
            saved.borrow_mut().push(own.clone());
            panic!("after it saved itself");
        }
    });
    drop(nodes);
    assert!(panic_of(gc::collect).is_some());
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (3, 0));
    assert_eq!(saved.borrow()[0].edges.borrow().len(), 1);
    saved.borrow_mut().clear();
    assert_eq!(gc::collect(), 3);
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (3, 3));
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_a_finalizer_of_a_dying_object_goes_on_after_its_death() {
    let tally: Rc<Tally> = Rc::default();
    let one = node(&tally);
    one.link(&node(&tally));
    one.on_finalize(|_| panic!("dying"));
    assert_eq!(panic_of(move || drop(one)), Some("dying".into()));
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (2, 2));
    assert_sound_and_empty();
}

/// The elements of a vector are dropped one after the other; a second panic
/// while the first unwinds would end the process.
#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn many_finalizers_that_panic_at_once_do_not_abort() {
    let tally: Rc<Tally> = Rc::default();
    let nodes: Vec<_> = (0..10).map(|_| node(&tally)).collect();
    nodes.iter().for_each(|node| node.on_finalize(|_| panic!("one of many")));
    assert_eq!(panic_of(move || drop(nodes)), Some("one of many".into()));
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (10, 10));
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_finalizer_may_panic_while_another_panic_unwinds() {
    let tally: Rc<Tally> = Rc::default();
    let one = node(&tally);
    one.on_finalize(|_| panic!("the second"));
    let said = panic_of(move || {
        let _one = one;
        panic!("the first");
    });
    assert_eq!(said, Some("the first".into()));
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (1, 1));
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_finalizer_that_breaks_its_cycle_may_panic() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 4);
    for node in &nodes {
        node.on_finalize(|own| {
            drop(own.edges.take());
            panic!("broken");
        });
    }
    drop(nodes);
    assert_eq!(panic_of(gc::collect), Some("broken".into()));
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (4, 4));
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_a_drop_of_a_cycle_spares_no_other_value() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 6);
    for index in [0, 2, 3] {
        nodes[index].on_drop(|| panic!("drop panics"));
    }
    drop(nodes);
    assert_eq!(panic_of(gc::collect), Some("drop panics".into()));
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (6, 6));
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_a_drop_frees_the_slot_and_the_fields() {
    let tally: Rc<Tally> = Rc::default();
    let one = node(&tally);
    one.link(&node(&tally));
    one.on_drop(|| panic!("drop panics"));
    assert_eq!(panic_of(move || drop(one)), Some("drop panics".into()));
    assert_eq!(tally.dropped.get(), 2);
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn panics_deep_in_a_chain_do_not_stop_the_chain_from_dying() {
    const LENGTH: usize = if cfg!(miri) { 20 } else { 200 };
    let places: &[usize] =
        if cfg!(miri) { &[0, 17, LENGTH - 1] } else { &[0, 1, 15, 16, 17, 100, LENGTH - 1] };
    for &bad in places {
        for in_drop in [false, true] {
            let tally: Rc<Tally> = Rc::default();
            let mut head = node(&tally);
            for index in 1..LENGTH {
                let new = node(&tally);
                new.edges.borrow_mut().push(head);
                if index == bad && in_drop {
                    new.on_drop(|| panic!("deep"));
                } else if index == bad {
                    new.on_finalize(|_| panic!("deep"));
                }
                head = new;
            }
            let said = panic_of(move || drop(head));
            assert_eq!(said.is_some(), bad > 0, "at {bad}");
            assert_eq!((tally.finalized.get(), tally.dropped.get()), (LENGTH, LENGTH));
            assert_sound_and_empty();
        }
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_during_an_automatic_collection_comes_out_of_the_allocation() {
    let tally: Rc<Tally> = Rc::default();
    gc::disable();
    let nodes = ring(&tally, 3);
    nodes[0].on_finalize(|_| panic!("while allocating"));
    drop(nodes);
    gc::set_threshold(1, 10, 10);
    gc::enable();
    let count = Cell::new(0);
    let said = panic_of(|| {
        for _ in 0..10 {
            count.set(count.get() + 1);
            std::mem::forget(vec![node(&tally)]);
        }
    });
    gc::set_threshold(700, 10, 10);
    assert_eq!(said, Some("while allocating".into()));
    assert!(count.get() < 10);
    assert_sound();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_a_weak_callback_is_reported_and_goes_no_further() {
    let called: Rc<Cell<usize>> = Rc::default();
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 2);
    let weaks: Vec<_> = (0..3)
        .map(|_| {
            let called = called.clone();
            Gc::downgrade_with(&nodes[0], move || {
                called.set(called.get() + 1);
                panic!("in a callback");
            })
        })
        .collect();
    drop(nodes);
    assert_eq!(gc::collect(), 2);
    assert_eq!(called.get(), 3);
    assert!(weaks.iter().all(|weak| weak.upgrade().is_none()));
    assert_sound();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_a_gc_callback_is_reported_and_goes_no_further() {
    gc::disable();
    let called: Rc<Cell<usize>> = Rc::default();
    let id = gc::add_callback({
        let called = called.clone();
        move |_, _| {
            called.set(called.get() + 1);
            panic!("in a callback");
        }
    });
    let tally: Rc<Tally> = Rc::default();
    drop(ring(&tally, 2));
    assert_eq!(gc::collect(), 2);
    assert_eq!(called.get(), 2, "once at the start, once at the end");
    assert!(gc::remove_callback(id));
    assert_sound_and_empty();
}

#[test]
fn a_collection_inside_of_user_code_returns_at_once() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[0].on_finalize(|_| assert_eq!(gc::collect(), 0));
    nodes[1].on_drop(|| assert_eq!(gc::collect(), 0));
    drop(nodes);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

#[test]
fn finalizers_of_dying_objects_may_collect() {
    let tally: Rc<Tally> = Rc::default();
    let one = node(&tally);
    let others = ring(&tally, 3);
    one.edges.borrow_mut().extend(others.iter().cloned());
    one.on_finalize({
        let tally = tally.clone();
        move |_| {
            drop(ring(&tally, 5));
            assert_eq!(gc::collect(), 5, "what the dying object holds is alive");
        }
    });
    drop((others, one));
    assert_eq!(tally.dropped.get(), 6);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}
