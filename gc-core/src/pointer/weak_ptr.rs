//! [`Weak`]: a handle that does not keep its object alive.
//!
//! The page of an object counts its weak handles, in a table that is made for
//! the first one. The slot of a dead object stays until the last weak handle is
//! gone, so that looking at the header is always safe. A handle with a callback
//! refers to a `watch` instead, which refers to the object.

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroUsize;
use core::ptr::NonNull;

use crate::collect::death::{release_weak, retain_weak};
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::recursion::Owns;
use crate::trace::tracer::Tracer;
use crate::watch::watches::{self, WatchRef};

/// A handle that does not keep its object alive, like [`rc::Weak`](alloc::rc::Weak).
///
/// # Examples
///
/// ```
/// use gcycle::Gc;
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
/// `value` has the address `DANGLING`; or it is the value of an object that
/// counts this handle as weak; or its address, but for the lowest bit, which is
/// set, is that of a `Watch` that counts this handle. Values are
/// aligned to 8, so that the lowest bit tells. As a [`Gc`] it is invariant in `T`.
#[repr(transparent)]
pub struct Weak<T: ?Sized> {
    value: NonNull<T>,
    invariant: PhantomData<fn(*mut T)>,
}

const _: () = assert!(size_of::<Option<Weak<u8>>>() == size_of::<*const u8>());

/// The address in a weak handle that never had an object.
const DANGLING: NonZeroUsize = NonZeroUsize::MAX;

/// Set in the address of a watch.
const WATCHED: usize = 1;

/// `pointer` with another address and the same metadata.
pub(crate) fn with_data<T: ?Sized>(pointer: NonNull<T>, data: NonNull<()>) -> NonNull<T> {
    let mut pointer = pointer;
    let address: *mut NonNull<()> = (&raw mut pointer).cast();
    // SAFETY: pointers start with their address, fat ones too; the assertion
    // holds the compiler to it.
    unsafe { address.write(data) };
    assert_eq!(pointer.cast(), data, "pointers start with their address");
    pointer
}

impl<T> Weak<T> {
    /// A handle without an object: it never upgrades.
    #[must_use]
    pub const fn new() -> Weak<T> {
        Weak { value: NonNull::without_provenance(DANGLING), invariant: PhantomData }
    }
}

impl<T: ?Sized> Gc<T> {
    /// A weak handle to the same object.
    #[must_use]
    pub fn downgrade(this: &Self) -> Weak<T> {
        Weak::to_object(this.object(), this.value_ptr())
    }

