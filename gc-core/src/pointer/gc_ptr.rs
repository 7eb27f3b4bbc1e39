//! [`Gc`]: a counted handle to an object that the collector knows.

use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Deref;
#[cfg(feature = "sites")]
use core::panic::Location;
use core::ptr::NonNull;

use crate::collect::death::die;
use crate::collect::lifecycle;
use crate::memory::class::class_of;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
#[cfg(feature = "sites")]
use crate::memory::sites::note_site_in;
use crate::object::flags::Flags;
use crate::object::generation::{Generation, Stamp};
use crate::object::header::{Counts, Header, ObjPtr, Released};
use crate::object::unwind::FirstPanic;
use crate::pointer::slot::{slot_after_collection, slot_slowly, unmake};
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::finalizers::has_finalizers;
use crate::trace::quiet::may_be_loud;
use crate::trace::recursion::{IsAcyclic, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};
use crate::trace::vtable::{Erase, is_tracked};

/// A reference-counted pointer to a value of type `T`, like [`Rc`](alloc::rc::Rc), whose
/// cycles are collected.
///
/// A `Gc` belongs to the thread that made it. When the last `Gc` to a value is dropped,
/// the value is dropped immediately. Values that only keep each other alive are found by
/// the cycle collector, which runs at an allocation when enough objects were allocated,
/// or when [`gc::collect`](crate::gc::collect) is called.
///
/// # Examples
///
/// ```
/// use std::cell::RefCell;
/// use gcycle::{Gc, Trace, gc};
///
/// #[derive(Trace)]
/// struct Person {
///     name: &'static str,
///     friend: RefCell<Option<Gc<Person>>>,
/// }
///
/// let ada = Gc::new(Person { name: "Ada", friend: RefCell::new(None) });
/// let bob = Gc::new(Person { name: "Bob", friend: RefCell::new(Some(ada.clone())) });
/// *ada.friend.borrow_mut() = Some(bob.clone());
/// assert_eq!(Gc::strong_count(&ada), 2);
///
/// drop((ada, bob));
/// assert_eq!(gc::collect(), 2);
/// ```
///
/// # Invariants
///
/// Points at the value of an object that is not DEAD (but while the collector
/// drops a cycle, inside the values of that cycle), and is one of the handles
/// that the object counts.
///
/// `T` is the type that the object was made with, or one that it was unsized to; a handle
/// is therefore **invariant** in `T`. If a handle were covariant, a value could be
/// written through it that does not live as long as the object promises: through a
/// `Gc<&'static str>` taken as a `Gc<&'a str>`, [`Gc::get_mut`] could write a short-lived
/// `&str`, and code that asks the object for its type would read it back as a
/// `&'static str`.
#[repr(transparent)]
pub struct Gc<T: ?Sized> {
    value: NonNull<T>,
    invariant: PhantomData<fn(*mut T)>,
}

const _: () = assert!(size_of::<Option<Gc<u8>>>() == size_of::<*const u8>());

/// What a type says of its values.
#[derive(Clone, Copy)]
struct Said {
    is_tracked: bool,
    has_finalizers: bool,
    may_be_loud: bool,
}

impl Said {
    /// Runs user code, perhaps: hand-written answers.
    #[inline]
    fn of<T: Trace + 'static>() -> Said {
        let is_tracked = is_tracked::<T>();
        Said { is_tracked, has_finalizers: has_finalizers::<T>(), may_be_loud: may_be_loud::<T>() }
    }
}

impl<T: Trace + 'static> Gc<T> {
    /// Moves `value` to the heap.
    ///
    /// A collection may run first, if one is due; it does not affect `value`.
    ///
    /// # Panics
    ///
    /// If a collection runs, and a finalizer or a drop that it calls panics, the
    /// collection ends first, and the panic is then rethrown here.
    ///
    /// # Examples
    ///
    /// ```
    /// let five = gcycle::Gc::new(5);
    /// assert_eq!(*five, 5);
    /// ```
    #[cfg_attr(not(feature = "sites"), inline)]
    #[cfg_attr(feature = "sites", inline(always), track_caller)]
    #[cfg_attr(
        feature = "sites",
        expect(clippy::inline_always, reason = "what is inlined without sites is with them")
    )]
    #[must_use]
    pub fn new(value: T) -> Gc<T> {
        let gc = Gc::make(value);
        #[cfg(feature = "sites")]
        // SAFETY: the object was made for this layout.
        unsafe {
            note_site_in(gc.object(), const { class_of(Layout::new::<T>()) }, Location::caller());
        }
        gc
    }

    /// The object without its site.
    #[expect(clippy::inline_always, reason = "otherwise a value that is built at once is copied")]
    #[inline(always)]
    fn make(value: T) -> Gc<T> {
        let heap = Heap::current();
        // Before there is a slot: code of the program may be asked.
        let said = Said::of::<T>();
        let is_tracked = said.is_tracked;
        let (size, align) = (size_of::<T>(), align_of::<T>());
        if is_tracked && heap.count_allocation() {
            let mut panics = FirstPanic::none();
            let slot = slot_after_collection(size, align, is_tracked, &mut panics);
            // SAFETY: as it is asked for.
            let gc = unsafe { Gc::fill(slot, said, value) };
            if panics.is_some() {
                // SAFETY: the object was just made, and the handle is given up.
                unsafe { unmake::<T>(ManuallyDrop::new(gc).object(), panics) }
            }
            return gc;
        }
        let slot = heap
            .allocate_fast(const { class_of(Layout::new::<T>()) }, is_tracked)
            .unwrap_or_else(|| slot_slowly(size, align, is_tracked));
        // SAFETY: as it is asked for.
        unsafe { Gc::fill(slot, said, value) }
    }

    /// Makes an object.
    ///
    /// # Safety
    ///
    /// The slot was handed out for a header and a value of this layout, by the heap that the thread is in.
    #[expect(clippy::inline_always, reason = "otherwise a value that is built at once is copied")]
    #[inline(always)]
    unsafe fn fill(slot: NonNull<u8>, said: Said, value: T) -> Gc<T> {
        let heap = Heap::current();
        let (flags, counts) = if said.is_tracked {
            (Flags::NONE, heap.newborn())
        } else {
            (Flags::UNTRACKED, Counts::new(Stamp::NEVER))
        };
        let flags = if said.has_finalizers {
            heap.count_unfinalized();
            flags.union(Flags::UNFINALIZED)
        } else {
            flags
        };
        if said.may_be_loud {
            heap.note_loud();
        }
        let header: NonNull<Header> = slot.cast();
        // SAFETY: as promised by the caller; the pointer is that of a vtable.
        unsafe { Header::init(header, T::VTABLE.pointer(), flags, counts) };
        // SAFETY: as above; the value lies right behind the header.
        let place = unsafe { header.add(1) }.cast::<T>();
        // SAFETY: as above.
        unsafe { place.write(value) };
        Gc { value: place, invariant: PhantomData }
    }
}

