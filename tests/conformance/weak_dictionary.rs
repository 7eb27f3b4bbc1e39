//! `WeakValueDictionary` and `WeakKeyDictionary`, written on top of
//! `Gc::downgrade_with` as `weakref.py` writes them on top of `weakref.ref`.
//!
//! So the cases about dictionaries are cases about weak references: callbacks
//! must come in time, not too often, and must find the dictionary intact.
//! Entries keep the order in which they were inserted. No key is compared, and
//! nothing is cloned or dropped while the list of entries is borrowed: that may
//! run code that ends in a callback.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gcycle::{Gc, Weak};

/// Entries whose clone runs no code of the user.
trait CheapClone: Clone {}

impl<A, B: ?Sized> CheapClone for (Rc<A>, Weak<B>) {}

/// Entries in the order of insertion, each with a number of its own.
struct Entries<E> {
    list: RefCell<Vec<(u64, E)>>,
    last: Cell<u64>,
}

impl<E: CheapClone> Entries<E> {
    fn new() -> Rc<Self> {
        Rc::new(Entries { list: RefCell::new(Vec::new()), last: Cell::new(0) })
    }

    /// The number of the next entry.
    fn next_number(&self) -> u64 {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    fn push(&self, number: u64, entry: E) {
        self.list.borrow_mut().push((number, entry));
    }

    fn replace(&self, number: u64, new_number: u64, entry: E) {
        let position = self.list.borrow().iter().position(|entry| entry.0 == number);
        let replaced = position.map(|position| {
            std::mem::replace(&mut self.list.borrow_mut()[position], (new_number, entry))
        });
        drop(replaced);
    }

    fn remove(&self, number: u64) -> Option<E> {
        let position = self.list.borrow().iter().position(|entry| entry.0 == number)?;
        Some(self.list.borrow_mut().remove(position).1)
    }

    /// The first entry after number `previous`.
    fn after(&self, previous: u64) -> Option<(u64, E)> {
        self.list.borrow().iter().find(|entry| entry.0 > previous).cloned()
    }

    /// All entries; what is removed meanwhile is not among them any more.
    fn iter(&self) -> impl Iterator<Item = (u64, E)> {
        let mut previous = 0;
        std::iter::from_fn(move || {
            let (number, entry) = self.after(previous)?;
            previous = number;
            Some((number, entry))
        })
    }

    fn len(&self) -> usize {
        self.list.borrow().len()
    }

    fn clear(&self) {
        drop(self.list.take());
    }

    /// Removes entry `number` when the object dies.
    fn removal<T: 'static>(self: &Rc<Self>, object: &Gc<T>, number: u64) -> Weak<T>
    where
        E: 'static,
    {
        let entries = Rc::downgrade(self);
        Gc::downgrade_with(object, move || {
            if let Some(entries) = entries.upgrade() {
                drop(entries.remove(number));
            }
        })
    }
}

/// A map from keys to values that it does not keep alive.
pub(crate) struct WeakValueDictionary<K, V> {
    entries: Rc<Entries<(Rc<K>, Weak<V>)>>,
}

impl<K: Clone + PartialEq + 'static, V: 'static> WeakValueDictionary<K, V> {
    pub(crate) fn new() -> Self {
        WeakValueDictionary { entries: Entries::new() }
    }

    fn find(&self, key: &K) -> Option<(u64, Weak<V>)> {
        let found = self.entries.iter().find(|(_, entry)| *entry.0 == *key);
        found.map(|(number, (_, value))| (number, value))
    }

    /// `self[key] = value`; returns the weak handle in the entry.
    pub(crate) fn insert(&self, key: K, value: &Gc<V>) -> Weak<V> {
        let number = self.entries.next_number();
        let weak = self.entries.removal(value, number);
        let entry = |key| (Rc::new(key), weak.clone());
        match self.find(&key) {
            Some((old, _)) => self.entries.replace(old, number, entry(key)),
            None => self.entries.push(number, entry(key)),
        }
        weak
    }

    /// `self.get(key)`.
    pub(crate) fn get(&self, key: &K) -> Option<Gc<V>> {
        self.find(key).and_then(|(_, value)| value.upgrade())
    }

    /// `self.pop(key, None)`.
    pub(crate) fn remove(&self, key: &K) -> Option<Gc<V>> {
        let (number, value) = self.find(key)?;
        drop(self.entries.remove(number));
        value.upgrade()
    }

    /// `self.setdefault(key, default())`.
    pub(crate) fn set_default(&self, key: K, default: impl FnOnce() -> Gc<V>) -> Gc<V> {
        self.get(&key).unwrap_or_else(|| {
            let value = default();
            drop(self.insert(key, &value));
            value
        })
    }

    /// The entries that live when the iterator gets to them.
    pub(crate) fn items(&self) -> impl Iterator<Item = (K, Gc<V>)> {
        let items = self.entries.iter();
        items.filter_map(|(_, (key, value))| Some(((*key).clone(), value.upgrade()?)))
    }

    /// `self.copy()`.
    pub(crate) fn copy(&self) -> Self {
        let copy = WeakValueDictionary::new();
        self.items().for_each(|(key, value)| drop(copy.insert(key, &value)));
        copy
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn clear(&self) {
        self.entries.clear();
    }
}

/// A map from keys that it does not keep alive to values that it does.
pub(crate) struct WeakKeyDictionary<K, V> {
    entries: Rc<Entries<(Rc<V>, Weak<K>)>>,
}

impl<K: PartialEq + 'static, V: Clone + 'static> WeakKeyDictionary<K, V> {
    pub(crate) fn new() -> Self {
        WeakKeyDictionary { entries: Entries::new() }
    }

    fn find(&self, key: &K) -> Option<(u64, Rc<V>)> {
        let is_key = |weak: &Weak<K>| weak.upgrade().is_some_and(|other| *other == *key);
        let found = self.entries.iter().find(|(_, entry)| is_key(&entry.1));
        found.map(|(number, (value, _))| (number, value))
    }

    /// `self[key] = value`.
    pub(crate) fn insert(&self, key: &Gc<K>, value: V) {
        let number = self.entries.next_number();
        let weak = self.entries.removal(key, number);
        match self.find(key) {
            Some((old, _)) => self.entries.replace(old, number, (Rc::new(value), weak)),
            None => self.entries.push(number, (Rc::new(value), weak)),
        }
    }

    /// `self.get(key)`.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.find(key).map(|(_, value)| (*value).clone())
    }

    /// `self.pop(key, None)`.
    pub(crate) fn remove(&self, key: &K) -> Option<V> {
        let (number, value) = self.find(key)?;
        drop(self.entries.remove(number));
        Some((*value).clone())
    }

    /// The entries that live when the iterator gets to them.
    pub(crate) fn items(&self) -> impl Iterator<Item = (Gc<K>, V)> {
        let items = self.entries.iter();
        items.filter_map(|(_, (value, key))| Some((key.upgrade()?, (*value).clone())))
    }

    /// `self.copy()`.
    pub(crate) fn copy(&self) -> Self {
        let copy = WeakKeyDictionary::new();
        self.items().for_each(|(key, value)| copy.insert(&key, value));
        copy
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn clear(&self) {
        self.entries.clear();
    }
}
