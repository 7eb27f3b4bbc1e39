//! `ReferencesTestCase`: what a weak reference is and does.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use gcycle::{Gc, Weak, gc};

use crate::objects::{List, Plain};

/// Counts how often its callbacks were called.
#[derive(Clone, Default)]
pub(super) struct Calls(Rc<Cell<u32>>);

impl Calls {
    pub(super) fn callback(&self) -> impl FnOnce() + 'static {
        let Calls(calls) = self.clone();
        move || calls.set(calls.get() + 1)
    }

    pub(super) fn count(&self) -> u32 {
        self.0.get()
    }
}

fn check_basic_ref<T: 'static>(make: impl FnOnce() -> Gc<T>) {
    let object = make();
    let weak = Gc::downgrade(&object);
    assert!(Gc::ptr_eq(&weak.upgrade().expect("the object lives"), &object));
}

pub(super) fn test_basic_ref() {
    check_basic_ref(Plain::new);
    check_basic_ref(List::cyclic);
    check_basic_ref(|| Gc::new(check_basic_ref::<u8> as fn(fn() -> Gc<u8>)));

    // It can be shown, while the object lives and after.
    let object = Plain::new();
    let weak = Gc::downgrade(&object);
    assert_eq!(format!("{weak:?}"), "(Weak)");
    drop(object);
    assert_eq!(format!("{weak:?}"), "(Weak)");
}

fn check_basic_callback<T: 'static>(make: impl FnOnce() -> Gc<T>) {
    let calls = Calls::default();
    let object = make();
    let weak = Gc::downgrade_with(&object, calls.callback());
    drop(object);
    gc::collect();
    assert_eq!(calls.count(), 1);
    assert!(weak.upgrade().is_none());
}

pub(super) fn test_basic_callback() {
    check_basic_callback(Plain::new);
    check_basic_callback(List::cyclic);
    check_basic_callback(|| Gc::new(check_basic_callback::<u8> as fn(fn() -> Gc<u8>)));
}

pub(super) fn test_multiple_callbacks() {
    let calls = Calls::default();
    let object = Plain::new();
    let first = Gc::downgrade_with(&object, calls.callback());
    let second = Gc::downgrade_with(&object, calls.callback());
    drop(object);
    assert!(first.upgrade().is_none());
    assert!(second.upgrade().is_none());
    assert_eq!(calls.count(), 2);
}

pub(super) fn test_multiple_selfref_callbacks() {
    // All weak references are cleared before the first callback runs, and the
    // newest is called first.
    let object = Plain::new();
    let references: Rc<RefCell<Vec<Weak<Plain>>>> = Rc::default();
    let seen: Rc<RefCell<Vec<(u32, bool)>>> = Rc::default();
    for number in 0..4 {
        let weak = Gc::downgrade_with(&object, {
            let (references, seen) = (Rc::clone(&references), Rc::clone(&seen));
            move || {
                let is_alive = references.borrow().iter().any(|weak| weak.upgrade().is_some());
                seen.borrow_mut().push((number, is_alive));
            }
        });
        references.borrow_mut().push(weak);
    }
    drop(object);
    assert_eq!(*seen.borrow(), [3, 2, 1, 0].map(|number| (number, false)));
}

pub(super) fn test_ref_reuse() {
    // Handles without callback are one reference, and need no memory of their
    // own, however many there are.
    let object = Plain::new();
    let first = Gc::downgrade(&object);
    let between = Gc::downgrade_with(&object, || ());
    let second = Gc::downgrade(&object);
    assert!(Weak::ptr_eq(&first, &second));
    assert_eq!(Gc::weak_count(&object), 3);
    drop(between);
    assert_eq!(Gc::weak_count(&object), 2);
}

pub(super) fn test_shared_ref_without_callback() {
    let object = List::new();
    let (first, second) = (Gc::downgrade(&object), Gc::downgrade(&object));
    assert!(Weak::ptr_eq(&first, &second));
    drop((first, second));
    let first = Gc::downgrade(&object);
    let second = first.clone();
    assert!(Weak::ptr_eq(&first, &second));
    drop(first);
    assert!(Weak::ptr_eq(&second, &Gc::downgrade(&object)));
}

pub(super) fn test_getweakrefcount() {
    let object = Plain::new();
    let plain = [Gc::downgrade(&object), Gc::downgrade(&object)];
    let watching = [Gc::downgrade_with(&object, || ()), Gc::downgrade_with(&object, || ())];
    assert_eq!(Gc::weak_count(&object), 4);
    drop((plain, watching));
    assert_eq!(Gc::weak_count(&object), 0);
    assert_eq!(Gc::weak_count(&Gc::new(1)), 0);
}