    /// A weak handle to the same object; `callback` is called when the object dies, if
    /// this handle or a clone of it still exists.
    ///
    /// The handle is cleared before the callback runs, so the callback cannot reach the
    /// object. The callback is not called if the handle is itself part of the garbage
    /// that a collection found. Nor is it called if the handle and its clones are gone
    /// before the object; it is then dropped. Of several callbacks, the newest is called
    /// first. A panic of the callback is reported by the panic hook, and is not rethrown.
    ///
    /// This is Python's `weakref.ref(object, callback)`.
    ///
    /// # Captures
    ///
    /// The callback's captures are not traced. A handle that it captured keeps its object alive
    /// as long as the callback waits. If that handle is to the object itself, or leads to it,
    /// **the object never dies by itself**, and the callback is never called. Capture a [`Weak`]
    /// instead, as the second example does. If the callback needs values that lead back to the
    /// object, put them into a [`WeakMap`](crate::weak::WeakMap) with the object as the key, as in
    /// the third example: the collector traces the values of a map, they do not keep the key
    /// alive, and their finalizers run when the key dies.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{cell::Cell, rc::Rc};
    /// use gcycle::Gc;
    ///
    /// let strong = Gc::new(5);
    /// let called = Rc::new(Cell::new(false));
    /// let weak = Gc::downgrade_with(&strong, {
    ///     let called = Rc::clone(&called);
    ///     move || called.set(true)
    /// });
    /// drop(strong);
    /// assert!(called.get());
    /// assert!(weak.upgrade().is_none());
    /// ```
    ///
    /// A registry forgets a window that is gone. The window holds the registry, so a callback
    /// that captured a `Gc` of it would be part of a cycle which no collection can see:
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use gcycle::{Gc, Trace, Weak};
    ///
    /// #[derive(Trace)]
    /// struct Registry {
    ///     windows: RefCell<Vec<Weak<Window>>>,
    /// }
    ///
    /// #[derive(Trace)]
    /// struct Window {
    ///     registry: Gc<Registry>,
    /// }
    ///
    /// let registry = Gc::new(Registry { windows: RefCell::default() });
    /// let window = Gc::new(Window { registry: registry.clone() });
    /// let forget = {
    ///     let registry = Gc::downgrade(&registry);
    ///     move || {
    ///         if let Some(registry) = registry.upgrade() {
    ///             registry.windows.borrow_mut().retain(|window| window.strong_count() > 0);
    ///         }
    ///     }
    /// };
    /// registry.windows.borrow_mut().push(Gc::downgrade_with(&window, forget));
    ///
    /// assert!(Gc::ptr_eq(&window.registry, &registry));
    /// drop(window);
    /// assert!(registry.windows.borrow().is_empty());
    /// ```
    ///
    /// What a `Watcher` holds is traced, and it may lead back to the document:
    ///
    /// ```
    /// use std::cell::{Cell, RefCell};
    /// use gcycle::{Finalize, Gc, Trace, gc, weak::WeakMap};
    ///
    /// #[derive(Trace)]
    /// struct Document {
    ///     pages: RefCell<Vec<Gc<Document>>>,
    /// }
    ///
    /// #[derive(Trace)]
    /// #[trace(finalize)]
    /// struct Watcher {
    ///     document: Gc<Document>,
    ///     pages: Gc<Cell<usize>>,
    /// }
    ///
    /// impl Finalize for Watcher {
    ///     fn finalize(&self) {
    ///         self.pages.set(self.document.pages.borrow().len());
    ///     }
    /// }
    ///
    /// let watchers = WeakMap::new();
    /// let document = Gc::new(Document { pages: RefCell::default() });
    /// let pages: Gc<Cell<usize>> = Gc::default();
    /// watchers.insert(&document, Watcher { document: document.clone(), pages: pages.clone() });
    ///
    /// document.pages.borrow_mut().push(document.clone());
    /// drop(document);
    /// gc::collect();
    /// assert_eq!((pages.get(), watchers.len()), (1, 0), "it saw the document before it died");
    /// ```
    #[must_use = "the callback is not called when the handle is gone"]
    pub fn downgrade_with(this: &Self, callback: impl FnOnce() + 'static) -> Weak<T> {
        let watch = WatchRef::new(this.object(), Box::new(callback));
        let address = watch.address().map_addr(|address| address | WATCHED);
        Weak { value: with_data(this.value_ptr(), address), invariant: PhantomData }
    }

    /// The number of weak handles to the object. Takes time proportional to the number of
    /// those that have a callback, clones not counted.
    #[must_use]
    pub fn weak_count(this: &Self) -> usize {
        weak_handles(this.object())
    }
}

/// The weak handles of an object whose value is there.
pub(crate) fn weak_handles(object: ObjPtr) -> usize {
    let plain = if object.has(Flags::HAS_WEAK) { Page::weak_count(object) as usize - 1 } else { 0 };
    plain + watches::handles_of(object)
}

/// Whether such an object has weak handles.
pub(crate) fn has_weak_handles(object: ObjPtr) -> bool {
    object.has(Flags::HAS_WEAK) && Page::weak_count(object) > 1 || watches::watches_of(object) > 0
}

/// What a weak handle refers to.
#[derive(Clone, Copy)]
enum Referent {
    /// Nothing, ever.
    Nothing,
    /// An object, which may be dead.
    Object(ObjPtr),
    /// An object, as long as it is watched.
    Watch(WatchRef),
}

impl<T: ?Sized> Weak<T> {
    /// A new weak handle to `object`, whose value is at `value` or will be.
    pub(crate) fn to_object(object: ObjPtr, value: NonNull<T>) -> Weak<T> {
        if !object.has(Flags::HAS_WEAK) {
            object.set(Flags::HAS_WEAK);
            Page::set_weak_count(object, 1);
        }
        retain_weak(object);
        Weak { value, invariant: PhantomData }
    }

    /// A weak handle to the value at `value`, which is counted already.
    ///
    /// # Safety
    ///
    /// The type invariant of `Weak` holds for it.
    pub(crate) unsafe fn from_counted(value: NonNull<T>) -> Weak<T> {
        Weak { value, invariant: PhantomData }
    }

    /// What the handle holds: where the value is or was, or a watch.
    pub(crate) fn raw(&self) -> NonNull<T> {
        self.value
    }

    /// Where the value is or was; dangling if there never was one, and for a
    /// handle with a callback to an object that is gone.
    pub(crate) fn value_ptr(&self) -> NonNull<T> {
        match self.referent() {
            Referent::Watch(watch) => watch
                .target()
                .map_or(self.value, |object| with_data(self.value, object.value().cast())),
            _ => self.value,
        }
    }