impl<T: ?Sized> Gc<T> {
    /// The object that this is a handle to.
    #[inline]
    pub(crate) fn object(&self) -> ObjPtr {
        // SAFETY: by the type invariant of `Gc`.
        unsafe { ObjPtr::from_value(self.value.cast()) }
    }

    /// A handle to the value at `value`, which is counted already.
    ///
    /// # Safety
    ///
    /// The type invariant of `Gc` holds for it.
    #[inline]
    pub(crate) unsafe fn from_counted(value: NonNull<T>) -> Gc<T> {
        Gc { value, invariant: PhantomData }
    }

    /// Where the value is.
    #[inline]
    pub(crate) fn value_ptr(&self) -> NonNull<T> {
        self.value
    }

    /// Whether `a` and `b` are handles to the same object.
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let a = Gc::new(1);
    /// assert!(Gc::ptr_eq(&a, &a.clone()));
    /// assert!(!Gc::ptr_eq(&a, &Gc::new(1)));
    /// ```
    #[inline]
    #[must_use]
    pub fn ptr_eq(a: &Self, b: &Self) -> bool {
        core::ptr::addr_eq(a.value.as_ptr(), b.value.as_ptr())
    }

    /// A pointer to the value.
    ///
    /// The pointer is valid as long as the object has handles. You must not write through
    /// it.
    #[inline]
    #[must_use]
    pub fn as_ptr(this: &Self) -> *const T {
        this.value.as_ptr()
    }

    /// The number of handles to the object: Python's `sys.getrefcount` without
    /// the extra one for its own argument.
    ///
    /// ```
    /// use gcycle::Gc;
    ///
    /// let a = Gc::new("shared");
    /// let b = a.clone();
    /// assert_eq!(Gc::strong_count(&a), 2);
    /// drop(b);
    /// assert_eq!(Gc::strong_count(&a), 1);
    /// ```
    #[inline]
    #[must_use]
    pub fn strong_count(this: &Self) -> usize {
        this.object().strong() as usize
    }
}

impl<T: ?Sized> Clone for Gc<T> {
    /// Another handle to the same object.
    #[inline]
    fn clone(&self) -> Self {
        self.object().retain();
        Gc { value: self.value, invariant: PhantomData }
    }
}

impl<T: ?Sized> Deref for Gc<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        debug_assert!(!self.object().is_dead(), "a `Drop` looked at a dead neighbour");
        // SAFETY: by the type invariant of `Gc` the value is there; `&mut` to it
        // is given out only while no other handle exists.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> Drop for Gc<T> {
    /// Gives the handle up. If it was the last one, the object dies.
    #[inline]
    fn drop(&mut self) {
        let object = self.object();
        match object.release() {
            Released::Shared => {}
            Released::Candidate => became_candidate(object),
            // SAFETY: this was the last handle, and it is not used again.
            Released::Last => unsafe { die(object, self.value) },
        }
    }
}

/// The count of a tracked object fell to non-zero: it may be in a cycle that
/// nothing else holds.
#[cold]
pub(crate) fn became_candidate(object: ObjPtr) {
    Page::add_candidate(object, Generation::Young);
    if Heap::of(object).is_ending() {
        lifecycle::note_late_candidate(object);
    }
}

// SAFETY: a `Gc` owns the one edge it reports.
unsafe impl<T: ?Sized> Trace for Gc<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.edge_of(self, self.object());
    }

    #[inline]
    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        tracer.edge_to(self.object());
    }

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

impl<T: Acyclic + ?Sized> Acyclic for Gc<T> {}

impl<T: ?Sized> Owns for Gc<T> {
    type Owned = IsAcyclic<Self>;
}
