//! [`Extent`]: the size of a value, the length that is stored behind it, and the pointer
//! to it.
//!
//! The length of a value of unsized type is known only from a wide pointer, and the
//! collector has thin ones. So the length is stored in the same slot, in its last bytes:
//!
//! ```text
//!   | header : 16 | items ...          | slack | length : 2 |
//!                 ^                                         ^
//!                 `-- Gc<[T]>, Gc<str>        end of the slot
//! ```
//!
//! The end of a slot is known from its page. In a page of a size class two bytes
//! are enough, so a short text costs no more than in an `Rc`. A large object's
//! run, and a slice of items without a size, have eight.
//!
//! Only the functions in a vtable read the length there. A handle has a length of its
//! own: a `Gc<[T]>` may point at an object that was made as an array.

use core::alloc::Layout;
use core::any::TypeId;
use core::cell::Cell;
use core::ffi::CStr;
#[cfg(feature = "inspect")]
use core::fmt::{self, Formatter};
use core::ptr::NonNull;
use std::ffi::OsStr;
use std::path::Path;

use crate::memory::class::class_of;
use crate::memory::page::Page;
use crate::object::dispatch::{Run, VTable};
use crate::object::edges::{EdgeBuffer, LabelledEdges};
use crate::object::header::ObjPtr;
use crate::trace::contract::Trace;
use crate::trace::finalizers::{has_finalizers, may_have_finalizers};
use crate::trace::finalizing::Finalizing;
use crate::trace::quiet::drops_quietly;
use crate::trace::tracer::{LabelTracer, Tracer};
use crate::trace::vtable::{Erase, for_each_counted, for_each_readable, is_tracked};

/// Types whose values can be objects, with a size or without.
///
/// # Safety
///
/// `at` keeps the address and the provenance of `place`. A value of `len` items
/// takes `size_of_val` bytes, and `layout(len)` describes them followed by a
/// [tail](write_length) if the type has no fixed size. `vtable()` serves objects
/// that were made so, with the same `len`.
pub(crate) unsafe trait Extent: 'static {
    /// The number of items behind a pointer; 0 for types with a size.
    fn len_of(value: *const Self) -> usize;

    /// The bytes that a slot for `len` items needs; `None` if there are too
    /// many.
    fn layout(len: usize) -> Option<Layout>;

    /// Notes how many items the value of an object has.
    ///
    /// # Safety
    ///
    /// The slot of `object` was made for `layout(len)`, and the value has `len`
    /// items.
    unsafe fn note_len(object: ObjPtr, len: usize);

    /// A pointer to `len` items at `place`.
    fn at(place: NonNull<u8>, len: usize) -> NonNull<Self>;

    /// The vtable of objects of this type.
    fn vtable() -> &'static VTable;

    /// Whether a value of the type can be part of a cycle.
    fn is_tracked() -> bool;

    /// Whether objects of the type are finalized.
    fn has_finalizer() -> bool {
        false
    }
}

// SAFETY: there is one item, the value, whose layout is that of the type.
unsafe impl<T: Trace + 'static> Extent for T {
    #[inline]
    fn len_of(_: *const T) -> usize {
        0
    }

    #[inline]
    fn layout(_: usize) -> Option<Layout> {
        Some(Layout::new::<T>())
    }

    #[inline]
    unsafe fn note_len(_: ObjPtr, _: usize) {}

    #[inline]
    fn at(place: NonNull<u8>, _: usize) -> NonNull<T> {
        place.cast()
    }

    #[inline]
    fn vtable() -> &'static VTable {
        T::VTABLE
    }

    #[inline]
    fn is_tracked() -> bool {
        is_tracked::<T>()
    }

    #[inline]
    fn has_finalizer() -> bool {
        has_finalizers::<T>()
    }
}

// SAFETY: a slice of `len` items has the layout of an array, and the layout
// that is asked for leaves room for the tail.
unsafe impl<T: Trace + 'static> Extent for [T] {
    #[inline]
    fn len_of(value: *const [T]) -> usize {
        value.len()
    }

    fn layout(len: usize) -> Option<Layout> {
        layout_with_tail::<T>(len)
    }

    unsafe fn note_len(object: ObjPtr, len: usize) {
        // SAFETY: as promised by the caller.
        unsafe { write_length::<T>(object, len) }
    }

    #[inline]
    fn at(place: NonNull<u8>, len: usize) -> NonNull<[T]> {
        NonNull::slice_from_raw_parts(place.cast(), len)
    }

    fn vtable() -> &'static VTable {
        <Items<T>>::VTABLE
    }

    fn is_tracked() -> bool {
        is_tracked::<T>()
    }

    fn has_finalizer() -> bool {
        has_finalizers::<T>()
    }
}

