//! The collector: one list of candidates for the process, one collection at a time, and when the
//! next is due.

use alloc::vec::Vec;
use core::cell::Cell;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::object::unwind::FirstPanic;
use crate::sync::backlog;
use crate::sync::deaths;
use crate::sync::header::ObjectPtr;
use crate::sync::protocol::candidates::Candidates;
use crate::sync::protocol::collection::{Seen, collect as find};
use crate::sync::protocol::dead::Dead;
use crate::sync::reports::Reports;

/// How many lists the candidates are spread over, so that threads seldom meet.
const LISTS: usize = 16;

/// A collection is due after so many candidates, at least.
const FLOOR: usize = 1024;

/// A list of candidates, and how many there are, on a cache line of its own.
#[derive(Debug)]
#[repr(align(128))]
struct List {
    candidates: Candidates<ObjectPtr>,
    len: AtomicUsize,
}

static LISTS_OF_CANDIDATES: [List; LISTS] =
    [const { List { candidates: Candidates::new(), len: AtomicUsize::new(0) } }; LISTS];

/// With so many candidates in one list, a collection is due.
static LIMIT: AtomicUsize = AtomicUsize::new(FLOOR / LISTS);

/// Whether one is.
static IS_DUE: AtomicBool = AtomicBool::new(false);

/// Held by the collection that runs. No code of the program runs meanwhile, but hand-written
/// `trace` implementations and the hook of their panics.
static RUNNING: Mutex<()> = Mutex::new(());

std::thread_local! {
    /// Whether the collection that runs is of this thread.
    static IS_COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Enters a new candidate.
#[cold]
#[inline(never)]
pub(crate) fn enter(object: ObjectPtr) {
    let address = object.address().addr().get();
    let list = &LISTS_OF_CANDIDATES[(address >> 6 ^ address >> 12) % LISTS];
    list.candidates.enter(object);
    if list.len.fetch_add(1, Ordering::Relaxed) >= LIMIT.load(Ordering::Relaxed) {
        IS_DUE.store(true, Ordering::Relaxed);
    }
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
    if IS_DUE.load(Ordering::Relaxed) {
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
    IS_DUE.store(false, Ordering::Relaxed);
    for list in &LISTS_OF_CANDIDATES {
        list.len.store(0, Ordering::Relaxed);
    }
    let mut reports = Reports::default();
    let lists = LISTS_OF_CANDIDATES.iter().map(|list| &list.candidates);
    // These do not make the next collection due: it would see the same edges.
    let again = &LISTS_OF_CANDIDATES[0].candidates;
    let seen = find(lists, again, &mut reports, dead);
    LIMIT.store(next_limit(seen), Ordering::Relaxed);
    IS_COLLECTING.set(false);
    drop(running);
    (seen, reports.into_panics())
}

/// A collection traces what its candidates reach. The more of that stays, the longer it waits for
/// the next, so that each candidate costs the same in the long run.
fn next_limit(seen: Seen) -> usize {
    let left = seen.looked_at - seen.unreachable;
    FLOOR.max(left / 4) / LISTS
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
