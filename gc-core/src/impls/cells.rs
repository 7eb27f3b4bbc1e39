//! Cells: contents that change behind a shared reference.
//!
//! A `RefCell` that is mutably borrowed is opaque. It reports no edges, so what
//! it holds counts as held from outside, and is found once the borrow is over.
//! A `OnceCell` that is being initialised is empty. A `Cell` can always be
//! looked at, and needs no `T: Copy`, by the argument below.
//!
//! `UnsafeCell` is not `Trace`: when its contents may be looked at only its
//! owner knows.

use core::cell::{Cell, OnceCell, RefCell};
use core::mem::{ManuallyDrop, MaybeUninit};

use crate::trace::{Acyclic, Trace};
use crate::tracer::{LabelTracer, Tracer};

wrappers! {
    // SAFETY: the borrow ends with the call of `trace` that it is made for.
    {T} Cell<T> => |this| Some(unsafe { contents(this) }),
    // SAFETY: as for `Cell`.
    {T} RefCell<T> => |this| unsafe { unguarded(this) } => finalizer(this.try_borrow().ok()),
    {T} OnceCell<T> => |this| this.get() => finalizer(this.get()),
}

/// Borrows what `cell` holds, unless it is mutably borrowed, for one call of
/// `trace`; counting the borrow would take seven instructions for each cell.
///
/// # Safety
///
/// As for [`contents`], which says why nobody borrows it mutably meanwhile.
#[inline]
unsafe fn unguarded<T>(cell: &RefCell<T>) -> Option<&T> {
    // SAFETY: as promised by the caller.
    unsafe { cell.try_borrow_unguarded() }.ok()
}

/// Borrows what `cell` holds, for one call of `trace`.
///
/// Nobody changes the cell during that call:
///
/// 1. Neither kind of cell is `Sync`, so only code that the call runs could.
/// 2. The call runs implementations of `Trace`, which by their contract do not
///    change what they trace, and by the rules of the module `impls` no other
///    code of the user.
///
/// And no change was under way when it began. A method of `Cell` runs code of
/// the user only while it owns the old value and the cell holds the new one. An
/// object with a `&mut` to it is not traced at all. A program that makes a
/// `&mut` from `Cell::as_ptr` must not let a collection start while it uses it,
/// as it must not let anyone else read the cell.
///
/// # Safety
///
/// The borrow ends with the call of `trace` or `trace_labelled` that it is made
/// for.
unsafe fn contents<T>(cell: &Cell<T>) -> &T {
    // SAFETY: the pointer is that of an initialised `T` inside `cell`, and by
    // the argument above nobody writes to it while the borrow lasts.
    unsafe { &*cell.as_ptr() }
}

// A value in `ManuallyDrop` may have been dropped or taken already, and whether
// there is one in `MaybeUninit` only its owner knows. So neither reports edges,
// and neither asks anything of its contents. A cycle through them leaks, as it
// does with anything else that is not dropped.
macro_rules! unknown_contents {
    ($({$($generics:tt)*} $owner:ty),* $(,)?) => {$(
        // SAFETY: nothing is reported, created, changed or looked at.
        unsafe impl<$($generics)*> Trace for $owner {
            #[inline]
            fn trace(&self, _: &mut Tracer<'_>) {}

            fn trace_labelled(&self, _: &mut LabelTracer<'_>) {}

            #[inline]
            fn tracked() -> bool
            where
                Self: Sized,
            {
                false
            }
        }
    )*};
}

unknown_contents! {
    {T: ?Sized} ManuallyDrop<T>,
    {T} MaybeUninit<T>,
}

impl<T: Acyclic + ?Sized> Acyclic for ManuallyDrop<T> {}
impl<T: Acyclic> Acyclic for MaybeUninit<T> {}
