//! [`Weak`]: a handle that threads share and that does not keep its object alive.

use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroUsize;
use core::ptr::NonNull;

use crate::sync::contract::Shared;
use crate::sync::gc_ptr::Gc;
use crate::sync::header::{Boxed, ObjectPtr};
use crate::sync::protocol::weak;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::recursion::Owns;
use crate::trace::tracer::Tracer;

/// A handle that threads share and that does not keep its object alive, like
/// [`sync::Weak`](alloc::sync::Weak).
///
/// An object with weak handles keeps its memory until the last of them is gone, although its value is
/// dropped.
///
/// # Examples
///
/// ```
/// use gcycle::sync::Gc;
///
/// let strong = Gc::new(5);
/// let weak = Gc::downgrade(&strong);
/// assert_eq!(weak.upgrade().as_deref(), Some(&5));
///
/// drop(strong);
/// assert!(weak.upgrade().is_none());
/// ```
///
/// # Invariants
///
/// `object` has the address `DANGLING`; or it is that of an object that counts this handle as weak.
/// As a [`Gc`] it is invariant in `T`, which is [`Shared`] if there is an object.
#[repr(transparent)]
pub struct Weak<T: ?Sized> {
    object: NonNull<Boxed<T>>,
    invariant: PhantomData<fn(*mut T)>,
}

// SAFETY: weak handles are counted atomically, and become handles, which are `Send` then.
unsafe impl<T: Send + Sync + ?Sized> Send for Weak<T> {}

// SAFETY: as above: a `&Weak<T>` can be cloned.
unsafe impl<T: Send + Sync + ?Sized> Sync for Weak<T> {}

const _: () = assert!(size_of::<Option<Weak<u8>>>() == size_of::<*const u8>());

/// The address in a weak handle that never had an object. Objects are aligned, so that none is there.
const DANGLING: NonZeroUsize = NonZeroUsize::MAX;

impl<T> Weak<T> {
    /// A handle without an object: it never upgrades.
    ///
    /// ```
    /// use gcycle::sync::Weak;
    ///
    /// assert!(Weak::<u8>::new().upgrade().is_none());
    /// ```
    #[must_use]
    pub const fn new() -> Weak<T> {
        Weak { object: NonNull::without_provenance(DANGLING), invariant: PhantomData }
    }
}

impl<T: ?Sized> Weak<T> {
    /// A weak handle that is counted already.
    ///
    /// # Safety
    ///
    /// The type invariant holds for it.
    pub(crate) unsafe fn from_counted(object: NonNull<Boxed<T>>) -> Weak<T> {
        Weak { object, invariant: PhantomData }
    }

    /// The object as it lies in memory, or the dangling address.
    pub(crate) fn boxed(&self) -> NonNull<Boxed<T>> {
        self.object
    }

    /// The object, which may be dead.
    fn object(&self) -> Option<ObjectPtr> {
        // SAFETY: by the type invariant, and the weak handle keeps the slot.
        (self.object.addr() != DANGLING).then(|| unsafe { ObjectPtr::new(self.object) })
    }

    /// A handle to the object, unless its value has been dropped, or a collection has found that no
    /// thread can reach it.
    ///
    /// A value that only a cycle holds is there until a collection finds the cycle. Until then
    /// this returns a handle to it, which saves it. If a collection is about to decide just now, this
    /// waits for the decision. It takes no longer than a look at each of 1024 objects, or at all those that
    /// the object is connected with by handles if these are more, and no code of the program runs
    /// meanwhile.
    ///
    /// ```
    /// use std::sync::OnceLock;
    ///
    /// use gcycle::{Trace, sync};
    ///
    /// #[derive(Trace)]
    /// #[trace(shared)]
    /// struct Own(OnceLock<sync::Gc<Own>>);
    ///
    /// let own = sync::Gc::new(Own(OnceLock::new()));
    /// own.0.set(own.clone()).ok();
    /// let weak = sync::Gc::downgrade(&own);
    /// drop(own);
    /// assert!(weak.upgrade().is_some());
    ///
    /// sync::gc::collect();
    /// assert!(weak.upgrade().is_none());
    /// ```
    #[must_use]
    pub fn upgrade(&self) -> Option<Gc<T>> {
        // SAFETY: the handle was counted, and the value is there.
        weak::upgrade(self.object()?).then(|| unsafe { Gc::from_counted(self.object) })
    }

    /// How many handles there are, at some moment; 0 if the value is gone or about to go.
    #[must_use]
    pub fn strong_count(&self) -> usize {
        self.object()
            .map_or(0, |object| usize::try_from(object.word().live_count()).unwrap_or(usize::MAX))
    }

    /// How many weak handles there are, at some moment; 0 if the value is gone or about to go.
    #[must_use]
    pub fn weak_count(&self) -> usize {
        let live = self.object().filter(|object| object.word().live_count() > 0);
        live.map_or(0, weak_handles)
    }

    /// Whether both are handles to the same object, or both were made by [`Weak::new`].
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        core::ptr::addr_eq(self.object.as_ptr(), other.object.as_ptr())
    }
}

fn weak_handles(object: ObjectPtr) -> usize {
    usize::try_from(object.weak_count().count()).unwrap_or(usize::MAX)
}

impl<T: ?Sized> Gc<T> {
    /// A weak handle to the same object.
    #[must_use]
    pub fn downgrade(this: &Self) -> Weak<T> {
        weak::downgrade(this.object());
        // SAFETY: it was counted.
        unsafe { Weak::from_counted(this.boxed()) }
    }

    /// How many weak handles there are, at some moment.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let a = Gc::new(1);
    /// let weak = Gc::downgrade(&a);
    /// assert_eq!((Gc::weak_count(&a), weak.strong_count()), (1, 1));
    /// ```
    #[must_use]
    pub fn weak_count(this: &Self) -> usize {
        weak_handles(this.object())
    }
}

impl<T: ?Sized> Clone for Weak<T> {
    /// Makes another weak handle to the same object.
    fn clone(&self) -> Self {
        if let Some(object) = self.object() {
            object.weak_count().retain();
        }
        Weak { object: self.object, invariant: PhantomData }
    }
}

impl<T: ?Sized> Drop for Weak<T> {
    fn drop(&mut self) {
        if let Some(object) = self.object() {
            weak::release(object);
        }
    }
}

impl<T> Default for Weak<T> {
    /// A handle without an object.
    fn default() -> Self {
        Weak::new()
    }
}

impl<T: ?Sized> fmt::Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(Weak)")
    }
}

// SAFETY: a weak handle owns no edge. Its drop frees memory at most.
unsafe impl<T: ?Sized> Trace for Weak<T> {
    #[inline]
    fn trace(&self, _: &mut Tracer<'_>) {}

    #[inline]
    fn tracked() -> bool {
        false
    }

    #[inline]
    fn drops_quietly(_: Ask) -> bool {
        true
    }

    #[inline]
    fn traces_plainly(_: Ask) -> bool {
        true
    }

    #[inline]
    fn has_finalizers(_: Ask) -> bool {
        false
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        false
    }
}

// SAFETY: nothing is reported. That `T` is `Shared` goes without saying, as for `Gc`.
unsafe impl<T: Send + Sync + ?Sized + 'static> Shared for Weak<T> {}

impl<T: ?Sized> Acyclic for Weak<T> {}

impl<T: ?Sized> Owns for Weak<T> {
    type Owned = ();
}
