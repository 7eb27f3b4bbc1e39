//! The functions of the collector of objects that threads share.
//!
//! They have the names that [`gcycle::gc`](crate::gc) has for the heap of one thread. Settings and
//! statistics are those of the process.

use crate::collect::stats::GenerationStats;
use crate::sync::backlog;
use crate::sync::collector;
use crate::sync::lists;
use crate::sync::settings;

pub use crate::sync::settings::Collection;

/// Finds the objects that no thread can reach, drops them, and returns how many there were.
///
/// If finalizers have run, it looks once more what became of their objects. Other threads go on meanwhile. What was unreachable when this was called is found, unless its
/// `trace` panics; it is dropped when this returns, but for what a collection that another
/// thread began is still dropping.
///
/// Called by the `trace` of a collection, it does nothing and returns 0.
///
/// # Panics
///
/// If a `trace`, a finalizer or a drop panics, after everything else was dropped.
///
/// # Examples
///
/// ```
/// use std::sync::OnceLock;
///
/// use gcycle::{Trace, sync};
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Own(OnceLock<sync::Gc<Own>>);
///
/// let own = sync::Gc::new(Own(OnceLock::new()));
/// own.0.set(own.clone()).ok();
/// drop(own);
/// assert_eq!(sync::gc::collect(), 1);
/// ```
pub fn collect() -> usize {
    collector::collect()
}

/// [Collects](collect) if a collection is due, also if automatic collection is switched off. Returns how
/// many objects were unreachable, if it did. With a [threshold](set_threshold) of 0, one is due when it
/// would be if none were set.
///
/// Call it where a program waits anyway, so that collections do not run elsewhere.
///
/// # Panics
///
/// As [`collect`].
pub fn collect_if_due() -> Option<usize> {
    collector::collect_if_due()
}

/// Switches automatic collection on, for all threads. It is on when the program starts.
pub fn enable() {
    settings::set_enabled(true);
    lists::settings_changed();
}

/// Switches automatic collection off, for all threads, until [`enable`] is called. One that another
/// thread has begun goes on. [`collect`] still works, and values whose last handle is dropped are still
/// dropped at once.
pub fn disable() {
    settings::set_enabled(false);
    lists::settings_changed();
}

/// Whether automatic collection is on.
#[must_use]
pub fn is_enabled() -> bool {
    settings::is_enabled()
}

/// Sets where automatic collections run.
///
/// ```
/// use gcycle::sync::gc::{self, Collection};
///
/// gc::set_collection(Collection::Background);
/// assert_eq!(gc::get_collection(), Collection::Background);
/// ```
pub fn set_collection(collection: Collection) {
    settings::set_collection(collection);
    lists::settings_changed();
}

/// Where automatic collections run.
#[must_use]
pub fn get_collection() -> Collection {
    settings::collection()
}

/// Sets how many candidates make a collection due: objects that a handle was dropped to while others
/// were left. 0 switches automatic collection off. A candidate of more than 4 KiB counts once more for
/// each 4 KiB.
///
/// Until this is called, it is a quarter of the objects that the last collection of all objects left, and at
/// least 1024; before so many there are, collections of young objects run, which look at those that no
/// collection has looked at. Afterwards each collection is one of all objects.
/// It is exact to 16 candidates for each of 16 lists that they are spread over.
///
/// ```
/// use gcycle::sync::gc;
///
/// gc::set_threshold(10_000);
/// assert_eq!(gc::get_threshold(), 10_000);
/// ```
pub fn set_threshold(candidates: usize) {
    settings::set_threshold(candidates);
    lists::settings_changed();
}

/// How many candidates make a collection due.
#[must_use]
pub fn get_threshold() -> usize {
    settings::threshold().unwrap_or_else(lists::limit)
}

/// How many candidates there are, counted as for [`set_threshold`].
#[must_use]
pub fn get_count() -> usize {
    lists::sum()
}

/// How many objects wait for a thread of its own to finalize or drop them: automatic collections leave them
/// to it if that runs code of the program. Those that it works on, and what dies with them, are not
/// counted.
///
/// If the number grows, the program makes garbage faster than that thread drops it. Call [`collect`] where
/// you hold no locks: it drops what waits on the thread that calls it.
///
/// ```
/// use gcycle::sync::gc;
///
/// if gc::get_backlog() > 10_000 {
///     gc::collect();
/// }
/// ```
#[must_use]
pub fn get_backlog() -> usize {
    backlog::len()
}

/// Totals of all collections that were done.
///
/// `duration` and `max_pause` are times of the threads that collected; the others went on. They do not
/// contain finalizers and drops of what was found. `suspected` objects were looked at twice, and those that
/// turned out to be reachable, or were to be finalized first, were `refuted`. Nothing is `uncollectable`, and no collection runs in slices.
///
/// ```
/// use gcycle::sync::gc;
///
/// let before = gc::get_stats();
/// gc::collect();
/// assert!(gc::get_stats().collections > before.collections);
/// ```
#[must_use]
pub fn get_stats() -> GenerationStats {
    collector::stats()
}
