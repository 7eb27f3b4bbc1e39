//! What the values tell of their ends.

use std::panic::panic_any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gcycle::Gc;

use super::Id;
use crate::program::Kind;

/// What happened to the objects, as they told it.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// How often the value of each object was dropped.
    pub(crate) times_dropped: Vec<u32>,
    /// How often the finalizer of each object ran.
    pub(crate) times_finalized: Vec<u32>,
    /// Values dropped since the last check.
    pub(crate) dropped: Vec<Id>,
    /// Finalizers that ran since the last check.
    pub(crate) finalized: Vec<Id>,
    /// Callbacks that ran since the last check.
    pub(crate) called: Vec<u32>,
    /// What was wrong with a value when it was dropped or finalized.
    pub(crate) complaints: Vec<String>,
}

/// A log that survives its thread.
pub(crate) type SharedLog = Arc<Mutex<Log>>;

/// Opens `log`, after a failed check too.
pub(crate) fn open(log: &SharedLog) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of the next object of a kind.
pub(super) fn next_id(log: &SharedLog, kind: Kind) -> Id {
    let mut log = open(log);
    // An empty value cannot tell when it is dropped.
    log.times_dropped.push(u32::from(kind == Kind::Empty));
    log.times_finalized.push(0);
    log.times_dropped.len() as Id - 1
}

/// Gives a number to an object without a value: what is left of one whose value
/// moved on.
pub(crate) fn note_husk(log: &SharedLog) {
    next_id(log, Kind::Empty);
}

/// Says when the value that owns it is dropped.
pub(super) struct Tag {
    pub(super) id: Id,
    pub(super) log: SharedLog,
    pub(super) panics: bool,
}

impl Drop for Tag {
    fn drop(&mut self) {
        let mut log = open(&self.log);
        log.times_dropped[self.id as usize] += 1;
        log.dropped.push(self.id);
        drop(log);
        if self.panics {
            panic_as_asked();
        }
    }
}

/// What a panic carries that a program asked for. Dropping it is code of the user: it makes
/// an object, and panics again.
pub(crate) struct AsAsked(());

impl Drop for AsAsked {
    fn drop(&mut self) {
        drop(Gc::new(7));
        panic_as_asked();
    }
}

/// Panics as the program asked.
pub(super) fn panic_as_asked() -> ! {
    panic_any(AsAsked(()))
}
