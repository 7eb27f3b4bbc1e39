//! What a type tells the collector: [`Trace`] and [`Finalize`].
//!
//! `trace` only *reports* edges to a [`Tracer`]; it never runs the algorithm. Therefore
//! the collector decides when to visit a target, the same report serves collections,
//! referrer queries and heap snapshots, and this file stands below the pointers it
//! traces.

use core::fmt;
use core::marker::PhantomData;
use core::mem::needs_drop;
use core::ops::Deref;

use crate::trace::finalizing::Finalizing;
use crate::trace::manner::Manner;
use crate::trace::question::Question;
use crate::trace::tracer::{LabelTracer, Tracer};

/// A question to a type, which passes it on to the types of its contents. It is the argument
/// of [`Trace::has_finalizers`] and [`Trace::drops_quietly`].
///
/// A hand-written [`Trace`] passes it on with [`traced`](Ask::traced).
///
/// Types may contain themselves, so asking has to end somewhere. There are three manners of asking,
/// each a type that implements this trait, and no others: `Briefly` and `Nearby` count how many more
/// levels of types are asked, and `Thoroughly` notes which types were asked already. They are types,
/// so that the compiler works out the answers of the first two alone: the third is not known before
/// the program runs.
pub trait Ask: Manner {
    /// Whether a `T` inside the type that was asked [has finalizers](Trace::has_finalizers),
    /// for hand-written implementations of that function.
    #[inline]
    #[must_use]
    fn has_finalizers<T: Trace>(self) -> bool {
        self.traced::<T>().has_finalizers()
    }

    /// The question to `T`, a type inside the type that was asked, which is `Trace`; a tuple
    /// stands for several. Its [`answer`](AskOf::answer) is the cautious one if the types lie too
    /// many levels inside each other.
    #[inline]
    #[must_use]
    fn traced<T: ?Sized>(self) -> AskOf<Self, T> {
        AskOf { ask: self, unknown: Unknown(PhantomData) }
    }
}

impl<A: Manner> Ask for A {}

/// A question to a type that derives [`Trace`], on which memory safety depends. Derived code puts it to
/// the fields.
///
/// Derived code finds the helpers that it calls by paths that the program chooses, so the
/// program could put others in their place. It reaches this type through the signature of
/// `Trace`, which no other type fits. A trait of the program's could fit where [`Ask`] stands,
/// if it is implemented for all that are `Ask`, but not provide the functions of this type. That all
/// arguments of the type are `Ask` is a bound of the type itself, so that these functions
/// come before those of any trait in scope.
#[derive(Clone, Copy, Debug)]
pub struct AskFields<A: Ask>(A);

impl<A: Ask> AskFields<A> {
    /// The question to `T`, as [`Ask::traced`].
    #[inline]
    #[must_use]
    pub fn traced<T: ?Sized>(self) -> AskOf<A, T> {
        self.0.traced()
    }

    /// The answer for a type that cannot be asked and may be traced: a type that needs no
    /// drop runs no code when it is dropped.
    #[inline]
    #[must_use]
    pub fn unknown<T: ?Sized>(self) -> bool {
        self.0.question().is_of_drops() && !needs_drop::<T>()
    }

    /// The same for a type that is not traced.
    #[inline]
    #[must_use]
    pub fn untraced<T: ?Sized>(self) -> bool {
        self.0.question() == Question::Traces || !needs_drop::<T>()
    }
}

/// The question to a type.
///
/// A type that is not `Trace` does not answer, so that the compiler reports it only once,
/// where it is traced.
#[derive(Debug)]
pub struct AskOf<A: Ask, T: ?Sized> {
    ask: A,
    unknown: Unknown<T>,
}

impl<A: Ask, T: Trace> AskOf<A, T> {
    /// What `T` answers.
    #[inline]
    #[must_use]
    pub fn answer(self) -> bool {
        let question = self.ask.question();
        match question {
            Question::Drops => self.ask.put::<T>(question, |ask| T::drops_quietly(ask)),
            #[cfg(feature = "sync")]
            Question::SharedDrops => self.ask.put::<T>(question, |ask| T::drops_quietly(ask)),
            Question::Traces => self.ask.put::<T>(question, |ask| T::traces_plainly(ask)),
            Question::Finalizers => self.has_finalizers(),
        }
    }

    /// Whether `T` has finalizers. Where nothing is known, the answer is yes.
    #[inline]
    #[must_use]
    pub fn has_finalizers(self) -> bool {
        self.ask.put::<T>(Question::Finalizers, |ask| T::has_finalizers(ask))
    }
}

impl<A: Ask, T: ?Sized> Deref for AskOf<A, T> {
    type Target = Unknown<T>;

