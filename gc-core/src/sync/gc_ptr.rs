//! [`Gc`]: a counted handle that threads share.

use core::marker::PhantomData;
use core::mem::{ManuallyDrop, needs_drop};
use core::ops::Deref;
use core::ptr::NonNull;

use crate::object::unwind::FirstPanic;
use crate::sync::collector::collect_automatically;
use crate::sync::contract::Shared;
use crate::sync::deaths::{die_plainly, finish_release};
use crate::sync::header::{Boxed, ObjectPtr};
use crate::sync::lists::is_collection_due;
use crate::sync::protocol::word::{Burial, Released};
use crate::trace::contract::{Ask, Trace};
#[cfg(feature = "isolates")]
use crate::trace::movable::Movable;
use crate::trace::question::Question;
use crate::trace::tracer::{LabelTracer, Tracer};

/// A reference-counted pointer to a value of type `T` that threads share, like
/// [`Arc`](alloc::sync::Arc), whose cycles are collected.
///
/// The [module](crate::sync) says when values are dropped, and what collections do to locks.
///
/// # Invariants
///
/// It is one of the handles that its object counts. The value is not dropped; but while a cycle is
/// dropped, inside the values of that cycle, it may be. There is a `Gc<T>` only if `T` is
/// [`Shared`], since nothing else can be moved to the heap.
///
/// `T` is the type that the object was made with, or one that a pointer to it was unsized to: a handle
/// is invariant in `T`.
#[repr(transparent)]
pub struct Gc<T: ?Sized> {
    object: NonNull<Boxed<T>>,
    invariant: PhantomData<fn(*mut T)>,
}

// SAFETY: handles are counted atomically, and give access to a `&T` on every thread; the last one
// drops the value, on whichever thread it is.
unsafe impl<T: Send + Sync + ?Sized> Send for Gc<T> {}

// SAFETY: as above: a `&Gc<T>` can be cloned.
unsafe impl<T: Send + Sync + ?Sized> Sync for Gc<T> {}

const _: () = assert!(size_of::<Option<Gc<u8>>>() == size_of::<*const u8>());
const _: () = assert!(size_of::<Option<Gc<str>>>() == size_of::<&str>());

impl<T: Shared> Gc<T> {
    /// Moves `value` to the heap.
    ///
    /// A collection may run, if one is due and this is not called by the drop of a value. It does not affect `value`, and runs no drop of
    /// a value on this thread that runs code of the program.
    ///
    /// # Panics
    ///
    /// If a collection runs, and a `trace` that it calls panics.
    ///
    /// # Examples
    ///
    /// ```
    /// let five = gcycle::sync::Gc::new(5);
    /// assert_eq!(*five, 5);
    /// ```
    #[inline]
    #[cfg_attr(feature = "sites", track_caller)]
    #[must_use]
    pub fn new(value: T) -> Gc<T> {
        let new = Gc { object: Boxed::new(value), invariant: PhantomData };
        // Afterwards: a value that waited for it would have to be ready to be dropped, in memory.
        if is_collection_due() { new.collect() } else { new }
    }

    /// Collects, after an object was made. If that panics, the value is dropped as one that was in no object.
    #[cold]
    #[inline(never)]
    fn collect(self) -> Gc<T> {
        let panics = FirstPanic::of(collect_automatically);
        if panics.is_some() {
            let new = ManuallyDrop::new(self);
            // SAFETY: it was just made, and the only handle is given up.
            let _value = unsafe { Boxed::unmake(new.object) };
            panics.resume();
            unreachable!("there is a panic");
        }
        self
    }
}

impl<T: ?Sized> Gc<T> {
    /// A handle that is counted already.
    ///
    /// # Safety
    ///
    /// The type invariant holds for it.
    #[inline]
    pub(crate) unsafe fn from_counted(object: NonNull<Boxed<T>>) -> Gc<T> {
        Gc { object, invariant: PhantomData }
    }

    /// The object as it lies in memory.
    #[inline]
    pub(crate) fn boxed(&self) -> NonNull<Boxed<T>> {
        self.object
    }

    /// The object that this is a handle to.
    #[inline]
    pub(crate) fn object(&self) -> ObjectPtr {
        // SAFETY: by the type invariant.
        unsafe { ObjectPtr::new(self.object) }
    }

