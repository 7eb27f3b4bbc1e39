//! The functions that the code written by `#[derive(Trace)]` calls. Do not use them
//! yourself: they may change in any release.
//!
//! Expanded code is compiled once for every type of every user, so it is kept
//! short and the work is done here, once. Three things need help:
//!
//! * **Reporting.** `trace` is one call of [`Tracer::report`] on a tuple of
//!   references, with the names of the fields. One call costs the compiler far less
//!   than one for each field.
//! * **Asking about types.** [`Probe`] answers, while the expanded code is type
//!   checked, whether a type is known to have a property. See there.
//! * **Forbidding `Drop`,** and a `Finalize` that would never run. [`Check`] does not compile
//!   for types that have one.
//!
//! # What memory safety depends on
//!
//! Expanded code contains an `unsafe impl`, and finds this module by a path that the
//! program gives (`#[trace(crate = ...)]`, a renamed dependency, `extern crate`). Safe
//! code could put a module of its own there. So everything that memory safety depends on
//! is reached from the types in the signatures of `Trace`, which nothing else can
//! replace. Reporting edges, and the [check](Check) that there is no `Drop`, go through
//! [`Tracer`]; whether drops are quiet and traces plain is asked through [`AskFields`]; whether a
//! field may move to another thread, through the argument of a function of `Movable`. The
//! answers of [`Probe`] can be false: then cycles leak.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

use crate::object::edges::{EdgeBuffer, LabelledEdges, Names};
pub use crate::trace::advice;
use crate::trace::contract::{Acyclic, Finalize, Trace};
pub use crate::trace::contract::{Ask, AskFields, AskOf, Unknown};
use crate::trace::finalizers;
pub use crate::trace::finalizing::Finalizing;
#[cfg(feature = "isolates")]
pub use crate::trace::movable::{MovedFields, MovesAlone};
use crate::trace::quiet;
pub use crate::trace::recursion::{Asked, Circles, IsAcyclic, NoGcLeadsBackTo, Owns, Question};
pub use crate::trace::refusals::{MayBeReadAtAnyTime, SharesNoCycle, WatchesNoCycle};
use crate::trace::tracer::{LabelTracer, Tracer};

impl Tracer<'_> {
    /// Reports the edges of `fields` of a value, whose names are `labels`, joined by `|`.
    #[doc(hidden)]
    #[inline]
    pub fn report(&mut self, fields: impl Fields, labels: &'static str) {
        fields.report(labels, self);
    }

    /// The checks of the type of `value`, which derived code asks for while it is compiled.
    #[doc(hidden)]
    #[inline]
    pub fn check<T: ?Sized>(_: &T) -> Check<T> {
        Check(Passed(PhantomData))
    }
}

/// What the derive forbids to the type `T`, as methods that do not compile if `T` does it.
///
/// Each method exists twice: for types that do what is forbidden, and in [`Passed`], which
/// this type dereferences to. For a type that does it, the compiler finds the method here
/// first, and cannot call it. No name that the program provides can be in its place, because
/// the expanded code gets this type from [`Tracer`].
///
/// The compiler decides where the expanded code stands, also for generic types: a `Drop` holds
/// for all arguments of a type, or does not compile itself. An implementation of `Finalize`
/// may ask for more than the type does, and is then not seen here; for generic types the
/// derive also implements [`AddTraceFinalizeToTheType`].
///
/// A type that implements `Drop` is rejected even if the program provides other helpers for
/// the derive to use:
///
/// ```compile_fail,E0277
/// #![forbid(unsafe_code)]
///
/// use gcycle::{Gc, Trace};
///
/// mod fake {
///     pub use gcycle::{Trace, Tracer};
///
///     pub mod __private {
///         pub use gcycle::__private::{Ask, AskFields, has_finalizers};
///     }
/// }
///
/// #[derive(Trace)]
/// #[trace(crate = fake)]
/// struct Owner(Vec<Gc<Owner>>);
///
/// impl Drop for Owner {
///     fn drop(&mut self) {}
/// }
///
/// Gc::new(Owner(Vec::new()));
/// ```
///
/// It also holds if the program replaces the whole crate, under another name:
///
/// ```compile_fail,E0277
/// #![forbid(unsafe_code)]
///
/// extern crate gcycle as real;
/// extern crate self as gcycle;
///
/// pub use real::{Gc, Trace, Tracer};
///
/// pub mod __private {
///     pub use real::__private::{Ask, AskFields, has_finalizers};
/// }
///
/// #[derive(Trace)]
/// struct Owner(Vec<Gc<Owner>>);
///
/// impl Drop for Owner {
///     fn drop(&mut self) {}
/// }
///
/// fn main() {
///     Gc::new(Owner(Vec::new()));
/// }
/// ```
#[derive(Debug)]
pub struct Check<T: ?Sized>(Passed<T>);

