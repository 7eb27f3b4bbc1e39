//! Which types have finalizers, and how a value passes on to [`Finalizing`] what lies in it.

use crate::trace::answers::ANSWERS;
use crate::trace::contract::Trace;
use crate::trace::finalizing::Finalizing;
use crate::trace::manner::{Briefly, Nearby, Thoroughly};
use crate::trace::question::Question;

/// Whether values of the type are finalized.
///
/// The answer is a constant in an optimized build, unless types contain each other, or a finalizer
/// lies more than two levels inside: then it is found at first use, and looked up from then on.
#[inline]
pub(crate) fn has_finalizers<T: Trace>() -> bool {
    may_have_finalizers::<T>()
        && (T::has_finalizers(Nearby::FINALIZERS) || ANSWERS.of(are_there_finalizers::<T>))
}

fn are_there_finalizers<T: Trace>() -> bool {
    Thoroughly::ask(Question::Finalizers, |ask| T::has_finalizers(ask))
}

/// The same, as far as a few levels of types know: for code that otherwise finds nothing. The
/// answer is a constant in an optimized build.
#[inline]
pub(crate) fn may_have_finalizers<T: Trace>() -> bool {
    T::has_finalizers(Briefly::FINALIZERS)
}

impl Finalizing {
    /// Runs the finalizer of `value`, if it has one, and then those of the values that lie in
    /// it.
    ///
    /// [`Trace::finalize_contents`] has an example.
    pub fn value<T: Trace>(&mut self, value: &T) {
        if let Some(finalize) = T::finalizer() {
            self.own(value, finalize);
        }
        value.finalize_contents(self);
    }

    /// Runs the finalizers of all `items`, unless their type has none.
    #[inline]
    pub(crate) fn items<'a, T: Trace + 'a>(&mut self, items: impl IntoIterator<Item = &'a T>) {
        if may_have_finalizers::<T>() {
            items.into_iter().for_each(|item| self.value(item));
        }
    }

    /// Runs the finalizers of all `entries`, unless their types have none.
    #[inline]
    pub(crate) fn entries<'a, K: Trace + 'a, V: Trace + 'a>(
        &mut self,
        entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    ) {
        if may_have_finalizers::<K>() || may_have_finalizers::<V>() {
            entries.into_iter().for_each(|(key, value)| {
                self.value(key);
                self.value(value);
            });
        }
    }
}
