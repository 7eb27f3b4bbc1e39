//! Objects that are made step by step: [`Gc::new_cyclic`], and the functions that slices
//! and copies are built on.
//!
//! [`Gc::new`] has its value at hand before the object exists. Here the slot comes first.
//! Until the value is complete the object is [`Unbuilt`]: flagged DEAD, so that heap
//! walks pass it by and weak handles to it do not upgrade. User code may run meanwhile,
//! and may collect or panic; after a panic the memory is freed.

use core::alloc::Layout;
use core::mem::ManuallyDrop;
#[cfg(feature = "sites")]
use core::panic::Location;
use core::ptr::NonNull;

use crate::collect::automatic::collect_automatically;
use crate::collect::death::bury;
use crate::collect::lifecycle;
use crate::memory::class::class_of;
use crate::memory::heap::Heap;
#[cfg(feature = "sites")]
use crate::memory::sites::note_site;
use crate::object::dispatch::VTable;
use crate::object::flags::Flags;
use crate::object::generation::Stamp;
use crate::object::header::{Counts, Header, ObjPtr};
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::Weak;
use crate::trace::contract::Trace;
use crate::trace::extent::Extent;
use crate::trace::untraced::Concealed;

/// What an object is made with.
pub(crate) struct Kind {
    /// The functions of its type.
    pub(crate) vtable: &'static VTable,
    /// Whether it can be part of a cycle.
    pub(crate) is_tracked: bool,
    /// Whether it is to be finalized.
    pub(crate) has_finalizer: bool,
}

/// An object without a value.
///
/// # Invariants
///
/// The object is flagged DEAD, has a count of one and a slot that holds the value that
/// `value` points at, once it is there. Nothing refers to it but this and weak handles.
pub(crate) struct Unbuilt<T: ?Sized> {
    object: ObjPtr,
    value: NonNull<T>,
}

impl<T: Extent + ?Sized> Unbuilt<T> {
    /// A slot for `len` items.
    ///
    /// A collection may run first, if one is due.
    ///
    /// # Panics
    ///
    /// If `len` items take more than `isize::MAX` bytes.
    #[cfg_attr(feature = "sites", track_caller)]
    pub(crate) fn allocate(len: usize) -> Unbuilt<T> {
        let layout = layout::<T>(len);
        let object = allocate(layout, &kind::<T>());
        // SAFETY: the object was made for `len` items.
        unsafe { Unbuilt::of_items(object, len) }
    }

    /// As [`allocate`](Unbuilt::allocate), without a collection: no user code
    /// runs.
    #[cfg_attr(feature = "sites", track_caller)]
    pub(crate) fn allocate_quietly(len: usize) -> Unbuilt<T> {
        let layout = layout::<T>(len);
        let kind = kind::<T>();
        if kind.is_tracked {
            Heap::current().count_allocation();
        }
        let object = take_slot(layout, &kind);
        #[cfg(feature = "sites")]
        note_site(object, Location::caller());
        // SAFETY: the object was made for `len` items.
        unsafe { Unbuilt::of_items(object, len) }
    }

    /// # Safety
    ///
    /// The object was just made with `layout::<T>(len)` and `kind::<T>()`.
    unsafe fn of_items(object: ObjPtr, len: usize) -> Unbuilt<T> {
        // SAFETY: as promised by the caller.
        unsafe { T::note_len(object, len) };
        Unbuilt { object, value: T::at(object.value(), len) }
    }
}

/// What a slot for `len` items has room for.
fn layout<T: Extent + ?Sized>(len: usize) -> Layout {
    T::layout(len).unwrap_or_else(|| panic!("{len} items are too many for one object"))
}

fn kind<T: Extent + ?Sized>() -> Kind {
    Kind { vtable: T::vtable(), is_tracked: T::is_tracked(), has_finalizer: T::has_finalizer() }
}

/// An object without a value, with room for what `layout` describes.
///
/// A collection may run first, if one is due.
#[cfg_attr(feature = "sites", track_caller)]
pub(crate) fn allocate(layout: Layout, kind: &Kind) -> ObjPtr {
    if kind.is_tracked && Heap::current().count_allocation() {
        collect_automatically();
    }
    let object = take_slot(layout, kind);
    #[cfg(feature = "sites")]
    note_site(object, Location::caller());
    object
}

fn take_slot(layout: Layout, kind: &Kind) -> ObjPtr {
    // Before there is a slot: code of the program may be asked.
    let is_loud = cfg!(debug_assertions) || !(kind.vtable.drops_quietly)();
    let slot = Heap::current()
        .allocate_fast(class_of(layout), kind.is_tracked)
        .unwrap_or_else(|| lifecycle::allocate_slow(layout, kind.is_tracked));
    if is_loud {
        Heap::current().note_loud();
    }
    let tracked = if kind.is_tracked { Flags::NONE } else { Flags::UNTRACKED };
    let finalized = if kind.has_finalizer {
        Heap::current().count_unfinalized();
        Flags::UNFINALIZED
    } else {
        Flags::NONE
    };
    let flags = Flags::DEAD.union(tracked).union(finalized);
    let header: NonNull<Header> = slot.cast();
    // SAFETY: the slot was handed out for a header and a value; the pointer is that
    // of a vtable.
    unsafe { Header::init(header, kind.vtable.pointer(), flags, Counts::new(Stamp::NEVER)) };
    // SAFETY: a header was written there, and the slot is ours.
    unsafe { ObjPtr::from_header(header) }
}

