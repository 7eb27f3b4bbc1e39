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
//! * **Forbidding `Drop`.** [`ImplementFinalizeInsteadOfDrop`] is in conflict
//!   with every `Drop`.
//!
//! # What memory safety depends on
//!
//! Expanded code contains an `unsafe impl`, and finds this module by a path that the
//! program gives (`#[trace(crate = ...)]`, a renamed dependency, `extern crate`). Safe
//! code could put a module of its own there. So everything that memory safety depends on
//! is reached from the types in the signatures of `Trace`, which nothing else can
//! replace. Reporting edges, and the check that there is no `Drop`, go through
//! [`Tracer`]; whether drops are quiet and traces plain is asked through [`Ask`]. The
//! answers of [`Probe`] can be false: then cycles leak.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::object::edges::{EdgeBuffer, LabelledEdges, Names};
use crate::trace::contract::{Acyclic, Trace};
pub use crate::trace::contract::{Ask, AskOf, Unknown};
use crate::trace::tracer::{LabelTracer, Tracer};

impl Tracer<'_> {
    /// Reports the edges of `fields` of a value, whose names are `labels`, joined by `|`.
    ///
    /// It does not compile for a value with a `Drop` of its own, because that `Drop`
    /// could look at a neighbour that was dropped before. That holds even if the program
    /// provides another trait for the derive to implement:
    ///
    /// ```compile_fail,E0080
    /// #![forbid(unsafe_code)]
    ///
    /// use gcycle::{Gc, Trace};
    ///
    /// mod fake {
    ///     pub use gcycle::{Trace, Tracer};
    ///
    ///     pub mod __private {
    ///         pub use gcycle::__private::Ask;
    ///
    ///         pub trait ImplementFinalizeInsteadOfDrop {}
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
    /// ```compile_fail,E0080
    /// #![forbid(unsafe_code)]
    ///
    /// extern crate gcycle as real;
    /// extern crate self as gcycle;
    ///
    /// pub use real::{Gc, Trace, Tracer};
    ///
    /// pub mod __private {
    ///     pub use real::__private::Ask;
    ///
    ///     pub trait ImplementFinalizeInsteadOfDrop {}
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
    #[doc(hidden)]
    #[inline]
    pub fn report<T: ImplementFinalizeInsteadOfDrop + ?Sized>(
        &mut self,
        _: &T,
        fields: impl Fields,
        labels: &'static str,
    ) {
        const { assert!(T::IS_DERIVED, "implement `Finalize` instead of `Drop`") };
        fields.report(labels, self);
    }

    /// Like [`report`](Tracer::report), for a type whose author takes responsibility for
    /// its `Drop`.
    #[doc(hidden)]
    #[inline]
    pub fn report_despite_drop(&mut self, fields: impl Fields, labels: &'static str) {
        fields.report(labels, self);
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

/// Implemented for every type that implements `Drop`; the derive implements it
/// for its type too. Having both is a conflict, and the compiler's message
/// repeats this name.
///
/// A `Drop` could look at a neighbour in a cycle that is already gone.
/// [`Finalize`](crate::Finalize) runs before that, and `#[trace(unsafe_drop)]`
/// leaves this implementation out. Unlike a `Drop` written by the derive, this
/// lets fields be moved out of a value.
pub trait ImplementFinalizeInsteadOfDrop {
    /// Whether the derive implements it, and the type has no `Drop`.
    const IS_DERIVED: bool = true;
}

#[expect(drop_bounds, reason = "the question is just whether the type itself implements `Drop`")]
impl<T: Drop + ?Sized> ImplementFinalizeInsteadOfDrop for T {
    const IS_DERIVED: bool = false;
}

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

/// Whether dropping a value runs no user code, as far as is known, for tests.
#[must_use]
pub fn drops_quietly<T: Trace>() -> bool {
    T::drops_quietly(Ask::DROPS)
}
