//! Classes and instances.
//!
//! An instance holds its fields in a plain vector; the class remembers which
//! name has which slot, and learns a new one when a program first sets it on
//! any instance. So an instance costs one word a field, and a place in the
//! program that reads a property can remember what the name meant the last time
//! ([`PropertySite`]) and skip the tables as long as the class is the same.
//!
//! What a name means to a class changes rarely: when a method is defined, and
//! when a field gets the name of a method. The class then takes a new version,
//! and every place that knew the old one looks the name up again.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem;
use core::sync::atomic::{AtomicU32, Ordering};

use gcycle::{Gc, Trace};
use rustc_hash::FxHashMap;

use crate::object::{Closure, Name};
use crate::value::Value;

/// A class.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Class {
    name: Name,
    #[trace(skip)]
    version: Cell<Version>,
    methods: RefCell<Methods>,
    slots: RefCell<FxHashMap<Name, u32>>,
}

/// The methods of a class, inherited ones included.
#[derive(Clone, Default, Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
struct Methods {
    indices: FxHashMap<Name, u32>,
    closures: Vec<Gc<Closure>>,
    initializer: Option<Gc<Closure>>,
}

impl Class {
    /// A class without methods.
    pub(crate) fn new(name: Name) -> Gc<Class> {
        Gc::new(Class {
            name,
            version: Cell::new(Version::next()),
            methods: RefCell::default(),
            slots: RefCell::default(),
        })
    }

    /// The name in the program.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Copies the methods of `superclass`; before any are defined here.
    pub(crate) fn inherit(&self, superclass: &Class) {
        self.methods.replace(superclass.methods.borrow().clone());
    }

    /// Adds a method, in place of an inherited one of the same name.
    pub(crate) fn define_method(&self, name: &Name, method: Gc<Closure>) {
        let mut methods = self.methods.borrow_mut();
        if &**name == "init" {
            methods.initializer = Some(method.clone());
        }
        let next = index_of(methods.closures.len());
        let index = *methods.indices.entry(name.clone()).or_insert(next);
        if index == next {
            methods.closures.push(method);
        } else {
            methods.closures[index as usize] = method;
        }
        self.version.set(Version::next());
    }

    /// The method called `name`.
    pub(crate) fn find_method(&self, name: &Name) -> Option<Gc<Closure>> {
        let methods = self.methods.borrow();
        let &index = methods.indices.get(name)?;
        methods.closures.get(index as usize).cloned()
    }

    /// The method at `index`, which [`Class::find`] gave for this version.
    #[inline]
    pub(crate) fn method(&self, index: u32) -> Option<Gc<Closure>> {
        self.methods.borrow().closures.get(index as usize).cloned()
    }

    /// The method that runs when an instance is made.
    #[inline]
    pub(crate) fn initializer(&self) -> Option<Gc<Closure>> {
        self.methods.borrow().initializer.clone()
    }

    /// What `name` means to instances of this class.
    ///
    /// A field that only some instances have may hide a method from those.
    pub(crate) fn find(&self, name: &Name) -> Option<Member> {
        if let Some(&slot) = self.slots.borrow().get(name) {
            return Some(Member::Field(slot));
        }
        self.methods.borrow().indices.get(name).map(|&index| Member::Method(index))
    }

    /// The slot of the field `name`, a new one if no instance has it yet.
    pub(crate) fn slot(&self, name: &Name) -> u32 {
        let mut slots = self.slots.borrow_mut();
        let next = index_of(slots.len());
        let slot = *slots.entry(name.clone()).or_insert(next);
        if slot == next && self.methods.borrow().indices.contains_key(name) {
            self.version.set(Version::next());
        }
        slot
    }
}

/// An index as wide as the caches have room for.
fn index_of(length: usize) -> u32 {
    u32::try_from(length).expect("a class has fewer than 2^32 members")
}

/// An instance.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Instance {
    class: Gc<Class>,
    fields: RefCell<Vec<Value>>,
}

impl Instance {
    /// An instance without fields.
    #[inline]
    pub(crate) fn new(class: Gc<Class>) -> Gc<Instance> {
        let fields = RefCell::new(Vec::with_capacity(class.slots.borrow().len()));
        Gc::new(Instance { class, fields })
    }

    /// The class.
    #[inline]
    pub(crate) fn class(&self) -> &Gc<Class> {
        &self.class
    }

    /// The field in `slot`; [`Value::Absent`] if this instance has none there.
    #[inline]
    pub(crate) fn field(&self, slot: u32) -> Value {
        match self.fields.borrow().get(slot as usize) {
            Some(field) => field.clone(),
            None => Value::Absent,
        }
    }

    /// Sets the field in `slot`.
    #[inline]
    pub(crate) fn set_field(&self, slot: u32, value: Value) {
        let slot = slot as usize;
        let mut fields = self.fields.borrow_mut();
        if let Some(field) = fields.get_mut(slot) {
            let old = mem::replace(field, value);
            // What dies with the old value must find the fields unborrowed.
            drop(fields);
            old.discard();
        } else {
            while fields.len() < slot {
                fields.push(Value::Absent);
            }
            fields.push(value);
        }
    }
}

/// What a property name means to a class.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Member {
    /// The field in this slot, on instances where it is set.
    Field(u32),
    /// The method with this index.
    Method(u32),
}

/// A state of a class: no two classes, and no two states of one, share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version(u32);

impl Version {
    /// The version that is never remembered.
    const NONE: Version = Version(0);

    fn next() -> Version {
        static LAST: AtomicU32 = AtomicU32::new(0);
        // When the numbers run out, classes go uncached from then on.
        let next = |last: u32| last.checked_add(1);
        match LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(last) => Version(last + 1),
            Err(_) => Version::NONE,
        }
    }
}

/// A place in the program that uses a property.
///
/// It remembers what the name meant to the class it was last used with.
#[derive(Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
#[trace(acyclic)]
pub(crate) struct PropertySite {
    name: Name,
    #[trace(skip)]
    found: Cell<(Version, Member)>,
}

impl PropertySite {
    /// A place that uses the property `name` and was not reached yet.
    pub(crate) fn new(name: Name) -> Self {
        PropertySite { name, found: Cell::new((Version::NONE, Member::Field(0))) }
    }

    /// The name.
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// What the name means to instances of `class`.
    #[inline]
    pub(crate) fn find(&self, class: &Class) -> Option<Member> {
        self.remembered(class).or_else(|| self.look_up(class))
    }

    /// The slot of the field in instances of `class`, a new one if need be.
    #[inline]
    pub(crate) fn slot(&self, class: &Class) -> u32 {
        match self.remembered(class) {
            Some(Member::Field(slot)) => slot,
            _ => self.add_slot(class),
        }
    }

    #[inline]
    fn remembered(&self, class: &Class) -> Option<Member> {
        let (version, member) = self.found.get();
        (version == class.version.get() && version != Version::NONE).then_some(member)
    }

    #[cold]
    fn look_up(&self, class: &Class) -> Option<Member> {
        let member = class.find(&self.name)?;
        self.found.set((class.version.get(), member));
        Some(member)
    }

    #[cold]
    fn add_slot(&self, class: &Class) -> u32 {
        let slot = class.slot(&self.name);
        self.found.set((class.version.get(), Member::Field(slot)));
        slot
    }
}