/// Types that are bytes with a promise about their contents.
macro_rules! bytes {
    ($($text:ty $(=> $describe:expr)?),* $(,)?) => {$(
        // SAFETY: the type is a wrapper of `[u8]`: a wide pointer to it holds
        // the number of bytes. `the_extents_of_text_are_bytes` checks it.
        unsafe impl Extent for $text {
            #[inline]
            fn len_of(value: *const $text) -> usize {
                (value as *const [u8]).len()
            }

            fn layout(len: usize) -> Option<Layout> {
                <[u8] as Extent>::layout(len)
            }

            unsafe fn note_len(object: ObjPtr, len: usize) {
                // SAFETY: as promised by the caller.
                unsafe { <[u8] as Extent>::note_len(object, len) }
            }

            #[inline]
            fn at(place: NonNull<u8>, len: usize) -> NonNull<$text> {
                let bytes: *mut [u8] = <[u8] as Extent>::at(place, len).as_ptr();
                // SAFETY: the address is that of `place`, which is not null.
                unsafe { NonNull::new_unchecked(bytes as *mut $text) }
            }

            fn vtable() -> &'static VTable {
                const VTABLE: &VTable = &VTable {
                    type_name: core::any::type_name::<$text>,
                    type_id: TypeId::of::<$text>,
                    $(#[cfg(feature = "inspect")]
                    describe: $describe,)?
                    ..items_vtable::<u8>()
                };
                VTABLE
            }

            fn is_tracked() -> bool {
                false
            }
        }
    )*};
}

bytes! { str => describe_str, CStr, OsStr, Path }

// The length in the slot.

/// The length of values in pages of a size class.
type ShortLen = u16;

const _: () = assert!(crate::memory::class::LARGEST <= ShortLen::MAX as usize);

/// Whether the slots that slices of `T` take in a size class have a
/// [`ShortLen`]: items without a size may be any number.
const fn is_short<T>() -> bool {
    size_of::<T>() > 0
}

/// The layout of `len` items and the tail behind them.
fn layout_with_tail<T>(len: usize) -> Option<Layout> {
    let items = Layout::array::<T>(len).ok()?;
    let with_tail = |tail: usize, align: usize| {
        let size = items.size().checked_next_multiple_of(align)?.checked_add(tail)?;
        Layout::from_size_align(size, items.align()).ok()
    };
    if is_short::<T>() {
        // Slots end at a multiple of 8, so the tail is aligned wherever the
        // items end.
        let short = with_tail(size_of::<ShortLen>(), 1)?;
        if class_of(short).is_some() {
            return Some(short);
        }
    }
    with_tail(size_of::<usize>(), align_of::<usize>())
}

/// Notes the number of items at the end of the slot.
///
/// # Safety
///
/// The slot was made for `layout_with_tail::<T>(len)`.
unsafe fn write_length<T>(object: ObjPtr, len: usize) {
    let end = Page::slot_end(object);
    if is_short::<T>() && Page::of(object).class().is_some() {
        let short = ShortLen::try_from(len).expect("slots of a size class are short");
        // SAFETY: the slot has room for the tail.
        let place = unsafe { end.cast::<ShortLen>().sub(1) };
        // SAFETY: the tail is behind the items, and aligned as slots end at a
        // multiple of 8.
        unsafe { place.write(short) };
    } else {
        // SAFETY: as above.
        let place = unsafe { end.cast::<usize>().sub(1) };
        // SAFETY: as above; large runs also end at a multiple of 8.
        unsafe { place.write(len) };
    }
}

/// The number of items that [`write_length`] noted.
///
/// # Safety
///
/// It did so, with the same `T`.
unsafe fn read_length<T>(object: ObjPtr) -> usize {
    let end = Page::slot_end(object);
    if is_short::<T>() && Page::of(object).class().is_some() {
        // SAFETY: as in `write_length`.
        let place = unsafe { end.cast::<ShortLen>().sub(1) };
        // SAFETY: as promised by the caller.
        usize::from(unsafe { place.read() })
    } else {
        // SAFETY: as in `write_length`.
        let place = unsafe { end.cast::<usize>().sub(1) };
        // SAFETY: as promised by the caller.
        unsafe { place.read() }
    }
}

// The vtable of slices.

/// Stands for `[T]` where a type with a size is needed.
struct Items<T>(T);

impl<T: Trace + 'static> Items<T> {
    const VTABLE: &'static VTable = &items_vtable::<T>();
}

const fn items_vtable<T: Trace + 'static>() -> VTable {
    VTable {
        trace_all: trace_all::<T>,
        trace_labelled: trace_labelled::<T>,
        finalize: finalize::<T>,
        has_finalizer: has_finalizers::<T>,
        drop_value: drop_value::<T>,
        drop_all: drop_all::<T>,
        drops_quietly: drops_quietly::<T>,
        size_of_value: size_of_value::<T>,
        #[cfg(feature = "inspect")]
        describe: |_, _| None,
        type_name: core::any::type_name::<[T]>,
        type_id: TypeId::of::<[T]>,
    }
}

