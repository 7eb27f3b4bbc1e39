//! The collector: one collection at a time, asked for or when it is due.

use alloc::vec::Vec;
use core::cell::Cell;
use core::iter;
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::collect::clock::Stopwatch;
use crate::collect::stats::GenerationStats;
use crate::object::unwind::FirstPanic;
use crate::sync::background;
use crate::sync::backlog;
use crate::sync::deaths;
use crate::sync::header::ObjectPtr;
use crate::sync::lists;
use crate::sync::protocol::collection::{Seen, collect as find};
use crate::sync::protocol::dead::Dead;
use crate::sync::protocol::generation::Generation;
use crate::sync::reports::Reports;
use crate::sync::settings::{self, Collection};

/// Held by the collection that runs. No code of the program runs meanwhile, but hand-written
/// `trace` implementations and the hook of their panics.
static RUNNING: Mutex<()> = Mutex::new(());

/// Totals of all collections.
static STATS: Mutex<GenerationStats> = Mutex::new(GenerationStats::new());

std::thread_local! {
    /// Whether the collection that runs is of this thread.
    static IS_COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Collects, after any collection that another thread runs; returns how many objects were
/// unreachable. A `trace` that calls this gets 0.
///
/// Runs user code: `trace` implementations, finalizers and drops of values.
pub(crate) fn collect() -> usize {
    if IS_COLLECTING.get() {
        return 0;
    }
    let mut first = FirstPanic::none();
    let (mut unreachable, has_finalized) = collect_once(&mut first);
    if has_finalized {
        unreachable += collect_once(&mut first).0;
    }
    first.rethrow();
    unreachable
}

/// Collects; returns how many objects were unreachable, and whether finalizers have run, so that
/// another collection finds out what became of their objects.
fn collect_once(first: &mut FirstPanic) -> (usize, bool) {
    let mut dead = Dead::new();
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let (seen, panics) = run(running, Generation::All, &mut dead);
    keep_all(first, panics);
    let mut has_finalized = false;
    for dead in iter::once(dead).chain(backlog::take()) {
        has_finalized |= dead.has_finalizers();
        first.keep(deaths::reclaim(dead));
    }
    (seen.unreachable, has_finalized)
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
    if !settings::is_automatic() {
        return lists::no_longer_due();
    }
    if settings::collection() == Collection::Background && background::start(collect_here) {
        return lists::no_longer_due();
    }
    let running = match RUNNING.try_lock() {
        Ok(running) => running,
        Err(TryLockError::Poisoned(error)) => error.into_inner(),
        Err(TryLockError::WouldBlock) => return,
    };
    collect_and_leave(running);
}

/// Collects what is due, and leaves the drops that run code of the program to another thread.
fn collect_and_leave(running: MutexGuard<'_, ()>) {
    // Another thread may just have collected.
    let Some(generation) = lists::due() else { return lists::no_longer_due() };
    let mut dead = Dead::new();
    let (_, panics) = run(running, generation, &mut dead);
    let (loud, of_drops) = deaths::reclaim_quietly(dead);
    backlog::leave(loud);
    let mut first = FirstPanic::none();
    keep_all(&mut first, panics);
    first.keep(of_drops);
    first.rethrow();
}

/// What a thread for collections does.
fn collect_here() {
    collect_and_leave(RUNNING.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Collects if that is due and no collection runs on this thread; says how many objects were
/// unreachable if it did.
///
/// Runs user code as [`collect`] does.
pub(crate) fn collect_if_due() -> Option<usize> {
    let is_due = lists::due().is_some() && !IS_COLLECTING.get();
    is_due.then(collect)
}

/// Runs `look` in the place of a collection, after any that another thread runs; `None` inside of one.
/// What it finds dead is reclaimed as by an automatic collection: the thread may hold any lock.
///
/// Runs user code: what `look` does, and the drop of the payload of a panic.
#[cfg(feature = "inspect")]
pub(crate) fn look<R>(
    look: impl FnOnce(&mut Dead<ObjectPtr>) -> (R, Vec<FirstPanic>),
) -> Option<R> {
    if IS_COLLECTING.get() {
        return None;
    }
    let mut dead = Dead::new();
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    IS_COLLECTING.set(true);
    let (seen, panics) = look(&mut dead);
    IS_COLLECTING.set(false);
    drop(running);
    if deaths::are_under_way() {
        backlog::leave(dead);
    } else {
        let (loud, of_drops) = deaths::reclaim_quietly(dead);
        backlog::leave(loud);
        drop(of_drops);
    }
    // The hook has reported them.
    drop(panics);
    Some(seen)
}

/// Totals of all collections.
pub(crate) fn stats() -> GenerationStats {
    *STATS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds a collection to the totals.
fn note(seen: Seen, duration: Duration) {
    let number = |number| u64::try_from(number).unwrap_or(u64::MAX);
    let mut stats = STATS.lock().unwrap_or_else(PoisonError::into_inner);
    stats.collections += 1;
    stats.slices += 1;
    stats.collected += number(seen.unreachable);
    stats.candidates += number(seen.candidates);
    stats.traced += number(seen.looked_at);
    stats.suspected += number(seen.suspected);
    stats.refuted += number(seen.suspected - seen.unreachable);
    stats.duration += duration;
    stats.max_pause = stats.max_pause.max(duration);
}

/// Finds what is dead, and lets go of the lock.
fn run(
    running: MutexGuard<'_, ()>,
    generation: Generation,
    dead: &mut Dead<ObjectPtr>,
) -> (Seen, Vec<FirstPanic>) {
    IS_COLLECTING.set(true);
    let weight = lists::reset(generation);
    let stopwatch = Stopwatch::start();
    let mut reports = Reports::default();
    let seen = find(generation, lists::candidates(generation), &mut reports, dead);
    lists::adapt(generation, weight, seen);
    note(seen, stopwatch.elapsed());
    IS_COLLECTING.set(false);
    drop(running);
    (seen, reports.into_panics())
}

/// Keeps the first of all panics.
fn keep_all(first: &mut FirstPanic, panics: Vec<FirstPanic>) {
    for panic in panics {
        first.keep(panic);
    }
}
