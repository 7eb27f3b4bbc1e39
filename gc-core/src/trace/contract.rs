//! What a type tells the collector: [`Trace`] and [`Finalize`].
//!
//! `trace` only *reports* edges to a [`Tracer`], it never runs the algorithm.
//! So the collector decides when to look at a target, the same report serves
//! collections, referrer queries and heap snapshots, and this file stands below
//! the pointers it traces.

use core::marker::PhantomData;
use core::mem::needs_drop;
use core::ops::Deref;

use crate::trace::tracer::{LabelTracer, Tracer};

/// A question to a type, which hands it on to those of its fields: whether
/// [drops are quiet](Trace::drops_quietly), or [traces plain](Trace::traces_plainly).
///
/// A derived implementation is written with the paths that a program gives it, and so are
/// the helpers that it calls. It reaches this one through the signature of `Trace`: there
/// is no other type that fits.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    what: Question,
    /// How many types that derive [`Trace`] may still lie in each other.
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

    /// The question of traces to the contents of a cell or a container. It is asked each time
    /// they are traced: in an optimized build it costs nothing, in others it is to be short.
    pub(crate) const TRACES: Ask = Ask { what: Question::Traces, depth: 2 };

    /// The question to `T`, which lies in the type that was asked, and is `Trace`.
    #[inline]
    #[must_use]
    pub fn traced<T>(self) -> AskOf<T> {
        AskOf { ask: self, unknown: Unknown(PhantomData) }
    }

    /// The answer for a type that cannot be asked, and is traced perhaps: nobody's code runs
    /// where there is nothing to drop.
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
/// One that is not `Trace` does not answer, so that the compiler complains of it once,
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
/// `trace`, `finalizer` and the hidden functions are believed. An implementation
/// promises:
///
/// 1. **At most once.** One call of `trace` reports each `Gc` that `self` owns
///    at most once, and reports no `Gc` that something else owns: not through
///    `Rc`, `Arc`, references or a temporary clone. An edge reported twice
///    would let a reachable object be freed. An edge left out is safe: it only
///    keeps its target alive.
/// 2. **No side effects.** `trace` does not create, clone or drop a `Gc`, and
///    does not change what `self` owns: it borrows no `RefCell` mutably, and
///    sets no `Cell`.
/// 3. **No look at dead neighbours.** If the type or a field that `trace`
///    reports implements `Drop`, that `Drop` does not dereference, clone or
///    downgrade a reported `Gc`: the collector drops the members of a cycle in
///    any order. Use [`Finalize`] instead.
/// 4. **A panic ends it.** `trace` may panic, and must let the panic go on. The panic
///    hook is code of the program, which runs before anything unwinds: it may set a
///    [`Cell`](core::cell::Cell) that `self` lies in, though nothing is freed and no
///    `RefCell` or lock that is being looked into can be changed. So what runs after
///    the panic began, such as the drops of locals, does not look at `self`.
/// 5. **What is traced stays.** What `trace` passes to the `trace` of another type lies in
///    `self` or in memory that `self` owns, and stays there unchanged until the object was
///    traced: not in a local, and not behind a guard that `trace` drops before. Contents
///    that nest deeply are looked at when `trace` has returned. (The locks and cells of std
///    keep their guards as long; put one of them around what needs one.)
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Trace`, so the collector cannot see what it owns",
    label = "`Trace` is not implemented for this type",
    note = "if `{Self}` is a type of yours, add `#[derive(Trace)]` to it",
    note = "if it is a foreign type without a `Gc` inside, put `#[trace(skip)]` on the field or wrap it in `Untraced<_>`"
)]
pub unsafe trait Trace {
    /// Reports every `Gc` that `self` owns to `tracer`.
    fn trace(&self, tracer: &mut Tracer<'_>);

    /// As [`trace`](Trace::trace), and says by which name each edge is held.
    ///
    /// Heap tools call it; collections do not. Derived types say the names of their
    /// fields in `trace`, and need no implementation; nor does a type that only
    /// passes calls on to such types. Other edges go unnamed without one.
    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        tracer.unlabelled(|tracer| self.trace(tracer));
    }

    /// Whether a value of this type can be part of a cycle.
    ///
    /// Objects of a type that answers `false` are never examined by the
    /// collector, nor are those of a type that [needs no
    /// drop](core::mem::needs_drop): it owns no [`Gc`](crate::Gc). The answer
    /// must not call `tracked` of another user type: recursive types would not
    /// terminate.
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

    /// Whether dropping a value runs no code but that of std, of this library and
    /// of the allocator: nobody else's `Drop`. A collection can drop such values
    /// while it still looks at others.
    ///
    /// What dies with the value because it held the last handle does not count.
    /// Derived implementations [ask](Ask) their fields, which may contain the type
    /// again: beyond a few of them the answer is no, and that is always right.
    #[doc(hidden)]
    #[inline]
    fn drops_quietly(ask: Ask) -> bool
    where
        Self: Sized,
    {
        Self::answer(ask)
    }

    /// Whether `trace` runs no code but that of std and of this library, and does not call
    /// itself: nothing that could panic, and nothing of unknown depth.
    ///
    /// Derived implementations [ask](Ask) their fields, as for drops. Those that are written
    /// by hand do not say so.
    #[doc(hidden)]
    #[inline]
    fn traces_plainly(ask: Ask) -> bool
    where
        Self: Sized,
    {
        Self::answer(ask)
    }

    /// What a derived implementation answers to both questions, which is one function to
    /// compile.
    #[doc(hidden)]
    #[inline]
    fn answer(ask: Ask) -> bool
    where
        Self: Sized,
    {
        ask.unknown::<Self>()
    }

    /// The type's [`Finalize::finalize`], if it asked for it.
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
/// `#[derive(Trace)]` with `#[trace(acyclic)]` implements it after checking
/// every field. A false claim is safe: it leaks the cycle it denies.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to be acyclic",
    label = "`Acyclic` is not implemented for this type",
    note = "add `#[trace(acyclic)]` to `{Self}` if none of its fields can lead back to it",
    note = "if it is shared through an `Rc`, an `Arc` or a reference, put a `Gc` in their place"
)]
pub trait Acyclic {}
