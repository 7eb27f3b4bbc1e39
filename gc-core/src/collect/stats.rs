//! The statistics that the collector reports. Plain data.

use core::time::Duration;

use crate::object::generation::Generation;

/// Totals of the collections of one generation on this thread, as in Python's
/// `gc.get_stats()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GenerationStats {
    /// Collections of this generation.
    pub collections: u64,
    /// Objects they found unreachable and reclaimed.
    pub collected: u64,
    /// Objects that were unreachable but could not be reclaimed, because the
    /// report of a hand-written `Trace` was wrong.
    pub uncollectable: u64,
    /// Candidates: objects that were examined because their count had fallen to a value
    /// other than zero.
    pub candidates: u64,
    /// Objects examined: the candidates and everything that they reach within the
    /// generations that were collected.
    pub traced: u64,
    /// The time that the collections took.
    pub duration: Duration,
    /// The time that the longest of them took: the worst pause that they caused.
    pub max_pause: Duration,
}

/// When a callback of [`gc::add_callback`](crate::gc::add_callback) is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// A collection starts; the numbers of its [`CollectionInfo`] are 0.
    Start,
    /// A collection is done.
    Stop,
}

/// Whether anything is left to do; see [`gc::step`](crate::gc::step).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Nothing is due.
    Done,
    /// A full collection runs in slices, and has not ended.
    More,
}

/// The results of one collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CollectionInfo {
    /// The generation that was collected, with all younger ones.
    pub generation: Generation,
    /// Objects found unreachable and reclaimed.
    pub collected: usize,
    /// Objects that could not be reclaimed.
    pub uncollectable: usize,
    /// Candidates examined.
    pub candidates: usize,
    /// Objects examined.
    pub traced: usize,
    /// The time that it has taken so far.
    pub duration: Duration,
}

impl CollectionInfo {
    /// The results of a collection of `generation` that is about to start.
    pub(crate) fn start(generation: Generation) -> CollectionInfo {
        CollectionInfo {
            generation,
            collected: 0,
            uncollectable: 0,
            candidates: 0,
            traced: 0,
            duration: Duration::ZERO,
        }
    }
}

impl GenerationStats {
    /// No collection yet.
    pub(crate) const fn new() -> GenerationStats {
        GenerationStats {
            collections: 0,
            collected: 0,
            uncollectable: 0,
            candidates: 0,
            traced: 0,
            duration: Duration::ZERO,
            max_pause: Duration::ZERO,
        }
    }

    /// Adds what one collection did, and the longest pause that it caused.
    pub(crate) fn add(&mut self, info: &CollectionInfo, pause: Duration) {
        self.collections += 1;
        self.collected += info.collected as u64;
        self.uncollectable += info.uncollectable as u64;
        self.candidates += info.candidates as u64;
        self.traced += info.traced as u64;
        self.duration += info.duration;
        self.max_pause = self.max_pause.max(pause);
    }
}
