//! `Finalize::finalize`, when a count reaches zero and in a collection.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Gc, Weak, gc};

use crate::alike::{code_collects, code_may_allocate, code_runs, let_both_die};
use crate::subject::{
    Code, Quiet, Site, Subject, assert_collector_works, assert_panics, on_a_fresh_heap, panic,
};

/// Both kinds of death, with `code` at this site.
fn let_die(code: &Code) -> usize {
    let_both_die(Site::Finalize, code)
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
        |code| Subject::new(Site::Finalize, code),
        |code| (Subject::cyclic(Site::Finalize, code), ()),
    );
}

#[test]
fn a_panic_goes_on_when_the_collection_is_done() {
    on_a_fresh_heap(|| {
        let (code, quiet) = (Code::new(panic), Code::nothing());
        let garbage = [
            Subject::cyclic(Site::Finalize, &code),
            Subject::cyclic(Site::Finalize, &quiet),
            Subject::cyclic(Site::Finalize, &code),
        ];
        drop((garbage, Quiet::cyclic()));
        assert_panics(gc::collect);
        // All finalizers ran, and all of the garbage was reclaimed.
        assert_eq!((code.calls(), quiet.calls()), (2, 1));
        assert!(gc::get_objects(None).is_empty());
        assert_eq!(gc::get_stats()[2].collected, 4);
        assert_collector_works();
    });
}

#[test]
fn a_panic_goes_on_when_the_object_is_gone() {
    on_a_fresh_heap(|| {
        let code = Code::new(panic);
        let subject = Subject::new(Site::Finalize, &code);
        assert_panics(|| drop(subject));
        assert_eq!(code.calls(), 1);
        assert_eq!(gc::memory().objects, 0);
        assert_collector_works();
    });
}

#[test]
fn an_object_whose_finalizer_panicked_counts_as_finalized() {
    on_a_fresh_heap(|| {
        // It is resurrected by its finalizer, which panics then.
        let weak: Rc<RefCell<Weak<Subject>>> = Rc::default();
        let kept = Rc::new(RefCell::new(None));
        let code = {
            let (weak, kept) = (Rc::clone(&weak), Rc::clone(&kept));
            Code::new(move || {
                *kept.borrow_mut() = weak.borrow().upgrade();
                panic();
            })
        };
        for is_cyclic in [false, true] {
            let subject = Subject::new(Site::Finalize, &code);
            *subject.me.borrow_mut() = is_cyclic.then(|| subject.clone());
            *weak.borrow_mut() = Gc::downgrade(&subject);
            assert!(!gc::is_finalized(&subject));
            assert_panics(|| {
                drop(subject);
                gc::collect();
            });
            let subject = kept.take().expect("it was resurrected");
            assert!(gc::is_finalized(&subject));
            drop(subject);
            assert_eq!(gc::collect(), usize::from(is_cyclic));
        }
        assert_eq!(code.calls(), 2);
    });
}