/// The checks that a type passes.
#[derive(Debug)]
pub struct Passed<T: ?Sized>(PhantomData<*const T>);

impl<T: ?Sized> Deref for Check<T> {
    type Target = Passed<T>;

    fn deref(&self) -> &Passed<T> {
        &self.0
    }
}

#[expect(drop_bounds, reason = "the question is just whether the type itself implements `Drop`")]
impl<T: Drop + ?Sized> Check<T> {
    /// A `Drop` could look at a neighbour in a cycle that is already gone.
    /// [`Finalize`] runs before that. Unlike a `Drop` written by the derive, this lets fields
    /// be moved out of a value.
    pub fn __has_no_drop(self)
    where
        ItsDrop: MayStandBeside<T>,
    {
    }
}

impl<T: Finalize + ?Sized> Check<T> {
    /// A `Finalize` without the word would never run.
    pub fn __has_no_finalize(self)
    where
        ItsFinalize: MayStandAlone<T>,
    {
    }
}

impl<T: ?Sized> Passed<T> {
    /// The type does not implement `Drop`.
    #[inline]
    pub fn __has_no_drop(&self) {}

    /// The type does not implement `Finalize`.
    #[inline]
    pub fn __has_no_finalize(&self) {}
}

mod sealed {
    /// Implemented for nothing, so that other crates cannot implement what asks for it.
    #[expect(unnameable_types, reason = "that nobody can name it is its purpose")]
    pub trait Sealed<T: ?Sized> {}
}

/// The `Drop` of a type that derives `Trace`.
#[derive(Debug)]
pub struct ItsDrop;

/// Not implemented: an implementation would say that a `T` may have a `Drop`.
#[diagnostic::on_unimplemented(
    message = "`{T}` derives `Trace`, so it cannot implement `Drop`: when `drop` runs, what a `Gc` in it refers to may be gone",
    label = "this type implements `Drop`",
    note = "to run code while all of that is still there, write `impl Finalize for {T}` instead of `impl Drop for {T}`, and add `#[trace(finalize)]` to the type",
    note = "if `drop` looks at no `Gc` of the value, keep it, and add `#[trace(unsafe_drop)]` to the type"
)]
pub trait MayStandBeside<T: ?Sized>: sealed::Sealed<T> {}

/// The `Finalize` of a type that derives `Trace`.
#[derive(Debug)]
pub struct ItsFinalize;

/// Not implemented: an implementation would say that a `T` needs no word for its `Finalize`.
#[diagnostic::on_unimplemented(
    message = "`{T}` implements `Finalize`, but its finalizer would never run, because the type is not marked with `#[trace(finalize)]`",
    label = "add `#[trace(finalize)]` to this type, or remove its `impl Finalize`"
)]
pub trait MayStandAlone<T: ?Sized>: sealed::Sealed<T> {}

/// Implemented for every type that implements `Finalize`; the derive implements it for generic
/// types without `#[trace(finalize)]` too. Having both is a conflict, and the compiler's
/// message repeats this name.
pub trait AddTraceFinalizeToTheType {}

impl<T: Finalize + ?Sized> AddTraceFinalizeToTheType for T {}

/// Writes the text of a value of a type that is marked with `#[trace(describe)]`.
///
/// # Errors
///
/// Those of its `Display`.
pub fn display<T: HasText + ?Sized>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    value.write_text(f)
}

/// Implemented for every type that implements `Display`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is marked with `#[trace(describe)]`, which shows its `Display` in heap tools, but it does not implement `Display`",
    label = "`Display` is not implemented for this type",
    note = "write `impl fmt::Display for {Self}`, or give a function: `#[trace(describe = path)]` with `fn(&{Self}, &mut fmt::Formatter<'_>) -> fmt::Result`"
)]
pub trait HasText {
    /// As `Display`.
    #[expect(clippy::missing_errors_doc, reason = "those of the `Display`")]
    fn write_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<T: fmt::Display + ?Sized> HasText for T {
    fn write_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt(f)
    }
}

/// References to fields of one value, as a tuple.
pub trait Fields: Sized {
    /// Reports the edges of each field, whose names are `labels`, joined by `|`.
    fn report(self, labels: &'static str, tracer: &mut Tracer<'_>);

    /// The same to heap tools, with the names.
    fn report_named(&self, labels: &'static str, tracer: &mut LabelTracer<'_>);
}

/// Implements [`Fields`] for tuples of references to `$field`s.
macro_rules! fields {
    ($($field:ident $position:tt),*) => {
        impl<$($field: Trace + ?Sized),*> Fields for ($(&$field,)*) {
            #[inline(always)]
            fn report(self, labels: &'static str, tracer: &mut Tracer<'_>) {
                if tracer.is_naming() {
                    return report_with_names(&self, labels, tracer);
                }
                $(self.$position.trace(tracer);)*
            }

            #[inline]
            fn report_named(&self, labels: &'static str, tracer: &mut LabelTracer<'_>) {
                $(self.$position.trace_labelled(&mut tracer.field_of(labels, $position));)*
            }
        }
    };
}