/// # Safety
///
/// The value of `object` is a `[T]` whose length was noted.
unsafe fn items<T>(object: ObjPtr) -> NonNull<[T]> {
    // SAFETY: as promised by the caller.
    let len = unsafe { read_length::<T>(object) };
    NonNull::slice_from_raw_parts(object.value().cast(), len)
}

/// # Safety
///
/// As for [`VTable::trace_all`], with `[T]` as the vtable's type.
unsafe fn trace_all<T: Trace>(
    objects: &[ObjPtr],
    edges: &mut EdgeBuffer,
    ends: &mut [usize],
) -> Run {
    for_each_readable(objects, edges, ends, |object, edges| {
        // SAFETY: as promised by the caller.
        let items = unsafe { items::<T>(object) };
        // SAFETY: as promised by the caller; the value is readable.
        unsafe { items.as_ref() }.trace(&mut Tracer::new(edges));
    })
}

/// # Safety
///
/// As for [`VTable::trace_labelled`], with `[T]` as the vtable's type.
unsafe fn trace_labelled<T: Trace>(object: ObjPtr, edges: &mut LabelledEdges) {
    // SAFETY: as promised by the caller.
    let items = unsafe { items::<T>(object) };
    // SAFETY: as promised by the caller.
    unsafe { items.as_ref() }.trace_labelled(&mut LabelTracer::new(edges));
}

/// A slice has no finalizer of its own; its items may have.
///
/// # Safety
///
/// As for [`VTable::finalize`], with `[T]` as the vtable's type.
unsafe fn finalize<T: Trace>(object: ObjPtr) {
    if may_have_finalizers::<T>() {
        // SAFETY: as promised by the caller.
        let items = unsafe { items::<T>(object) };
        // SAFETY: as promised by the caller.
        let items = unsafe { items.as_ref() };
        Finalizing::run(|finalizing| finalizing.items(items));
    }
}

/// # Safety
///
/// As for [`VTable::drop_value`], with `[T]` as the vtable's type.
unsafe fn drop_value<T>(object: ObjPtr) {
    // SAFETY: as promised by the caller.
    let items = unsafe { items::<T>(object) };
    // SAFETY: as promised by the caller.
    unsafe { items.drop_in_place() }
}

/// # Safety
///
/// As for [`VTable::drop_all`], with `[T]` as the vtable's type.
unsafe fn drop_all<T>(objects: &[ObjPtr], dropped: &Cell<usize>) {
    for_each_counted(objects, dropped, |object| {
        // SAFETY: as promised by the caller.
        unsafe { drop_value::<T>(object) }
    });
}

/// # Safety
///
/// As for [`VTable::size_of_value`], with `[T]` as the vtable's type.
unsafe fn size_of_value<T>(object: ObjPtr) -> usize {
    // SAFETY: as promised by the caller.
    unsafe { read_length::<T>(object) * size_of::<T>() }
}

/// # Safety
///
/// As for [`VTable::describe`], with `str` as the vtable's type.
#[cfg(feature = "inspect")]
#[expect(clippy::unnecessary_wraps, reason = "other types have no text")]
unsafe fn describe_str(object: ObjPtr, f: Option<&mut Formatter<'_>>) -> Option<fmt::Result> {
    let Some(f) = f else { return Some(Ok(())) };
    // SAFETY: as promised by the caller.
    let bytes = unsafe { items::<u8>(object) };
    // SAFETY: as promised by the caller.
    let bytes = unsafe { bytes.as_ref() };
    // SAFETY: the value is a `str`, which is its bytes.
    let text = unsafe { str::from_utf8_unchecked(bytes) };
    Some(fmt::Display::fmt(text, f))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Extent + AsRef<T2> + ?Sized, T2: ?Sized>(value: &T, bytes: &[u8]) {
        assert_eq!(T::len_of(value), bytes.len());
        assert_eq!(size_of_val(value), bytes.len());
        let mut copy = bytes.to_vec();
        let place = NonNull::new(copy.as_mut_ptr()).unwrap();
        let pointer = T::at(place, bytes.len());
        assert_eq!(pointer.cast::<u8>(), place);
        assert_eq!(T::len_of(pointer.as_ptr()), bytes.len());
    }

    #[test]
    fn the_extents_of_text_are_bytes() {
        check::<str, [u8]>("text", b"text");
        check::<CStr, CStr>(c"text", b"text\0");
        check::<OsStr, OsStr>(OsStr::new("text"), b"text");
        check::<Path, OsStr>(Path::new("text"), b"text");
    }
}
