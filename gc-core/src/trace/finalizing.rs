//! [`Finalizing`]: finalizers run, one by one, and none keeps another from running.
//!
//! Finalizers are code of the program, and may change everything that can be changed through
//! a shared reference. So nothing is collected first and called later: each value is reached
//! by a reference that its owner lends, and the finalizer runs while the owner lends it. A
//! cell stays borrowed, a lock stays held. The compiler checks that this is sound, since no
//! `unsafe` code takes part.

use crate::object::unwind::FirstPanic;

/// Runs finalizers, for [`Trace::finalize_contents`](crate::Trace::finalize_contents).
///
/// A finalizer that panics does not keep the others from running. The first panic is
/// rethrown when all of them have run.
#[derive(Debug)]
pub struct Finalizing {
    panics: FirstPanic,
}

impl Finalizing {
    /// Runs the finalizers of all that `pass_on` passes on; then the first panic goes on, and
    /// the caller catches it.
    ///
    /// Runs user code.
    pub(crate) fn run(pass_on: impl FnOnce(&mut Finalizing)) {
        let mut finalizing = Finalizing { panics: FirstPanic::none() };
        let passing_on = FirstPanic::of(|| pass_on(&mut finalizing));
        finalizing.panics.keep(passing_on);
        finalizing.panics.resume();
    }

    /// Runs the finalizer of a value itself.
    #[doc(hidden)]
    pub fn own<T: ?Sized>(&mut self, value: &T, finalize: fn(&T)) {
        self.panics.catch(|| finalize(value));
    }
}
