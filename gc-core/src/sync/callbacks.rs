//! Weak callbacks: what is called when an object that threads share has lost its value.
//!
//! A callback does not lie in its weak handle but in a table, under its object: that object may lose
//! its value on one thread while another drops the handle. Whoever takes the callback out of
//! the table has it alone, and calls it or drops it when the table is not locked any more.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::num::NonZeroUsize;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::object::unwind::FirstPanic;
use crate::sync::contract::Shared;
use crate::sync::header::{Boxed, ObjectPtr};
use crate::sync::protocol::weak;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::tracer::Tracer;

/// What is called.
pub(crate) type Callback = Box<dyn FnOnce() + Send>;

/// An object, and the number of a watch; those of an object are in the order in which they were made.
type Key = (NonZeroUsize, u64);

/// How many tables there are, so that threads seldom meet.
const TABLES: usize = 16;

/// The callbacks that wait. No code of the program runs while one of the tables is locked.
static WAITING: [Mutex<BTreeMap<Key, Callback>>; TABLES] =
    [const { Mutex::new(BTreeMap::new()) }; TABLES];

/// How many those are, so that nobody looks for one where none is in use. A callback is counted by a
/// thread that has a handle to its object, and whoever drops the last handle has acquired that.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The number of the next watch.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The table of an object at this address.
fn table(address: NonZeroUsize) -> MutexGuard<'static, BTreeMap<Key, Callback>> {
    let address = address.get();
    let table = &WAITING[(address >> 6 ^ address >> 12) % TABLES];
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the weak handles that share one callback refer to: themselves a shared object.
///
/// # Invariants
///
/// It is one of the weak handles that `target` counts.
pub(crate) struct Watch {
    target: ObjectPtr,
    number: u64,
    /// The callback, if the last handle was dropped while it waited.
    given_up: Mutex<Option<Callback>>,
}

impl Watch {
    /// A watch with one handle; `callback` waits for `target`, which the caller has a handle to.
    pub(crate) fn new(target: ObjectPtr, callback: Callback) -> NonNull<Boxed<Watch>> {
        weak::downgrade(target);
        let number = NEXT.fetch_add(1, Relaxed);
        let watch = Watch { target, number, given_up: Mutex::new(None) };
        let (address, number) = watch.key();
        COUNT.fetch_add(1, Relaxed);
        let replaced = table(address).insert((address, number), callback);
        debug_assert!(replaced.is_none(), "two watches have one number");
        Boxed::new(watch)
    }

    /// The object, which may be dead. Its slot stays as long as this watch.
    pub(crate) fn target(&self) -> ObjectPtr {
        self.target
    }

    fn key(&self) -> Key {
        (self.target.address().addr(), self.number)
    }

    /// Whether the callback waits.
    pub(crate) fn is_waiting(&self) -> bool {
        table(self.target.address().addr()).contains_key(&self.key())
    }

    /// When the last handle was dropped: keeps the callback from being called. It is dropped with this
    /// watch, wherever code of the program may run.
    pub(crate) fn give_up(&self) {
        let callback = take(&self.key());
        *self.given_up.lock().unwrap_or_else(PoisonError::into_inner) = callback;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        weak::release(self.target);
    }
}

// SAFETY: there is nothing to report: a weak handle owns no edge, and what a callback owns is not
// traced.
unsafe impl Trace for Watch {
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn tracked() -> bool {
        false
    }

    /// It may drop a callback.
    fn drops_quietly(_: impl Ask) -> bool {
        false
    }

    fn has_finalizers(_: impl Ask) -> bool {
        false
    }

    fn may_finalize(&self) -> bool {
        false
    }
}

// SAFETY: nothing is reported.
unsafe impl Shared for Watch {}

impl Acyclic for Watch {}

/// Takes a callback out, if it waits.
fn take(key: &Key) -> Option<Callback> {
    let callback = table(key.0).remove(key);
    if callback.is_some() {
        COUNT.fetch_sub(1, Relaxed);
    }
    callback
}

/// Takes out the newest callback that waits for the object at this address.
fn take_newest(address: NonZeroUsize) -> Option<Callback> {
    let mut table = table(address);
    let (&newest, _) = table.range((address, 0)..=(address, u64::MAX)).next_back()?;
    COUNT.fetch_sub(1, Relaxed);
    table.remove(&newest)
}

/// Whether callbacks wait for an object that has no handles, or none that the program could use.
pub(crate) fn wait_for(object: ObjectPtr) -> bool {
    if COUNT.load(Relaxed) == 0 || !object.word().has_weak() {
        return false;
    }
    let address = object.address().addr();
    table(address).range((address, 0)..=(address, u64::MAX)).next().is_some()
}

/// Calls the callbacks that wait for an object which has lost its value, the newest first. The panic
/// hook has reported their panics, which end here.
///
/// Runs user code: the callbacks.
pub(crate) fn call(object: ObjectPtr) {
    while COUNT.load(Relaxed) > 0 {
        let Some(callback) = take_newest(object.address().addr()) else { return };
        drop(FirstPanic::of(callback));
    }
}
