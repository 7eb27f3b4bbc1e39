//! What the cases build their graphs of: Python's objects, as structs.
//!
//! An instance of a Python class has attributes by name. [`Plain`] is one whose
//! class has no `__del__`, [`Instance`] one whose class has, with a closure for
//! its body. A list that holds lists is a [`List`].

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use gcycle::{Finalize, Gc, Trace, Weak};

/// Attributes: handles by name.
#[derive(Trace)]
pub(crate) struct Attributes<T>(RefCell<BTreeMap<&'static str, T>>);

impl<T> Default for Attributes<T> {
    fn default() -> Self {
        Attributes(RefCell::default())
    }
}

impl<T: Clone> Attributes<T> {
    /// `self.name = value`.
    pub(crate) fn set(&self, name: &'static str, value: T) {
        let replaced = self.0.borrow_mut().insert(name, value);
        drop(replaced);
    }

    /// `self.name`, if there is one.
    pub(crate) fn get(&self, name: &str) -> Option<T> {
        self.0.borrow().get(name).cloned()
    }

    /// `del self.name`.
    pub(crate) fn remove(&self, name: &str) -> Option<T> {
        self.0.borrow_mut().remove(name)
    }
}

/// An instance of a class without `__del__`.
#[derive(Default, Trace)]
pub(crate) struct Plain {
    /// Its attributes.
    pub(crate) refs: Attributes<Gc<Plain>>,
    /// Those that are weak references.
    pub(crate) weaks: Attributes<Weak<Plain>>,
}

impl Plain {
    /// `Plain()`.
    pub(crate) fn new() -> Gc<Plain> {
        Gc::new(Plain::default())
    }

    /// An object whose attribute `name` refers to itself.
    pub(crate) fn cyclic(name: &'static str) -> Gc<Plain> {
        let object = Plain::new();
        object.refs.set(name, object.clone());
        object
    }
}

/// The body of a `__del__`.
type Del = Box<dyn Fn(&Instance)>;

/// An instance of a class with `__del__`.
#[derive(Trace)]
#[trace(finalize)]
pub(crate) struct Instance {
    /// Its attributes.
    pub(crate) refs: Attributes<Gc<Instance>>,
    this: OnceCell<Weak<Instance>>,
    #[trace(skip)]
    del: Del,
}

impl Finalize for Instance {
    fn finalize(&self) {
        (self.del)(self);
    }
}

impl Instance {
    /// An instance of a class with this `__del__`.
    pub(crate) fn new(del: impl Fn(&Instance) + 'static) -> Gc<Instance> {
        let instance = Gc::new(Instance {
            refs: Attributes::default(),
            this: OnceCell::new(),
            del: Box::new(del),
        });
        assert!(instance.this.set(Gc::downgrade(&instance)).is_ok());
        instance
    }

    /// An instance whose attribute `name` refers to itself.
    pub(crate) fn cyclic(name: &'static str, del: impl Fn(&Instance) + 'static) -> Gc<Instance> {
        let instance = Instance::new(del);
        instance.refs.set(name, instance.clone());
        instance
    }

    /// `self` as a value that can be stored: resurrection, in a `__del__`.
    pub(crate) fn this(&self) -> Gc<Instance> {
        let this = self.this.get().expect("it is set when the instance is made");
        this.upgrade().expect("the value is there while a method runs")
    }
}

/// A list of lists.
#[derive(Default, Trace)]
pub(crate) struct List(RefCell<Vec<Gc<List>>>);

impl List {
    /// `[]`.
    pub(crate) fn new() -> Gc<List> {
        Gc::new(List::default())
    }

    /// `l = []; l.append(l)`.
    pub(crate) fn cyclic() -> Gc<List> {
        let list = List::new();
        list.append(&list);
        list
    }

    /// `self.append(item)`.
    pub(crate) fn append(&self, item: &Gc<List>) {
        self.0.borrow_mut().push(item.clone());
    }

    /// `del self[:]`.
    pub(crate) fn clear(&self) {
        drop(self.0.take());
    }
}
