//! [`WeakMap`]: values that live as long as their keys.
//!
//! The typed side of `ephemeron`: each entry is an object that owns the value,
//! and knows the key without holding it.

use alloc::vec::{self, Vec};
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::ptr::NonNull;

use crate::collect::death::give_up;
use crate::collect::ephemerons::Detached;
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::finalizing::Finalizing;
use crate::trace::recursion::{IsAcyclic, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};
use crate::watch::entry::{EntryPtr, Link, TableRef};

/// A map from objects to values that keeps neither alive longer than the object: an
/// ephemeron table, like JavaScript's `WeakMap` and Python's `weakref.WeakKeyDictionary`.
///
/// Use it to attach data to objects from outside. When a key dies, its entry is removed
/// and the value is dropped, immediately. A value may hold its own key, or the key of
/// another entry, directly or indirectly: the collector sees that a value is needed only
/// as long as both the map *and* the key are alive. (Python's `WeakKeyDictionary` leaks
/// in this case.) With the feature `isolates`, a value that lies in another heap than the key that
/// it holds keeps it alive, like any cycle through two heaps.
///
/// Keys are compared by identity, as by [`Gc::ptr_eq`]. So any type can be a key, and the
/// map calls none of your code to compare them; two strings with the same characters are
/// two keys.
///
/// All methods take `&self`, because the collector may remove entries at any time. That
/// invalidates nothing that you hold: an iteration visits the entries that were there
/// when it began, except those that have been removed since, and a [`Value`] keeps its
/// value alive. Each entry is an object of its own, and is included wherever objects are
/// counted.
///
/// The map gives memory back: when it is filled to less than a fourth, because keys died or
/// you removed them, it shrinks to twice the number of entries.
///
/// # Examples
///
/// ```
/// use std::cell::Cell;
/// use gcycle::{Gc, weak::WeakMap};
///
/// let visits: WeakMap<str, Cell<u32>> = WeakMap::new();
/// let home: Gc<str> = Gc::from("/home");
/// visits.insert(&home, Cell::new(1));
/// visits.get(&home).unwrap().set(2);
/// assert_eq!(visits.get(&home).unwrap().get(), 2);
///
/// drop(home);
/// assert!(visits.is_empty());
/// ```
pub struct WeakMap<K: ?Sized, V> {
    /// Made for the first entry.
    table: Cell<Option<TableRef>>,
    /// Keys and values go in through `&self`, so neither type may vary.
    knows: Invariant<(Gc<K>, V)>,
}

/// Neither a `T` nor variant in it.
type Invariant<T> = PhantomData<fn(T) -> T>;

/// One entry of a [`WeakMap`], which an object consists of.
///
/// # Invariants
///
/// While the entry is linked, `key` is the value of the key.
#[repr(C)]
pub(crate) struct Entry<K: ?Sized, V> {
    link: Link,
    key: NonNull<K>,
    value: V,
}

// SAFETY: the value is owned by the entry alone and traced once, and only
// dropped; the key is not owned. `V` keeps the contract for the rest.
unsafe impl<K: ?Sized, V: Trace> Trace for Entry<K, V> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.value.trace(tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        self.value.trace_labelled(&mut tracer.field("value"));
    }

    fn tracked() -> bool {
        V::tracked()
    }

    fn reports() -> bool {
        V::reports()
    }

    fn has_finalizers(ask: impl Ask) -> bool {
        V::has_finalizers(ask)
    }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        finalizing.value(&self.value);
    }
}

impl<K: ?Sized + 'static, V: Trace + 'static> WeakMap<K, V> {
    /// A map without entries; it takes no memory.
    #[must_use]
    pub const fn new() -> Self {
        WeakMap { table: Cell::new(None), knows: PhantomData }
    }

    fn table_to_fill(&self) -> TableRef {
        self.table.get().unwrap_or_else(|| {
            let table = TableRef::new();
            self.table.set(Some(table));
            table
        })
    }

    /// Attaches `value` to `key`; returns the value that was attached before.
    ///
    /// A collection may run first, if one is due.
    #[cfg_attr(feature = "sites", track_caller)]
    pub fn insert(&self, key: &Gc<K>, value: V) -> Option<Value<K, V>> {
        self.insert_entry(key, value).1
    }

    /// The new entry, which is in the table, and the old value.
    #[cfg_attr(feature = "sites", track_caller)]
    fn insert_entry(&self, key: &Gc<K>, value: V) -> (EntryPtr, Option<Value<K, V>>) {
        let entry = Entry { link: Link::default(), key: key.value_ptr(), value };
        let entry = ManuallyDrop::new(Gc::new(entry));
        // SAFETY: the value of the object is an `Entry`, which starts with a
        // link.
        let entry = unsafe { EntryPtr::from_object(entry.object()) };
        let old = self.table_to_fill().insert(key.object(), entry);
        // SAFETY: the table gave it up, with its handle.
        (entry, old.map(|old| unsafe { Value::from_counted(old) }))
    }