    /// Whether `a` and `b` are handles to the same object.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let a = Gc::new(1);
    /// assert!(Gc::ptr_eq(&a, &a.clone()));
    /// assert!(!Gc::ptr_eq(&a, &Gc::new(1)));
    /// ```
    #[inline]
    #[must_use]
    pub fn ptr_eq(a: &Self, b: &Self) -> bool {
        a.object().address() == b.object().address()
    }

    /// A pointer to the value.
    ///
    /// The pointer is valid as long as the object has handles. You must not write through
    /// it.
    #[inline]
    #[must_use]
    pub fn as_ptr(this: &Self) -> *const T {
        &raw const **this
    }

    /// How many handles there are, at some moment: other threads may clone and drop them.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let a = Gc::new(1);
    /// let b = a.clone();
    /// assert_eq!(Gc::strong_count(&b), 2);
    /// ```
    #[inline]
    #[must_use]
    pub fn strong_count(this: &Self) -> usize {
        usize::try_from(this.object().word().count()).unwrap_or(usize::MAX)
    }
}

impl<T: ?Sized> Deref for Gc<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: by the type invariant. Whoever has a `&mut` to the value has borrowed the only handle.
        unsafe { &(*self.object.as_ptr()).value }
    }
}

impl<T: ?Sized> Clone for Gc<T> {
    /// Makes another handle to the same object.
    #[inline]
    fn clone(&self) -> Self {
        self.object().word().retain();
        Gc { object: self.object, invariant: PhantomData }
    }
}

impl<T: ?Sized> Gc<T> {
    /// Drops the value and frees the slot.
    ///
    /// Runs user code: the drop of the value.
    ///
    /// # Safety
    ///
    /// The handle was dropped and was the last, with this [plain](Burial::is_plain) burial, and pointers
    /// to a `T` are [thin](is_thin).
    #[inline]
    unsafe fn bury_plainly(&self, burial: Burial) {
        if needs_drop::<T>() {
            // SAFETY: as promised by the caller; `T` is sized, so that `Boxed::new` has made the object.
            return unsafe { die_plainly(self.object, burial) };
        }
        // SAFETY: as above.
        let grave = unsafe { Boxed::grave(self.object) };
        // SAFETY: the value needs no drop, and nobody else has a pointer to the object.
        unsafe { grave.free() }
    }
}

/// Whether pointers to a `T` are addresses and nothing else.
const fn is_thin<T: ?Sized>() -> bool {
    size_of::<*const T>() == size_of::<*const ()>()
}

impl<T: ?Sized> Drop for Gc<T> {
    /// Drops the value, if this is the last handle; its finalizers run before.
    #[inline]
    fn drop(&mut self) {
        match self.object().word().release() {
            Released::Last(burial) if burial.is_plain() && is_thin::<T>() => {
                // SAFETY: this was the last handle.
                unsafe { self.bury_plainly(burial) }
            }
            released => finish_release(self.object(), released),
        }
    }
}

// SAFETY: the one handle is reported, which stays as long as whatever it lies in. Nothing else
// happens, and its drop is this library's.
unsafe impl<T: ?Sized> Trace for Gc<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.shared_edge(self, self.object().address());
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        tracer.shared_edge(self, self.object().address());
    }

    /// No cycle of one thread leads through it.
    #[inline]
    fn tracked() -> bool {
        false
    }

    /// In a collection of objects that threads share.
    #[inline]
    fn reports() -> bool {
        true
    }

    /// Dropping it may drop the value, unless all that is asked is what this object does itself.
    #[inline]
    fn drops_quietly(ask: impl Ask) -> bool {
        ask.question() == Question::SharedDrops
    }

    /// Never: to be cautious costs little here.
    #[inline]
    fn traces_plainly(_: impl Ask) -> bool {
        false
    }

    #[inline]
    fn has_finalizers(_: impl Ask) -> bool {
        false
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        false
    }
}

// SAFETY: the handle stays as long as what it lies in. That `T` is `Shared` goes without saying, by the
// type invariant; to ask for it would send the compiler in circles where types are recursive.
unsafe impl<T: Send + Sync + ?Sized + 'static> Shared for Gc<T> {}

// SAFETY: it is `Send`.
#[cfg(feature = "isolates")]
unsafe impl<T: ?Sized> Movable for Gc<T> where Gc<T>: Send {}
