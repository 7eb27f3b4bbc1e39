//! [`Movable`]: which values may go to another thread together with the heap that they lie in.
//!
//! Reference counts show that no handle into a heap is held from outside. They do not show what a
//! value shares with its old thread by other means, such as an `Rc`. So types say it, and derived
//! code asks the fields of each type that says so.
//!
//! A field is asked in one of two ways, through [`MovedFields`]: one that may own handles, whether
//! it is `Movable`; any other, whether it is `Send`. Either answer is enough for each field, so
//! which question a field is asked matters for the message alone.

use crate::trace::contract::Trace;

/// A type whose values may go to another thread together with the whole heap that they lie in.
///
/// A [`Gc`](crate::Gc) is not `Send`: the handles that stay behind would count without
/// synchronization. If the whole heap moves, none stays behind, and only what the values own
/// beside their handles matters. That has to be `Send`. A value that is `Movable` is not `Send` by
/// that: without its heap it stays where it is.
///
/// Derive it: `#[trace(movable)]` beside `#[derive(Trace)]` writes an implementation. It requires
/// that each field that is traced is `Movable`, and that each field with `#[trace(skip)]` or
/// `#[trace(acyclic)]` is `Send`; the type parameters that these fields mention get the same bounds. The
/// type may be recursive, and may have finalizers or a `Drop`.
///
/// ```
/// use std::cell::RefCell;
///
/// use gcycle::{Gc, Movable, Trace, Weak};
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Node<T> {
///     value: T,
///     parent: RefCell<Weak<Node<T>>>,
///     children: RefCell<Vec<Gc<Node<T>>>>,
///     owner: Option<Gc<Document>>,
/// }
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Document {
///     title: String,
///     root: RefCell<Option<Gc<Node<u32>>>>,
///     listeners: Vec<(Gc<str>, fn(&Document))>,
///     #[trace(skip)]
///     saver: Option<std::thread::JoinHandle<()>>,
/// }
///
/// fn assert_movable<T: Movable>() {}
/// assert_movable::<Gc<Document>>();
/// assert_movable::<Node<String>>();
/// ```
///
/// A trait object is `Movable` if its trait has `Movable` as a supertrait:
///
/// ```
/// use gcycle::{Gc, Movable, Trace};
///
/// trait Shape: Movable {
///     fn area(&self) -> f64;
/// }
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Drawing {
///     shapes: Vec<Gc<dyn Shape>>,
/// }
/// ```
///
/// What shares something with others that stay behind is refused, wherever it is:
///
/// ```compile_fail,E0277
/// use std::rc::Rc;
///
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Node {
///     name: Rc<str>,
///     next: Option<Gc<Node>>,
/// }
/// ```
///
/// ```compile_fail,E0277
/// use std::rc::Rc;
///
/// use gcycle::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Node {
///     #[trace(skip)]
///     name: Rc<str>,
///     next: Option<Gc<Node>>,
/// }
/// ```
///
/// So is a generic type whose argument is not `Movable`, and a type that does not say that it is:
///
/// ```compile_fail,E0277
/// use gcycle::{Gc, Movable, Trace};
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct List<T>(T, Option<Gc<List<T>>>);
///
/// fn assert_movable<T: Movable>() {}
/// assert_movable::<List<std::rc::Rc<str>>>();
/// ```
///
/// ```compile_fail,E0277
/// use gcycle::{Movable, Trace};
///
/// #[derive(Trace)]
/// struct Leaf(u32);
///
/// fn assert_movable<T: Movable>() {}
/// assert_movable::<Leaf>();
/// ```
///
/// The fields are asked, and not their types as they are written, which can mean two things:
///
/// ```compile_fail,E0277
/// use std::rc::Rc;
///
/// use gcycle::Trace;
///
/// #[expect(non_camel_case_types)]
/// type u32 = Rc<str>;
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Node(u32);
/// ```
///
/// # Safety
///
/// Heaps move to other threads because of this promise. Everything that a value of the type owns or
/// refers to, by whatever pointers, is
///
/// 1. `Send`, or
/// 2. of a type that is `Movable`, or
/// 3. a [`Gc`](crate::Gc) or a [`Weak`](crate::Weak) to a value of such a type.
///
/// A hand-written `trace` reports every handle that the value owns, weak ones too, and so does a function
/// of `#[trace(unsafe_with = ..)]`; where there may be one, `tracked` is `true`. It catches no panic,
/// because the panic hook, which runs before, could take a handle away that was counted already.
///
/// That the handles lie in the heap that moves, and that no others refer into it, is not promised by
/// the type: whoever moves the heap checks it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot move to another thread together with its heap",
    label = "`Movable` is not implemented for this type",
    note = "if `{Self}` is a type of yours, add `#[trace(movable)]` beside `#[derive(Trace)]`; if it \
            is a type parameter, add the bound `{Self}: Movable`; if it is a trait object, make \
            `Movable` a supertrait of its trait, as in `trait Shape: Movable`",
    note = "in place of an `Rc` use a `Gc`, or an `Arc` of what is `Send` and `Sync`",
    note = "if it is `Send` and there is never a `Gc` inside, put `#[trace(skip)]` on the field or \
            wrap it in `Untraced<_>`"
)]
pub unsafe trait Movable: Trace {
    /// Where derived code asks its fields. It is not called.
    #[doc(hidden)]
    fn __moved_fields(&self, _: &MovedFields) {}
}

/// What derived code asks each field of a type that is [`Movable`].
///
/// Derived code finds the trait by a path that the program chooses, so the program could put another
/// in its place. It reaches this type through the signature of `Movable`, which no other type fits.
/// There is no value of it.
#[derive(Debug)]
pub enum MovedFields {}

impl MovedFields {
    /// Asks a field that may own handles.
    pub fn movable<T: Movable + ?Sized>(&self, _: &T) {}

    /// Asks a field that is not traced.
    pub fn send<T: MovesAlone + ?Sized>(&self, _: &T) {}
}

/// A type of fields that are not traced: any that is `Send`. The compiler gives the message of this
/// trait for others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Send`, so it cannot move to another thread together with a heap",
    label = "this field is not traced, and would have to be `Send`",
    note = "in place of an `Rc` use an `Arc` of what is `Send` and `Sync`",
    note = "a field that owns handles has to be traced: remove `#[trace(skip)]` or \
            `#[trace(acyclic)]` from it"
)]
pub trait MovesAlone: Send {}

#[diagnostic::do_not_recommend]
impl<T: Send + ?Sized> MovesAlone for T {}
