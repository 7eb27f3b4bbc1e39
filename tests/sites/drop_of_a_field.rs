//! The `Drop` of a value that an object owns, when a count reaches zero and in a
//! collection.

use gcycle::{Gc, gc};

use crate::alike::{code_collects, code_may_allocate, code_runs, let_both_die};
use crate::subject::{
    Code, Quiet, Site, Subject, assert_collector_works, assert_panics, on_a_fresh_heap, panic,
};

/// Both kinds of death, with `code` at this site.
fn let_die(code: &Code) -> usize {
    let_both_die(Site::Drop, code)
}

#[test]
fn code_of_the_user_runs() {
    on_a_fresh_heap(|| code_runs(let_die, 2));
}

#[test]
fn it_may_allocate() {
    on_a_fresh_heap(|| code_may_allocate(let_die, 2));
}

#[test]
fn a_collection_inside_another_returns_0() {
    code_collects(
        |code| Subject::new(Site::Drop, code),
        |code| (Subject::cyclic(Site::Drop, code), ()),
    );
}

#[test]
fn a_panic_goes_on_when_the_rest_is_reclaimed() {
    on_a_fresh_heap(|| {
        let (code, quiet) = (Code::new(panic), Code::nothing());
        let garbage = [
            Subject::cyclic(Site::Drop, &quiet),
            Subject::cyclic(Site::Drop, &code),
            Subject::cyclic(Site::Drop, &code),
            Subject::cyclic(Site::Drop, &quiet),
        ];
        drop((garbage, Quiet::cyclic()));
        assert_panics(gc::collect);
        assert_eq!((code.calls(), quiet.calls()), (2, 2));
        assert!(gc::get_objects(None).is_empty());
        assert_eq!(gc::memory().objects, 0);
        assert_collector_works();
    });
}

#[test]
fn a_panic_goes_on_when_the_object_is_gone() {
    on_a_fresh_heap(|| {
        // Deep inside a chain of deaths, too.
        let (code, quiet) = (Code::new(panic), Code::nothing());
        let deep = if cfg!(miri) { 40 } else { 100 };
        for depth in [0, 5, deep] {
            let mut head = Subject::new(Site::Drop, &code);
            for _ in 0..depth {
                let next = Subject::new(Site::Drop, &quiet);
                *next.me.borrow_mut() = Some(head);
                head = next;
            }
            assert_panics(|| drop(head));
            assert_eq!(gc::memory().objects, 0);
        }
        assert_eq!((code.calls(), quiet.calls()), (3, 5 + deep));
        assert_collector_works();
    });
}

#[test]
fn objects_that_only_garbage_kept_alive_are_dropped_with_it() {
    on_a_fresh_heap(|| {
        let code = Code::nothing();
        let cycle = Gc::new((Gc::new(vec![Subject::new(Site::Drop, &code)]), Quiet::cyclic()));
        drop(cycle);
        assert_eq!(code.calls(), 1);
        assert_eq!(gc::collect(), 1);
    });
}
