//! [`Boxed`]: an object as it lies in memory, and [`ObjectPtr`], the pointer to one whose type is
//! erased.
//!
//! ```text
//!   | word | below | index : 32 | weak count : 32 | vtable | value ...
//!   ^
//!   `-- Gc<T>, ObjectPtr
//! ```
//!
//! With the feature `sites`, a pointer to the place where the object was made is in front of the value.

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use alloc::boxed::Box;
use core::alloc::Layout;
use core::mem::MaybeUninit;
#[cfg(feature = "inspect")]
use core::mem::offset_of;
#[cfg(feature = "sites")]
use core::panic::Location;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, AtomicU32};

#[cfg(feature = "sites")]
use crate::memory::page::Site;
#[cfg(feature = "sites")]
use crate::memory::sites::sampled;
use crate::object::edges::EdgeBuffer;
use crate::object::prefetch::prefetch;
use crate::object::unwind::FirstPanic;
use crate::sync::contract::Shared;
use crate::sync::protocol::members::NOWHERE;
use crate::sync::protocol::weak_count::WeakCount;
use crate::sync::protocol::word::{Kind, Word};
#[cfg(feature = "inspect")]
use crate::sync::tools::Tools;
use crate::trace::finalizers::{has_finalizers, may_have_finalizers};
use crate::trace::finalizing::Finalizing;
use crate::trace::quiet::shared_drops_quietly;
use crate::trace::tracer::Tracer;

/// What the collector knows of an object.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Header {
    word: Word,
    below: AtomicPtr<()>,
    index: AtomicU32,
    weak_count: WeakCount,
    vtable: &'static VTable,
    /// Where the object was made, if it was noted.
    #[cfg(feature = "sites")]
    site: Option<Site>,
}

/// An object.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Boxed<T: ?Sized> {
    pub(crate) header: Header,
    pub(crate) value: T,
}

/// What the type of a value can do.
#[derive(Debug)]
pub(crate) struct VTable {
    pub(crate) trace: unsafe fn(ObjectPtr, &mut EdgeBuffer),
    pub(crate) finalize: unsafe fn(ObjectPtr),
    pub(crate) drop_value: unsafe fn(ObjectPtr),
    pub(crate) free: unsafe fn(ObjectPtr),
    pub(crate) drops_quietly: fn() -> bool,
    /// The bytes of the slot; 0 if that depends on the value, and lies [in front](InFront) of the
    /// header.
    pub(crate) size: usize,
    #[cfg(feature = "inspect")]
    pub(crate) tools: Tools,
}

/// What lies in front of the header of an object whose size depends on its value.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct InFront {
    /// The bytes of the slot.
    pub(crate) size: usize,
    /// The number of items.
    pub(crate) len: usize,
}

/// A pointer to an object.
///
/// # Invariants
///
/// It is that of a [`Boxed`] whose vtable is of its type, and whose slot is not freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ObjectPtr(NonNull<Header>);

// SAFETY: the header is atomic or never changes; the value is `Send` and `Sync`, as `Shared` asks.
unsafe impl Send for ObjectPtr {}

// SAFETY: as above; a reference to it is as good as a copy.
unsafe impl Sync for ObjectPtr {}

/// Types whose values can be in a [`Boxed`].
trait Erase: Shared + Sized {
    const VTABLE: &'static VTable = &VTable {
        trace: trace::<Self>,
        finalize: finalize::<Self>,
        drop_value: drop_value::<Self>,
        free: free::<Self>,
        drops_quietly: drops_quietly::<Self>,
        size: size_of::<Boxed<Self>>(),
        #[cfg(feature = "inspect")]
        tools: Tools::of_value::<Self>(offset_of!(Boxed<Self>, value)),
    };
}

impl<T: Shared> Erase for T {}

impl<T: Shared> Boxed<T> {
    /// An object with one handle.
    #[cfg_attr(feature = "sites", track_caller)]
    #[inline]
    pub(crate) fn new(value: T) -> NonNull<Boxed<T>> {
        // Before there is a slot: a type that is asked for its kind may panic.
        let header = Header::new(Word::new(kind::<T>()), T::VTABLE);
        let boxed = Boxed::<T>::slot();
        // Each is moved to its place, and both together are nowhere else.
        // SAFETY: the slot has room for an object.
        let header_place = unsafe { &raw mut (*boxed.as_ptr()).header };
        // SAFETY: as above.
        let value_place = unsafe { &raw mut (*boxed.as_ptr()).value };
        // SAFETY: the slot is new, and aligned for an object.
        unsafe { header_place.write(header) };
        // SAFETY: as above.
        unsafe { value_place.write(value) };
        boxed
    }

