//! Settings of the collector, which hold for all threads.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::Relaxed};

/// Where automatic collections run; see [`set_collection`](crate::sync::gc::set_collection).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Collection {
    /// In [`Gc::new`](crate::sync::Gc::new), on the thread that finds one due. Drops that run code of the
    /// program are left to a thread of their own.
    #[default]
    Inline,
    /// On a thread of its own. It is started when a collection is due, and ends when it has collected.
    /// Drops are left to another thread as above. If it cannot be started, the collection runs as
    /// [`Inline`](Collection::Inline).
    Background,
    /// Nowhere: collections run when they are asked for.
    Manual,
}

/// A [`Collection`] as a number.
static COLLECTION: AtomicU8 = AtomicU8::new(Collection::Inline as u8);

/// Whether automatic collection is switched on.
static IS_ENABLED: AtomicBool = AtomicBool::new(true);

/// The threshold that the program has set.
static THRESHOLD: AtomicUsize = AtomicUsize::new(NOT_SET);

/// It has set none.
const NOT_SET: usize = usize::MAX;

/// Sets where automatic collections run.
pub(crate) fn set_collection(collection: Collection) {
    COLLECTION.store(collection as u8, Relaxed);
}

/// Where they run.
pub(crate) fn collection() -> Collection {
    let all = [Collection::Inline, Collection::Background, Collection::Manual];
    let number = COLLECTION.load(Relaxed);
    all.into_iter().find(|&collection| collection as u8 == number).unwrap_or_default()
}

/// Switches automatic collection on or off.
pub(crate) fn set_enabled(is_enabled: bool) {
    IS_ENABLED.store(is_enabled, Relaxed);
}

/// Whether it is switched on.
pub(crate) fn is_enabled() -> bool {
    IS_ENABLED.load(Relaxed)
}

/// Whether collections run without being asked for.
pub(crate) fn is_automatic() -> bool {
    is_enabled() && collection() != Collection::Manual && threshold() != Some(0)
}

/// Sets the threshold.
pub(crate) fn set_threshold(threshold: usize) {
    THRESHOLD.store(threshold.min(NOT_SET - 1), Relaxed);
}

/// The threshold, if the program has set one.
pub(crate) fn threshold() -> Option<usize> {
    Some(THRESHOLD.load(Relaxed)).filter(|&threshold| threshold != NOT_SET)
}
