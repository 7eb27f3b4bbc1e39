//! What a type tells the collector: [`Trace`] and [`Finalize`].
//!
//! `trace` only *reports* edges to a [`Tracer`]; it never runs the algorithm. Therefore
//! the collector decides when to visit a target, the same report serves collections,
//! referrer queries and heap snapshots, and this file stands below the pointers it
//! traces.

use core::marker::PhantomData;
use core::mem::needs_drop;
use core::ops::Deref;

use crate::trace::tracer::{LabelTracer, Tracer};

/// A question to a type, which passes it on to the types of its fields: whether its
/// [drops are quiet](Trace::drops_quietly), or its
/// [traces are plain](Trace::traces_plainly).
///
/// Derived code finds the helpers that it calls by paths that the program chooses, so the
/// program could put others in their place. It reaches this type through the signature of
/// `Trace`, which no other type fits.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    what: Question,
    /// How many more levels of types that derive [`Trace`] inside each other are asked.
    depth: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Drops,
    Traces,
}

impl Ask {
    /// The question of drops to the type of an object.
    pub(crate) const DROPS: Ask = Ask { what: Question::Drops, depth: 6 };

    /// The question of traces to the contents of a cell or a container. It is asked each
    /// time they are traced. In an optimized build that costs nothing; in others it must
    /// be short.
    pub(crate) const TRACES: Ask = Ask { what: Question::Traces, depth: 2 };

    /// The question to `T`, a type inside the type that was asked, which is `Trace`.
    #[inline]
    #[must_use]
    pub fn traced<T>(self) -> AskOf<T> {
        AskOf { ask: self, unknown: Unknown(PhantomData) }
    }

    /// The answer for a type that cannot be asked and may be traced: a type that needs no
    /// drop runs no code when it is dropped.
    #[inline]
    #[must_use]
    pub fn unknown<T: ?Sized>(self) -> bool {
        self.what == Question::Drops && !needs_drop::<T>()
    }

    /// The same for a type that is not traced.
    #[inline]
    #[must_use]
    pub fn untraced<T: ?Sized>(self) -> bool {
        self.what == Question::Traces || !needs_drop::<T>()
    }
}

/// The question to a type.
///
/// A type that is not `Trace` does not answer, so that the compiler reports it only once,
/// where it is traced.
#[derive(Debug)]
pub struct AskOf<T> {
    ask: Ask,
    unknown: Unknown<T>,
}

impl<T: Trace> AskOf<T> {
    /// What `T` answers.
    #[inline]
    #[must_use]
    pub fn answer(self) -> bool {
        let Ask { what, depth } = self.ask;
        let next = |depth| Ask { what, depth };
        depth > 0
            && match what {
                Question::Drops => T::drops_quietly(next(depth - 1)),
                Question::Traces => T::traces_plainly(next(depth - 1)),
            }
    }
}

impl<T> Deref for AskOf<T> {
    type Target = Unknown<T>;

    fn deref(&self) -> &Unknown<T> {
        &self.unknown
    }
}

/// A type that does not answer.
#[derive(Debug)]
pub struct Unknown<T>(PhantomData<T>);

impl<T> Unknown<T> {
    /// No.
    #[must_use]
    pub fn answer(&self) -> bool {
        false
    }
}

/// A type whose `Gc` handles the collector can see.
///
/// Derive it: `#[derive(Trace)]` writes an implementation that satisfies the
/// contract below. Write it by hand only for a container of your own.
///
/// # Safety
///
/// The collector relies on `trace`, `finalizer` and the hidden functions. An
/// implementation promises:
///
/// 1. **At most once.** One call of `trace` reports each `Gc` that `self` owns at most
///    once, and reports no `Gc` that something else owns: none that it reaches through an
///    `Rc`, an `Arc`, a reference or a temporary clone. An edge that is reported twice
///    would allow a reachable object to be freed. Leaving an edge out is safe: it only
///    keeps its target alive.
/// 2. **No side effects.** `trace` does not create, clone or drop a `Gc`, and
///    does not change what `self` owns: it borrows no `RefCell` mutably, and
///    sets no `Cell`.
/// 3. **No look at dead neighbours.** If the type or a field that `trace`
///    reports implements `Drop`, that `Drop` does not dereference, clone or
///    downgrade a reported `Gc`: the collector drops the members of a cycle in
///    any order. Use [`Finalize`] instead.
/// 4. **A panic ends it.** `trace` may panic, and must then let the panic propagate. Code
///    that runs after the panic began, such as the drops of locals, does not look at
///    `self`. The reason is the panic hook: it is code of the program, runs before
///    anything unwinds, and may set a [`Cell`](core::cell::Cell) that `self` lies in. (It
///    cannot free anything, and cannot change a `RefCell` or a lock that is being
///    traced.)
/// 5. **What is traced stays.** A value that `trace` passes to the `trace` of another
///    type lies in `self` or in memory that `self` owns, and stays there unchanged until
///    the whole object has been traced. It does not lie in a local, nor behind a guard
///    that `trace` drops earlier, because deeply nested contents are traced only after
///    `trace` has returned. (The implementations for the locks and cells of std keep
///    their guards long enough; wrap a value that needs a guard in one of these.)
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Trace`, so the collector cannot see what it owns",
    label = "`Trace` is not implemented for this type",
    note = "if `{Self}` is a type of yours, add `#[derive(Trace)]` to it",
    note = "if it is a foreign type without a `Gc` inside, put `#[trace(skip)]` on the field or wrap it in `Untraced<_>`"
)]
pub unsafe trait Trace {
    /// Reports every `Gc` that `self` owns to `tracer`.
    fn trace(&self, tracer: &mut Tracer<'_>);

    /// Like [`trace`](Trace::trace), and also gives the name under which each edge is
    /// held.
    ///
    /// Heap tools call it, and so does the collector to find out how much memory a few objects
    /// own; collections do not. Types that derive `Trace` name their
    /// fields in `trace` and need no implementation of this method, nor does a type that
    /// only passes calls on to such types. In all other types, edges have no names
    /// without it.
    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        tracer.unlabelled(|tracer| self.trace(tracer));
    }

