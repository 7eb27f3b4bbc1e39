//! `Trace::trace`, in a collection.

use std::cell::Cell;
use std::rc::Rc;

use gcycle::gc::Object;
use gcycle::{Gc, gc};

use crate::subject::{
    Code, Quiet, Site, Subject, assert_collector_works, assert_panics, on_a_fresh_heap, panic,
};

#[test]
fn only_hand_written_implementations_run_code_of_the_user() {
    on_a_fresh_heap(|| {
        // Exact thresholds: otherwise objects are weighed as well.
        gc::set_threshold(700, 10, 10);
        let code = Code::nothing();
        drop(Subject::cyclic(Site::Trace, &code));
        gc::collect();
        // Once while references are subtracted, and once more after finalizers
        // ran.
        assert_eq!(code.calls(), 2);

        // Tracing what the library implements runs no code of the values: not
        // their comparison, hash, clone or format. `RefCell` and `Vec` are
        // looked into; the subject lives and is traced through them.
        let code = Code::nothing();
        let subject = Subject::new(Site::Trace, &code);
        let list = Gc::new(vec![subject.clone()]);
        drop(list.clone());
        gc::collect();
        assert_eq!(code.calls(), 1);
    });
}

#[test]
#[cfg_attr(gc_zeal, ignore = "every allocation collects, and nothing is weighed")]
fn weighing_runs_it_too_and_its_panics_go_nowhere() {
    on_a_fresh_heap(|| {
        let code = Code::new(|| {
            assert_eq!(gc::collect(), 0, "no collection in a trace");
            drop(Gc::new(vec![Gc::new(1)]));
            panic();
        });
        let subject = Subject::new(Site::Trace, &code);
        let keep: Vec<_> = (0..100).map(|_| Quiet::cyclic()).collect();
        assert!(code.calls() > 0, "it was weighed");
        assert_eq!(gc::get_stats().map(|stats| stats.collections), [0; 3]);
        drop((keep, subject));
        assert_collector_works();
    });
}

#[test]
fn an_allocation_panics() {
    on_a_fresh_heap(|| {
        let is_allowed = Rc::new(Cell::new(false));
        let code = {
            let is_allowed = Rc::clone(&is_allowed);
            Code::new(move || {
                if !is_allowed.get() {
                    drop(Quiet::cyclic());
                }
            })
        };
        drop(Subject::cyclic(Site::Trace, &code));
        let outcome = std::panic::catch_unwind(gc::collect);
        let panic = outcome.unwrap_err();
        let message = panic.downcast_ref::<&str>().expect("the message is constant");
        assert_eq!(*message, "`Trace::trace` must not allocate a `Gc`");
        // Nothing was lost, and what was allocated is garbage like any other.
        is_allowed.set(true);
        assert_eq!(gc::collect(), 2);
        assert_collector_works();
    });
}

#[test]
fn a_collection_returns_0() {
    on_a_fresh_heap(|| {
        let found = Rc::new(Cell::new(None));
        let code = {
            let found = Rc::clone(&found);
            Code::new(move || found.set(Some(gc::collect())))
        };
        drop((Subject::cyclic(Site::Trace, &code), Quiet::cyclic()));
        assert_eq!(gc::collect(), 2);
        assert_eq!(found.get(), Some(0));
    });
}

#[test]
fn a_panic_abandons_the_collection_and_goes_on() {
    on_a_fresh_heap(|| {
        let panics = Rc::new(Cell::new(true));
        let code = {
            let panics = Rc::clone(&panics);
            Code::new(move || {
                if panics.get() {
                    panic();
                }
            })
        };
        // No collection but those below traces the object.
        let pause = gc::pause();
        let subject = Subject::cyclic(Site::Trace, &code);
        let object = Object::from(&subject);
        let garbage = [Quiet::cyclic(), Quiet::cyclic()];
        drop((subject, garbage));
        let before = gc::get_objects(None).len();
        assert_panics(gc::collect);
        // What was known to be garbage before may be gone. Nothing else was freed, and
        // nothing moved or forgotten.
        let gone = before - gc::get_objects(None).len();
        assert!(gone <= 2, "only garbage that drops quietly");
        assert_eq!(object.generation(), Some(gc::Generation::Young));
        assert_eq!(object.ref_count(), 2);
        drop(object);
        panics.set(false);
        drop(pause);
        assert_eq!(gc::collect() + gone, 3);
        assert_collector_works();
    });
}

#[test]
fn a_panic_after_finalizers_leaves_the_garbage_to_the_next_collection() {
    on_a_fresh_heap(|| {
        // The first trace goes well; the second, after finalizers, panics.
        let code = {
            let calls = Cell::new(0);
            Code::new(move || {
                calls.set(calls.get() + 1);
                if calls.get() == 2 {
                    panic();
                }
            })
        };
        drop(Subject::cyclic(Site::Trace, &code));
        assert_panics(gc::collect);
        assert_eq!(gc::get_objects(None).len(), 1);
        assert_eq!(gc::collect(), 1);
        assert_collector_works();
    });
}
