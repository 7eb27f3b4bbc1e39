//! The typed side of [`VTable`]: where the type of a value is erased.

use core::any::TypeId;
use core::ptr::NonNull;

use crate::object::{EdgeBuffer, LabelledEdges, ObjPtr, VTable};
use crate::trace::Trace;
use crate::tracer::{LabelTracer, Tracer};

/// Types whose values can be objects.
pub(crate) trait Erase: Trace + Sized + 'static {
    /// The vtable of the type.
    const VTABLE: &'static VTable = &VTable {
        trace: trace::<Self>,
        trace_labelled: trace_labelled::<Self>,
        finalize: finalize::<Self>,
        has_finalizer: has_finalizer::<Self>,
        drop_value: drop_value::<Self>,
        size_of_value: size_of_value::<Self>,
        type_name: Self::type_name,
        type_id: TypeId::of::<Self>,
    };
}

impl<T: Trace + 'static> Erase for T {}

/// # Safety
///
/// The value of `object` is a `T`, is initialised, and nobody holds `&mut` to
/// it while the returned reference is in use.
#[inline]
unsafe fn value<'a, T>(object: ObjPtr) -> &'a T {
    let value: NonNull<T> = object.value().cast();
    // SAFETY: as promised by the caller.
    unsafe { value.as_ref() }
}

/// # Safety
///
/// As for [`VTable::trace`], with `T` as the vtable's type.
unsafe fn trace<T: Trace>(object: ObjPtr, edges: &mut EdgeBuffer) {
    // SAFETY: as promised by the caller.
    let value: &T = unsafe { value(object) };
    value.trace(Tracer::lend(edges));
}

/// # Safety
///
/// As for [`VTable::trace_labelled`], with `T` as the vtable's type.
unsafe fn trace_labelled<T: Trace>(object: ObjPtr, edges: &mut LabelledEdges) {
    // SAFETY: as promised by the caller.
    let value: &T = unsafe { value(object) };
    value.trace_labelled(&mut LabelTracer::new(edges));
}

/// # Safety
///
/// As for [`VTable::finalize`], with `T` as the vtable's type.
unsafe fn finalize<T: Trace>(object: ObjPtr) {
    if let Some(finalize) = T::finalizer() {
        // SAFETY: as promised by the caller.
        finalize(unsafe { value(object) });
    }
}

fn has_finalizer<T: Trace>() -> bool {
    T::finalizer().is_some()
}

/// # Safety
///
/// As for [`VTable::drop_value`], with `T` as the vtable's type.
unsafe fn drop_value<T>(object: ObjPtr) {
    let value: NonNull<T> = object.value().cast();
    // SAFETY: as promised by the caller.
    unsafe { value.drop_in_place() }
}

/// # Safety
///
/// As for [`VTable::size_of_value`], with `T` as the vtable's type.
unsafe fn size_of_value<T>(_: ObjPtr) -> usize {
    size_of::<T>()
}
