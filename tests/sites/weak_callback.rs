//! Callbacks of weak handles: `Gc::downgrade_with` and `weak::finalize`.

use std::cell::Cell;
use std::rc::Rc;

use gcycle::{Gc, Weak, gc, weak};

use crate::subject::{Code, Quiet, allocate, assert_collector_works, on_a_fresh_heap, panic};

/// A callback that runs `code`.
fn calling(code: &Code) -> impl FnOnce() + 'static {
    let code = code.clone();
    move || code.call()
}

/// Lets an object die by its count and another in a collection, with `code`
/// waiting for both; what the collection returned.
fn watch_deaths(code: &Code) -> usize {
    let object = Gc::new(5);
    let _weak = Gc::downgrade_with(&object, calling(code));
    drop(object);
    gc::collect();

    let cycle = Quiet::cyclic();
    let _weak = Gc::downgrade_with(&cycle, calling(code));
    weak::finalize(&cycle, calling(code));
    drop((cycle, Quiet::cyclic()));
    gc::collect()
}

#[test]
fn code_of_the_user_runs() {
    on_a_fresh_heap(|| {
        let code = Code::nothing();
        assert_eq!(watch_deaths(&code), 2);
        assert_eq!(code.calls(), 3);
    });
}

#[test]
fn it_may_allocate() {
    on_a_fresh_heap(|| {
        let code = Code::new(allocate);
        assert_eq!(watch_deaths(&code), 2);
        assert_eq!(code.calls(), 3);
        gc::collect();
        assert!(gc::get_objects(None).is_empty());
    });
}

#[test]
fn a_collection_inside_another_returns_0() {
    on_a_fresh_heap(|| {
        // When a count reaches zero there is no other one.
        let found = Rc::new(Cell::new(None));
        let object = Gc::new(5);
        let collect = {
            let found = Rc::clone(&found);
            move || found.set(Some(gc::collect()))
        };
        let weak: Weak<i32> = Gc::downgrade_with(&object, collect.clone());
        drop(Quiet::cyclic());
        drop(object);
        assert_eq!(found.take(), Some(1));
        assert!(weak.upgrade().is_none());

        let cycle = Quiet::cyclic();
        let _weak = Gc::downgrade_with(&cycle, collect);
        drop((cycle, Quiet::cyclic()));
        assert_eq!(gc::collect(), 2);
        assert_eq!(found.take(), Some(0));
    });
}

#[test]
fn a_panic_is_reported_and_goes_no_further() {
    on_a_fresh_heap(|| {
        let code = Code::new(panic);
        assert_eq!(watch_deaths(&code), 2);
        assert_eq!(code.calls(), 3);
        assert_collector_works();
    });
}
