//! What the protocol asks of an object.

use core::ptr::NonNull;
use core::sync::atomic::AtomicUsize;

use crate::sync::protocol::atomic::AtomicPtr;
use crate::sync::protocol::graph::Graph;
use crate::sync::protocol::word::Word;

/// What receives the reports of values, for the time of one collection.
pub(crate) trait Tracing {
    /// From now on the guards of the locks that are traced are kept.
    fn keep_guards(&mut self);

    /// Drops the guards that were kept.
    fn drop_guards(&mut self);
}

/// A pointer to an object.
///
/// # Invariants
///
/// The slot that it points at is not freed while the pointer is used. Handles, entries of the
/// list of candidates, pins and burials are what keeps a slot.
pub(crate) trait Object: Copy {
    /// What receives the reports of values.
    type Tracing: Tracing;

    /// Its count and flags.
    fn word(&self) -> &Word;

    /// The entry below its own in the list of candidates.
    fn below(&self) -> &AtomicPtr<()>;

    /// Where it is in the arrays of a collection. Only the one collection that runs uses it,
    /// so that no memory order is asked of it: the lock that collections take orders them.
    fn index(&self) -> &AtomicUsize;

    /// Its address.
    fn address(self) -> NonNull<()>;

    /// The pointer with this address.
    ///
    /// # Safety
    ///
    /// It is the [address](Object::address) of an object whose slot is not freed.
    unsafe fn at(address: NonNull<()>) -> Self;

    /// Reports the edges of the value to `graph`, each while nobody can drop the handle. Says
    /// whether each guard was kept, if guards are to be kept.
    ///
    /// It does not unwind.
    ///
    /// # Safety
    ///
    /// The object is pinned with its value. It is not unpinned, nor its value dropped, before the
    /// guards that `tracing` keeps are dropped.
    unsafe fn trace(self, graph: &mut Graph<Self>, tracing: &mut Self::Tracing) -> bool;

    /// Drops the value. It does not unwind.
    ///
    /// # Safety
    ///
    /// The caller has the burial of the object, and drops its value once.
    unsafe fn drop_value(self);

    /// Frees the slot.
    ///
    /// # Safety
    ///
    /// The value was dropped, and nobody has a pointer to the slot.
    unsafe fn free(self);
}
