//! `SimpleFinalizationTest`: objects in no cycle.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use gcycle::{Finalize, Gc, Trace, Tracer, Weak, gc};

use super::subjects::{Kind, Log, Subject};
use crate::cases::disabled;

#[test]
fn test_simple() {
    disabled(|| {
        let log = Rc::new(Log::default());
        let subject = Subject::new(Kind::Simple, &log);
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
    });
}

#[test]
fn test_simple_resurrect() {
    disabled(|| {
        let log = Rc::new(Log::default());
        let subject = Subject::new(Kind::Resurrector, &log);
        let ids = [gc::id(&subject)];
        let weak = Gc::downgrade(&subject);
        drop(subject);
        gc::collect();
        log.assert_del_calls(&ids);
        log.assert_survivors(&ids);
        assert!(weak.upgrade().is_some());
        log.clear_survivors();
        gc::collect();
        log.assert_del_calls(&ids);
        log.assert_survivors(&[]);
        assert!(weak.upgrade().is_none());
    });
}

/// An object that the collector does not know, since it owns no handle.
struct Untracked {
    this: OnceCell<Weak<Untracked>>,
    deaths: Rc<RefCell<Vec<usize>>>,
    survivors: Option<Rc<RefCell<Vec<Gc<Untracked>>>>>,
}

// SAFETY: nothing is reported; the finalizer is that of the type.
unsafe impl Trace for Untracked {
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn tracked() -> bool {
        false
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(<Self as Finalize>::finalize)
    }
}

impl Finalize for Untracked {
    fn finalize(&self) {
        let this = self.this.get().unwrap().upgrade().unwrap();
        self.deaths.borrow_mut().push(gc::id(&this));
        if let Some(survivors) = &self.survivors {
            survivors.borrow_mut().push(this);
        }
    }
}

impl Untracked {
    fn new(
        deaths: &Rc<RefCell<Vec<usize>>>,
        survivors: Option<&Rc<RefCell<Vec<Gc<Untracked>>>>>,
    ) -> Gc<Untracked> {
        let deaths = Rc::clone(deaths);
        let survivors = survivors.cloned();
        let object = Gc::new(Untracked { this: OnceCell::new(), deaths, survivors });
        assert!(object.this.set(Gc::downgrade(&object)).is_ok());
        assert!(!gc::is_tracked(&object));
        object
    }
}

#[test]
fn test_non_gc() {
    disabled(|| {
        let deaths = Rc::default();
        let object = Untracked::new(&deaths, None);
        let id = gc::id(&object);
        drop(object);
        gc::collect();
        assert_eq!(*deaths.borrow(), [id]);
        gc::collect();
        assert_eq!(*deaths.borrow(), [id]);
    });
}

#[test]
fn test_non_gc_resurrect() {
    disabled(|| {
        let (deaths, survivors) = (Rc::default(), Rc::default());
        let object = Untracked::new(&deaths, Some(&survivors));
        let id = gc::id(&object);
        drop(object);
        gc::collect();
        assert_eq!(*deaths.borrow(), [id]);
        assert_eq!(survivors.borrow().len(), 1);
        survivors.take();
        gc::collect();
        // CPython finalizes such an object at each of its deaths. Here every
        // object is finalized once.
        assert_eq!(*deaths.borrow(), [id]);
        assert!(survivors.borrow().is_empty());
    });
}
