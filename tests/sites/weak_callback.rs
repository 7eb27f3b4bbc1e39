//! Callbacks of weak handles: `Gc::downgrade_with` and `weak::finalize`.

use gcycle::{Gc, gc, weak};

use crate::alike::{code_collects, code_may_allocate, code_runs};
use crate::subject::{Code, Quiet, assert_collector_works, on_a_fresh_heap, panic};

/// A callback that runs `code`.
fn calling(code: &Code) -> impl FnOnce() + 'static {
    let code = code.clone();
    move || code.call()
}

/// Lets an object die by its count and another in a collection, with `code`
/// waiting for both; what the collection returned.
fn watch_deaths(code: &Code) -> usize {
    let object = Gc::new(5);
    let weak = Gc::downgrade_with(&object, calling(code));
    drop(object);
    assert!(weak.upgrade().is_none());
    gc::collect();

    let cycle = Quiet::cyclic();
    let _weak = Gc::downgrade_with(&cycle, calling(code));
    weak::finalize(&cycle, calling(code));
    drop((cycle, Quiet::cyclic()));
    gc::collect()
}

#[test]
fn code_of_the_user_runs() {
    on_a_fresh_heap(|| code_runs(watch_deaths, 3));
}

#[test]
fn it_may_allocate() {
    on_a_fresh_heap(|| code_may_allocate(watch_deaths, 3));
}

#[test]
fn a_collection_inside_another_returns_0() {
    code_collects(
        |code| {
            let object = Gc::new(5);
            let weak = Gc::downgrade_with(&object, calling(code));
            // The object is dropped first.
            (object, weak)
        },
        |code| {
            let cycle = Quiet::cyclic();
            let weak = Gc::downgrade_with(&cycle, calling(code));
            (cycle, weak)
        },
    );
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
