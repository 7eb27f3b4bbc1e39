//! What is asked of types, and [`Seen`]: the types that one question has come to.
//!
//! A type passes a question on to the types of its contents, which may contain it again, as
//! the values of most interpreters do. If nothing is noted, only a limit of levels ends the
//! asking, and types beyond it count as the worst that they could be. With a `Seen` each
//! type is asked once. One that was asked before, or is being asked, adds nothing new:
//!
//! * A question is whether some type among those that are reached is bad: has a finalizer, or
//!   a `Drop` of the program's. If one is, its answer is the bad one, and settles the question.
//! * If none answers so, the types in the list are closed: each of them is good, provided that
//!   those are to which it passed the question on, and these are in the list too. The values in
//!   a value are finitely many, so what is true of each type, provided that it is true of the
//!   values inside, is true of all of them.
//!
//! Types are told apart by their [`identity`], not by the addresses of their functions, since
//! the linker may give two types one function: a type that only looks as if it had been asked
//! would count as good.

use alloc::vec::Vec;
use core::any::TypeId;
use core::cell::{Cell, RefCell};
use core::marker::PhantomData;
use core::mem::transmute;

/// What is asked.
#[expect(unnameable_types, reason = "other crates pass it on, and do not look at it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether its [drops are quiet](crate::Trace::drops_quietly).
    Drops,
    /// The same of a value in an object that threads share: objects of that kind that die with
    /// it do not count, because they are asked themselves.
    #[cfg(feature = "sync")]
    SharedDrops,
    /// Whether its [traces are plain](crate::Trace::traces_plainly).
    Traces,
    /// Whether it [has finalizers](crate::Trace::has_finalizers).
    Finalizers,
}

impl Question {
    /// Whether it is about drops.
    #[inline]
    pub(crate) fn is_of_drops(self) -> bool {
        #[cfg(feature = "sync")]
        if self == Question::SharedDrops {
            return true;
        }
        self == Question::Drops
    }

    /// The answer that is always correct.
    #[inline]
    pub(crate) fn cautious_answer(self) -> bool {
        self == Question::Finalizers
    }
}

/// The types that a question was passed on to.
///
/// # Invariants
///
/// Unless it is settled, no type in the list has given the cautious answer. Those that have
/// answered did so on condition that the others in the list do not give it either.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    types: RefCell<Vec<(Question, TypeId)>>,
    is_settled: Cell<bool>,
}

impl Seen {
    /// Whether the cautious answer was given: it is that of the whole question, whatever a
    /// hand-written implementation made of it.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_settled.get()
    }

    /// What a type that is to be asked `question` adds, if that is known without asking it.
    pub(crate) fn known(&self, question: Question, identity: TypeId) -> Option<bool> {
        let cautious = question.cautious_answer();
        if self.is_settled() {
            return Some(cautious);
        }
        let mut types = self.types.borrow_mut();
        if types.contains(&(question, identity)) {
            return Some(!cautious);
        }
        if types.try_reserve(1).is_err() {
            self.is_settled.set(true);
            return Some(cautious);
        }
        types.push((question, identity));
        None
    }

    /// Takes note of what a type has answered.
    pub(crate) fn note(&self, question: Question, answer: bool) {
        if answer == question.cautious_answer() {
            self.is_settled.set(true);
        }
    }
}

/// The identity of a type, not counting the lifetimes in it.
///
/// Contents need not be `'static`, nor would generic code know it. Types that differ in their
/// lifetimes alone have the same implementations, so they give the same answers.
pub(crate) fn identity<T: ?Sized>() -> TypeId {
    trait Identify {
        fn identity(&self) -> TypeId
        where
            Self: 'static;
    }

    impl<T: ?Sized> Identify for PhantomData<T> {
        fn identity(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }

    let of: PhantomData<T> = PhantomData;
    let of: &dyn Identify = &of;
    // SAFETY: only the bound on the lifetimes in `T` changes, not the lifetime of the reference
    // in which it is used: a reference to a value that holds nothing, for one call, which returns
    // a number. Lifetimes do not exist when that code runs.
    let of = unsafe { transmute::<&dyn Identify, &(dyn Identify + 'static)>(of) };
    of.identity()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity_of<T>(_: T) -> TypeId {
        identity::<T>()
    }

    #[test]
    fn types_have_identities_of_their_own() {
        assert_eq!(identity::<u32>(), TypeId::of::<u32>());
        assert_ne!(identity::<str>(), identity::<[u8]>());
        assert_ne!(identity::<Vec<u8>>(), identity::<Vec<i8>>());
        assert_ne!(identity::<fn(&u8)>(), identity::<fn(&'static u8)>());
    }

    #[test]
    fn lifetimes_make_no_difference() {
        let local = 1;
        assert_eq!(identity_of(&local), identity::<&'static i32>());
        assert_eq!(identity_of(vec![Some(&local)]), TypeId::of::<Vec<Option<&'static i32>>>());
    }

    #[test]
    fn a_type_is_asked_once_for_each_question() {
        let seen = Seen::default();
        let number = identity::<u8>();
        assert_eq!(seen.known(Question::Drops, number), None);
        assert_eq!(seen.known(Question::Drops, number), Some(true));
        assert_eq!(seen.known(Question::Finalizers, number), None);
        assert_eq!(seen.known(Question::Finalizers, number), Some(false));
        assert!(!seen.is_settled());
    }

    #[test]
    fn one_cautious_answer_settles_the_question() {
        let seen = Seen::default();
        assert_eq!(seen.known(Question::Finalizers, identity::<u8>()), None);
        seen.note(Question::Finalizers, false);
        assert!(!seen.is_settled());
        seen.note(Question::Finalizers, true);
        assert!(seen.is_settled());
        assert_eq!(seen.known(Question::Finalizers, identity::<u8>()), Some(true));
        assert_eq!(seen.known(Question::Drops, identity::<u16>()), Some(false));
    }
}