    /// Moves the value out again, and frees the slot.
    ///
    /// # Safety
    ///
    /// [`Boxed::new`] has made the object, and nobody but the caller has ever known of it.
    pub(crate) unsafe fn unmake(object: NonNull<Boxed<T>>) -> T {
        // SAFETY: as promised by the caller.
        let grave = unsafe { Boxed::grave(object) };
        // SAFETY: as above.
        let value_place = unsafe { &raw const (*object.as_ptr()).value };
        // SAFETY: the value is there, and it is not used again.
        let value = unsafe { value_place.read() };
        // SAFETY: the value was moved out, and nobody uses the slot.
        unsafe { grave.free() };
        value
    }

    /// A new slot.
    #[inline]
    fn slot() -> NonNull<Boxed<T>> {
        let layout = Layout::new::<Boxed<T>>();
        // SAFETY: there is a header in it, so that it is not empty.
        let slot = unsafe { alloc(layout) };
        let Some(slot) = NonNull::new(slot) else { no_memory(layout.size(), layout.align()) };
        slot.cast()
    }

    /// An object without handles and without a value, which one weak handle refers to.
    #[cfg_attr(feature = "sites", track_caller)]
    pub(crate) fn unbuilt() -> NonNull<Boxed<T>> {
        let header = Header::new(Word::unbuilt(kind::<T>()), T::VTABLE);
        header.weak_count.retain();
        let boxed = Boxed { header, value: MaybeUninit::<T>::uninit() };
        NonNull::from(Box::leak(Box::new(boxed))).cast()
    }
}

impl<T: ?Sized> Boxed<T> {
    /// The slot of an object.
    ///
    /// # Safety
    ///
    /// [`Boxed::new`] has made it, and its value was not dropped.
    #[inline]
    pub(crate) unsafe fn grave(object: NonNull<Boxed<T>>) -> Grave {
        // SAFETY: as promised by the caller.
        let layout = Layout::for_value(unsafe { object.as_ref() });
        Grave { slot: object.cast(), layout }
    }

    /// Drops the value.
    ///
    /// Runs user code.
    ///
    /// # Safety
    ///
    /// Nobody else uses it, and it is dropped once.
    #[inline]
    pub(crate) unsafe fn drop_value(object: NonNull<Boxed<T>>) {
        // SAFETY: as promised by the caller.
        let value = unsafe { &raw mut (*object.as_ptr()).value };
        // SAFETY: as promised by the caller.
        unsafe { value.drop_in_place() }
    }
}

/// There is no memory for a slot. This does not unwind, so that a value that waits for its slot need not be
/// ready to be dropped.
#[cold]
extern "C" fn no_memory(size: usize, align: usize) -> ! {
    handle_alloc_error(Layout::from_size_align(size, align).unwrap_or(Layout::new::<Header>()))
}

/// The slot of an object that dies.
///
/// # Invariants
///
/// It was allocated with this layout, which is not empty.
#[derive(Debug)]
pub(crate) struct Grave {
    slot: NonNull<u8>,
    layout: Layout,
}

impl Grave {
    /// Frees the slot.
    ///
    /// # Safety
    ///
    /// The value was dropped or needs no drop, and nobody uses the slot.
    #[inline]
    pub(crate) unsafe fn free(self) {
        // SAFETY: by the type invariant, and as promised by the caller.
        unsafe { dealloc(self.slot.as_ptr(), self.layout) }
    }
}

impl Header {
    #[cfg_attr(feature = "sites", track_caller)]
    pub(crate) fn new(word: Word, vtable: &'static VTable) -> Header {
        Header {
            word,
            below: AtomicPtr::new(ptr::null_mut()),
            index: AtomicU32::new(NOWHERE),
            weak_count: WeakCount::new(),
            vtable,
            #[cfg(feature = "sites")]
            site: sampled(Location::caller()),
        }
    }
}

/// What the type of a value says of it.
pub(crate) fn kind<T: Shared>() -> Kind {
    Kind { has_finalizers: has_finalizers::<T>(), is_leaf: !T::reports() }
}

