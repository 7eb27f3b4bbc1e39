//! What the values of a type own, for the check that a type is acyclic although its
//! definition is recursive. Only the code that the derive writes uses it.
//!
//! # What is to be decided
//!
//! A type is acyclic if no chain of `Gc`s leads from one of its values to a value of a type
//! that may hold it. That is a question about a graph, whose nodes are types. A type points
//! at what its values own: the fields of a struct, the items of a `Vec`, the target of an
//! `Rc`. A `Gc` points at its target. A circle in that graph is harmless if it consists of
//! owners alone: a syntax tree owns smaller trees, and a value cannot own itself. It is not
//! harmless if it passes through a `Gc`.
//!
//! # How the compiler decides it
//!
//! The compiler refuses a circle of where-clauses (E0275), except one that consists of auto
//! traits alone, which it takes as proven. That is the distinction that is needed:
//!
//! * Owners are asked through an auto trait. [`NoGcLeadsBackTo<T>`](NoGcLeadsBackTo) is
//!   `Unpin` if what `T` [owns](Owns) is. The choice of the auto trait is arbitrary: nothing
//!   is ever pinned here.
//! * A `Gc` is asked through [`Acyclic`], which is no auto trait. So a circle through a `Gc`
//!   contains a link that is not coinductive, and the compiler refuses it.
//!
//! `Acyclic` itself requires for a derived type that its contents are `Unpin`. The derive
//! writes that as a where-clause and not as an assertion in the body of a function. The
//! compiler proves a where-clause for every instance of a generic type wherever
//! `T: Acyclic` is needed, and it proves those without parameters at the definition too. An
//! assertion in a body is proven only once, with the bounds that are in scope there. The
//! circle through a `Gc` would not even be noticed, because nothing that an assertion asks
//! depends on the assertion.
//!
//! A type that implements `Acyclic` by hand does not say what it owns. It is asked through
//! `Acyclic`, as is a trait object: [`Asked`] makes the choice.

use core::marker::PhantomData;

use crate::trace::contract::Acyclic;

/// A type that says what its values own.
///
/// # Invariants
///
/// `Owned` is [`Unpin`] only if the type is acyclic, as far as the claims of the types in it
/// are true.
pub trait Owns {
    /// [`NoGcLeadsBackTo`] for each type that a value owns, or [`IsAcyclic`] for one that is
    /// asked itself. `()` if there is nothing.
    type Owned;
}

/// `Unpin` if what a `T` owns is. Messages about circles show its name.
#[derive(Debug)]
pub struct NoGcLeadsBackTo<T: ?Sized>(PhantomData<T>);

impl<T: Owns<Owned: Unpin> + ?Sized> Unpin for NoGcLeadsBackTo<T> {}

/// `Unpin` if `T` is acyclic.
#[derive(Debug)]
pub struct IsAcyclic<T: ?Sized>(PhantomData<T>);

impl<T: Acyclic + ?Sized> Unpin for IsAcyclic<T> {}

/// How a type is asked that says what it owns, if `OWNS`, or that does not.
#[derive(Debug)]
pub struct Question<const OWNS: bool>;

/// What a [`Question`] is about a type.
pub trait Circles {
    /// `Unpin` if `T` is acyclic.
    type About<T: ?Sized>;
}

impl Circles for Question<true> {
    type About<T: ?Sized> = NoGcLeadsBackTo<T>;
}

impl Circles for Question<false> {
    type About<T: ?Sized> = IsAcyclic<T>;
}

/// `Unpin` if `T` is acyclic, where `OWNS` is whether `T` is [`Owns`].
pub type Asked<T, const OWNS: bool> = <Question<OWNS> as Circles>::About<T>;
