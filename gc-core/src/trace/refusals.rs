//! What the compiler says where a type of std cannot be `Trace`.
//!
//! The message of [`Trace`](crate::trace::contract::Trace) has to do for all types. Types of
//! std that a program meets while it is ported from `Rc` deserve better advice. They implement
//! `Trace` under a condition that is a trait of this file, and the compiler gives the message of
//! that trait if the condition does not hold. It also lists the types for which the condition
//! holds. So these are the types to use instead, and no others.
//!
//! None of these types reports an edge. A program that implemented one of these traits would
//! therefore leak cycles, and nothing worse.

use core::cell::{Cell, RefCell};

use crate::trace::contract::Acyclic;

/// Pointers that share a `T` with others, where no cycle can lead through the `T`.
///
/// Each implementation asks for `T: Acyclic`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` shares what it refers to, so the collector cannot tell whose the `Gc`s in there are",
    label = "cycles through this pointer would never be freed",
    note = "put a `Gc` in place of the `Rc`, the `Arc` or the reference: it is shared in the same \
            way, and traced (in place of a `&Gc<_>` a clone of it; in place of an \
            `Rc<dyn Fn(..)>` what `Gc::new_closure` makes)",
    note = "if no cycle can lead through `{T}` and it is a type of yours, add `#[derive(Trace)]` \
            and `#[trace(acyclic)]` to it",
    note = "if it is a foreign type without a `Gc` inside, put `#[trace(skip)]` on the field"
)]
pub trait SharesNoCycle<T: ?Sized> {}

/// Weak handles of std to a `T` through which no cycle can lead.
///
/// Each implementation asks for `T: Acyclic`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` refers to what an `Rc` or an `Arc` shares, so the collector cannot tell whose the `Gc`s in there are",
    label = "this is not a weak handle of gcycle",
    note = "put a `gcycle::Weak` in its place, and a `Gc` in place of the `Rc` or the `Arc`",
    note = "if no cycle can lead through `{T}` and it is a type of yours, add `#[derive(Trace)]` \
            and `#[trace(acyclic)]` to it",
    note = "if it is a foreign type without a `Gc` inside, put `#[trace(skip)]` on the field"
)]
pub trait WatchesNoCycle<T: ?Sized> {}

/// Cells whose contents the collector may look at at any time: not an `UnsafeCell`.
#[diagnostic::on_unimplemented(
    message = "the collector cannot know when it may look into `{Self}`",
    label = "only the code around this cell knows when its contents may be read",
    note = "put a `Cell` or a `RefCell` in its place",
    note = "if it never has a `Gc` inside, put `#[trace(skip)]` on the field; if it does, \
            implement `Trace` by hand for the type around it"
)]
pub trait MayBeReadAtAnyTime {}

/// Implements the condition `$condition` of a pointer to a `T` that must be acyclic. The
/// compiler is told to give its message, instead of that of `Acyclic`.
macro_rules! asks_for_acyclic {
    ($($pointer:ty: $condition:ident),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Acyclic + ?Sized> $condition<T> for $pointer {}
    )*};
}

asks_for_acyclic! {
    alloc::rc::Rc<T>: SharesNoCycle,
    alloc::sync::Arc<T>: SharesNoCycle,
    &T: SharesNoCycle,
    alloc::rc::Weak<T>: WatchesNoCycle,
    alloc::sync::Weak<T>: WatchesNoCycle,
}

// The compiler lists what implements a trait: for cells, what to use instead.
impl<T> MayBeReadAtAnyTime for Cell<T> {}
impl<T> MayBeReadAtAnyTime for RefCell<T> {}
