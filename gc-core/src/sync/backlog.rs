//! The backlog: garbage whose drops run code of the program, and which automatic collections leave to
//! a thread of its own.
//!
//! There is one such thread at a time, however many collections there are, and it ends when nothing
//! is left. If it cannot be started, or hangs in a drop, the rest waits: the next automatic
//! collection tries again, and one that the program asks for drops the rest itself.

use alloc::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

use crate::object::unwind::FirstPanic;
use crate::sync::deaths;
use crate::sync::header::ObjectPtr;
use crate::sync::protocol::dead::Dead;

/// What waits, and who works on it.
struct Backlog {
    waiting: VecDeque<Dead<ObjectPtr>>,
    /// Whether a thread takes what waits until nothing does.
    is_worked_on: bool,
}

/// No code of the program runs while it is locked.
static BACKLOG: Mutex<Backlog> =
    Mutex::new(Backlog { waiting: VecDeque::new(), is_worked_on: false });

fn backlog() -> MutexGuard<'static, Backlog> {
    BACKLOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Leaves `dead` to the thread, which is started if there is none and something waits.
pub(crate) fn leave(dead: Dead<ObjectPtr>) {
    let mut backlog = backlog();
    if !dead.is_empty() {
        backlog.waiting.push_back(dead);
    }
    if backlog.waiting.is_empty() || backlog.is_worked_on {
        return;
    }
    backlog.is_worked_on = true;
    drop(backlog);
    start();
}

/// How many objects wait, not counting those that the thread works on.
pub(crate) fn len() -> usize {
    backlog().waiting.iter().map(|dead| dead.objects().count()).sum()
}

/// Takes what waits by now.
pub(crate) fn take() -> VecDeque<Dead<ObjectPtr>> {
    core::mem::take(&mut backlog().waiting)
}

/// Starts the thread.
///
/// Runs user code: the hook of a panic.
fn start() {
    let mut is_started = false;
    // It panics where thread-locals of std are gone.
    let panic = FirstPanic::of(|| {
        is_started = Builder::new().name("gcycle".into()).spawn(work).is_ok();
    });
    drop(panic);
    if !is_started {
        backlog().is_worked_on = false;
    }
}

/// What the thread does.
///
/// Runs user code: drops of values.
fn work() {
    while let Some(dead) = next() {
        // The hook has reported the panic, and nobody waits for this thread.
        drop(deaths::reclaim(dead));
    }
}

/// What the thread reclaims next; `None` if it ends.
fn next() -> Option<Dead<ObjectPtr>> {
    let mut backlog = backlog();
    let next = backlog.waiting.pop_front();
    backlog.is_worked_on = next.is_some();
    next
}
