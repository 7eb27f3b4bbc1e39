//! The objects under test: they note that they were finalized, check that they
//! are intact then, and do what their kind does.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use gcycle::{Finalize, Gc, Trace, Weak, gc};

/// What the finalizer of an object does after it has checked itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Trace)]
pub(super) enum Kind {
    /// Nothing.
    Simple,
    /// Stores the object where it is reachable.
    Resurrector,
    /// Breaks the cycle.
    Suicidal,
}

/// What happened, as identities of objects.
#[derive(Default)]
pub(super) struct Log {
    del_calls: RefCell<Vec<usize>>,
    survivors: RefCell<Vec<Gc<Subject>>>,
}

impl Log {
    /// Exactly these objects were finalized, each once.
    pub(super) fn assert_del_calls(&self, ids: &[usize]) {
        assert_eq!(sorted(self.del_calls.borrow().clone()), sorted(ids.to_vec()));
    }

    /// Exactly these objects were stored by their finalizers.
    pub(super) fn assert_survivors(&self, ids: &[usize]) {
        let survivors = self.survivors.borrow().iter().map(gc::id).collect();
        assert_eq!(sorted(survivors), sorted(ids.to_vec()));
    }

    /// Drops what finalizers stored.
    pub(super) fn clear_survivors(&self) {
        drop(self.survivors.take());
    }
}

fn sorted(mut ids: Vec<usize>) -> Vec<usize> {
    ids.sort_unstable();
    ids
}

/// An object under test.
#[derive(Trace)]
#[trace(finalize)]
pub(super) struct Subject {
    kind: Kind,
    #[trace(skip)]
    log: Rc<Log>,
    #[trace(skip)]
    this: OnceCell<Weak<Subject>>,
    /// What refers to the object itself, in a self-cycle.
    me: RefCell<Option<Gc<Subject>>>,
    is_self_cycle: Cell<bool>,
    /// The neighbours in a ring.
    left: RefCell<Option<Gc<Subject>>>,
    right: RefCell<Option<Gc<Subject>>>,
    is_in_ring: Cell<bool>,
    is_suicided: Cell<bool>,
}

impl Finalize for Subject {
    fn finalize(&self) {
        self.log.del_calls.borrow_mut().push(gc::id(&self.this()));
        self.check_sanity();
        match self.kind {
            Kind::Simple => {}
            Kind::Resurrector => self.log.survivors.borrow_mut().push(self.this()),
            Kind::Suicidal => {
                self.is_suicided.set(true);
                drop((self.me.take(), self.left.take(), self.right.take()));
            }
        }
    }
}

impl Subject {
    /// An object that is in no cycle.
    pub(super) fn new(kind: Kind, log: &Rc<Log>) -> Gc<Subject> {
        let subject = Gc::new(Subject {
            kind,
            log: Rc::clone(log),
            this: OnceCell::new(),
            me: RefCell::default(),
            is_self_cycle: Cell::new(false),
            left: RefCell::default(),
            right: RefCell::default(),
            is_in_ring: Cell::new(false),
            is_suicided: Cell::new(false),
        });
        assert!(subject.this.set(Gc::downgrade(&subject)).is_ok());
        subject
    }

    /// An object that refers to itself.
    pub(super) fn self_cycle(kind: Kind, log: &Rc<Log>) -> Gc<Subject> {
        let subject = Subject::new(kind, log);
        *subject.me.borrow_mut() = Some(subject.clone());
        subject.is_self_cycle.set(true);
        subject
    }

    /// A ring of objects, each linked with its neighbours.
    pub(super) fn ring(kinds: &[Kind], log: &Rc<Log>) -> Vec<Gc<Subject>> {
        let ring: Vec<_> = kinds.iter().map(|&kind| Subject::new(kind, log)).collect();
        for (position, subject) in ring.iter().enumerate() {
            let left = &ring[(position + ring.len() - 1) % ring.len()];
            *subject.left.borrow_mut() = Some(left.clone());
            *left.right.borrow_mut() = Some(subject.clone());
            subject.is_in_ring.set(true);
        }
        ring
    }

    fn this(&self) -> Gc<Subject> {
        let this = self.this.get().expect("set when the object was made");
        this.upgrade().expect("handles without callback work in finalizers")
    }

    /// The object is what it was made to be, up to what finalizers that ran
    /// before have changed.
    fn check_sanity(&self) {
        let is_me = |other: &Option<Gc<Subject>>| {
            other.as_ref().is_some_and(|other| std::ptr::eq(&raw const **other, self))
        };
        if self.is_self_cycle.get() {
            assert!(is_me(&self.me.borrow()));
        }
        if self.is_in_ring.get() {
            let (left, right) = (self.left.borrow(), self.right.borrow());
            let (left, right) = (left.as_ref().unwrap(), right.as_ref().unwrap());
            assert_eq!(is_me(&left.right.borrow()), !left.is_suicided.get());
            assert_eq!(left.right.borrow().is_none(), left.is_suicided.get());
            assert_eq!(is_me(&right.left.borrow()), !right.is_suicided.get());
            assert_eq!(right.left.borrow().is_none(), right.is_suicided.get());
        }
    }
}