/// # Safety
///
/// The object is a `Boxed<T>`, and nobody drops its value meanwhile.
unsafe fn trace<T: Shared>(object: ObjectPtr, edges: &mut EdgeBuffer) {
    let value = object.value::<T>();
    // SAFETY: as promised by the caller.
    let value = unsafe { value.as_ref() };
    value.trace(&mut Tracer::new(edges));
}

/// # Safety
///
/// The object is a `Boxed<T>`, and nobody drops its value meanwhile.
unsafe fn finalize<T: Shared>(object: ObjectPtr) {
    if may_have_finalizers::<T>() {
        let value = object.value::<T>();
        // SAFETY: as promised by the caller.
        let value = unsafe { value.as_ref() };
        Finalizing::run(|finalizing| finalizing.value(value));
    }
}

/// # Safety
///
/// The object is a `Boxed<T>`, whose value nobody else uses and which is dropped once.
unsafe fn drop_value<T: Shared>(object: ObjectPtr) {
    let drop = || {
        // SAFETY: as promised by the caller.
        unsafe { object.value::<T>().drop_in_place() }
    };
    if may_have_finalizers::<T>() && object.word().is_unfinalized() {
        // SAFETY: as promised by the caller.
        return finalize_and(drop, || unsafe { finalize::<T>(object) });
    }
    drop();
}

/// Runs finalizers, and then `drop`, whatever becomes of them. The first panic goes on.
pub(crate) fn finalize_and(drop: impl FnOnce(), finalize: impl FnOnce()) {
    let mut panics = FirstPanic::of(finalize);
    panics.catch(drop);
    panics.resume();
}

/// Whether the drop of a value runs no code of the program, not counting objects that die with it.
pub(crate) fn drops_quietly<T: Shared>() -> bool {
    !has_finalizers::<T>() && shared_drops_quietly::<T>()
}

/// # Safety
///
/// The object is a `Boxed<T>`, whose value was dropped or never made, and whose slot nobody uses.
unsafe fn free<T: Shared>(object: ObjectPtr) {
    // No value, in the same place.
    let boxed: *mut Boxed<MaybeUninit<T>> = object.0.as_ptr().cast();
    // SAFETY: as promised by the caller; the layouts are the same, and it was a box.
    drop(unsafe { Box::from_raw(boxed) });
}

impl ObjectPtr {
    /// The object of a handle.
    ///
    /// # Safety
    ///
    /// The type invariant holds.
    #[inline]
    pub(crate) unsafe fn new<T: ?Sized>(object: NonNull<Boxed<T>>) -> ObjectPtr {
        ObjectPtr(object.cast())
    }

    /// The pointer with this address.
    ///
    /// # Safety
    ///
    /// The type invariant holds.
    pub(crate) unsafe fn at(address: NonNull<()>) -> ObjectPtr {
        ObjectPtr(address.cast())
    }

    /// The address.
    #[inline]
    pub(crate) fn address(self) -> NonNull<()> {
        self.0.cast()
    }

    /// The value, or the place for it, if it is a `T`.
    pub(crate) fn value<T>(self) -> NonNull<T> {
        let boxed: *mut Boxed<T> = self.0.as_ptr().cast();
        // SAFETY: the pointer is that of an object, so that its fields are in the same allocation.
        let value = unsafe { &raw mut (*boxed).value };
        // SAFETY: a field of an object is not at address 0.
        unsafe { NonNull::new_unchecked(value) }
    }

    // Each reference is to one atomic field and not to the header: another thread may free the
    // slot while a method of that field returns.

    /// Count and flags.
    #[inline]
    pub(crate) fn word<'a>(self) -> &'a Word {
        // SAFETY: by the type invariant.
        unsafe { &(*self.0.as_ptr()).word }
    }

    /// The entry below its own in the list of candidates.
    pub(crate) fn below<'a>(self) -> &'a AtomicPtr<()> {
        // SAFETY: by the type invariant.
        unsafe { &(*self.0.as_ptr()).below }
    }

    /// Where it is in the arrays of a collection.
    pub(crate) fn index<'a>(self) -> &'a AtomicU32 {
        // SAFETY: by the type invariant.
        unsafe { &(*self.0.as_ptr()).index }
    }

    /// The number of weak handles.
    #[inline]
    pub(crate) fn weak_count<'a>(self) -> &'a WeakCount {
        // SAFETY: by the type invariant.
        unsafe { &(*self.0.as_ptr()).weak_count }
    }

