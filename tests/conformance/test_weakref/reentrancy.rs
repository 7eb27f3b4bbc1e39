//! Callbacks and finalizers that collect, allocate and make weak references.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Finalize, Gc, Trace, Weak, gc};

use crate::objects::{Instance, Plain};
use crate::weak_dictionary::WeakKeyDictionary;

fn collect() {
    gc::collect();
}

pub(super) fn test_sf_bug_840829() {
    let object = Plain::new();
    let weak = Gc::downgrade_with(&object, collect);
    drop(object);
    drop(weak);

    let c1 = Plain::new();
    c1.refs.set("i", Plain::new());
    let _weak = Gc::downgrade_with(&c1.refs.get("i").unwrap(), collect);
    let c2 = Plain::new();
    c2.refs.set("c1", c1.clone());
    drop(c1);
    // The callback collects while the death of `c2` is under way.
    drop(c2);
    assert!(gc::get_objects(None).is_empty());
}

pub(super) fn test_callback_gcs() {
    let object = Instance::new(|_| ());
    let weak = Gc::downgrade_with(&object, collect);
    drop(object);
    gc::collect();
    assert!(weak.upgrade().is_none());
}

/// An object with a weak reference, in whatever form.
#[derive(Trace)]
struct Holder<W> {
    me: RefCell<Option<Gc<Holder<W>>>>,
    _weak: W,
}

/// A weak reference that is used as if it were the object.
#[derive(Trace)]
struct Proxy(Weak<Plain>);

impl Proxy {
    fn get(&self, name: &str) -> Option<Gc<Plain>> {
        self.0.upgrade().expect("the object was given up").refs.get(name)
    }
}

fn check_gc_during_creation<W: Trace + 'static>(make: impl Fn(&Gc<Plain>) -> W) {
    gc::set_threshold(1, 1, 1);
    gc::collect();
    let referenced = Plain::new();
    let holder = Gc::new(Holder { me: RefCell::default(), _weak: make(&referenced) });
    *holder.me.borrow_mut() = Some(holder.clone());
    drop(holder);
    // Now the object and the weak reference are garbage, and the next
    // allocations collect them while there are others.
    let watching = Gc::downgrade_with(&referenced, || ());
    let again = Gc::new(Holder { me: RefCell::default(), _weak: make(&referenced) });
    for _ in 0..4 {
        drop(Plain::cyclic("me"));
    }
    drop(again);
    let stats = gc::get_stats();
    assert!(stats.iter().map(|stats| stats.collections).sum::<u64>() > 1);
    assert!(Gc::ptr_eq(&watching.upgrade().unwrap(), &referenced));
    drop(watching);
    gc::collect();
    assert_eq!(Gc::weak_count(&referenced), 0);
}

pub(super) fn test_gc_during_ref_creation() {
    check_gc_during_creation(Gc::downgrade);
}

pub(super) fn test_gc_during_proxy_creation() {
    check_gc_during_creation(|object| {
        let proxy = Proxy(Gc::downgrade(object));
        assert!(proxy.get("missing").is_none());
        proxy
    });
}

/// Stores a weak reference to itself when it is finalized.
#[derive(Trace)]
#[trace(finalize)]
struct Target {
    #[trace(skip)]
    this: RefCell<Weak<Target>>,
    #[trace(skip)]
    made: Rc<RefCell<Option<Weak<Target>>>>,
}

impl Finalize for Target {
    fn finalize(&self) {
        let this = self.this.borrow().upgrade().unwrap();
        *self.made.borrow_mut() = Some(Gc::downgrade(&this));
    }
}

pub(super) fn test_ref_created_during_del() {
    let made = Rc::default();
    let target = Gc::new(Target { this: RefCell::default(), made: Rc::clone(&made) });
    *target.this.borrow_mut() = Gc::downgrade(&target);
    drop(target);
    let weak = made.take().expect("the finalizer ran");
    assert!(weak.upgrade().is_none());
}

/// An object whose weak reference to its parent calls something that looks at
/// the object itself.
#[derive(Default, Trace)]
struct Child {
    parent: RefCell<Weak<Child>>,
}

impl PartialEq for Child {
    fn eq(&self, other: &Child) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Child {
    fn of(parent: Option<&Gc<Child>>, calls: &Rc<RefCell<Vec<bool>>>) -> Gc<Child> {
        let child = Gc::new(Child::default());
        if let Some(parent) = parent {
            let (weak, calls) = (Gc::downgrade(&child), Rc::clone(calls));
            let look = move || {
                let child = weak.upgrade();
                let is_intact = child.is_none_or(|child| child.parent.borrow().upgrade().is_none());
                calls.borrow_mut().push(is_intact);
            };
            *child.parent.borrow_mut() = Gc::downgrade_with(parent, look);
        }
        child
    }
}

pub(super) fn test_trashcan_16602() {
    const COUNT: usize = if cfg!(miri) { 20 } else { 100 };
    // A chain of keys, each of which the entry before keeps alive: the death of
    // the first one is that of all.
    let calls = Rc::default();
    let dictionary = WeakKeyDictionary::new();
    let root = Child::of(None, &calls);
    let mut last = root.clone();
    for _ in 0..COUNT {
        let next = Child::of(Some(&last), &calls);
        dictionary.insert(&last, next.clone());
        last = next;
    }
    assert_eq!(dictionary.len(), COUNT);
    drop(root);
    gc::collect();
    assert_eq!(dictionary.len(), 0);
    assert_eq!(*calls.borrow(), [true; COUNT]);
}