    /// The value of `key`.
    ///
    /// ```
    /// use gcycle::{Gc, weak::WeakMap};
    ///
    /// let (key, map) = (Gc::new(1), WeakMap::new());
    /// map.insert(&key, "one");
    /// assert_eq!(map.get(&key).as_deref(), Some(&"one"));
    /// assert!(map.get(&Gc::new(1)).is_none(), "another object");
    /// ```
    #[must_use]
    pub fn get(&self, key: &Gc<K>) -> Option<Value<K, V>> {
        self.table.get()?.entry(key.object()).map(Value::new)
    }

    /// The value of `key`. If there is none, attaches the value that `make` returns.
    pub fn get_or_insert_with(&self, key: &Gc<K>, make: impl FnOnce() -> V) -> Value<K, V> {
        self.get(key).unwrap_or_else(|| {
            // What `make` may have inserted for the key is replaced, and dropped
            // after the new value is held.
            let (entry, _old) = self.insert_entry(key, make());
            Value::new(entry)
        })
    }

    /// Removes the entry of `key` and returns its value.
    pub fn remove(&self, key: &Gc<K>) -> Option<Value<K, V>> {
        let entry = self.table.get()?.remove(key.object())?;
        // SAFETY: the table gave it up, with its handle.
        Some(unsafe { Value::from_counted(entry) })
    }

    /// Whether `key` has a value.
    #[must_use]
    pub fn contains_key(&self, key: &Gc<K>) -> bool {
        self.table.get().is_some_and(|table| table.entry(key.object()).is_some())
    }

    /// Calls `visit` with each key and value, and makes no handles.
    #[cfg(all(test, feature = "isolates"))]
    pub(crate) fn for_each_entry(&self, mut visit: impl FnMut(NonNull<K>, &V))
    where
        K: Sized,
    {
        let Some(table) = self.table.get() else { return };
        table.for_each(|entry| {
            let entry = entry.object().value().cast::<Entry<K, V>>();
            // SAFETY: the entries of the map are of this type.
            let entry = unsafe { entry.as_ref() };
            visit(entry.key, &entry.value);
        });
    }

    /// The number of entries. All their keys are alive, though some may be garbage that
    /// has not been collected yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.get().map_or(0, TableRef::len)
    }

    /// The number of entries that the map has room for.
    ///
    /// ```
    /// use gcycle::{Gc, weak::WeakMap};
    ///
    /// let mut map: WeakMap<usize, usize> = WeakMap::new();
    /// assert_eq!(map.capacity(), 0);
    ///
    /// let mut keys: Vec<Gc<usize>> = (0..1000).map(Gc::new).collect();
    /// map.extend(keys.iter().map(|key| (key.clone(), **key)));
    /// assert!(map.capacity() >= 1000);
    ///
    /// keys.truncate(100);
    /// assert!(map.capacity() < 500, "it shrinks when keys die");
    /// ```
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.table.get().map_or(0, TableRef::capacity)
    }

    /// Gives back the memory that the map holds for entries that it does not have, like
    /// [`HashMap::shrink_to_fit`](std::collections::HashMap::shrink_to_fit). Does nothing if
    /// there is no memory to move the entries to.
    ///
    /// ```
    /// use gcycle::{Gc, weak::WeakMap};
    ///
    /// let keys: Vec<Gc<usize>> = (0..1000).map(Gc::new).collect();
    /// let map: WeakMap<usize, ()> = keys.iter().map(|key| (key.clone(), ())).collect();
    /// map.retain(|key, _| **key < 10);
    /// map.shrink_to_fit();
    /// assert!((10..32).contains(&map.capacity()));
    /// ```
    pub fn shrink_to_fit(&self) {
        if let Some(table) = self.table.get() {
            table.shrink_to_fit();
        }
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all entries.
    pub fn clear(&self) {
        if let Some(table) = self.table.get() {
            Detached::of_map(table.take_all(), give_up).release().rethrow();
        }
    }

    /// Removes all entries for which `keep` returns `false`.
    pub fn retain(&self, mut keep: impl FnMut(&Gc<K>, &V) -> bool) {
        for (key, value) in self {
            if !keep(&key, &value) {
                self.remove(&key);
            }
        }
    }

    /// All keys with their values, in no particular order.
    ///
    /// The map may change during the iteration. Entries that are added are not visited,
    /// nor are those that have been removed before their turn.
    ///
    /// ```
    /// use gcycle::{Gc, weak::WeakMap};
    ///
    /// let keys = [Gc::new('a'), Gc::new('b')];
    /// let map: WeakMap<char, u32> = keys.iter().cloned().zip(1..).collect();
    /// for (key, value) in &map {
    ///     map.remove(&key);
    ///     assert_eq!(*value, *key as u32 - 'a' as u32 + 1);
    /// }
    /// assert!(map.is_empty());
    /// ```
    pub fn iter(&self) -> WeakMapIter<K, V> {
        let mut values = Vec::with_capacity(self.len());
        if let Some(table) = self.table.get() {
            table.for_each(|entry| values.push(Value::new(entry)));
        }
        WeakMapIter { values: values.into_iter() }
    }
}

