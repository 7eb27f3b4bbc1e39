//! [`WeakSet`]: a set that does not keep its members alive.

use alloc::vec::{self, Vec};
use core::cell::RefCell;
use core::fmt;
use core::ops::ControlFlow;
use std::collections::HashMap;

use crate::object::header::ObjPtr;
use crate::object::shrink::{shrink_if_sparse, shrink_to};
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::Weak;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::recursion::Owns;
use crate::trace::tracer::{LabelTracer, Tracer};
use crate::watch::by_address::ByAddress;

/// A set of objects that does not keep them alive, like Python's `weakref.WeakSet`.
///
/// Objects are compared by identity, as by [`Gc::ptr_eq`]: any type can be a member, and
/// the set calls none of your code to compare them. All methods take `&self`. A member
/// leaves the set when it dies, which can be at any time; an iteration continues with the
/// members that are left.
///
/// The memory of a member that died is given back when the set has grown to twice the number
/// of live members, or by [`len`](WeakSet::len) or [`shrink_to_fit`](WeakSet::shrink_to_fit).
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, weak::WeakSet};
///
/// let open = WeakSet::new();
/// let window = Gc::new("window");
/// assert!(open.insert(&window));
/// assert!(open.contains(&window));
///
/// drop(window);
/// assert_eq!(open.len(), 0);
/// ```
pub struct WeakSet<T: ?Sized> {
    members: RefCell<Members<T>>,
}

/// Weak handles by the address of their objects. The memory of an object stays
/// as long as its handle does, so that no two have the same address.
struct Members<T: ?Sized> {
    handles: HashMap<ObjPtr, Weak<T>, ByAddress>,
    /// Dead members are dropped when there are so many in all.
    purge_at: usize,
}

/// The number of members below which looking for dead ones is not worth it.
const LEAST_PURGE: usize = 16;

impl<T: ?Sized> Members<T> {
    fn purge(&mut self) {
        self.handles.retain(|_, handle| handle.strong_count() > 0);
        self.shrink();
        self.purge_at = LEAST_PURGE.max(2 * self.handles.len());
    }

    /// Gives memory back if most members have left. Those that are left, dead or alive, may
    /// double before the next purge.
    fn shrink(&mut self) {
        shrink_if_sparse(&mut self.handles);
        self.purge_at = self.purge_at.min(LEAST_PURGE.max(2 * self.handles.len()));
    }
}

impl<T: ?Sized> WeakSet<T> {
    /// A set without members; it takes no memory.
    #[must_use]
    pub const fn new() -> Self {
        let handles = HashMap::with_hasher(ByAddress::new());
        WeakSet { members: RefCell::new(Members { handles, purge_at: LEAST_PURGE }) }
    }

    /// Adds an object; `false` if it was a member before.
    pub fn insert(&self, object: &Gc<T>) -> bool {
        let mut members = self.members.borrow_mut();
        if members.handles.len() >= members.purge_at {
            members.purge();
        }
        members.handles.insert(object.object(), Gc::downgrade(object)).is_none()
    }

    /// Removes an object; `false` if it was not a member.
    pub fn remove(&self, object: &Gc<T>) -> bool {
        let mut members = self.members.borrow_mut();
        let is_member = members.handles.remove(&object.object()).is_some();
        members.shrink();
        is_member
    }

    /// Whether an object is a member.
    #[must_use]
    pub fn contains(&self, object: &Gc<T>) -> bool {
        self.members.borrow().handles.contains_key(&object.object())
    }

