//! [`Gc::from_box`]: a boxed trait object becomes an object itself.
//!
//! Only the metadata in the pointer tells the type of the value. So a pointer to the
//! value is stored at the end of the slot, where the functions in the vtable find it, as
//! the length of a slice is:
//!
//! ```text
//!   | header : 16 | value ...          | slack | pointer to the value : 16 |
//!                 ^                                     |                  ^
//!                 `--------------------------------------      end of slot
//! ```

use alloc::boxed::Box;
use core::alloc::Layout;
use core::any::TypeId;
use core::cell::{Cell, UnsafeCell};
use core::mem::{ManuallyDrop, needs_drop};
use core::ptr::NonNull;

use crate::memory::page::Page;
use crate::object::dispatch::{Run, VTable};
use crate::object::edges::{EdgeBuffer, LabelledEdges};
use crate::object::header::ObjPtr;
use crate::pointer::construct::{Kind, Unbuilt, allocate};
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::with_data;
use crate::trace::contract::Trace;
use crate::trace::finalizing::Finalizing;
use crate::trace::tracer::{LabelTracer, Tracer};
use crate::trace::vtable::{for_each_counted, for_each_readable};

impl<T: Trace + ?Sized + 'static> Gc<T> {
    /// Moves a boxed value of any type to the heap: a `Box<dyn Shape>` becomes a
    /// `Gc<dyn Shape>`, if `Shape` has [`Trace`] as a supertrait.
    ///
    /// For boxes of sized types, slices and text there is also `From`. The object counts
    /// as [tracked](Trace::tracked) if its value needs to be dropped, because a trait object
    /// cannot answer that question. It is finalized like any other.
    ///
    /// A collection may run first, if one is due.
    ///
    /// # Panics
    ///
    /// As [`Gc::new`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::{Gc, Trace};
    ///
    /// trait Shape: Trace {
    ///     fn area(&self) -> f64;
    /// }
    ///
    /// impl Shape for f64 {
    ///     fn area(&self) -> f64 {
    ///         self * self
    ///     }
    /// }
    ///
    /// let boxed: Box<dyn Shape> = Box::new(3.0);
    /// let shape: Gc<dyn Shape> = Gc::from_box(boxed);
    /// assert_eq!(shape.area(), 9.0);
    /// ```
    #[must_use]
    #[cfg_attr(feature = "sites", track_caller)]
    pub fn from_box(mut value: Box<T>) -> Gc<T> {
        let has_finalizer = value.may_finalize();
        let vtable = if has_finalizer {
            const { &vtable::<T>(|| true) }
        } else {
            const { &vtable::<T>(|| false) }
        };
        let kind = Kind { vtable, is_tracked: needs_drop::<T>(), has_finalizer };
        let object = allocate(layout_with_pointer(&*value), &kind);
        let source = NonNull::from(&mut *value);
        let place = with_data(source, object.value().cast());
        // SAFETY: the slot has room for the pointer at its end.
        unsafe { tail::<T>(object).write(place) };
        // SAFETY: the object was just made, for this value.
        let unbuilt = unsafe { Unbuilt::new(object, place) };
        // SAFETY: the value in the box is neither used nor dropped after this.
        let gc = unsafe { unbuilt.fill(source) };
        let memory = Box::into_raw(value) as *mut ManuallyDrop<T>;
        // SAFETY: `ManuallyDrop<T>` has the layout of `T`, and is a value
        // whatever became of the `T`.
        drop(unsafe { Box::from_raw(memory) });
        gc
    }
}

/// Room for the value and a pointer to it behind it.
fn layout_with_pointer<T: ?Sized>(value: &T) -> Layout {
    let pointer = Layout::new::<NonNull<T>>();
    let layout = Layout::for_value(value).extend(pointer).map(|(layout, _)| layout.pad_to_align());
    layout.expect("a value is shorter than half of memory")
}