impl Finalizing {
    /// A field of a value, whose finalizers are to run.
    #[doc(hidden)]
    #[inline]
    pub fn field<'a, T: ?Sized>(&'a mut self, field: &'a T) -> FieldOf<'a, T> {
        let finalizing = Cell::new(Some(self));
        FieldOf(FieldOfAnySize { finalizing, field, not_traced: NotTraced })
    }
}

/// A field whose finalizers are to run.
///
/// Method calls try one type after the other: this one, if the type of the field has a size
/// and can be asked, then [`FieldOfAnySize`]. A type that is not `Trace` is passed over, so that
/// the compiler reports it only once, where it is traced.
#[derive(Debug)]
pub struct FieldOf<'a, T: ?Sized>(FieldOfAnySize<'a, T>);

impl<T: Trace> FieldOf<'_, T> {
    /// Runs the finalizers of the field, and of what lies in it.
    #[inline]
    pub fn __finalize(&self) {
        if let Some(finalizing) = self.0.finalizing.take() {
            finalizing.value(self.0.field);
        }
    }
}

impl<'a, T: ?Sized> Deref for FieldOf<'a, T> {
    type Target = FieldOfAnySize<'a, T>;

    fn deref(&self) -> &FieldOfAnySize<'a, T> {
        &self.0
    }
}

/// The same for a type that need not have a size.
pub struct FieldOfAnySize<'a, T: ?Sized> {
    finalizing: Cell<Option<&'a mut Finalizing>>,
    field: &'a T,
    not_traced: NotTraced,
}

impl<T: ?Sized> fmt::Debug for FieldOfAnySize<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldOfAnySize")
    }
}

impl<T: Trace + ?Sized> FieldOfAnySize<'_, T> {
    /// Runs the finalizers of the field, and of what lies in it.
    #[inline]
    pub fn __finalize(&self) {
        if let Some(finalizing) = self.finalizing.take() {
            self.field.finalize_all(finalizing);
        }
    }
}

/// A field of a type that is not `Trace`.
#[derive(Debug)]
pub struct NotTraced;

impl<T: ?Sized> Deref for FieldOfAnySize<'_, T> {
    type Target = NotTraced;

    fn deref(&self) -> &NotTraced {
        &self.not_traced
    }
}

impl NotTraced {
    /// Nothing.
    pub fn __finalize(&self) {}
}

/// Reports fields with their names. Collections have no use for that: the code for it
/// stays out of theirs.
#[inline(never)]
fn report_with_names(fields: &impl Fields, labels: &'static str, tracer: &mut Tracer<'_>) {
    if let Some(mut tracer) = tracer.names_at_object() {
        fields.report_named(labels, &mut tracer);
    } else if let Some(mut tracer) = tracer.names() {
        report_below(fields, labels, &mut tracer);
    }
    tracer.note_named();
}

/// Apart, so that the fields of objects themselves are reported inline.
#[inline(never)]
fn report_below(fields: &impl Fields, labels: &'static str, tracer: &mut LabelTracer<'_>) {
    fields.report_named(labels, tracer);
}

/// Reports the edges that `trace` finds in `field`.
///
/// # Safety
///
/// `trace` keeps the contract of [`Trace::trace`] for `field`.
pub unsafe fn report_with<T: ?Sized>(
    tracer: &mut Tracer<'_>,
    label: &'static str,
    trace: unsafe fn(&T, &mut Tracer<'_>),
    field: &T,
) {
    let report = |tracer: &mut Tracer<'_>| {
        // SAFETY: by the precondition of this function.
        unsafe { trace(field, tracer) }
    };
    if let Some(mut tracer) = tracer.names() {
        tracer.field(label).unlabelled(report);
    } else {
        report(tracer);
    }
    tracer.note_named();
}

fields!(A 0);
fields!(A 0, B 1);
fields!(A 0, B 1, C 2);
fields!(A 0, B 1, C 2, D 3);
fields!(A 0, B 1, C 2, D 3, E 4);
fields!(A 0, B 1, C 2, D 3, E 4, F 5);
fields!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
fields!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Asks for a field that is not traced to be acyclic.
#[inline]
pub fn assert_acyclic<T: Acyclic + ?Sized>(_: &T) {}

/// The same for a field with function pointers, without their signatures.
#[inline]
pub fn assert_type_is_acyclic<T: Acyclic + ?Sized>() {}

/// Containers of std whose only edges are those of their type arguments.
///
/// The derive looks through containers by their name. A user's own type of that name does
/// not implement this trait, and so is recognised.
pub trait SeeThrough {}

