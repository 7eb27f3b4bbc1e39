//! Callbacks of `gc::add_callback`, when a collection starts and stops.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::gc::{self, Phase};

use crate::subject::{Code, Quiet, allocate, assert_collector_works, on_a_fresh_heap, panic};

/// Collects one cycle with `code` as a callback, and another one after it.
fn collect_with(code: &Code) {
    let other = Code::nothing();
    let callbacks =
        [code.clone(), other.clone()].map(|code| gc::add_callback(move |_, _| code.call()));
    // No collection but the one below calls them.
    let _pause = gc::pause();
    drop(Quiet::cyclic());
    assert_eq!(gc::collect(), 1);
    assert!(callbacks.into_iter().all(gc::remove_callback));
    assert_eq!((code.calls(), other.calls()), (2, 2));
}

#[test]
fn code_of_the_user_runs() {
    on_a_fresh_heap(|| collect_with(&Code::nothing()));
}

#[test]
fn it_may_allocate() {
    on_a_fresh_heap(|| {
        let _pause = gc::pause();
        let phases: Rc<RefCell<Vec<Phase>>> = Rc::default();
        gc::add_callback({
            let phases = Rc::clone(&phases);
            move |phase, _| {
                phases.borrow_mut().push(phase);
                if phase == Phase::Stop {
                    allocate();
                }
            }
        });
        drop(Quiet::cyclic());
        assert_eq!(gc::collect(), 1);
        assert_eq!(*phases.borrow(), [Phase::Start, Phase::Stop]);
    });
    // What is allocated when a collection starts is young, and collected too.
    on_a_fresh_heap(|| {
        gc::add_callback(|phase, _| {
            if phase == Phase::Start {
                drop(Quiet::cyclic());
            }
        });
        assert_eq!(gc::collect(), 1);
    });
}

#[test]
fn a_collection_returns_0() {
    on_a_fresh_heap(|| {
        collect_with(&Code::new(|| assert_eq!(gc::collect(), 0)));
    });
}

#[test]
fn a_panic_is_reported_and_goes_no_further() {
    on_a_fresh_heap(|| {
        collect_with(&Code::new(panic));
        assert_collector_works();
    });
}

#[test]
fn callbacks_may_be_added_and_removed_meanwhile() {
    on_a_fresh_heap(|| {
        let id = Rc::new(RefCell::new(None));
        let added = Code::nothing();
        let callback = gc::add_callback({
            let (id, added) = (Rc::clone(&id), added.clone());
            move |_, _| {
                if let Some(id) = id.borrow_mut().take() {
                    gc::remove_callback(id);
                    let added = added.clone();
                    gc::add_callback(move |_, _| added.call());
                }
            }
        });
        *id.borrow_mut() = Some(callback);
        gc::collect();
        assert_eq!(added.calls(), 1, "it was added at the start and told of the stop");
        gc::collect();
        assert_eq!(added.calls(), 3);
    });
}
