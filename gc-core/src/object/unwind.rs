//! Panics of user code, and their payloads.
//!
//! A payload is a value of the user: dropping it runs code that may panic again, allocate
//! or collect. So no payload is dropped in passing. Every panic that this library catches
//! goes through [`FirstPanic`], which keeps the first of several, disposes of the others,
//! and rethrows where that does not abort the process.

use alloc::boxed::Box;
use core::any::Any;
use core::cell::Cell;
use core::mem::ManuallyDrop;
use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};
use std::thread::panicking;

std::thread_local! {
    /// Whether the thread runs the destructors of its thread-locals, as far as is known. A
    /// panic that leaves one of these ends the process.
    static IS_ENDING: Cell<bool> = const { Cell::new(false) };
}

/// From now on no panic is rethrown on this thread.
pub(crate) fn note_end_of_thread() {
    IS_ENDING.set(true);
}

/// What a panic carries.
type Payload = Box<dyn Any + Send>;

/// The first panic of several pieces of the user's code, if any of them panicked.
///
/// One that is not [rethrown](FirstPanic::rethrow) ends here: the panic hook has reported
/// it.
#[derive(Debug)]
#[must_use = "a panic that is not rethrown ends here"]
pub(crate) struct FirstPanic {
    payload: Option<Payload>,
}

impl FirstPanic {
    /// Nothing panicked.
    pub(crate) const fn none() -> FirstPanic {
        FirstPanic { payload: None }
    }

    /// Runs `code`, and catches its panic.
    #[inline]
    pub(crate) fn of(code: impl FnOnce()) -> FirstPanic {
        FirstPanic { payload: catch_unwind(AssertUnwindSafe(code)).err() }
    }

    /// Runs `code`, and catches its panic if it does not return one that it caught.
    #[inline]
    pub(crate) fn of_all(code: impl FnOnce() -> FirstPanic) -> FirstPanic {
        let caught = catch_unwind(AssertUnwindSafe(code));
        caught.unwrap_or_else(|payload| FirstPanic { payload: Some(payload) })
    }

    /// Runs `code`, and keeps its panic if it is the first.
    ///
    /// Runs user code: `code`, and the drop of a later panic's payload.
    #[inline]
    pub(crate) fn catch(&mut self, code: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(code)) {
            self.note(payload);
        }
    }

    /// Keeps `later` if nothing panicked before.
    ///
    /// Runs user code: the drop of a payload.
    #[inline]
    pub(crate) fn keep(&mut self, mut later: FirstPanic) {
        if let Some(payload) = later.payload.take() {
            self.note(payload);
        }
    }

    #[cold]
    fn note(&mut self, payload: Payload) {
        if self.payload.is_none() {
            self.payload = Some(payload);
        } else {
            dispose(payload);
        }
    }

    /// Whether anything panicked.
    pub(crate) fn is_some(&self) -> bool {
        self.payload.is_some()
    }

    /// Rethrows the panic, unless the thread is already unwinding, or is ending: in both
    /// cases that would abort the process.
    ///
    /// Runs user code: the drop of a payload that is not rethrown.
    #[inline]
    pub(crate) fn rethrow(self) {
        if self.is_some() && !panicking() && !IS_ENDING.get() {
            self.resume();
        }
    }

    /// Rethrows the panic in any case; the caller catches it.
    #[cold]
    pub(crate) fn resume(mut self) {
        if let Some(payload) = self.payload.take() {
            resume_unwind(payload);
        }
    }
}

impl Drop for FirstPanic {
    #[inline]
    fn drop(&mut self) {
        if let Some(payload) = self.payload.take() {
            dispose(payload);
        }
    }
}

/// Drops a payload. If that panics, the payload of the new panic is forgotten: its drop
/// could panic too, and so on without end.
#[cold]
fn dispose(payload: Payload) {
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        let _forgotten = ManuallyDrop::new(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::panic_any;

    std::thread_local! {
        static DROPPED: Cell<u32> = const { Cell::new(0) };
    }

    /// Panics with another of its kind when it is dropped, so many times.
    struct Chain(u32);

    impl Drop for Chain {
        fn drop(&mut self) {
            DROPPED.set(DROPPED.get() + 1);
            if self.0 > 0 {
                panic_any(Chain(self.0 - 1));
            }
        }
    }

    #[test]
    fn payloads_of_later_panics_end_where_the_first_is_kept() {
        let mut panics = FirstPanic::of(|| panic_any("first"));
        panics.catch(|| panic_any(Chain(3)));
        panics.catch(|| ());
        panics.catch(|| panic_any("last"));
        // The second was dropped; what that threw is forgotten.
        assert_eq!(DROPPED.get(), 1);
        let caught = catch_unwind(AssertUnwindSafe(|| panics.rethrow())).unwrap_err();
        assert_eq!(caught.downcast_ref(), Some(&"first"));
    }

    #[test]
    fn payloads_that_nobody_rethrows_are_dropped_and_may_panic() {
        DROPPED.set(0);
        drop(FirstPanic::of_all(|| FirstPanic::of(|| panic_any(Chain(1)))));
        assert_eq!(DROPPED.get(), 1);
        drop(FirstPanic::of_all(|| panic_any(Chain(0))));
        assert_eq!(DROPPED.get(), 2);
    }

    #[test]
    fn payloads_are_not_rethrown_while_another_panic_unwinds() {
        struct Rethrows;
        impl Drop for Rethrows {
            fn drop(&mut self) {
                FirstPanic::of(|| panic_any(Chain(1))).rethrow();
            }
        }
        DROPPED.set(0);
        let caught = catch_unwind(|| {
            let _rethrows = Rethrows;
            panic_any("outer");
        });
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"outer"));
        assert_eq!(DROPPED.get(), 1);
    }
}
