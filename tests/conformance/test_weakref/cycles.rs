//! Callbacks in cycles: the collector calls those that are not garbage.
//!
//! What a callback captures is not traced here: a handle in it keeps its object
//! alive. So where a callback of CPython's cases is a bound method, it captures
//! a weak handle to its receiver.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Gc, Trace, Weak, gc};

use super::basics::Calls;

/// A class, which is in a cycle with itself.
#[derive(Default, Trace)]
struct Class {
    mro: RefCell<Vec<Gc<Class>>>,
}

impl Class {
    fn new() -> Gc<Class> {
        let class = Gc::new(Class::default());
        class.mro.borrow_mut().push(class.clone());
        class
    }
}

/// An instance with the attributes that the cases use.
#[derive(Default, Trace)]
struct Instance {
    class: Option<Gc<Class>>,
    other_class: RefCell<Option<Gc<Class>>>,
    me: RefCell<Option<Gc<Instance>>>,
    other: RefCell<Option<Gc<Instance>>>,
    /// A weak reference to an instance.
    weak: RefCell<Weak<Instance>>,
    /// One to a class.
    weak_to_class: RefCell<Weak<Class>>,
    /// One to a callback.
    weak_to_callback: RefCell<Weak<Callback>>,
    callback: RefCell<Option<Gc<Callback>>>,
}

impl Instance {
    fn new(class: Option<&Gc<Class>>) -> Gc<Instance> {
        Gc::new(Instance { class: class.cloned(), ..Instance::default() })
    }
}

/// A callback as an object: a method with its receiver.
#[derive(Trace)]
struct Callback {
    receiver: Gc<Instance>,
}

/// A method as a callback: looks at its receiver, and is counted.
fn method(receiver: &Gc<Instance>, calls: &Calls) -> impl FnOnce() + 'static {
    let (receiver, count) = (Gc::downgrade(receiver), calls.callback());
    move || {
        drop(receiver.upgrade());
        count();
    }
}

pub(super) fn test_callback_in_cycle() {
    let calls = Calls::default();
    let (j, ii) = (Class::new(), Class::new());
    let i = Instance::new(Some(&ii));
    *i.other_class.borrow_mut() = Some(j.clone());
    *i.me.borrow_mut() = Some(i.clone());
    *i.weak_to_class.borrow_mut() = Gc::downgrade_with(&j, method(&i, &calls));
    drop((i, j, ii));
    assert_eq!(gc::collect(), 3);
    assert_eq!(calls.count(), 0);
}

/// An object whose callback is for another object that it holds, and that does
/// not lead back to it.
fn check_one_way(class: Option<&Gc<Class>>, other_class: Option<&Gc<Class>>, calls: &Calls) {
    let (c1, c2) = (Instance::new(other_class), Instance::new(class));
    *c2.me.borrow_mut() = Some(c2.clone());
    *c2.other.borrow_mut() = Some(c1.clone());
    *c2.weak.borrow_mut() = Gc::downgrade_with(&c1, method(&c2, calls));
    drop((c1, c2));
}

pub(super) fn test_callback_reachable_one_way() {
    let calls = Calls::default();
    check_one_way(None, None, &calls);
    assert_eq!(gc::collect(), 2);
    assert_eq!(calls.count(), 0);
}

pub(super) fn test_callback_different_classes() {
    let (c, d) = (Class::new(), Class::new());
    let calls = Calls::default();
    check_one_way(Some(&c), Some(&d), &calls);
    drop((c, d));
    assert_eq!(gc::collect(), 4);
    assert_eq!(calls.count(), 0);
}

pub(super) fn test_callback_in_cycle_resurrection() {
    let class = Class::new();
    let (c1, c2) = (Instance::new(Some(&class)), Instance::new(Some(&class)));
    let calls = Calls::default();
    *c1.other.borrow_mut() = Some(c2.clone());
    *c2.other.borrow_mut() = Some(c1.clone());
    *c1.weak.borrow_mut() = Gc::downgrade_with(&c2, method(&c1, &calls));
    *c2.weak.borrow_mut() = Gc::downgrade_with(&c1, method(&c2, &calls));
    // This one is not part of the garbage.
    let class_went_away = Calls::default();
    let external = Gc::downgrade_with(&class, class_went_away.callback());

    drop((c1, c2, class));
    assert_eq!(class_went_away.count(), 0);
    assert_eq!(gc::collect(), 3);
    assert_eq!((calls.count(), class_went_away.count()), (0, 1));
    assert!(external.upgrade().is_none());
    assert_eq!(gc::collect(), 0);
    assert_eq!((calls.count(), class_went_away.count()), (0, 1));
}

pub(super) fn test_callbacks_on_callback() {
    // Weak references to a callback.
    let class = Class::new();
    let (c, d) = (Instance::new(Some(&class)), Instance::new(Some(&class)));
    let (calls, safe) = (Calls::default(), Calls::default());
    *c.other.borrow_mut() = Some(d.clone());
    *d.other.borrow_mut() = Some(c.clone());
    let callback = Gc::new(Callback { receiver: c.clone() });
    assert!(Gc::ptr_eq(&callback.receiver, &c));
    *c.callback.borrow_mut() = Some(callback.clone());
    *c.weak.borrow_mut() = Gc::downgrade_with(&d, method(&c, &calls));
    *d.weak_to_callback.borrow_mut() = Gc::downgrade_with(&callback, method(&d, &calls));
    let external = Gc::downgrade_with(&callback, safe.callback());
    assert!(Gc::ptr_eq(&external.upgrade().unwrap(), &callback));

    drop((callback, c, d, class));
    assert_eq!(safe.count(), 0);
    assert_eq!(gc::collect(), 4);
    assert_eq!((calls.count(), safe.count()), (0, 1));
    assert!(external.upgrade().is_none());
    assert_eq!(gc::collect(), 0);
    assert_eq!((calls.count(), safe.count()), (0, 1));
}

pub(super) fn test_classes() {
    let class = Class::new();
    let calls = Calls::default();
    let weak = Gc::downgrade_with(&class, calls.callback());
    drop(class);
    gc::collect();
    assert!(weak.upgrade().is_none());
    assert_eq!(calls.count(), 1);
}

/// A weak reference with attributes: another one of its kind, and the only
/// handle to its object.
#[derive(Trace)]
struct MyRef {
    _weak: Weak<Instance>,
    _next: Option<Gc<MyRef>>,
    _object: Option<Gc<Instance>>,
}

pub(super) fn test_subclass_refs_with_cycle() {
    // The reference is given up before the object, so that it calls nobody. The
    // order of the fields is the order in which they are dropped.
    let calls = Rc::new(Calls::default());
    let object = Instance::new(None);
    let weak = Gc::downgrade_with(&object, calls.callback());
    drop(Gc::new(MyRef { _weak: weak, _next: None, _object: Some(object) }));
    assert_eq!(calls.count(), 0);

    let object = Instance::new(None);
    let weak = [(); 2].map(|()| Gc::downgrade_with(&object, calls.callback()));
    let [first, second] = weak;
    let second = MyRef { _weak: second, _next: None, _object: Some(object) };
    let second = Some(Gc::new(second));
    drop(Gc::new(MyRef { _weak: first, _next: second, _object: None }));
    assert_eq!(calls.count(), 0);
    assert!(gc::get_objects(None).is_empty());
}
