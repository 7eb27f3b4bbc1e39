//! Slices and text: objects whose length is found when they are made.
//!
//! ```text
//!   | ... | size | length | header | item | item | ...
//!                         ^
//!                         `-- Gc<[T]>, Gc<str>, ObjectPtr
//! ```
//!
//! The functions in a vtable get a pointer without a length, so that it lies in front of the header,
//! beside the size of the slot.

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use alloc::string::String;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::mem::ManuallyDrop;
#[cfg(feature = "inspect")]
use core::mem::offset_of;
use core::ptr::{self, NonNull};

use crate::object::edges::EdgeBuffer;
use crate::sync::collector::collect_automatically;
use crate::sync::contract::Shared;
use crate::sync::gc_ptr::Gc;
use crate::sync::header::{
    Boxed, Header, InFront, ObjectPtr, VTable, drops_quietly, finalize_and, kind,
};
use crate::sync::protocol::word::Word;
#[cfg(feature = "inspect")]
use crate::sync::tools::Tools;
use crate::trace::contract::Trace;
use crate::trace::finalizers::may_have_finalizers;
use crate::trace::finalizing::Finalizing;
use crate::trace::tracer::Tracer;

/// Types whose values can be the items of a slice in an object.
trait Item: Shared + Sized {
    const VTABLE: &'static VTable = &VTable {
        trace: trace::<Self>,
        finalize: finalize::<Self>,
        drop_value: drop_value::<Self>,
        free: free::<Self>,
        drops_quietly: drops_quietly::<Self>,
        // It lies in front of the header.
        size: 0,
        #[cfg(feature = "inspect")]
        tools: Tools::of_items::<Self>(offset_of!(Boxed<Self>, value)),
    };
}

impl<T: Shared> Item for T {}

/// The vtable of text, which differs from that of bytes for heap tools alone.
#[cfg(feature = "inspect")]
const TEXT: &VTable =
    &VTable { tools: Tools::of_text(offset_of!(Boxed<u8>, value)), ..*<u8 as Item>::VTABLE };
#[cfg(not(feature = "inspect"))]
const TEXT: &VTable = <u8 as Item>::VTABLE;

/// How a slot for so many items is laid out, and where in it the header is.
///
/// # Panics
///
/// If they take more than `isize::MAX` bytes.
fn layout<T>(len: usize) -> (Layout, usize) {
    let too_many = "too many items for one object";
    let items = Layout::array::<T>(len).expect(too_many);
    let (object, _) = Layout::new::<Header>().extend(items).expect(too_many);
    let (slot, header) = Layout::new::<InFront>().extend(object).expect(too_many);
    (slot.pad_to_align(), header)
}

/// The items of an object.
///
/// # Safety
///
/// The object was made by [`allocate`] for items of type `T`.
unsafe fn items<T>(object: ObjectPtr) -> NonNull<[T]> {
    // SAFETY: as promised by the caller.
    let in_front = unsafe { object.in_front() };
    // SAFETY: it was written when the object was made, and never changes.
    let in_front = unsafe { in_front.as_ref() };
    NonNull::slice_from_raw_parts(object.value(), in_front.len)
}

/// # Safety
///
/// The object is one of items of type `T`, and nobody drops or changes them meanwhile.
unsafe fn trace<T: Shared>(object: ObjectPtr, edges: &mut EdgeBuffer) {
    // SAFETY: as promised by the caller.
    let items = unsafe { items::<T>(object) };
    // SAFETY: as promised by the caller.
    let items = unsafe { items.as_ref() };
    items.trace(&mut Tracer::new(edges));
}

/// # Safety
///
/// The object is one of items of type `T`, and nobody drops them meanwhile.
unsafe fn finalize<T: Shared>(object: ObjectPtr) {
    // SAFETY: as promised by the caller.
    let items = unsafe { items::<T>(object) };
    // SAFETY: as promised by the caller.
    let items = unsafe { items.as_ref() };
    Finalizing::run(|finalizing| finalizing.items(items));
}

/// # Safety
///
/// The object is one of items of type `T`, which nobody else uses and which are dropped once.
unsafe fn drop_value<T: Shared>(object: ObjectPtr) {
    // SAFETY: as promised by the caller.
    let items = unsafe { items::<T>(object) };
    let drop = || {
        // SAFETY: as promised by the caller.
        unsafe { items.drop_in_place() }
    };
    if may_have_finalizers::<T>() && object.word().is_unfinalized() {
        // SAFETY: as promised by the caller.
        return finalize_and(drop, || unsafe { finalize::<T>(object) });
    }
    drop();
}

