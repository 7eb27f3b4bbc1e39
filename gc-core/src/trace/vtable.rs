//! The typed side of [`VTable`]: where the type of a value is erased.

use core::any::TypeId;
use core::cell::Cell;
#[cfg(feature = "inspect")]
use core::fmt::{self, Formatter};
use core::mem::needs_drop;
use core::ptr::NonNull;

use crate::object::dispatch::{Run, VTable};
use crate::object::edges::{EdgeBuffer, LabelledEdges};
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::trace::contract::Trace;
use crate::trace::finalizers::{has_finalizers, may_have_finalizers};
use crate::trace::finalizing::Finalizing;
use crate::trace::quiet::drops_quietly;
use crate::trace::tracer::{LabelTracer, Tracer};

/// Types whose values can be objects.
pub(crate) trait Erase: Trace + Sized + 'static {
    /// The vtable of the type.
    const VTABLE: &'static VTable = &VTable {
        trace_all: trace_all::<Self>,
        trace_labelled: trace_labelled::<Self>,
        finalize: finalize::<Self>,
        has_finalizer: has_finalizers::<Self>,
        drop_value: drop_value::<Self>,
        drop_all: drop_all::<Self>,
        drops_quietly: drops_quietly::<Self>,
        size_of_value: size_of_value::<Self>,
        #[cfg(feature = "inspect")]
        describe: describe::<Self>,
        type_name: Self::type_name,
        type_id: TypeId::of::<Self>,
    };
}

impl<T: Trace + 'static> Erase for T {}

/// Whether objects of the type are tracked: a value that needs no drop owns no
/// handle, whatever its `Trace` says.
#[inline]
pub(crate) fn is_tracked<T: Trace>() -> bool {
    T::tracked() && needs_drop::<T>()
}

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

/// A value that needs no drop owns no handle, and is not traced.
///
/// # Safety
///
/// As for [`VTable::trace_all`], with `T` as the vtable's type.
unsafe fn trace_all<T: Trace>(
    objects: &[ObjPtr],
    edges: &mut EdgeBuffer,
    ends: &mut [usize],
) -> Run {
    for_each_readable(objects, edges, ends, |object, edges| {
        if needs_drop::<T>() {
            // SAFETY: as promised by the caller; the value is readable.
            let value: &T = unsafe { value(object) };
            value.trace(&mut Tracer::new(edges));
        }
    })
}

/// Calls `trace` with each object that is readable, as long as they share the
/// vtable of the first, and notes up to where in the buffer the edges of each
/// lie.
#[inline]
pub(crate) fn for_each_readable(
    objects: &[ObjPtr],
    edges: &mut EdgeBuffer,
    ends: &mut [usize],
    trace: impl Fn(ObjPtr, &mut EdgeBuffer),
) -> Run {
    let mut run = Run { count: objects.len(), flags: Flags::NONE };
    let Some(vtable) = objects.first().map(|first| first.vtable_address()) else { return run };
    for (position, (&object, end)) in objects.iter().zip(ends).enumerate() {
        let is_readable = if object.is_plain(vtable) {
            object.strong() != 0
        } else if let Some(flags) = object.flags_with(vtable) {
            note(&mut run, object, flags)
        } else {
            run.count = position;
            break;
        };
        if is_readable {
            trace(object, edges);
        }
        *end = edges.len();
    }
    run
}

/// Notes the flags of an object that has a notable one, and says whether it is
/// readable. Apart from the loop, which needs its registers for other things.
#[cold]
fn note(run: &mut Run, object: ObjPtr, flags: Flags) -> bool {
    run.flags = run.flags.union(flags);
    object.is_readable()
}

/// # Safety
///
/// As for [`VTable::trace_labelled`], with `T` as the vtable's type.
unsafe fn trace_labelled<T: Trace>(object: ObjPtr, edges: &mut LabelledEdges) {
    if needs_drop::<T>() {
        // SAFETY: as promised by the caller.
        let value: &T = unsafe { value(object) };
        value.trace_labelled(&mut LabelTracer::new(edges));
    }
}

/// # Safety
///
/// As for [`VTable::finalize`], with `T` as the vtable's type.
unsafe fn finalize<T: Trace>(object: ObjPtr) {
    if may_have_finalizers::<T>() {
        // SAFETY: as promised by the caller.
        let value: &T = unsafe { value(object) };
        Finalizing::run(|finalizing| finalizing.value(value));
    }
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
/// As for [`VTable::drop_all`], with `T` as the vtable's type.
unsafe fn drop_all<T>(objects: &[ObjPtr], dropped: &Cell<usize>) {
    for_each_counted(objects, dropped, |object| {
        // SAFETY: as promised by the caller.
        unsafe { drop_value::<T>(object) }
    });
}

/// Calls `drop` with each object, as long as they share the vtable of the first,
/// and counts each before.
#[inline]
pub(crate) fn for_each_counted(objects: &[ObjPtr], dropped: &Cell<usize>, drop: impl Fn(ObjPtr)) {
    /// How far ahead values are fetched from memory.
    const AHEAD: usize = 8;
    let Some(vtable) = objects.first().map(|first| first.vtable_address()) else { return };
    for (position, &object) in objects.iter().enumerate() {
        if let Some(ahead) = objects.get(position + AHEAD) {
            ahead.prefetch();
        }
        if object.flags_with(vtable).is_none() {
            break;
        }
        dropped.set(dropped.get() + 1);
        drop(object);
    }
}

/// # Safety
///
/// As for [`VTable::describe`], with `T` as the vtable's type.
#[cfg(feature = "inspect")]
unsafe fn describe<T: Trace>(object: ObjPtr, f: Option<&mut Formatter<'_>>) -> Option<fmt::Result> {
    let describer = T::describer()?;
    let Some(f) = f else { return Some(Ok(())) };
    // SAFETY: as promised by the caller.
    let value: &T = unsafe { value(object) };
    Some(describer(value, f))
}

/// # Safety
///
/// As for [`VTable::size_of_value`], with `T` as the vtable's type.
unsafe fn size_of_value<T>(_: ObjPtr) -> usize {
    size_of::<T>()
}
