//! Which values are dropped without code of the program: see [`Trace::drops_quietly`].

use core::mem::needs_drop;

use crate::trace::answers::ANSWERS;
use crate::trace::contract::Trace;
use crate::trace::manner::{Briefly, Thoroughly};
use crate::trace::question::Question;

/// Whether dropping a value runs no user code, as far as the types say.
///
/// It is found at first use, unless a few levels of types know it, and looked up from then on.
pub(crate) fn drops_quietly<T: Trace>() -> bool {
    T::drops_quietly(Briefly::DROPS) || ANSWERS.of(are_drops_quiet::<T>)
}

fn are_drops_quiet<T: Trace>() -> bool {
    Thoroughly::ask(Question::Drops, |ask| T::drops_quietly(ask))
}

/// The same of a value in an object that threads share, not counting objects of that kind that
/// die with it.
#[cfg(feature = "sync")]
pub(crate) fn shared_drops_quietly<T: Trace>() -> bool {
    T::drops_quietly(Briefly::SHARED_DROPS) || ANSWERS.of(are_shared_drops_quiet::<T>)
}

#[cfg(feature = "sync")]
fn are_shared_drops_quiet<T: Trace>() -> bool {
    Thoroughly::ask(Question::SharedDrops, |ask| T::drops_quietly(ask))
}

/// Whether dropping a value may run user code; a type that is not known to run none counts
/// as loud.
///
/// It is asked for each object that is made, so the answer is to be a constant in an optimised
/// build: types that contain each other count as loud. In a debug build it would take long to
/// find out: there, types that need a drop count as loud.
#[inline]
pub(crate) fn may_be_loud<T: Trace>() -> bool {
    needs_drop::<T>() && (cfg!(debug_assertions) || !T::drops_quietly(Briefly::DROPS))
}
