//! `SelfCycleFinalizationTest`: objects that refer to themselves.

use std::cell::Cell;
use std::rc::Rc;

use gcycle::{Gc, gc};

use super::subjects::{Kind, Log, Subject};
use crate::cases::disabled;

/// The object dies in the first collection, and stays dead.
fn check_dies(kind: Kind) {
    let log = Rc::new(Log::default());
    let subject = Subject::self_cycle(kind, &log);
    let ids = [gc::id(&subject)];
    let weak = Gc::downgrade(&subject);
    drop(subject);
    gc::collect();
    log.assert_del_calls(&ids);
    log.assert_survivors(&[]);
    assert!(weak.upgrade().is_none());
    gc::collect();
    log.assert_del_calls(&ids);
    log.assert_survivors(&[]);
    assert!(weak.upgrade().is_none());
}

#[test]
fn test_simple() {
    disabled(|| check_dies(Kind::Simple));
}

#[test]
fn test_simple_resurrect() {
    disabled(|| {
        let log = Rc::new(Log::default());
        let subject = Subject::self_cycle(Kind::Resurrector, &log);
        let ids = [gc::id(&subject)];
        let weak = Gc::downgrade(&subject);
        let calls = Rc::new(Cell::new(0));
        let watching = Gc::downgrade_with(&subject, {
            let calls = Rc::clone(&calls);
            move || calls.set(calls.get() + 1)
        });
        drop(subject);
        gc::collect();
        log.assert_del_calls(&ids);
        log.assert_survivors(&ids);
        // As from Python 3.15 on: the object lives, and so does a weak handle
        // that calls nobody. One with a callback was cleared.
        assert!(weak.upgrade().is_some());
        assert!(watching.upgrade().is_none());
        assert_eq!(calls.get(), 1);
        // The second time it is not finalized, and so not resurrected.
        log.clear_survivors();
        gc::collect();
        log.assert_del_calls(&ids);
        log.assert_survivors(&[]);
        assert!(weak.upgrade().is_none());
        assert_eq!(calls.get(), 1);
    });
}

#[test]
fn test_simple_suicide() {
    disabled(|| check_dies(Kind::Suicidal));
}