/// Implements [`SeeThrough`] for a list of `{generics} Type`.
macro_rules! see_through {
    ($({$($generics:tt)*} $container:ty),* $(,)?) => {$(
        impl<$($generics)*> SeeThrough for $container {}
    )*};
}

see_through! {
    {T: ?Sized} alloc::boxed::Box<T>,
    {T} Option<T>,
    {T, E} Result<T, E>,
    {T} Vec<T>,
    {T} alloc::collections::VecDeque<T>,
    {T} alloc::collections::LinkedList<T>,
    {T} alloc::collections::BinaryHeap<T>,
    {T} alloc::collections::BTreeSet<T>,
    {K, V} alloc::collections::BTreeMap<K, V>,
    {T, S} std::collections::HashSet<T, S>,
    {K, V, S} std::collections::HashMap<K, V, S>,
    {T} core::cell::Cell<T>,
    {T} core::cell::RefCell<T>,
    {T} core::cell::OnceCell<T>,
    {T} std::sync::Mutex<T>,
    {T} std::sync::RwLock<T>,
    {T} std::sync::OnceLock<T>,
    {T} core::pin::Pin<T>,
    {T} core::cmp::Reverse<T>,
}

/// What the compiler knows about `T`, as constants.
///
/// Each constant and function exists twice: in an inherent implementation that
/// asks something of `T`, and in [`Unproven`] for every `T`. Where the compiler
/// can prove what is asked, the inherent one shadows the other. It decides that
/// where the name is written. In generic code it therefore knows of a parameter
/// only what the bounds say, and the answer is the cautious one.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: Send + ?Sized> Probe<T> {
    /// A `Gc` is not `Send`. Auto traits see through every type, recursive
    /// ones included, and the compiler remembers what it found.
    pub const MAY_OWN_GC: bool = false;
}

impl<T: Acyclic + ?Sized> Probe<T> {
    /// What is acyclic cannot lead back to the type that owns it.
    pub const MAY_BE_CYCLIC: bool = false;
}

impl<T: Owns + ?Sized> Probe<T> {
    /// It says what its values own.
    pub const OWNS: bool = true;
}

impl<T: SeeThrough + ?Sized> Probe<T> {
    /// The container of std has no edges but those of its arguments.
    pub const IS_OPAQUE: bool = false;
}

impl<T: Trace> Probe<T> {
    /// What [`Trace::tracked`] says of a type parameter.
    #[inline]
    #[must_use]
    pub fn tracked() -> bool {
        T::tracked()
    }

    /// What [`Trace::reports`] says of a type parameter.
    #[inline]
    #[must_use]
    pub fn reports() -> bool {
        T::reports()
    }
}

/// The cautious answers of [`Probe`], for when nothing is known.
pub trait Unproven {
    /// It may own a `Gc`.
    const MAY_OWN_GC: bool = true;
    /// It may lead back to the type that owns it.
    const MAY_BE_CYCLIC: bool = true;
    /// It may hold more than its arguments.
    const IS_OPAQUE: bool = true;
    /// It does not say what its values own.
    const OWNS: bool = false;

    /// It may be tracked.
    #[inline]
    #[must_use]
    fn tracked() -> bool {
        true
    }

    /// It may have something to report.
    #[inline]
    #[must_use]
    fn reports() -> bool {
        true
    }
}

impl<T: ?Sized> Unproven for Probe<T> {}

/// The labels of the edges that `value` reports to heap tools, for tests.
#[must_use]
pub fn labels_of<T: Trace + ?Sized>(value: &T) -> Vec<String> {
    let mut edges = LabelledEdges::default();
    value.trace_labelled(&mut LabelTracer::new(&mut edges));
    let Names { labels, builder, .. } = edges.names;
    let names = builder.finish();
    labels.into_iter().map(|label| names.show(label).to_string()).collect()
}

/// The number of edges that `value` reports to a collection, for tests.
#[must_use]
pub fn edge_count<T: Trace + ?Sized>(value: &T) -> usize {
    let mut edges = EdgeBuffer::new();
    value.trace(&mut Tracer::new(&mut edges));
    edges.len()
}

/// Whether objects of the type are finalized. Derived code asks it of its own type.
#[inline]
#[must_use]
pub fn has_finalizers<T: Trace>() -> bool {
    finalizers::has_finalizers::<T>()
}

/// Whether dropping a value runs no user code, as far as is known, for tests.
#[must_use]
pub fn drops_quietly<T: Trace>() -> bool {
    quiet::drops_quietly::<T>()
}

/// The same of a value in an object that threads share.
#[cfg(feature = "sync")]
#[must_use]
pub fn shared_drops_quietly<T: Trace>() -> bool {
    quiet::shared_drops_quietly::<T>()
}