    fn deref(&self) -> &Unknown<T> {
        &self.unknown
    }
}

/// A type that does not answer.
#[derive(Debug)]
pub struct Unknown<T: ?Sized>(PhantomData<*const T>);

impl<T: ?Sized> Unknown<T> {
    /// No.
    #[must_use]
    pub fn answer(&self) -> bool {
        false
    }

    /// It may have some.
    #[must_use]
    pub fn has_finalizers(&self) -> bool {
        true
    }
}

/// A type whose `Gc` handles the collector can see.
///
/// Derive it: `#[derive(Trace)]` writes an implementation that satisfies the
/// contract below. Write it by hand only for a container of your own.
///
/// # Safety
///
/// The collector relies on `trace`, `finalizer`, `drops_quietly` and the hidden functions. An
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
///    downgrade a reported `Gc`, passes it to no heap tool, and lets none of them outlive the
///    value: the collector drops the members of a cycle in any order. Use [`Finalize`] instead.
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
/// 6. **A quiet drop is quiet.** If [`drops_quietly`](Trace::drops_quietly) answers `true`,
///    the drop of a value runs no code but that of std, of this library and of the allocator.
///    The default answer is always correct.
/// 7. **Answers are constant.** The functions without `self` always answer the same, and do
///    nothing else. They do not panic: the collector may ask while it decides what is garbage.
///    (Where an object is made, a panic only keeps it from being made.)
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Trace`, so the collector cannot see what it owns",
    label = "`Trace` is not implemented for this type",
    note = "if `{Self}` is a type of yours, add `#[derive(Trace)]` to it",
    note = "if it is a type parameter, add the bound `{Self}: Trace + 'static`; if it is a trait \
            object, make `Trace` a supertrait of its trait, as in `trait Shape: Trace`",
    note = "if it is a type of another crate, see whether gcycle has a feature for that crate, such \
            as `indexmap_2`; if it has none, and there is never a `Gc` inside, put \
            `#[trace(skip)]` on the field or wrap it in `Untraced<_>`"
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
    /// Derived implementations [ask](Ask) their fields, which may contain the type again. Where
    /// nothing is known, the answer is no, which is always correct. The answer of a
    /// hand-written implementation is `true` if a value needs no drop, and else `false`, unless
    /// it asks its fields, too. It is always the same:
    ///
    /// ```
    /// # use gc_core as gcycle;
    /// use gcycle::{Ask, Gc, Trace, Tracer};
    ///
    /// struct Pair<T>([Option<Gc<T>>; 2], String);
    ///
    /// // SAFETY: each handle is reported once, and nothing else happens. There is no `Drop`, and
    /// // all fields are asked whether their drops are quiet.
    /// unsafe impl<T> Trace for Pair<T> {
    ///     fn trace(&self, tracer: &mut Tracer<'_>) {
    ///         self.0.trace(tracer);
    ///     }
    ///
    ///     fn drops_quietly(ask: impl Ask) -> bool {
    ///         ask.traced::<([Option<Gc<T>>; 2], String)>().answer()
    ///     }
    /// }
    /// # let _ = Gc::new(Pair::<u8>([None, None], String::new()));
    /// ```
    ///
    /// This is promise 6 of the [contract](Trace#safety): a wrong `true` lets the drop of one
    /// object run while the collection still examines others.
    #[inline]
    fn drops_quietly(ask: impl Ask) -> bool
    where
        Self: Sized,
    {
        Self::answer(AskFields(ask))
    }

    /// Whether `trace` runs only code of std and of this library, and does not call
    /// itself: nothing that could panic, and nothing of unknown depth.
    ///
    /// Derived implementations [ask](Ask) their fields, as for drops. Hand-written ones
    /// keep the answer of this default, no.
    #[doc(hidden)]
    #[inline]
    fn traces_plainly(ask: impl Ask) -> bool
    where
        Self: Sized,
    {
        Self::answer(AskFields(ask))
    }

    /// The answer of a derived implementation to both questions: one function, so that
    /// the compiler has less to do.
    #[doc(hidden)]
    #[inline]
    fn answer(ask: AskFields<impl Ask>) -> bool
    where
        Self: Sized,
    {
        ask.unknown::<Self>()
    }

    /// The type's own [`Finalize::finalize`], if it has one that is to run:
    /// `#[trace(finalize)]` switches it on.
    ///
    /// A hand-written implementation returns the function to be called, and always the same
    /// answer. The function may do what [`Finalize::finalize`] may. It is called for objects, for
    /// fields of types that derive `Trace`, and for values that lie in the containers of std; not
    /// for one in a `Box`. To be finalized there as well, pass on a value that derives `Trace` with
    /// [`finalize_contents`](Trace::finalize_contents).
    ///
    /// ```
    /// # use gc_core as gcycle;
    /// use gcycle::{Finalize, Gc, Trace, Tracer};
    ///
    /// struct Session(u32);
    ///
    /// impl Finalize for Session {
    ///     fn finalize(&self) {
    ///         println!("session {} ends", self.0);
    ///     }
    /// }
    ///
    /// // SAFETY: there is nothing to report.
    /// unsafe impl Trace for Session {
    ///     fn trace(&self, _: &mut Tracer<'_>) {}
    ///
    ///     fn finalizer() -> Option<fn(&Self)> {
    ///         Some(Session::finalize)
    ///     }
    /// }
    ///
    /// drop(Gc::new(Session(7)));
    /// ```
    fn finalizer() -> Option<fn(&Self)>
    where
        Self: Sized,
    {
        None
    }

    /// The function that writes the text by which heap tools show a value, if the type has one:
    /// `#[trace(describe)]` switches it on.
    ///
    /// It runs only while a snapshot is taken that asks for texts (feature `inspect`,
    /// `capture_with_texts`), and never in a collection. Types without one pay
    /// nothing. A hand-written implementation always returns the same answer. Of numbers,
    /// `bool`, `char`, `str` and `String`, it is their `Display`.
    ///
    /// ```
    /// use std::fmt;
    ///
    /// use gcycle::{Trace, Tracer};
    ///
    /// struct Version(u16, u16);
    ///
    /// // SAFETY: there is nothing to report.
    /// unsafe impl Trace for Version {
    ///     fn trace(&self, _: &mut Tracer<'_>) {}
    ///
    ///     fn describer() -> Option<fn(&Self, &mut fmt::Formatter<'_>) -> fmt::Result> {
    ///         Some(|version, f| write!(f, "{}.{}", version.0, version.1))
    ///     }
    /// }
    /// ```
    fn describer() -> Option<fn(&Self, &mut fmt::Formatter<'_>) -> fmt::Result>
    where
        Self: Sized,
    {
        None
    }

    /// Whether a value of this type, or a value that may lie in it, has a finalizer.
    ///
    /// A hand-written container that implements
    /// [`finalize_contents`](Trace::finalize_contents) must implement this function too: by
    /// default only [`finalizer`](Trace::finalizer) counts, and objects for which the answer
    /// is no are not finalized. It asks the types of its contents with
    /// [`Ask::has_finalizers`], and always gives the same answer. If the answer is yes where no would be right, the objects take
    /// a little longer to free, and nothing else happens.
    #[inline]
    fn has_finalizers(ask: impl Ask) -> bool
    where
        Self: Sized,
    {
        let _ = ask;
        Self::finalizer().is_some()
    }

    /// Passes the values that lie in this one to `finalizing`, which runs their finalizers;
    /// not that of this value itself.
    ///
    /// By default nothing is passed on. Types that derive `Trace` pass on every field that is
    /// traced, and the containers of std pass on what they hold. Implement this method and
    /// [`has_finalizers`](Trace::has_finalizers) for a container of your own whose values may
    /// have finalizers.
    ///
    /// It is called before the object dies, and finalizers are code of the program: they may
    /// do with `self` whatever can be done with a shared reference. So pass on only
    /// references that remain valid whatever that is, as all references are that safe code
    /// gets from `&self`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    ///
    /// use gcycle::{Ask, Finalize, Finalizing, Gc, Trace, Tracer};
    ///
    /// struct Slots<T>(Vec<T>);
    ///
    /// // SAFETY: the slots own their values, and each is traced once.
    /// unsafe impl<T: Trace> Trace for Slots<T> {
    ///     fn trace(&self, tracer: &mut Tracer<'_>) {
    ///         self.0.iter().for_each(|value| value.trace(tracer));
    ///     }
    ///
    ///     fn has_finalizers(ask: impl Ask) -> bool {
    ///         ask.has_finalizers::<T>()
    ///     }
    ///
    ///     fn finalize_contents(&self, finalizing: &mut Finalizing) {
    ///         self.0.iter().for_each(|value| finalizing.value(value));
    ///     }
    /// }
    ///
    /// std::thread_local! {
    ///     static LEFT: Cell<u32> = const { Cell::new(0) };
    /// }
    ///
    /// #[derive(Trace)]
    /// #[trace(finalize)]
    /// struct Session;
    ///
    /// impl Finalize for Session {
    ///     fn finalize(&self) {
    ///         LEFT.set(LEFT.get() + 1);
    ///     }
    /// }
    ///
    /// drop(Gc::new(Slots(vec![Session, Session])));
    /// assert_eq!(LEFT.get(), 2);
    /// ```
    fn finalize_contents(&self, finalizing: &mut Finalizing) {
        let _ = finalizing;
    }

    /// As [`finalize_contents`](Trace::finalize_contents), after the finalizer of the value
    /// itself: for values whose type is not known, as behind a `Box<dyn _>`.
    ///
    /// The default knows of no finalizer. Derived implementations do.
    #[doc(hidden)]
    fn finalize_all(&self, finalizing: &mut Finalizing) {
        self.finalize_contents(finalizing);
    }

    /// What the type of this value answers to [`has_finalizers`](Trace::has_finalizers), for
    /// values whose type is not known. An answer of yes is always correct.
    #[doc(hidden)]
    fn may_finalize(&self) -> bool {
        true
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
/// `#[trace(finalize)]`; to implement it without that word is an error. It runs while
/// everything the object refers to is still intact, whether the object dies because its count
/// reached zero or because the collector found its cycle. A finalizer may store a clone of a
/// handle somewhere reachable: the object is then resurrected, and will not be finalized a
/// second time.
///
/// # Values inside of other values
///
/// When an object is finalized, so is every value that lies in it at that moment, from the
/// outside in: first the value of the object, then its fields in the order in which they are
/// declared, and what lies in these. That leads through structs, enums, tuples, arrays, and
/// the containers of std, such as `Option`, `Box`, `Vec`, maps, `RefCell` and `Mutex`. It does
/// not lead through handles: what a [`Gc`](crate::Gc) refers to is an object of its own.
///
/// ```
/// use std::cell::RefCell;
///
/// use gcycle::{Finalize, Gc, Trace};
///
/// #[derive(Trace)]
/// #[trace(finalize)]
/// struct Guest(&'static str);
///
/// impl Finalize for Guest {
///     fn finalize(&self) {
///         println!("{} leaves", self.0);
///     }
/// }
///
/// #[derive(Trace)]
/// struct Room {
///     guests: RefCell<Vec<Guest>>,
/// }
///
/// let room = Gc::new(Room { guests: RefCell::default() });
/// room.guests.borrow_mut().extend([Guest("Ada"), Guest("Bob")]);
/// drop(room); // prints "Ada leaves" and "Bob leaves"
/// ```
///
/// These are not finalized:
///
/// * a value that was moved out of an object, overwritten or removed before the object dies,
///   or that never was in one: its owner decides what becomes of it;
/// * what lies in a [`Cell`](core::cell::Cell), in a `RefCell` that is mutably borrowed at that
///   moment, or in a lock that is held, because it cannot be looked at;
/// * what lies in a field that is not traced (`#[trace(skip)]`, `#[trace(acyclic)]`,
///   `#[trace(unsafe_with = ..)]`), in an `Rc`, an `Arc`, a `ManuallyDrop`, a `MaybeUninit`, an
///   [`Untraced`](crate::Untraced) or an iterator that gives no access to its items.
///
/// While the contents of a `RefCell` are finalized, the cell is borrowed; of a lock, it is
/// held. A finalizer of a value in a cell should therefore use `try_borrow_mut` to change that
/// cell, and one of a value in a lock must use `try_lock`, because `lock` would wait forever.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Finalize`, so there is nothing that `#[trace(finalize)]` could run",
    label = "`Finalize` is not implemented for this type",
    note = "write `impl Finalize for {Self}`, or remove the word `finalize`"
)]
pub trait Finalize {
    /// Called at most once in the life of an object, for each value in it. A value that a finalizer
    /// moves to another place in the same object may be met there again.
    fn finalize(&self);
}

/// A type whose values can never be part of a reference cycle: each `Gc` they
/// own refers to an acyclic type too.
///
/// `#[derive(Trace)]` with `#[trace(acyclic)]` implements it after checking every field, and
/// without the attribute for types of plain data. A false claim is safe: it only leaks the
/// cycles that lead through the type.
///
/// A trait object is acyclic if its trait has `Acyclic` as a supertrait. That is a claim of all
/// types that implement the trait, and nothing checks them together: one that owns a
/// `Gc<dyn Shape>` derives `#[trace(acyclic)]` if `trait Shape: Acyclic`, and a cycle of such
/// objects leaks.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to be acyclic",
    label = "`Acyclic` is not implemented for this type",
    note = "if `{Self}` is a type of yours whose fields cannot lead back to it, add \
            `#[derive(Trace)]` and `#[trace(acyclic)]` to it",
    note = "if it is a foreign type without a `Gc` inside, put `#[trace(skip)]` on the field or \
            wrap it in `Untraced<_>`"
)]
pub trait Acyclic {}