impl<K: ?Sized, V> Drop for WeakMap<K, V> {
    fn drop(&mut self) {
        let Some(table) = self.table.take() else { return };
        let entries = Detached::of_map(table.take_all(), give_up);
        // SAFETY: it is empty, its entries do not know it any more, and the map
        // is gone.
        unsafe { table.free() };
        entries.release().rethrow();
    }
}

impl<K: ?Sized + 'static, V: Trace + 'static> Default for WeakMap<K, V> {
    fn default() -> Self {
        WeakMap::new()
    }
}

impl<K: ?Sized + 'static, V: Trace + 'static> FromIterator<(Gc<K>, V)> for WeakMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (Gc<K>, V)>>(entries: I) -> Self {
        let mut map = WeakMap::new();
        map.extend(entries);
        map
    }
}

impl<K: ?Sized + 'static, V: Trace + 'static> Extend<(Gc<K>, V)> for WeakMap<K, V> {
    fn extend<I: IntoIterator<Item = (Gc<K>, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(&key, value);
        }
    }
}

impl<K: fmt::Debug + ?Sized + 'static, V: fmt::Debug + Trace + 'static> fmt::Debug
    for WeakMap<K, V>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

// SAFETY: the map owns one handle to each of its entries, which is reported
// once; its drop only drops them. A table is never found borrowed.
unsafe impl<K: ?Sized, V: Trace> Trace for WeakMap<K, V> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(table) = self.table.get() {
            table.for_each(|entry| tracer.entry(entry));
        }
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        let mut index = 0;
        if let Some(table) = self.table.get() {
            table.for_each(|entry| {
                tracer.index(index).unlabelled(|tracer| tracer.entry(entry));
                index += 1;
            });
        }
    }

    fn tracked() -> bool {
        V::tracked()
    }

    fn reports() -> bool {
        // Whoever detaches a heap has to know of entries without edges, too.
        cfg!(feature = "isolates") || V::tracked()
    }

    #[inline]
    fn traces_plainly(_: impl Ask) -> bool {
        true
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        false
    }
}

impl<K: ?Sized, V: Acyclic> Acyclic for WeakMap<K, V> {}

impl<K: ?Sized, V> Owns for WeakMap<K, V> {
    type Owned = IsAcyclic<Self>;
}

// Values.

/// A handle to a value of a [`WeakMap`]. It keeps the value alive, even when the entry is
/// removed.
///
/// The collector does not see this handle: the value counts as held from outside.
pub struct Value<K: ?Sized, V> {
    entry: Gc<Entry<K, V>>,
}

impl<K: ?Sized, V> Value<K, V> {
    /// A new handle to the value of an entry.
    fn new(entry: EntryPtr) -> Self {
        entry.object().retain();
        // SAFETY: the handle was just counted.
        unsafe { Value::from_counted(entry) }
    }

    /// # Safety
    ///
    /// The entry is one of a `WeakMap<K, V>`, and counts this handle.
    unsafe fn from_counted(entry: EntryPtr) -> Self {
        // SAFETY: as promised by the caller, the object is an `Entry<K, V>`.
        let entry = unsafe { Gc::from_counted(entry.object().value().cast()) };
        Value { entry }
    }

    /// The key, unless the entry has been removed.
    #[must_use]
    pub fn key(&self) -> Option<Gc<K>> {
        // SAFETY: the value of the object starts with a link.
        let entry = unsafe { EntryPtr::from_object(self.entry.object()) };
        let key = entry.key().filter(|key| !key.is_dead())?;
        key.retain();
        // SAFETY: the key is alive, and the handle was counted.
        Some(unsafe { Gc::from_counted(self.entry.key) })
    }
}

impl<K: ?Sized, V> Deref for Value<K, V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.entry.value
    }
}

impl<K: ?Sized, V> Clone for Value<K, V> {
    /// Another handle to the same value.
    fn clone(&self) -> Self {
        Value { entry: self.entry.clone() }
    }
}

impl<K: ?Sized, V: fmt::Debug> fmt::Debug for Value<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

// Iteration.

/// Keys with their values; see [`WeakMap::iter`].
pub struct WeakMapIter<K: ?Sized, V> {
    values: vec::IntoIter<Value<K, V>>,
}

impl<K: ?Sized, V> Iterator for WeakMapIter<K, V> {
    type Item = (Gc<K>, Value<K, V>);

    fn next(&mut self) -> Option<Self::Item> {
        self.values.find_map(|value| Some((value.key()?, value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.values.len()))
    }
}

impl<K: ?Sized + 'static, V: Trace + 'static> IntoIterator for &WeakMap<K, V> {
    type Item = (Gc<K>, Value<K, V>);
    type IntoIter = WeakMapIter<K, V>;

    fn into_iter(self) -> WeakMapIter<K, V> {
        self.iter()
    }
}

impl<K: ?Sized, V> fmt::Debug for WeakMapIter<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakMapIter").field("entries", &self.values.len()).finish_non_exhaustive()
    }
}