    fn referent(&self) -> Referent {
        let value: NonNull<u8> = self.value.cast();
        let address = value.addr();
        if address == DANGLING {
            Referent::Nothing
        } else if address.get() & WATCHED == 0 {
            // SAFETY: by the type invariant of `Weak`.
            Referent::Object(unsafe { ObjPtr::from_value(value) })
        } else {
            // SAFETY: the bit is set, so that what remains is not null either:
            // it is the address of a watch.
            let watch = unsafe { value.byte_sub(WATCHED) };
            // SAFETY: by the type invariant of `Weak`.
            Referent::Watch(unsafe { WatchRef::from_address(watch.cast()) })
        }
    }

    /// The object, if its value is there.
    fn live_object(&self) -> Option<ObjPtr> {
        let object = match self.referent() {
            Referent::Nothing => None,
            Referent::Object(object) => Some(object),
            Referent::Watch(watch) => watch.target(),
        };
        object.filter(|object| !object.is_dead())
    }

    /// A handle to the object, unless its value has been dropped.
    ///
    /// A value that only a cycle holds is dropped when a collection finds the cycle. Until then
    /// this returns a handle to it, which saves it.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use gcycle::{Gc, Trace, gc};
    ///
    /// #[derive(Trace, Default)]
    /// struct Node(RefCell<Option<Gc<Node>>>);
    ///
    /// let node = Gc::<Node>::default();
    /// *node.0.borrow_mut() = Some(node.clone());
    /// let weak = Gc::downgrade(&node);
    /// drop(node);
    /// assert!(weak.upgrade().is_some());
    /// gc::collect();
    /// assert!(weak.upgrade().is_none());
    /// ```
    #[must_use]
    pub fn upgrade(&self) -> Option<Gc<T>> {
        let object = self.live_object()?;
        let value = match self.referent() {
            // A watched handle has the right metadata, but not the address.
            Referent::Watch(_) => with_data(self.value, object.value().cast()),
            _ => self.value,
        };
        object.retain();
        // SAFETY: the value is there, and the handle was counted.
        Some(unsafe { Gc::from_counted(value) })
    }

    /// The number of handles that keep the object alive; 0 if it is gone.
    #[must_use]
    pub fn strong_count(&self) -> usize {
        self.live_object().map_or(0, |object| object.strong() as usize)
    }

    /// The number of weak handles to the object; 0 if it is gone.
    #[must_use]
    pub fn weak_count(&self) -> usize {
        self.live_object().map_or(0, weak_handles)
    }

    /// Whether a callback waits for the death of the object.
    ///
    /// ```
    /// use gcycle::Gc;
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
        matches!(self.referent(), Referent::Watch(watch) if watch.target().is_some())
    }

    /// Whether both are handles to the same object, or both to none.
    ///
    /// Once its object is gone, a handle with a callback is equal only to its clones.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        match (self.live_object(), other.live_object()) {
            (None, None) => core::ptr::addr_eq(self.value.as_ptr(), other.value.as_ptr()),
            (one, other) => one == other,
        }
    }
}

impl<T: ?Sized> Clone for Weak<T> {
    /// Another weak handle to the same object; it shares the callback.
    fn clone(&self) -> Self {
        match self.referent() {
            Referent::Nothing => {}
            Referent::Object(object) => retain_weak(object),
            Referent::Watch(watch) => watch.retain(),
        }
        Weak { value: self.value, invariant: PhantomData }
    }
}

impl<T: ?Sized> Drop for Weak<T> {
    fn drop(&mut self) {
        match self.referent() {
            Referent::Nothing => {}
            Referent::Object(object) => release_weak(object),
            // SAFETY: the handle ends here.
            Referent::Watch(watch) => unsafe { watch.release() },
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

// SAFETY: a weak handle owns no edge. It tells of its watch, once.
unsafe impl<T: ?Sized> Trace for Weak<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        match self.referent() {
            Referent::Watch(watch) => tracer.watched_by(watch),
            #[cfg(feature = "isolates")]
            Referent::Object(object) => tracer.weak_to(object),
            _ => {}
        }
    }

    #[inline]
    fn tracked() -> bool {
        false
    }

    #[inline]
    fn reports() -> bool {
        true
    }

    // The drop of a callback may run any code. In a collection that did not see the handle it
    // does not: callbacks are `Muted` then.
    #[inline]
    fn drops_quietly(_: impl Ask) -> bool {
        true
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

impl<T: ?Sized> Acyclic for Weak<T> {}

impl<T: ?Sized> Owns for Weak<T> {
    type Owned = ();
}