/// Where the pointer to the value is kept.
fn tail<T: ?Sized>(object: ObjPtr) -> NonNull<NonNull<T>> {
    // SAFETY: the slot is larger than a pointer, and ends at a multiple of 8.
    unsafe { Page::slot_end(object).cast::<NonNull<T>>().sub(1) }
}

/// # Safety
///
/// The object was made by [`Gc::from_box`] for a `T`.
unsafe fn value<T: ?Sized>(object: ObjPtr) -> NonNull<T> {
    // SAFETY: the pointer was written when the object was made.
    unsafe { tail::<T>(object).read() }
}

/// Whether there is a finalizer was asked when the object was made.
const fn vtable<T: Trace + ?Sized + 'static>(has_finalizer: fn() -> bool) -> VTable {
    VTable {
        trace_all: trace_all::<T>,
        trace_labelled: trace_labelled::<T>,
        finalize: finalize::<T>,
        has_finalizer,
        drop_value: drop_value::<T>,
        drop_all: drop_all::<T>,
        // Which `Drop` a trait object has is not known.
        drops_quietly: || !needs_drop::<T>(),
        size_of_value: size_of_value::<T>,
        // Nor which text.
        #[cfg(feature = "inspect")]
        describe: |_, _| None,
        type_name: core::any::type_name::<T>,
        type_id: TypeId::of::<T>,
    }
}

/// # Safety
///
/// As for [`VTable::trace_all`], and the objects were made by [`Gc::from_box`].
unsafe fn trace_all<T: Trace + ?Sized>(
    objects: &[ObjPtr],
    edges: &mut EdgeBuffer,
    ends: &mut [usize],
) -> Run {
    for_each_readable(objects, edges, ends, |object, edges| {
        // SAFETY: as promised by the caller.
        let value = unsafe { value::<T>(object) };
        // SAFETY: as promised by the caller; the value is readable.
        unsafe { value.as_ref() }.trace(&mut Tracer::new(edges));
    })
}

/// # Safety
///
/// As for [`VTable::trace_labelled`], and the object was made by
/// [`Gc::from_box`].
unsafe fn trace_labelled<T: Trace + ?Sized>(object: ObjPtr, edges: &mut LabelledEdges) {
    // SAFETY: as promised by the caller.
    let value = unsafe { value::<T>(object) };
    // SAFETY: as promised by the caller.
    unsafe { value.as_ref() }.trace_labelled(&mut LabelTracer::new(edges));
}

/// # Safety
///
/// As for [`VTable::finalize`], and the object was made by [`Gc::from_box`].
unsafe fn finalize<T: Trace + ?Sized>(object: ObjPtr) {
    // SAFETY: as promised by the caller.
    let value = unsafe { value::<T>(object) };
    // SAFETY: as promised by the caller.
    let value = unsafe { value.as_ref() };
    Finalizing::run(|finalizing| value.finalize_all(finalizing));
}

/// # Safety
///
/// As for [`trace_labelled`], and the value is not used again.
unsafe fn drop_value<T: ?Sized>(object: ObjPtr) {
    // SAFETY: as promised by the caller.
    let value = unsafe { value::<T>(object) };
    // SAFETY: as promised by the caller.
    unsafe { value.drop_in_place() }
}

/// # Safety
///
/// As for [`drop_value`], for each object.
unsafe fn drop_all<T: ?Sized>(objects: &[ObjPtr], dropped: &Cell<usize>) {
    for_each_counted(objects, dropped, |object| {
        // SAFETY: as promised by the caller.
        unsafe { drop_value::<T>(object) }
    });
}

/// # Safety
///
/// The object was made by [`Gc::from_box`] for a `T`. There may be a `&mut` to its value.
unsafe fn size_of_value<T: ?Sized>(object: ObjPtr) -> usize {
    // SAFETY: as promised by the caller.
    let value = unsafe { value::<T>(object) };
    // A reference to a cell claims nothing of what is in it: neither that it can be read,
    // nor that nobody else writes to it.
    let cell = value.as_ptr() as *const UnsafeCell<T>;
    // SAFETY: a cell has the layout of its contents, which lie there.
    size_of_val(unsafe { &*cell })
}