    /// The number of members that are alive. Takes time proportional to the number of
    /// members.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut members = self.members.borrow_mut();
        members.purge();
        members.handles.len()
    }

    /// Whether no member is alive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut members = self.members.borrow_mut();
        // Members stand in no order: if so many are dead before the first that is alive, most
        // of all are, and need not be asked again.
        let mut first = members.handles.values().take(LEAST_PURGE);
        if first.any(|handle| handle.strong_count() > 0) {
            return false;
        }
        members.purge();
        members.handles.is_empty()
    }

    /// The number of members that the set has room for.
    ///
    /// ```
    /// use gcycle::{Gc, weak::WeakSet};
    ///
    /// let objects: Vec<Gc<usize>> = (0..1000).map(Gc::new).collect();
    /// let set: WeakSet<usize> = objects.iter().cloned().collect();
    /// assert!(set.capacity() >= 1000);
    ///
    /// set.retain(|object| **object < 100);
    /// assert!(set.capacity() < 500);
    /// ```
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.members.borrow().handles.capacity()
    }

    /// Drops the members that died, and gives back the memory that the set holds for members
    /// that it does not have, like
    /// [`HashSet::shrink_to_fit`](std::collections::HashSet::shrink_to_fit). Without memory to
    /// move the members to, it does only the first.
    ///
    /// ```
    /// use gcycle::{Gc, weak::WeakSet};
    ///
    /// let mut objects: Vec<Gc<usize>> = (0..1000).map(Gc::new).collect();
    /// let set: WeakSet<usize> = objects.iter().cloned().collect();
    /// objects.truncate(10);
    /// set.shrink_to_fit();
    /// assert!((10..32).contains(&set.capacity()));
    /// ```
    pub fn shrink_to_fit(&self) {
        let mut members = self.members.borrow_mut();
        members.purge();
        shrink_to(&mut members.handles, 0);
    }

    /// Removes all members.
    pub fn clear(&self) {
        *self.members.borrow_mut() = WeakSet::new().members.into_inner();
    }

    /// Removes all members for which `keep` returns `false`.
    pub fn retain(&self, mut keep: impl FnMut(&Gc<T>) -> bool) {
        for member in self {
            if !keep(&member) {
                self.remove(&member);
            }
        }
    }

    /// The members, in no particular order.
    ///
    /// The set may change during the iteration. Members that are added are not visited,
    /// nor are those that have died before their turn.
    pub fn iter(&self) -> WeakSetIter<T> {
        let handles: Vec<Weak<T>> = self.members.borrow().handles.values().cloned().collect();
        WeakSetIter { handles: handles.into_iter() }
    }
}

impl<T: ?Sized> Default for WeakSet<T> {
    fn default() -> Self {
        WeakSet::new()
    }
}

impl<T: ?Sized> Clone for WeakSet<T> {
    /// A set of the same objects.
    fn clone(&self) -> Self {
        self.iter().collect()
    }
}

impl<T: ?Sized> FromIterator<Gc<T>> for WeakSet<T> {
    fn from_iter<I: IntoIterator<Item = Gc<T>>>(objects: I) -> Self {
        let mut set = WeakSet::new();
        set.extend(objects);
        set
    }
}

impl<T: ?Sized> Extend<Gc<T>> for WeakSet<T> {
    fn extend<I: IntoIterator<Item = Gc<T>>>(&mut self, objects: I) {
        for object in objects {
            self.insert(&object);
        }
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for WeakSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

// SAFETY: weak handles own nothing, and have no callbacks to tell of.
unsafe impl<T: ?Sized> Trace for WeakSet<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if tracer.asks_for_weak() {
            self.members.borrow().handles.values().for_each(|member| member.trace(tracer));
        }
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        tracer.unlabelled(|tracer| self.trace(tracer));
    }

    fn tracked() -> bool {
        false
    }

    fn reports() -> bool {
        // Whoever detaches a heap asks for weak handles.
        cfg!(feature = "isolates")
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

impl<T: ?Sized> Acyclic for WeakSet<T> {}

impl<T: ?Sized> Owns for WeakSet<T> {
    type Owned = ();
}

/// The members of a set; see [`WeakSet::iter`].
pub struct WeakSetIter<T: ?Sized> {
    handles: vec::IntoIter<Weak<T>>,
}

impl<T: ?Sized> Iterator for WeakSetIter<T> {
    type Item = Gc<T>;

    fn next(&mut self) -> Option<Gc<T>> {
        let alive = self.handles.try_for_each(|handle| match handle.upgrade() {
            Some(object) => ControlFlow::Break(object),
            None => ControlFlow::Continue(()),
        });
        alive.break_value()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.handles.len()))
    }
}

impl<T: ?Sized> IntoIterator for &WeakSet<T> {
    type Item = Gc<T>;
    type IntoIter = WeakSetIter<T>;

    fn into_iter(self) -> WeakSetIter<T> {
        self.iter()
    }
}

impl<T: ?Sized> fmt::Debug for WeakSetIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSetIter").field("members", &self.handles.len()).finish_non_exhaustive()
    }
}
