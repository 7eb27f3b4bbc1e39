//! The locks of collections, and what each excludes. No code of the program runs while a thread other
//! than the one that collects holds one of them, and none is held for long.
//!
//! Whoever holds several took them in this order: the one that collections take, in the file of the
//! collector; [`Reading`]; [`deciding`].

use core::cell::Cell;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Held by a confirmation that decides, and by whoever refutes one. No memory is asked for meanwhile.
static DECIDING: Mutex<()> = Mutex::new(());

/// Held by a collection that reads values, and by a thread that begins to have one alone.
static READING: Mutex<()> = Mutex::new(());

/// How many threads wait for `READING`.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// How often a collection lets other threads run, if one waits. It goes on even if one does still, so
/// that it comes to an end.
const YIELDS: u32 = 16;

std::thread_local! {
    /// Whether the collection that reads values is of this thread.
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// No confirmation decides while the guard exists.
pub(crate) fn deciding() -> MutexGuard<'static, ()> {
    DECIDING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reading() -> MutexGuard<'static, ()> {
    READING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right of a collection to read values.
#[derive(Debug)]
pub(crate) struct Reading {
    guard: Option<MutexGuard<'static, ()>>,
}

impl Reading {
    /// Waits for those who begin to have a value alone.
    pub(crate) fn begin() -> Reading {
        IS_READING.set(true);
        Reading { guard: Some(reading()) }
    }

    /// Lets those in for a moment who wait, if there are any.
    #[inline]
    pub(crate) fn pause(&mut self) {
        if WAITING.load(Relaxed) > 0 {
            self.let_others_in();
        }
    }

    #[cold]
    fn let_others_in(&mut self) {
        self.guard = None;
        for _ in 0..YIELDS {
            thread::yield_now();
            if WAITING.load(Relaxed) == 0 {
                break;
            }
        }
        self.guard = Some(reading());
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        IS_READING.set(false);
    }
}

/// Runs `act` while no collection reads values; `None` if this thread is inside of one that does.
pub(crate) fn unread<R>(act: impl FnOnce() -> R) -> Option<R> {
    if IS_READING.get() {
        return None;
    }
    WAITING.fetch_add(1, Relaxed);
    let guard = reading();
    WAITING.fetch_sub(1, Relaxed);
    let result = act();
    drop(guard);
    Some(result)
}