/// # Safety
///
/// The object is one of items of type `T`, which were dropped, and nobody uses the slot.
unsafe fn free<T: Shared>(object: ObjectPtr) {
    // SAFETY: as promised by the caller.
    let items = unsafe { items::<T>(object) };
    let (layout, header) = layout::<T>(items.len());
    // SAFETY: the header is so many bytes behind the start of the slot.
    let slot = unsafe { object.address().cast::<u8>().sub(header) };
    // SAFETY: the slot was allocated with this layout, and nobody uses it.
    unsafe { dealloc(slot.as_ptr(), layout) }
}

/// An object with one handle and room for so many items, with a vtable for these.
#[cfg_attr(feature = "sites", track_caller)]
fn allocate<T: Shared>(len: usize, vtable: &'static VTable) -> NonNull<Boxed<[T]>> {
    let (layout, offset) = layout::<T>(len);
    // SAFETY: there is a header in it, so that it is not empty.
    let Some(slot) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
    // SAFETY: the header lies in the slot.
    let header: NonNull<Header> = unsafe { slot.add(offset) }.cast();
    // SAFETY: the slot has room for a header there, and is aligned for it.
    unsafe { header.write(Header::new(Word::new(kind::<T>()), vtable)) };
    // SAFETY: a header was written; what its type says is in front of it comes next.
    let object = unsafe { ObjectPtr::at(header.cast()) };
    // SAFETY: the vtable says so.
    let in_front = unsafe { object.in_front() };
    // SAFETY: the slot has room for it there, and is aligned for it.
    unsafe { in_front.write(InFront { size: layout.size(), len }) };
    let boxed = ptr::slice_from_raw_parts_mut(header.as_ptr(), len) as *mut Boxed<[T]>;
    // SAFETY: it is the address of the header.
    unsafe { NonNull::new_unchecked(boxed) }
}

/// Moves the items into an object, with a vtable for these.
#[cfg_attr(feature = "sites", track_caller)]
fn move_items<T: Shared>(mut items: Vec<T>, vtable: &'static VTable) -> Gc<[T]> {
    let boxed = allocate::<T>(items.len(), vtable);
    // SAFETY: it is the address of an object.
    let place = unsafe { ObjectPtr::new(boxed) }.value::<T>();
    // SAFETY: the object has room for as many, and is new.
    unsafe {
        place.copy_from_nonoverlapping(NonNull::from(items.as_mut_slice()).cast(), items.len());
    };
    // SAFETY: they were moved.
    unsafe { items.set_len(0) };
    // SAFETY: it has one handle, and its items.
    unsafe { Gc::from_counted(boxed) }
}

impl<T: Shared> From<Vec<T>> for Gc<[T]> {
    /// Moves the items to the heap. A collection may run first, as in [`Gc::new`].
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(items: Vec<T>) -> Self {
        collect_automatically();
        move_items(items, T::VTABLE)
    }
}

impl<T: Shared + Clone> From<&[T]> for Gc<[T]> {
    /// Clones the items to the heap. A collection may run first, as in [`Gc::new`].
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(items: &[T]) -> Self {
        Gc::from(items.to_vec())
    }
}

impl<T: Shared> FromIterator<T> for Gc<[T]> {
    /// Moves the items to the heap. A collection may run first, as in [`Gc::new`].
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let squares: Gc<[u32]> = (1..4).map(|n| n * n).collect();
    /// assert_eq!(*squares, [1, 4, 9]);
    /// ```
    #[cfg_attr(feature = "sites", track_caller)]
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Gc::from(Vec::from_iter(items))
    }
}

impl From<&str> for Gc<str> {
    /// Copies the text to the heap. A collection may run first, as in [`Gc::new`].
    ///
    /// ```
    /// use gcycle::sync::Gc;
    ///
    /// let text: Gc<str> = Gc::from("hello");
    /// assert_eq!(&*text, "hello");
    /// ```
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(text: &str) -> Self {
        Gc::from(String::from(text))
    }
}

impl From<String> for Gc<str> {
    /// Moves the text to the heap. A collection may run first, as in [`Gc::new`].
    #[cfg_attr(feature = "sites", track_caller)]
    fn from(text: String) -> Self {
        collect_automatically();
        let bytes = ManuallyDrop::new(move_items(text.into_bytes(), TEXT));
        let boxed = bytes.boxed().as_ptr() as *mut Boxed<str>;
        // SAFETY: it is the address of an object.
        let boxed = unsafe { NonNull::new_unchecked(boxed) };
        // SAFETY: the handle is counted, and the bytes are text.
        unsafe { Gc::from_counted(boxed) }
    }
}