    /// Whether a value of this type can be part of a cycle.
    ///
    /// Objects of a type that answers `false` are never examined by the collector, nor
    /// are those of a type that [needs no drop](core::mem::needs_drop): it owns no
    /// [`Gc`](crate::Gc). An implementation must not call `tracked` of another user type,
    /// because that would not terminate for recursive types.
    fn tracked() -> bool
    where
        Self: Sized,
    {
        true
    }

    /// Whether `trace` has anything to report: the edges of a
    /// [tracked](Trace::tracked) type, or weak handles with a callback.
    #[doc(hidden)]
    #[inline]
    fn reports() -> bool
    where
        Self: Sized,
    {
        Self::tracked()
    }

    /// Whether dropping a value runs only code of std, of this library and of the
    /// allocator, and nobody else's `Drop`. A collection can drop such values while it is
    /// still examining others.
    ///
    /// Objects that die with the value because it held their last handle do not count.
    /// Derived implementations [ask](Ask) their fields, which may contain the type again:
    /// beyond a few levels the answer is no, which is always correct.
    #[doc(hidden)]
    #[inline]
    fn drops_quietly(ask: Ask) -> bool
    where
        Self: Sized,
    {
        Self::answer(ask)
    }

    /// Whether `trace` runs only code of std and of this library, and does not call
    /// itself: nothing that could panic, and nothing of unknown depth.
    ///
    /// Derived implementations [ask](Ask) their fields, as for drops. Hand-written ones
    /// keep the answer of this default, no.
    #[doc(hidden)]
    #[inline]
    fn traces_plainly(ask: Ask) -> bool
    where
        Self: Sized,
    {
        Self::answer(ask)
    }

    /// The answer of a derived implementation to both questions: one function, so that
    /// the compiler has less to do.
    #[doc(hidden)]
    #[inline]
    fn answer(ask: Ask) -> bool
    where
        Self: Sized,
    {
        ask.unknown::<Self>()
    }

    /// The type's [`Finalize::finalize`], if `#[trace(finalize)]` switched it on.
    #[doc(hidden)]
    fn finalizer() -> Option<fn(&Self)>
    where
        Self: Sized,
    {
        None
    }

    /// The name heap tools show.
    #[doc(hidden)]
    fn type_name() -> &'static str
    where
        Self: Sized,
    {
        core::any::type_name::<Self>()
    }
}

/// Code that runs once, before an object is dropped.
///
/// It replaces `Drop` for types that derive [`Trace`], and is switched on with
/// `#[trace(finalize)]`. It runs while everything the object refers to is still
/// intact, whether the object dies because its count reached zero or because
/// the collector found its cycle. A finalizer may store a clone of a handle
/// somewhere reachable: the object is then resurrected, and will not be
/// finalized a second time.
pub trait Finalize {
    /// Called at most once in the life of an object.
    fn finalize(&self);
}

/// A type whose values can never be part of a reference cycle: each `Gc` they
/// own refers to an acyclic type too.
///
/// `#[derive(Trace)]` with `#[trace(acyclic)]` implements it after checking every field.
/// A false claim is safe: it only leaks the cycles that lead through the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to be acyclic",
    label = "`Acyclic` is not implemented for this type",
    note = "add `#[trace(acyclic)]` to `{Self}` if none of its fields can lead back to it",
    note = "if it is shared through an `Rc`, an `Arc` or a reference, use a `Gc` instead"
)]
pub trait Acyclic {}