impl<T: ?Sized> Unbuilt<T> {
    /// # Safety
    ///
    /// `object` comes from [`allocate`], and is given to nobody else. Its slot
    /// has room for the value at `value`.
    pub(crate) unsafe fn new(object: ObjPtr, value: NonNull<T>) -> Unbuilt<T> {
        Unbuilt { object, value }
    }

    /// Where the value goes.
    pub(crate) fn value(&self) -> NonNull<T> {
        self.value
    }

    /// The object.
    pub(crate) fn object(&self) -> ObjPtr {
        self.object
    }

    /// The first handle to the object, which is complete now.
    ///
    /// # Safety
    ///
    /// The value was written.
    pub(crate) unsafe fn finish(self) -> Gc<T> {
        let unbuilt = ManuallyDrop::new(self);
        let object = unbuilt.object;
        if !object.has(Flags::UNTRACKED) {
            object.set_stamp(Stamp::born(Heap::of(object).epochs().now()));
        }
        object.clear(Flags::DEAD);
        // SAFETY: the value is there, and the count of one is this handle's.
        unsafe { Gc::from_counted(unbuilt.value) }
    }
}

impl<T: ?Sized> Drop for Unbuilt<T> {
    /// There will be no value: the slot is freed, or stays for weak handles.
    fn drop(&mut self) {
        if self.object.has(Flags::UNFINALIZED) {
            Heap::of(self.object).uncount_unfinalized();
        }
        // SAFETY: there is no value, and the object never was a candidate.
        unsafe { bury(self.object) }
    }
}

impl<T: ?Sized> Unbuilt<T> {
    /// Moves the value at `source` here.
    ///
    /// # Safety
    ///
    /// There is a value of the same length at `source`, and it is given up.
    pub(crate) unsafe fn fill(self, source: NonNull<T>) -> Gc<T> {
        // SAFETY: as promised by the caller.
        let bytes = size_of_val(unsafe { source.as_ref() });
        let place = self.object.value();
        // SAFETY: the slot is new memory with room for the value.
        unsafe { place.copy_from_nonoverlapping(source.cast(), bytes) };
        // SAFETY: the value was written.
        unsafe { self.finish() }
    }
}

/// An object with the value at `value`.
///
/// A collection may run before the value is moved.
///
/// # Safety
///
/// There is a value at `value`, and it is given up: once the object exists the
/// value at `value` is neither used nor dropped.
#[cfg_attr(feature = "sites", track_caller)]
pub(crate) unsafe fn move_in<T: Extent + ?Sized>(value: NonNull<T>) -> Gc<T> {
    let unbuilt = Unbuilt::<T>::allocate(T::len_of(value.as_ptr()));
    // SAFETY: as promised by the caller.
    unsafe { unbuilt.fill(value) }
}

impl<T: Trace + 'static> Gc<T> {
    /// Makes an object that refers to itself: `build` receives a weak handle to the
    /// object, and returns its value.
    ///
    /// The handle does not upgrade before `new_cyclic` returns. If the value is to hold a
    /// `Gc` to itself, use a [`OnceCell`](core::cell::OnceCell) or a `RefCell`; the
    /// collector sees through both.
    ///
    /// A collection may run first, and inside `build`.
    ///
    /// # Panics
    ///
    /// If `build` panics. The memory is then freed, and clones of the weak handle never
    /// upgrade.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::{Gc, Trace, Weak};
    ///
    /// #[derive(Trace)]
    /// struct Window {
    ///     title: String,
    ///     this: Weak<Window>,
    /// }
    ///
    /// let window = Gc::new_cyclic(|this| Window { title: "Main".into(), this: this.clone() });
    /// assert!(Gc::ptr_eq(&window, &window.this.upgrade().unwrap()));
    /// # assert_eq!(window.title, "Main");
    /// ```
    #[must_use]
    #[cfg_attr(feature = "sites", track_caller)]
    pub fn new_cyclic(build: impl FnOnce(&Weak<T>) -> T) -> Gc<T> {
        let unbuilt = Unbuilt::<T>::allocate(0);
        let weak = Weak::to_object(unbuilt.object(), unbuilt.value());
        let value = build(&weak);
        // SAFETY: the slot was made for a value of this type.
        unsafe { unbuilt.value().write(value) };
        // SAFETY: the value was written.
        let gc = unsafe { unbuilt.finish() };
        drop(weak);
        gc
    }
}

impl<T: 'static> Gc<T> {
    /// Moves a value to the heap that the collector does not look into: one of a foreign
    /// type that does not implement [`Trace`], or a closure.
    ///
    /// It is safe for any value. A [`Gc`] that `value` owns keeps its target alive, and a
    /// cycle that leads through it is not found; see [`new_closure`](Gc::new_closure) for
    /// callbacks whose captures the collector sees. Unless the value needs no drop, an isolate with
    /// such an object cannot be detached: nobody knows what the value owns.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::{Gc, unsize};
    ///
    /// let step = 3;
    /// let add: Gc<dyn Fn(u32) -> u32> = unsize!(Gc::new_untraced(move |n| n + step) => dyn Fn(u32) -> u32);
    /// assert_eq!(add(4), 7);
    /// ```
    #[must_use]
    #[cfg_attr(feature = "sites", track_caller)]
    pub fn new_untraced(value: T) -> Gc<T> {
        let gc = ManuallyDrop::new(Gc::new(Concealed(value)));
        // SAFETY: `Concealed<T>` has the layout of `T`. The object keeps the
        // vtable of `Concealed<T>`, which fits its value all the same.
        unsafe { Gc::from_counted(gc.value_ptr().cast()) }
    }
}
