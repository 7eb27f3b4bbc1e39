//! [`Weak`]: a handle that threads share and that does not keep its object alive.

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroUsize;
use core::ptr::NonNull;

use crate::pointer::weak_ptr::with_data;
use crate::sync::callbacks::Watch;
use crate::sync::contract::Shared;
use crate::sync::deaths::finish_release;
use crate::sync::gc_ptr::Gc;
use crate::sync::header::{Boxed, ObjectPtr};
use crate::sync::protocol::weak;
use crate::sync::protocol::word::Released;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::question::Question;
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
/// `object` has the address `DANGLING`; or it is that of an object that counts this handle as weak; or its
/// address, but for the lowest bit, which is set, is that of a `Watch` of which this is a handle, and whose
/// target is the object. Objects are aligned, so that the lowest bit tells. As a [`Gc`] it is invariant in `T`, which is [`Shared`] if there is an object.
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
const _: () =
    assert!(align_of::<Boxed<Watch>>() > 1, "a weak handle tags the address of its watch");

/// The address in a weak handle that never had an object. Objects are aligned, so that none is there.
const DANGLING: NonZeroUsize = NonZeroUsize::MAX;

/// Set in the address of a watch.
const WATCHED: usize = 1;

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

    /// What the handle holds: the object as it lies in memory, a watch, or the dangling address.
    pub(crate) fn raw(&self) -> NonNull<Boxed<T>> {
        self.object
    }

    fn referent(&self) -> Referent {
        let address = self.object.addr();
        if address == DANGLING {
            Referent::Nothing
        } else if address.get() & WATCHED == 0 {
            // SAFETY: by the type invariant, and the weak handle keeps the slot.
            Referent::Object(unsafe { ObjectPtr::new(self.object) })
        } else {
            let watch: NonNull<u8> = self.object.cast();
            // SAFETY: the bit is set, so that what remains is not null either: it is the address of a
            // watch.
            Referent::Watch(unsafe { watch.byte_sub(WATCHED) }.cast())
        }
    }

    /// The object, which may be dead.
    fn object(&self) -> Option<ObjectPtr> {
        match self.referent() {
            Referent::Nothing => None,
            Referent::Object(object) => Some(object),
            // SAFETY: by the type invariant, and the handle keeps the watch.
            Referent::Watch(watch) => Some(unsafe { &(*watch.as_ptr()).value }.target()),
        }
    }

    /// A handle to the object, unless its value has been dropped, or a collection has found that no
    /// thread can reach it.
    ///
    /// A value that only a cycle holds is there until a collection finds the cycle. Until then
    /// this returns a handle to it, which saves it. If a collection is about to decide just now, this
    /// waits for the decision. It takes no longer than a look at each of 2048 objects, or at all those that
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
        let object = self.object()?;
        weak::upgrade(object).then(|| {
            // The address of a watch is not that of the object; what goes with it is the same.
            let boxed = with_data(self.object, object.address());
            // SAFETY: the handle was counted, and the value is there.
            unsafe { Gc::from_counted(boxed) }
        })
    }

    /// How many handles there are, at some moment; 0 if the value is gone or about to go.
    #[must_use]
    pub fn strong_count(&self) -> usize {
        self.object()
            .map_or(0, |object| usize::try_from(object.word().live_count()).unwrap_or(usize::MAX))
    }

    /// How many weak handles there are, at some moment; 0 if the value is gone or about to go. Those that
    /// share a callback count as one.
    #[must_use]
    pub fn weak_count(&self) -> usize {
        let live = self.object().filter(|object| object.word().live_count() > 0);
        live.map_or(0, weak_handles)
    }

    /// Whether a callback waits for the object to lose its value.
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let strong = Gc::new(5);
    /// let weak = Gc::downgrade_with(&strong, || println!("gone"));
    /// assert!(weak.has_callback());
    /// assert!(!Gc::downgrade(&strong).has_callback());
    ///
    /// drop(strong);
    /// assert!(!weak.has_callback());
    /// ```
    #[must_use]
    pub fn has_callback(&self) -> bool {
        let Referent::Watch(watch) = self.referent() else { return false };
        // SAFETY: by the type invariant, and the handle keeps the watch.
        unsafe { &(*watch.as_ptr()).value }.is_waiting()
    }

    /// Whether both are handles to the same object, or both were made by [`Weak::new`].
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.object() == other.object()
    }
}

/// What a weak handle refers to.
#[derive(Clone, Copy)]
enum Referent {
    /// Nothing, ever.
    Nothing,
    /// An object, which may be dead.
    Object(ObjectPtr),
    /// A watch, and through it an object.
    Watch(NonNull<Boxed<Watch>>),
}

