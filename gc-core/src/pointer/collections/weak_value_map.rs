//! [`WeakValueMap`]: a map from keys to objects that does not keep the objects alive.

use core::borrow::Borrow;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use std::collections::{HashMap, hash_map};
use std::hash::RandomState;

use crate::object::shrink::is_sparse;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::Weak;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::finalizers::has_finalizers;
use crate::trace::finalizing::Finalizing;
use crate::trace::recursion::{IsAcyclic, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

/// A map from keys of any kind to objects that does not keep the objects alive, like
/// Python's `weakref.WeakValueDictionary`. Use it as a cache, or as a table of the
/// objects that exist.
///
/// You never see an entry whose object died. An object that only a cycle holds dies when a
/// collection finds the cycle; until then the map returns it, which saves it.
///
/// The key of an entry whose object died is dropped when the map has grown to twice the number
/// of live entries, or by [`purge`](WeakValueMap::purge). Methods that change entries take
/// `&mut self`, as with [`HashMap`]. Objects may die while the map is borrowed; an iteration
/// continues with those that are left.
///
/// The map gives its memory back when its last entry is removed. When it is filled to less
/// than a fourth, it shrinks at the next [`insert`](WeakValueMap::insert), or by
/// [`shrink_to_fit`](WeakValueMap::shrink_to_fit).
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, weak::WeakValueMap};
///
/// let mut cache = WeakValueMap::new();
/// let page = Gc::new("contents");
/// cache.insert("/home", &page);
/// assert!(Gc::ptr_eq(&cache.get("/home").unwrap(), &page));
///
/// drop(page);
/// assert!(cache.get("/home").is_none());
/// ```
pub struct WeakValueMap<K, V: ?Sized, S = RandomState> {
    entries: HashMap<K, Weak<V>, S>,
    /// Dead entries are dropped when there are so many in all.
    purge_at: usize,
}

/// The number of entries below which looking for dead ones is not worth it.
const LEAST_PURGE: usize = 16;

impl<K, V: ?Sized> WeakValueMap<K, V> {
    /// A map without entries; it takes no memory.
    #[must_use]
    pub fn new() -> Self {
        WeakValueMap::with_hasher(RandomState::new())
    }
}

impl<K, V: ?Sized, S> WeakValueMap<K, V, S> {
    /// A map without entries that hashes its keys with `hasher`.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        WeakValueMap { entries: HashMap::with_hasher(hasher), purge_at: LEAST_PURGE }
    }

    /// The number of entries whose object is alive. Takes time proportional to the number
    /// of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().filter(|object| object.strong_count() > 0).count()
    }

    /// Whether no entry has an object that is alive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.values().all(|object| object.strong_count() == 0)
    }

    /// The number of entries that the map has room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.entries.capacity()
    }

    /// The keys with their objects, for the objects that are alive, in no particular
    /// order.
    pub fn iter(&self) -> WeakValueMapIter<'_, K, V> {
        WeakValueMapIter { entries: self.entries.iter() }
    }
}

impl<K: Eq + Hash, V: ?Sized, S: BuildHasher> WeakValueMap<K, V, S> {
    /// Maps `key` to `object`; returns the object that was there, if it is
    /// alive.
    pub fn insert(&mut self, key: K, object: &Gc<V>) -> Option<Gc<V>> {
        if self.entries.len() >= self.purge_at {
            self.purge();
        }
        // Here, because an insertion may need memory anyway and hashes a key. If another
        // hash panics, the table is still the old one.
        if is_sparse(self.entries.len(), self.entries.capacity()) {
            self.entries.shrink_to(2 * self.entries.len());
        }
        self.entries.insert(key, Gc::downgrade(object))?.upgrade()
    }

    /// The object of `key`, if it is alive.
    #[must_use]
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<Gc<V>>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key)?.upgrade()
    }

    /// Whether `key` has an object that is alive.
    #[must_use]
    pub fn contains_key<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).is_some_and(|object| object.strong_count() > 0)
    }

    /// Removes the entry of `key`; returns its object, if it is alive.
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<Gc<V>>
    where
        K: Borrow<Q>,
    {
        let object = self.entries.remove(key)?;
        self.note_removed();
        object.upgrade()
    }

    /// Removes all entries for which `keep` returns `false`, and those whose object died.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &Gc<V>) -> bool) {
        self.entries
            .retain(|key, object| object.upgrade().is_some_and(|object| keep(key, &object)));
        self.note_removed();
    }

    /// Drops the entries whose object died, and their keys.
    pub fn purge(&mut self) {
        self.entries.retain(|_, object| object.strong_count() > 0);
        self.purge_at = LEAST_PURGE.max(2 * self.entries.len());
        self.note_removed();
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.note_removed();
    }

    /// Entries were removed: an empty table gives its memory back, for which it needs none
    /// and hashes nothing. Those that are left, dead or alive, may double before the next
    /// purge.
    fn note_removed(&mut self) {
        if self.entries.is_empty() && is_sparse(0, self.entries.capacity()) {
            self.entries.shrink_to(0);
        }
        self.purge_at = self.purge_at.min(LEAST_PURGE.max(2 * self.entries.len()));
    }

    /// Drops the entries whose object died, and gives back the memory that the map holds for
    /// entries that it does not have. As with [`HashMap::shrink_to_fit`], the keys are hashed,
    /// and the process ends if there is no memory to move the entries to.
    ///
    /// ```
    /// use gcycle::{Gc, weak::WeakValueMap};
    ///
    /// let mut pages: Vec<Gc<u32>> = (0..1000).map(Gc::new).collect();
    /// let mut map: WeakValueMap<u32, u32> = (0..).zip(pages.iter().cloned()).collect();
    /// assert!(map.capacity() >= 1000);
    ///
    /// pages.truncate(10);
    /// map.shrink_to_fit();
    /// assert!((10..32).contains(&map.capacity()));
    /// ```
    pub fn shrink_to_fit(&mut self) {
        self.purge();
        self.entries.shrink_to_fit();
    }

    /// The object of `key`. If none is alive, inserts the object that `make` returns.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> Gc<V>) -> Gc<V> {
        if let Some(object) = self.get(&key) {
            return object;
        }
        let object = make();
        self.insert(key, &object);
        object
    }
}

