//! [`Tools`]: what heap tools ask the type of a value in a shared object.

use core::any::TypeId;
use core::fmt::{self, Formatter};
use core::ptr::NonNull;

use crate::object::edges::LabelledEdges;
use crate::sync::contract::Shared;
use crate::trace::contract::Trace;
use crate::trace::finalizers::has_finalizers;
use crate::trace::tracer::LabelTracer;

/// What is known of a value, or of the items of a slice.
#[derive(Debug)]
pub(crate) struct Tools {
    pub(crate) type_id: fn() -> TypeId,
    pub(crate) type_name: fn() -> &'static str,
    /// How far behind the header the value begins.
    pub(crate) offset: usize,
    /// The size of the value, or of one item.
    pub(crate) size: usize,
    /// Whether it is a slice or text, whose length lies in front of the header.
    pub(crate) is_slice: bool,
    pub(crate) has_finalizers: fn() -> bool,
    /// Reports the edges of the value, or of so many items.
    pub(crate) trace: unsafe fn(NonNull<()>, usize, &mut LabelledEdges),
    /// Writes the text of the value, or of so many items; `None` if the type has no text. Without a
    /// formatter it only says whether it has one, and reads nothing.
    pub(crate) describe: Describe,
}

type Describe = unsafe fn(NonNull<()>, usize, Option<&mut Formatter<'_>>) -> Option<fmt::Result>;

impl Tools {
    /// Of a type with a size.
    pub(crate) const fn of_value<T: Shared>(offset: usize) -> Tools {
        Tools {
            type_id: TypeId::of::<T>,
            type_name: T::type_name,
            offset,
            size: size_of::<T>(),
            is_slice: false,
            has_finalizers: has_finalizers::<T>,
            trace: trace_value::<T>,
            describe: describe_value::<T>,
        }
    }

    /// Of a slice of such items.
    pub(crate) const fn of_items<T: Shared>(offset: usize) -> Tools {
        Tools {
            type_id: TypeId::of::<[T]>,
            type_name: core::any::type_name::<[T]>,
            offset,
            size: size_of::<T>(),
            is_slice: true,
            has_finalizers: has_finalizers::<T>,
            trace: trace_items::<T>,
            describe: |_, _, _| None,
        }
    }

    /// Of text, whose items are bytes.
    pub(crate) const fn of_text(offset: usize) -> Tools {
        Tools {
            type_id: TypeId::of::<str>,
            type_name: core::any::type_name::<str>,
            describe: describe_text,
            ..Tools::of_items::<u8>(offset)
        }
    }
}

/// # Safety
///
/// There is a `T` at `value`, and nobody drops or changes it meanwhile.
unsafe fn trace_value<T: Shared>(value: NonNull<()>, _: usize, edges: &mut LabelledEdges) {
    // SAFETY: as promised by the caller.
    let value: &T = unsafe { value.cast().as_ref() };
    value.trace_labelled(&mut LabelTracer::new(edges));
}

/// # Safety
///
/// There are so many `T`s at `first`, and nobody drops or changes them meanwhile.
unsafe fn trace_items<T: Shared>(first: NonNull<()>, len: usize, edges: &mut LabelledEdges) {
    let items = NonNull::slice_from_raw_parts(first.cast::<T>(), len);
    // SAFETY: as promised by the caller.
    let items: &[T] = unsafe { items.as_ref() };
    items.trace_labelled(&mut LabelTracer::new(edges));
}

/// Runs user code, if there is a formatter.
///
/// # Safety
///
/// If there is one, there is a `T` at `value`, and nobody drops it or has it alone meanwhile.
unsafe fn describe_value<T: Shared>(
    value: NonNull<()>,
    _: usize,
    f: Option<&mut Formatter<'_>>,
) -> Option<fmt::Result> {
    let describer = T::describer()?;
    let Some(f) = f else { return Some(Ok(())) };
    // SAFETY: as promised by the caller.
    let value: &T = unsafe { value.cast().as_ref() };
    Some(describer(value, f))
}

/// # Safety
///
/// If there is a formatter, there are so many bytes at `first`, which are text, and nobody drops them or
/// has them alone meanwhile.
#[expect(clippy::unnecessary_wraps, reason = "other types have no text")]
unsafe fn describe_text(
    first: NonNull<()>,
    len: usize,
    f: Option<&mut Formatter<'_>>,
) -> Option<fmt::Result> {
    let Some(f) = f else { return Some(Ok(())) };
    let bytes = NonNull::slice_from_raw_parts(first.cast::<u8>(), len);
    // SAFETY: as promised by the caller.
    let bytes: &[u8] = unsafe { bytes.as_ref() };
    // SAFETY: as promised by the caller.
    let text = unsafe { str::from_utf8_unchecked(bytes) };
    Some(fmt::Display::fmt(text, f))
}
