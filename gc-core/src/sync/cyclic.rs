//! [`Gc::new_cyclic`]: objects that are lent out before their values are there.

use core::mem::ManuallyDrop;

use crate::sync::collector::collect_automatically;
use crate::sync::contract::Shared;
use crate::sync::gc_ptr::Gc;
use crate::sync::header::{Boxed, ObjectPtr};
use crate::sync::protocol::weak::give_up_slot;
use crate::sync::weak_ptr::Weak;

/// An object whose value is not there yet.
///
/// # Invariants
///
/// It has no handles, and no thread but this one can make the first.
struct Unbuilt(ObjectPtr);

impl Drop for Unbuilt {
    /// The value is not made: the slot stays for the weak handles that are left.
    fn drop(&mut self) {
        give_up_slot(self.0);
    }
}

impl<T: Shared> Gc<T> {
    /// Moves the value that `build` returns to the heap. `build` gets a weak handle to the object,
    /// which does not upgrade before this returns, on no thread.
    ///
    /// A collection may run first, as in [`Gc::new`].
    ///
    /// # Panics
    ///
    /// If `build` panics, or a `trace` of a collection that runs.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::{Trace, sync};
    ///
    /// #[derive(Trace)]
    /// #[trace(shared)]
    /// struct Actor {
    ///     this: sync::Weak<Actor>,
    /// }
    ///
    /// let actor = sync::Gc::new_cyclic(|this| Actor { this: this.clone() });
    /// let again = actor.this.upgrade().expect("it is alive");
    /// assert!(sync::Gc::ptr_eq(&actor, &again));
    /// ```
    #[cfg_attr(feature = "sites", track_caller)]
    #[must_use]
    pub fn new_cyclic(build: impl FnOnce(&Weak<T>) -> T) -> Gc<T> {
        collect_automatically();
        let object = Boxed::<T>::unbuilt();
        // SAFETY: it is counted.
        let weak = unsafe { Weak::from_counted(object) };
        // SAFETY: the object was just made.
        let unbuilt = Unbuilt(unsafe { ObjectPtr::new(object) });
        let value = build(&weak);
        let unbuilt = ManuallyDrop::new(unbuilt);
        let place = unbuilt.0.value::<T>();
        // SAFETY: the place is in the slot, and nobody uses it before the object is built.
        unsafe { place.write(value) };
        unbuilt.0.word().build();
        // SAFETY: the first handle was counted.
        unsafe { Gc::from_counted(object) }
    }
}