/// Drops a handle to a watch: the last one gives the callback up.
///
/// Runs user code: the drop of the callback.
///
/// # Safety
///
/// The caller has a handle to the watch, which this uses up.
unsafe fn release_watch(watch: NonNull<Boxed<Watch>>) {
    // SAFETY: it is an object with a handle.
    let object = unsafe { ObjectPtr::new(watch) };
    let released = object.word().release();
    if matches!(released, Released::Last(_)) {
        // SAFETY: whoever drops the last handle has the value until it is buried, which comes next.
        unsafe { &(*watch.as_ptr()).value }.give_up();
    }
    finish_release(object, released);
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

    /// A weak handle to the same object; `callback` is called when the object has lost its value, if
    /// this handle or a clone of it still exists.
    ///
    /// None of the weak handles upgrades any more when it is called. It is not called if the handle is
    /// itself part of the garbage that a collection found, nor if the handle and its clones are gone before the
    /// value; it is then dropped. Of several callbacks, the newest is called first. A panic of the callback
    /// is reported by the panic hook, and is not rethrown.
    ///
    /// It is called where the value was dropped: by the thread that dropped the last handle or took the
    /// value out, in [`collect`](crate::sync::gc::collect), or, if an automatic collection found the
    /// object, on the thread for such drops. No lock of the library is held meanwhile; those that the program holds where
    /// it drops a handle are its own affair. Objects that lose their last handle in a callback may die after it. If one thread drops the weak handle while the value goes on another, the callback is either
    /// called or dropped, once.
    ///
    /// # Captures
    ///
    /// What the callback captured is not traced. A handle that it captured keeps its object alive as long as the
    /// callback waits; if that leads to the object that it waits for, **it is never called**. Capture a [`Weak`] instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc;
    /// use std::thread;
    ///
    /// use gcycle::sync::Gc;
    ///
    /// let (sender, receiver) = mpsc::channel();
    /// let session = Gc::new(String::from("Ada's session"));
    /// let watch = Gc::downgrade_with(&session, move || sender.send("it is over").unwrap());
    /// thread::spawn(move || drop(session));
    /// assert_eq!(receiver.recv(), Ok("it is over"));
    /// assert!(watch.upgrade().is_none());
    /// ```
    #[must_use = "the callback is not called when the handle is gone"]
    pub fn downgrade_with(this: &Self, callback: impl FnOnce() + Send + 'static) -> Weak<T> {
        let watch = Watch::new(this.object(), Box::new(callback)).cast::<()>();
        let address = watch.map_addr(|address| address | WATCHED);
        // SAFETY: it is the one handle to a watch of this object.
        unsafe { Weak::from_counted(with_data(this.boxed(), address)) }
    }

    /// How many weak handles there are, at some moment. Those that share a callback count as one.
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
    /// Makes another weak handle to the same object; it shares the callback.
    fn clone(&self) -> Self {
        match self.referent() {
            Referent::Nothing => {}
            Referent::Object(object) => object.weak_count().retain(),
            // SAFETY: by the type invariant it is an object with a handle.
            Referent::Watch(watch) => unsafe { ObjectPtr::new(watch) }.word().retain(),
        }
        Weak { object: self.object, invariant: PhantomData }
    }
}

impl<T: ?Sized> Drop for Weak<T> {
    /// Runs user code: if it was the last that shares a callback, the drop of that.
    fn drop(&mut self) {
        match self.referent() {
            Referent::Nothing => {}
            Referent::Object(object) => weak::release(object),
            // SAFETY: the handle ends here.
            Referent::Watch(watch) => unsafe { release_watch(watch) },
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

// SAFETY: a weak handle owns no edge, and what a callback owns is not traced.
unsafe impl<T: ?Sized> Trace for Weak<T> {
    #[inline]
    fn trace(&self, _: &mut Tracer<'_>) {}

    #[inline]
    fn tracked() -> bool {
        false
    }

    /// Dropping it may drop a callback, unless all that is asked is what this object does itself: a watch is
    /// another.
    #[inline]
    fn drops_quietly(ask: impl Ask) -> bool {
        ask.question() == Question::SharedDrops
    }

    #[inline]
    fn traces_plainly(_: impl Ask) -> bool {
        true
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

// SAFETY: nothing is reported. That `T` is `Shared` goes without saying, as for `Gc`.
unsafe impl<T: Send + Sync + ?Sized + 'static> Shared for Weak<T> {}

impl<T: ?Sized> Acyclic for Weak<T> {}

impl<T: ?Sized> Owns for Weak<T> {
    type Owned = ();
}
