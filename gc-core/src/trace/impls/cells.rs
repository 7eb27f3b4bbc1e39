//! Cells: contents that change behind a shared reference.
//!
//! A `RefCell` that is mutably borrowed is opaque. It reports no edges, so the objects
//! that its contents refer to count as held from outside; they are found once the borrow
//! is over. A `OnceCell` that is being initialised is empty. A `Cell` can always be
//! looked at, and needs no `T: Copy`, by the argument below.
//!
//! That argument is about traces, and does not hold for finalizers: they may set the cell. So
//! what lies in a `Cell` is not finalized. A `RefCell` is borrowed while its contents are.
//!
//! `UnsafeCell` is not `Trace`: only its owner knows when its contents may be looked at.

use core::cell::{Cell, OnceCell, Ref, RefCell, UnsafeCell};
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ops::Deref;

use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::manner::Briefly;
use crate::trace::recursion::{NoGcLeadsBackTo, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

wrappers! {
    // SAFETY: the borrow ends with the call of `trace` that it is made for.
    {T} Cell<T> => |this| Some(unsafe { contents(this) }) => finalizes nothing,
    {T} RefCell<T> => |this| Borrowed::of(this) => finalizes (this.try_borrow().ok())
        => closed if true,
    {T} OnceCell<T> => |this| this.get(),
}

refused! { {T: ?Sized} UnsafeCell<T> where MayBeReadAtAnyTime }

/// The contents of a `RefCell`, for one call of `trace`.
///
/// The borrow is counted, unless the call [runs plain code](Trace::traces_plainly): a
/// hand-written `trace` may panic, and the panic hook may borrow the cell. Counting takes
/// seven instructions for each cell.
enum Borrowed<'a, T> {
    Counted(Ref<'a, T>),
    Uncounted(&'a T),
}

impl<'a, T: Trace> Borrowed<'a, T> {
    /// Borrows the contents of `cell`, unless it is mutably borrowed.
    #[inline]
    fn of(cell: &'a RefCell<T>) -> Option<Borrowed<'a, T>> {
        if !T::traces_plainly(Briefly::TRACES) {
            return cell.try_borrow().ok().map(Borrowed::Counted);
        }
        // SAFETY: it is for one call of `trace`, which runs no code that could borrow the
        // cell: only that of std and of this library.
        let contents = unsafe { cell.try_borrow_unguarded() };
        contents.ok().map(Borrowed::Uncounted)
    }
}

impl<T> Deref for Borrowed<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Borrowed::Counted(contents) => contents,
            Borrowed::Uncounted(contents) => contents,
        }
    }
}

/// Borrows the contents of `cell`, for one call of `trace`.
///
/// Nobody changes the cell during that call:
///
/// 1. A `Cell` is not `Sync`, so only code that the call runs could.
/// 2. The call runs implementations of `Trace`, which by their contract do not
///    change what they trace, and by the rules of the module `impls` no other
///    code of the user. If one of them panics, the hook may set the cell; then it does
///    not look at its value again, by its contract too.
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

            #[inline]
            fn traces_plainly(_: impl Ask) -> bool
            where
                Self: Sized,
            {
                true
            }

            finalizes_nothing! {}
        }
    )*};
}

unknown_contents! {
    {T: ?Sized} ManuallyDrop<T>,
    {T} MaybeUninit<T>,
}

impl<T: Acyclic + ?Sized> Acyclic for ManuallyDrop<T> {}
impl<T: Acyclic> Acyclic for MaybeUninit<T> {}

impl<T: Owns + ?Sized> Owns for ManuallyDrop<T> {
    type Owned = NoGcLeadsBackTo<T>;
}

impl<T: Owns> Owns for MaybeUninit<T> {
    type Owned = NoGcLeadsBackTo<T>;
}
