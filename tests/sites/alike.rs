//! What is alike at the sites that an object has both when its count reaches zero and
//! in a collection.

use std::cell::Cell;
use std::rc::Rc;

use gcycle::gc;

use crate::subject::{Code, Quiet, Site, Subject, allocate, on_a_fresh_heap};

/// Lets an object die by its count and another in a collection, both with `code` at
/// `site`; what the collection returned.
pub(crate) fn let_both_die(site: Site, code: &Code) -> usize {
    drop(Subject::new(site, code));
    gc::collect();
    drop((Subject::cyclic(site, code), Quiet::cyclic()));
    gc::collect()
}

/// `let_die` lets two objects of a collection die, and runs code so many times.
pub(crate) fn code_runs(let_die: fn(&Code) -> usize, calls: u32) {
    let code = Code::nothing();
    assert_eq!(let_die(&code), 2);
    assert_eq!(code.calls(), calls);
}

/// As [`code_runs`], for code that allocates; nothing of that is left.
pub(crate) fn code_may_allocate(let_die: fn(&Code) -> usize, calls: u32) {
    let code = Code::new(allocate);
    assert_eq!(let_die(&code), 2);
    assert_eq!(code.calls(), calls);
    gc::collect();
    assert!(gc::get_objects(None).is_empty());
}

/// A collection that code asks for finds garbage if the code runs because a count reaches
/// zero, that of what `make` makes. If it runs in another collection, it returns 0:
/// `make_cyclic` makes a cycle, and what is to be kept beside it.
pub(crate) fn code_collects<D, C, K>(make: fn(&Code) -> D, make_cyclic: fn(&Code) -> (C, K))
where
    (D, C, K): 'static,
{
    on_a_fresh_heap(move || {
        let found = Rc::new(Cell::new(None));
        let code = {
            let found = Rc::clone(&found);
            Code::new(move || found.set(Some(gc::collect())))
        };
        // All is made before anything is garbage: each allocation may collect.
        let dying = make(&code);
        drop(Quiet::cyclic());
        drop(dying);
        assert_eq!(found.take(), Some(1));

        let (cycle, _kept) = make_cyclic(&code);
        drop((cycle, Quiet::cyclic()));
        assert_eq!(gc::collect(), 2);
        assert_eq!(found.take(), Some(0));
    });
}
