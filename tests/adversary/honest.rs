//! A library's own container, with a `Trace` that was written by hand. It reports what
//! it owns once and changes nothing; it panics where a bug of the library might.

use std::cell::Cell;

use gcycle::{Gc, Trace, Tracer};

thread_local! {
    /// How often [`Fragile`] is traced until it panics, once and again; `None` if never.
    static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
}

/// From now on [`Fragile`] panics when it is traced, or does not any more.
pub(crate) fn set_broken(is_broken: bool) {
    LEFT.set(is_broken.then_some(0));
}

/// [`Fragile`] is traced so many times before it panics.
pub(crate) fn break_after(times: u32) {
    LEFT.set(Some(times));
}

/// What the panic carries.
pub(crate) const BUG: &str = "a bug in a `trace`";

/// A value whose `trace` may panic, before it reports anything or after.
#[derive(Clone, Debug)]
pub(crate) struct Fragile<T> {
    pub(crate) value: T,
    panics_late: bool,
}

impl<T> Fragile<T> {
    pub(crate) fn new(value: T) -> Fragile<T> {
        Fragile { value, panics_late: false }
    }

    /// Reports its edges before it panics.
    pub(crate) fn late(value: T) -> Fragile<T> {
        Fragile { value, panics_late: true }
    }
}

fn panic_if_broken() {
    match LEFT.get() {
        Some(0) => std::panic::panic_any(BUG),
        left => LEFT.set(left.map(|left| left - 1)),
    }
}

// SAFETY: the value is owned alone and traced once, and only dropped; it keeps the
// contract for the rest.
unsafe impl<T: Trace> Trace for Fragile<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if !self.panics_late {
            panic_if_broken();
        }
        self.value.trace(tracer);
        if self.panics_late {
            panic_if_broken();
        }
    }
}

/// An object that is one.
pub(crate) type FragileGc<T> = Gc<Fragile<T>>;
