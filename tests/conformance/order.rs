//! What happens first when objects die: weak references, callbacks, finalizers
//! and drops, in the order of CPython 3.15.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Finalize, Gc, Trace, Untraced, Weak, gc, weak};

use crate::cases::disabled;

type Log = Rc<RefCell<Vec<String>>>;

/// An object that notes what happens to it.
#[derive(Trace)]
#[trace(finalize)]
struct Noted {
    me: RefCell<Option<Gc<Noted>>>,
    this: RefCell<Weak<Noted>>,
    on_drop: Untraced<NotesDrop>,
    #[trace(skip)]
    finalize: Box<dyn Fn(&Noted)>,
}

/// Notes that it is dropped.
struct NotesDrop(Log);

impl Drop for NotesDrop {
    fn drop(&mut self) {
        note(&self.0, "drop");
    }
}

impl Finalize for Noted {
    fn finalize(&self) {
        note(&self.on_drop.0.0, "finalize");
        (self.finalize)(self);
    }
}

fn note(log: &Log, what: &str) {
    log.borrow_mut().push(String::from(what));
}

fn noting(log: &Log, what: &'static str) -> impl FnOnce() + 'static {
    let log = Rc::clone(log);
    move || note(&log, what)
}

impl Noted {
    fn new(log: &Log, finalize: impl Fn(&Noted) + 'static) -> Gc<Noted> {
        let (me, this) = Default::default();
        let on_drop = Untraced(NotesDrop(Rc::clone(log)));
        let noted = Gc::new(Noted { me, this, on_drop, finalize: Box::new(finalize) });
        *noted.this.borrow_mut() = Gc::downgrade(&noted);
        noted
    }

    fn make_cyclic(self: &Noted) {
        *self.me.borrow_mut() = self.this.borrow().upgrade();
    }
}

#[test]
fn by_count_finalizers_come_first_then_callbacks_then_drops() {
    disabled(|| {
        let log = Log::default();
        let noted = Noted::new(&log, |this| {
            assert!(this.this.borrow().upgrade().is_some(), "weak references work");
        });
        let _weak = ["callback 1", "callback 2"]
            .map(|callback| Gc::downgrade_with(&noted, noting(&log, callback)));
        drop(noted);
        assert_eq!(*log.borrow(), ["finalize", "callback 2", "callback 1", "drop"]);
    });
}

#[test]
fn in_a_collection_callbacks_come_first_then_finalizers_then_drops() {
    disabled(|| {
        let log = Log::default();
        let noted = Noted::new(&log, |this| {
            assert!(this.this.borrow().upgrade().is_some(), "it has no callback");
        });
        noted.make_cyclic();
        let watching = ["callback 1", "callback 2"]
            .map(|callback| Gc::downgrade_with(&noted, noting(&log, callback)));
        drop(noted);
        assert_eq!(gc::collect(), 1);
        assert_eq!(*log.borrow(), ["callback 2", "callback 1", "finalize", "drop"]);
        assert!(watching.iter().all(|weak| weak.upgrade().is_none()));
    });
}

#[test]
fn resurrected_by_count_weak_references_stay_and_nobody_is_called() {
    disabled(|| {
        let log = Log::default();
        let kept = Rc::new(RefCell::new(None));
        let noted = Noted::new(&log, {
            let kept = Rc::clone(&kept);
            move |this| *kept.borrow_mut() = this.this.borrow().upgrade()
        });
        let watching = Gc::downgrade_with(&noted, noting(&log, "callback"));
        drop(noted);
        assert_eq!(*log.borrow(), ["finalize"]);
        assert!(watching.upgrade().is_some());
        // The second time it dies silently, and the callback runs.
        drop(kept.take());
        assert_eq!(*log.borrow(), ["finalize", "callback", "drop"]);
        assert!(watching.upgrade().is_none());
    });
}

#[test]
fn resurrected_in_a_collection_weak_references_with_a_callback_are_cleared() {
    disabled(|| {
        let log = Log::default();
        let kept = Rc::new(RefCell::new(None));
        let noted = Noted::new(&log, {
            let kept = Rc::clone(&kept);
            move |this| *kept.borrow_mut() = this.this.borrow().upgrade()
        });
        noted.make_cyclic();
        let watching = Gc::downgrade_with(&noted, noting(&log, "callback"));
        let plain = Gc::downgrade(&noted);
        drop(noted);
        assert_eq!(gc::collect(), 0);
        assert_eq!(*log.borrow(), ["callback", "finalize"]);
        assert!(watching.upgrade().is_none());
        assert!(plain.upgrade().is_some());
        drop(kept.take());
        assert_eq!(gc::collect(), 1);
        assert_eq!(*log.borrow(), ["callback", "finalize", "drop"]);
    });
}

/// A weak reference that a finalizer makes to garbage is cleared when the garbage
/// is reclaimed, and calls nobody.
fn check_made_by_finalizer(make: fn(&Gc<Noted>, &Log) -> Weak<Noted>) {
    let log = Log::default();
    let stored = Rc::new(RefCell::new(Weak::new()));
    let noted = Noted::new(&log, {
        let (log, stored) = (Rc::clone(&log), Rc::clone(&stored));
        move |this| *stored.borrow_mut() = make(&this.this.borrow().upgrade().unwrap(), &log)
    });
    noted.make_cyclic();
    drop(noted);
    assert_eq!(gc::collect(), 1);
    assert_eq!(*log.borrow(), ["finalize", "drop"]);
    // Also when other objects have taken the place.
    let others: Vec<_> = (0..8).map(|_| Noted::new(&log, |_| ())).collect();
    assert!(stored.borrow().upgrade().is_none());
    assert!(!stored.borrow().has_callback());
    drop(stored.take());
    assert_eq!(*log.borrow(), ["finalize", "drop"]);
    drop(others);
}

#[test]
fn weak_references_that_a_finalizer_makes_are_cleared_and_call_nobody() {
    disabled(|| {
        check_made_by_finalizer(|this, _| Gc::downgrade(this));
        check_made_by_finalizer(|this, log| Gc::downgrade_with(this, noting(log, "callback")));
        check_made_by_finalizer(|this, log| {
            let finalizer = weak::finalize(this, noting(log, "weak::finalize"));
            finalizer.set_at_exit(false);
            Weak::new()
        });
    });
}

#[test]
fn a_weak_reference_that_goes_before_its_object_calls_nobody() {
    disabled(|| {
        let log = Log::default();
        for is_cyclic in [false, true] {
            let noted = Noted::new(&log, |_| ());
            if is_cyclic {
                noted.make_cyclic();
            }
            let weak = Gc::downgrade_with(&noted, noting(&log, "callback"));
            let clone = weak.clone();
            drop(weak);
            drop(clone);
            drop(noted);
            gc::collect();
            assert_eq!(log.take(), ["finalize", "drop"]);
        }
    });
}

#[test]
fn all_finalizers_of_a_cycle_run_before_the_first_drop() {
    disabled(|| {
        let log = Log::default();
        let ring = [(); 3].map(|()| {
            Noted::new(&log, |this| {
                let next = this.me.borrow();
                assert!(next.as_ref().unwrap().me.borrow().is_some(), "all of it is intact");
            })
        });
        for (position, noted) in ring.iter().enumerate() {
            *noted.me.borrow_mut() = Some(ring[(position + 1) % 3].clone());
        }
        drop(ring);
        assert_eq!(gc::collect(), 3);
        assert_eq!(*log.borrow(), ["finalize", "finalize", "finalize", "drop", "drop", "drop"]);
    });
}
