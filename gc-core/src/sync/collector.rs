//! The collector: one collection at a time, asked for or when it is due.

use alloc::vec::Vec;
use core::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::object::unwind::FirstPanic;
use crate::sync::backlog;
use crate::sync::deaths;
use crate::sync::header::ObjectPtr;
use crate::sync::lists;
use crate::sync::protocol::collection::{Seen, collect as find};
use crate::sync::protocol::dead::Dead;
use crate::sync::reports::Reports;

/// Held by the collection that runs. No code of the program runs meanwhile, but hand-written
/// `trace` implementations and the hook of their panics.
static RUNNING: Mutex<()> = Mutex::new(());

std::thread_local! {
    /// Whether the collection that runs is of this thread.
    static IS_COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Collects, after any collection that another thread runs; returns how many objects were
/// unreachable. A `trace` that calls this gets 0.
///
/// Runs user code: `trace` implementations and drops of values.
pub(crate) fn collect() -> usize {
    if IS_COLLECTING.get() {
        return 0;
    }
    let mut dead = Dead::new();
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let (seen, panics) = run(running, &mut dead);
    let mut of_drops = deaths::reclaim(dead);
    of_drops.keep(backlog::reclaim());
    finish(panics, of_drops);
    seen.unreachable
}

/// Collects if that is due and no other thread does.
///
/// Runs user code as [`collect`] does, but no drops of values on this thread.
#[inline]
pub(crate) fn collect_automatically() {
    if lists::is_collection_due() {
        collect_now();
    }
}

#[cold]
#[inline(never)]
fn collect_now() {
    // Inside a drop the collection stays due: what it kills would join the deaths that are under
    // way, and then all of that would run here.
    if IS_COLLECTING.get() || deaths::are_under_way() {
        return;
    }
    let running = match RUNNING.try_lock() {
        Ok(running) => running,
        Err(TryLockError::Poisoned(error)) => error.into_inner(),
        Err(TryLockError::WouldBlock) => return,
    };
    let mut dead = Dead::new();
    let (_, panics) = run(running, &mut dead);
    let (loud, of_drops) = deaths::reclaim_quietly(dead);
    backlog::leave(loud);
    finish(panics, of_drops);
}

/// Finds what is dead, and lets go of the lock.
fn run(running: MutexGuard<'_, ()>, dead: &mut Dead<ObjectPtr>) -> (Seen, Vec<FirstPanic>) {
    IS_COLLECTING.set(true);
    lists::reset();
    let mut reports = Reports::default();
    let seen = find(lists::all(), lists::again(), &mut reports, dead);
    lists::set_limit(seen.looked_at - seen.unreachable);
    IS_COLLECTING.set(false);
    drop(running);
    (seen, reports.into_panics())
}

/// Rethrows the first panic.
fn finish(panics: Vec<FirstPanic>, of_drops: FirstPanic) {
    let mut first = FirstPanic::none();
    for panic in panics {
        first.keep(panic);
    }
    first.keep(of_drops);
    first.rethrow();
}
