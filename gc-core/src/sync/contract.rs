//! [`Shared`]: what a type promises so that its values can be in objects that threads share.

use crate::trace::contract::Trace;

/// A type whose values can be in objects that several threads share.
///
/// Derive it: `#[trace(shared)]` beside `#[derive(Trace)]` writes an implementation and asks the
/// same of each field that is traced. A field of another type takes `#[trace(skip)]`, if there is
/// no [`Gc`](crate::sync::Gc) in it.
///
/// ```
/// use std::sync::{OnceLock, RwLock};
///
/// use gcycle::{Trace, sync};
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Node<T> {
///     value: T,
///     parent: OnceLock<sync::Gc<Node<T>>>,
///     children: RwLock<Vec<sync::Gc<Node<T>>>>,
/// }
///
/// let root = sync::Gc::new(Node { value: 1, parent: OnceLock::new(), children: RwLock::default() });
/// assert_eq!(root.value, 1);
/// ```
///
/// What could change while it is traced is refused, such as a `RefCell`; so is what belongs to one
/// thread, and a type that does not say that it is `Shared`:
///
/// ```compile_fail,E0277
/// use std::cell::RefCell;
///
/// use gcycle::{Trace, sync};
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Node(RefCell<Option<sync::Gc<Node>>>);
/// ```
///
/// ```compile_fail,E0277
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Node(Option<Gc<Node>>);
/// ```
///
/// ```compile_fail,E0277
/// use gcycle::{Trace, sync};
///
/// #[derive(Trace)]
/// struct Leaf(u32);
///
/// sync::Gc::new(Leaf(1));
/// ```
///
/// ```compile_fail,E0277
/// use std::sync::{Arc, Mutex};
///
/// use gcycle::{Trace, sync};
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Node(Arc<Mutex<Option<sync::Gc<Node>>>>);
/// ```
///
/// The fields are asked, and not their types as they are written, which can mean two things:
///
/// ```compile_fail,E0277
/// use gcycle::{Trace, Tracer, sync};
///
/// struct NotShared;
///
/// // SAFETY: there is nothing to report.
/// unsafe impl Trace for NotShared {
///     fn trace(&self, _: &mut Tracer<'_>) {}
/// }
///
/// const fn __is_shared<T>() -> [u8; 1] {
///     [0]
/// }
///
/// const fn size<R, F: Fn() -> R>(_: &F) -> usize {
///     size_of::<R>()
/// }
///
/// struct Select<const N: usize>;
/// trait Pick {
///     type Type;
/// }
/// impl Pick for Select<0> {
///     type Type = u8;
/// }
/// impl Pick for Select<1> {
///     type Type = NotShared;
/// }
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Node(<Select<{ size(&__is_shared::<u8>) }> as Pick>::Type);
/// ```
///
/// A name does not make a container one of std:
///
/// ```compile_fail,E0277
/// use gcycle::{Trace, Tracer, sync};
///
/// struct Option<T>(T);
///
/// // SAFETY: its field is traced.
/// unsafe impl<T: Trace> Trace for Option<T> {
///     fn trace(&self, tracer: &mut Tracer<'_>) {
///         self.0.trace(tracer);
///     }
/// }
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Node<T>(Option<Vec<sync::Gc<Node<T>>>>, T);
/// ```
///
/// # Safety
///
/// `trace` runs while other threads use the value. Beyond the contract of [`Trace`], an
/// implementation promises:
///
/// 1. **What is reported stays.** Each [`Gc`](crate::sync::Gc) that `trace` reports stays where it
///    is until the value is dropped or lent as `&mut`; or `trace` reaches it through the `trace` of a type that is
///    itself `Shared`, such as [`Mutex`](std::sync::Mutex), and in no other way: not through a
///    lock or a cell that it opens by itself.
/// 2. **Nothing waits.** `trace` does not wait for a lock or for another thread.
///
/// Both hold for [`trace_labelled`](Trace::trace_labelled) as well, which heap tools call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not promise what objects that threads share need",
    label = "`sync::Shared` is not implemented for this type",
    note = "if `{Self}` is a type of yours, add `#[trace(shared)]` beside `#[derive(Trace)]`",
    note = "in place of a `RefCell`, a `Cell` or the lock of another crate, use the `Mutex` or the \
            `RwLock` of std; in place of a `Gc`, a `sync::Gc`",
    note = "if there is never a `sync::Gc` inside, put `#[trace(skip)]` on the field or wrap it in \
            `Untraced<_>`"
)]
pub unsafe trait Shared: Trace + Send + Sync + 'static {
    /// Where derived code asks its fields. It is not called.
    #[doc(hidden)]
    fn __fields(&self)
    where
        Self: Sized,
    {
    }

    /// What it asks each of them.
    #[doc(hidden)]
    fn __is_shared<T: Shared + ?Sized>(_: &T)
    where
        Self: Sized,
    {
    }
}
