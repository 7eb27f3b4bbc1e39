//! `LegacyFinalizationTest`: a second kind of finalizer beside `__del__`.
//!
//! CPython's `tp_del` runs later than `__del__`, when weak references are
//! cleared, and makes the cycle that it is in uncollectable. Here what runs
//! later is `Drop`, of a value that the object owns. It cannot resurrect the
//! object, and leaves cycles collectable. What is uncollectable is an object
//! whose hand-written `Trace` is wrong.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::gc::Object;
use gcycle::{Finalize, Gc, Trace, Tracer, Untraced, Weak, gc};

use crate::cases::disabled;

type Calls = Rc<RefCell<Vec<&'static str>>>;

/// Notes that it is dropped, and whether the object can still be reached then.
struct Late {
    calls: Calls,
    object: RefCell<Weak<Legacy>>,
}

impl Drop for Late {
    fn drop(&mut self) {
        self.calls.borrow_mut().push("drop");
        assert!(self.object.borrow().upgrade().is_none(), "weak handles are cleared before");
    }
}

/// An object with both kinds of finalizers.
#[derive(Trace)]
#[trace(finalize)]
struct Legacy {
    me: RefCell<Option<Gc<Legacy>>>,
    #[trace(skip)]
    late: Untraced<Late>,
    #[trace(skip)]
    survivors: Option<Rc<RefCell<Vec<Gc<Legacy>>>>>,
}

impl Finalize for Legacy {
    fn finalize(&self) {
        self.late.calls.borrow_mut().push("finalize");
        if let Some(survivors) = &self.survivors {
            survivors.borrow_mut().extend(self.late.object.borrow().upgrade());
        }
    }
}

impl Legacy {
    fn new(calls: &Calls, survivors: Option<&Rc<RefCell<Vec<Gc<Legacy>>>>>) -> Gc<Legacy> {
        let late = Late { calls: Rc::clone(calls), object: RefCell::default() };
        let object = Gc::new(Legacy {
            me: RefCell::default(),
            late: Untraced(late),
            survivors: survivors.cloned(),
        });
        *object.late.object.borrow_mut() = Gc::downgrade(&object);
        object
    }
}

#[test]
fn test_legacy() {
    disabled(|| {
        let calls = Calls::default();
        for is_cycle in [false, true] {
            let object = Legacy::new(&calls, None);
            *object.me.borrow_mut() = is_cycle.then(|| object.clone());
            let weak = Gc::downgrade(&object);
            drop(object);
            gc::collect();
            assert_eq!(*calls.borrow(), ["finalize", "drop"]);
            assert!(weak.upgrade().is_none());
            gc::collect();
            assert_eq!(calls.take(), ["finalize", "drop"]);
        }
    });
}

#[test]
fn test_legacy_resurrect() {
    disabled(|| {
        let (calls, survivors) = (Calls::default(), Rc::default());
        drop(Legacy::new(&calls, Some(&survivors)));
        assert_eq!(*calls.borrow(), ["finalize"]);
        assert_eq!(survivors.borrow().len(), 1);
        // What runs late runs at the death that is final.
        survivors.take();
        assert_eq!(*calls.borrow(), ["finalize", "drop"]);
    });
}

/// An object that reports the handle to itself twice.
struct Wrong {
    me: RefCell<Option<Gc<Wrong>>>,
    calls: Calls,
}

// SAFETY: none: the edge is reported twice. The only handle is the one that is
// reported, which the collector notices.
unsafe impl Trace for Wrong {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.me.trace(tracer);
        self.me.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|this| this.calls.borrow_mut().push("finalize"))
    }
}

#[test]
fn test_legacy_self_cycle() {
    disabled(|| {
        let calls = Calls::default();
        let object = Gc::new(Wrong { me: RefCell::default(), calls: Rc::clone(&calls) });
        *object.me.borrow_mut() = Some(object.clone());
        let id = gc::id(&object);
        let weak = Gc::downgrade(&object);
        drop(object);
        gc::collect();
        assert!(calls.borrow().is_empty());
        assert_eq!(gc::garbage().iter().map(Object::id).collect::<Vec<_>>(), [id]);
        assert!(weak.upgrade().is_some());
        // Without the cycle it can die.
        let mut garbage = gc::take_garbage();
        let object = garbage.pop().unwrap().downcast::<Wrong>().unwrap();
        drop(object.me.take());
        drop(object);
        assert_eq!(*calls.borrow(), ["finalize"]);
        assert!(weak.upgrade().is_none());
    });
}