    /// Asks the processor to fetch the header and the first bytes of the value.
    #[inline]
    pub(crate) fn prefetch(self) {
        const LINE: usize = 64;
        let header = self.0.as_ptr().cast_const().cast::<u8>();
        prefetch(header);
        prefetch(header.wrapping_add(LINE));
    }

    /// The same, without the value.
    #[inline]
    pub(crate) fn prefetch_header(self) {
        prefetch(self.0.as_ptr().cast_const());
    }

    fn vtable(self) -> &'static VTable {
        // SAFETY: by the type invariant.
        unsafe { (*self.0.as_ptr()).vtable }
    }

    /// The bytes of the slot.
    pub(crate) fn size(self) -> usize {
        let size = self.vtable().size;
        if size != 0 {
            return size;
        }
        // SAFETY: the vtable says that it lies there.
        let in_front = unsafe { self.in_front() };
        // SAFETY: it was written when the object was made, and never changes.
        unsafe { in_front.as_ref() }.size
    }

    /// Where the object was made, if it was noted.
    #[cfg(feature = "sites")]
    pub(crate) fn site(self) -> Option<Site> {
        // SAFETY: by the type invariant; it never changes.
        unsafe { (*self.0.as_ptr()).site }
    }

    /// What heap tools ask the type of the value.
    #[cfg(feature = "inspect")]
    pub(crate) fn tools(self) -> &'static Tools {
        &self.vtable().tools
    }

    /// The value, or the place for it, of whatever type.
    #[cfg(feature = "inspect")]
    pub(crate) fn any_value(self) -> NonNull<()> {
        let value = self.0.as_ptr().cast::<u8>().wrapping_add(self.tools().offset);
        // SAFETY: the value lies there, and a field of an object is not at address 0.
        unsafe { NonNull::new_unchecked(value) }.cast()
    }

    /// The number of items; 1 of a value that is no slice.
    #[cfg(feature = "inspect")]
    pub(crate) fn len(self) -> usize {
        if !self.tools().is_slice {
            return 1;
        }
        // SAFETY: the vtable says that it lies there.
        let in_front = unsafe { self.in_front() };
        // SAFETY: it was written when the object was made, and never changes.
        unsafe { in_front.as_ref() }.len
    }

    /// The place in front of the header.
    ///
    /// # Safety
    ///
    /// The vtable says that something is there.
    pub(crate) unsafe fn in_front(self) -> NonNull<InFront> {
        // SAFETY: it is in the same slot, and the header is aligned as it is at least.
        unsafe { self.0.cast::<InFront>().sub(1) }
    }

    /// Whether dropping the value runs no code of the program, not counting objects that die with
    /// it.
    pub(crate) fn drops_quietly(self) -> bool {
        (self.vtable().drops_quietly)()
    }

    /// Reports the edges of the value.
    ///
    /// Runs user code: hand-written `trace` implementations.
    ///
    /// # Safety
    ///
    /// Nobody drops the value meanwhile.
    pub(crate) unsafe fn trace(self, edges: &mut EdgeBuffer) {
        // SAFETY: by the type invariant, and as promised by the caller.
        unsafe { (self.vtable().trace)(self, edges) }
    }

    /// Runs the finalizers of the value.
    ///
    /// Runs user code.
    ///
    /// # Safety
    ///
    /// Nobody drops the value meanwhile.
    pub(crate) unsafe fn finalize(self) {
        // SAFETY: by the type invariant, and as promised by the caller.
        unsafe { (self.vtable().finalize)(self) }
    }

    /// Runs the finalizers of the value, if they are to run, and drops it.
    ///
    /// Runs user code: finalizers, and the drop of the value.
    ///
    /// # Safety
    ///
    /// Nobody else uses the value, and it is dropped once.
    pub(crate) unsafe fn drop_value(self) {
        // SAFETY: by the type invariant, and as promised by the caller.
        unsafe { (self.vtable().drop_value)(self) }
    }

    /// Frees the slot.
    ///
    /// # Safety
    ///
    /// The value was dropped or never made, and nobody uses the slot.
    pub(crate) unsafe fn free(self) {
        // SAFETY: by the type invariant, and as promised by the caller.
        unsafe { (self.vtable().free)(self) }
    }
}