pub(super) fn test_getweakrefs() {
    // The handles cannot be listed, but counted; which of them are left shows
    // when they call.
    let calls = [Calls::default(), Calls::default()];
    let object = Plain::new();
    let first = Gc::downgrade_with(&object, calls[0].callback());
    let second = Gc::downgrade_with(&object, calls[1].callback());
    drop(first);
    assert_eq!(Gc::weak_count(&object), 1);
    drop(object);
    assert_eq!([calls[0].count(), calls[1].count()], [0, 1]);
    drop(second);

    let object = Plain::new();
    drop(Gc::downgrade_with(&object, calls[0].callback()));
    assert_eq!(Gc::weak_count(&object), 0);
    drop(object);
    assert_eq!(calls[0].count(), 0);
}

pub(super) fn test_callbacks_protected() {
    // A callback that runs while a panic is on its way does not disturb it.
    let data: Rc<RefCell<BTreeMap<u32, Weak<Plain>>>> = Rc::default();
    for number in [1, 2] {
        let encapsulate = || {
            let object = Plain::new();
            let remove = {
                let data = Rc::clone(&data);
                move || drop(data.borrow_mut().remove(&number))
            };
            let weak = Gc::downgrade_with(&object, remove);
            data.borrow_mut().insert(number, weak);
            std::panic::panic_any("bogus");
        };
        let panic = catch_unwind(AssertUnwindSafe(encapsulate)).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"bogus"));
        assert!(data.borrow().is_empty());
    }
}

pub(super) fn test_equality() {
    // While they live, weak references are equal if their objects are.
    let objects = [1, 1, 2].map(Gc::new);
    let [a, b, c] = [0, 1, 2].map(|position| Gc::downgrade(&objects[position]));
    let d = Gc::downgrade(&objects[0]);
    let are_equal =
        |one: &Weak<i32>, other: &Weak<i32>| one.upgrade().as_deref() == other.upgrade().as_deref();
    assert!(are_equal(&a, &b));
    assert!(!are_equal(&a, &c));
    assert!(are_equal(&a, &d));
    drop(objects);
    assert!([&a, &b, &c].into_iter().all(|weak| weak.upgrade().is_none()));
    // After that they are compared by identity.
    assert!(!Weak::ptr_eq(&a, &b));
    assert!(!Weak::ptr_eq(&a, &c));
    assert!(Weak::ptr_eq(&a, &d));
}

/// Which traits a type has: a constant of the type itself hides that of a
/// trait.
struct Ask<T>(PhantomData<T>);

trait Otherwise {
    const IS_ORDERED: bool = false;
    const CAN_BE_HASHED: bool = false;
}

impl<T> Otherwise for Ask<T> {}

impl<T: PartialOrd> Ask<T> {
    const IS_ORDERED: bool = true;
}

impl<T: Hash> Ask<Box<T>> {
    const CAN_BE_HASHED: bool = true;
}

pub(super) fn test_ordering() {
    // Weak references have no order, even if their objects have one.
    const {
        assert!(Ask::<i32>::IS_ORDERED);
        assert!(!Ask::<Weak<i32>>::IS_ORDERED);
    }
}

pub(super) fn test_hashing() {
    // A weak reference has no hash of its own; that of the object is found
    // while the object lives.
    const {
        assert!(Ask::<Box<i32>>::CAN_BE_HASHED);
        assert!(!Ask::<Box<Weak<i32>>>::CAN_BE_HASHED);
    }
    let hasher = RandomState::new();
    let object = Gc::new(42);
    let weak = Gc::downgrade(&object);
    let hash = |weak: &Weak<i32>| weak.upgrade().map(|object| hasher.hash_one(*object));
    assert_eq!(hash(&weak), Some(hasher.hash_one(42)));
    assert!(HashSet::from([42]).contains(&*weak.upgrade().unwrap()));
    drop(object);
    assert_eq!(hash(&weak), None);
}

pub(super) fn test_callback_attribute() {
    let object = Plain::new();
    assert!(Gc::downgrade_with(&object, || ()).has_callback());
    assert!(!Gc::downgrade(&object).has_callback());
}

pub(super) fn test_callback_attribute_after_deletion() {
    let object = Plain::new();
    let captured = Rc::new(());
    let weak = Gc::downgrade_with(&object, {
        let captured = Rc::clone(&captured);
        move || drop(captured)
    });
    assert!(weak.has_callback());
    assert_eq!(Rc::strong_count(&captured), 2);
    drop(object);
    assert!(!weak.has_callback());
    assert_eq!(Rc::strong_count(&captured), 1);
}