impl<K, V: ?Sized, S: Default> Default for WeakValueMap<K, V, S> {
    fn default() -> Self {
        WeakValueMap::with_hasher(S::default())
    }
}

impl<K: Clone, V: ?Sized, S: Clone> Clone for WeakValueMap<K, V, S> {
    /// A map of the same objects.
    fn clone(&self) -> Self {
        WeakValueMap { entries: self.entries.clone(), purge_at: self.purge_at }
    }
}

impl<K, V, S> FromIterator<(K, Gc<V>)> for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized,
    S: BuildHasher + Default,
{
    fn from_iter<I: IntoIterator<Item = (K, Gc<V>)>>(entries: I) -> Self {
        let mut map = WeakValueMap::default();
        map.extend(entries);
        map
    }
}

impl<K, V, S> Extend<(K, Gc<V>)> for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized,
    S: BuildHasher,
{
    fn extend<I: IntoIterator<Item = (K, Gc<V>)>>(&mut self, entries: I) {
        for (key, object) in entries {
            self.insert(key, &object);
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug + ?Sized, S> fmt::Debug for WeakValueMap<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K, V: ?Sized, S> WeakValueMap<K, V, S> {
    /// Reports the weak handles, if anybody takes note of them.
    fn trace_values(&self, tracer: &mut Tracer<'_>) {
        if tracer.asks_for_weak() {
            self.entries.values().for_each(|value| value.trace(tracer));
        }
    }
}

// SAFETY: the keys are owned by the map alone, traced once each, and only
// dropped; weak handles own nothing. `K` keeps the contract for the rest.
unsafe impl<K: Trace, V: ?Sized, S> Trace for WeakValueMap<K, V, S> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if K::reports() {
            self.entries.keys().for_each(|key| key.trace(tracer));
        }
        self.trace_values(tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        for (index, key) in self.entries.keys().enumerate() {
            key.trace_labelled(&mut tracer.index(index).field("key"));
        }
        tracer.unlabelled(|tracer| self.trace_values(tracer));
    }

    fn tracked() -> bool {
        K::tracked()
    }

    fn reports() -> bool {
        // Whoever detaches a heap asks for weak handles.
        cfg!(feature = "isolates") || K::reports()
    }

    #[inline]
    fn traces_plainly(ask: impl Ask) -> bool {
        K::traces_plainly(ask)
    }

    #[inline]
    fn has_finalizers(ask: impl Ask) -> bool {
        K::has_finalizers(ask)
    }

    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        finalizing.items(self.entries.keys());
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        has_finalizers::<K>()
    }
}

impl<K: Acyclic, V: ?Sized, S> Acyclic for WeakValueMap<K, V, S> {}

impl<K, V: ?Sized, S> Owns for WeakValueMap<K, V, S> {
    type Owned = IsAcyclic<Self>;
}

/// Keys with their objects; see [`WeakValueMap::iter`].
pub struct WeakValueMapIter<'a, K, V: ?Sized> {
    entries: hash_map::Iter<'a, K, Weak<V>>,
}

impl<'a, K, V: ?Sized> Iterator for WeakValueMapIter<'a, K, V> {
    type Item = (&'a K, Gc<V>);

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.find_map(|(key, object)| Some((key, object.upgrade()?)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.entries.len()))
    }
}

impl<'a, K, V: ?Sized, S> IntoIterator for &'a WeakValueMap<K, V, S> {
    type Item = (&'a K, Gc<V>);
    type IntoIter = WeakValueMapIter<'a, K, V>;

    fn into_iter(self) -> WeakValueMapIter<'a, K, V> {
        self.iter()
    }
}

impl<K, V: ?Sized> fmt::Debug for WeakValueMapIter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakValueMapIter")
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}
