//! Which types have finalizers, and how a value passes on to [`Finalizing`] what lies in it.

use crate::trace::contract::{Ask, Trace};
use crate::trace::finalizing::Finalizing;

/// Whether objects of the type are finalized. The answer is a constant in an optimized build.
#[inline]
pub(crate) fn has_finalizers<T: Trace>() -> bool {
    T::has_finalizers(Ask::FINALIZERS)
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
        if has_finalizers::<T>() {
            items.into_iter().for_each(|item| self.value(item));
        }
    }

    /// Runs the finalizers of all `entries`, unless their types have none.
    #[inline]
    pub(crate) fn entries<'a, K: Trace + 'a, V: Trace + 'a>(
        &mut self,
        entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    ) {
        if has_finalizers::<K>() || has_finalizers::<V>() {
            entries.into_iter().for_each(|(key, value)| {
                self.value(key);
                self.value(value);
            });
        }
    }
}
