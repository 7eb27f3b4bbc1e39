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
    /// The time that the longest of them took, or the longest slice of one that ran in
    /// [slices](crate::gc::set_budget): the worst pause that they caused.
    pub max_pause: Duration,
    /// In how many goes the collections were done: one each, but for those in slices.
    pub slices: u64,
    /// Objects that collections in slices suspected to be unreachable, and looked at again.
    pub suspected: u64,
    /// Of these, the ones that turned out to be reachable: the program had moved handles to them
    /// meanwhile.
    pub refuted: u64,
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
    /// A collection runs in slices, and has not ended.
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
    /// In how many goes it was done: one, unless it ran in [slices](crate::gc::set_budget).
    pub slices: usize,
    /// The time that the longest of these took.
    pub max_pause: Duration,
    /// Objects that a collection in slices suspected to be unreachable, and looked at again.
    pub suspected: usize,
    /// Of these, the ones that turned out to be reachable.
    pub refuted: usize,
    /// How many of its goes took how long; see [`PAUSE_LIMITS`].
    pub(crate) pauses: [u32; PAUSE_LIMITS.len() + 1],
}

/// The limits of histograms of pauses.
pub(crate) const PAUSE_LIMITS: [Duration; 8] = [
    Duration::from_micros(10),
    Duration::from_micros(100),
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_secs(1),
];

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
            slices: 0,
            max_pause: Duration::ZERO,
            suspected: 0,
            refuted: 0,
            pauses: [0; PAUSE_LIMITS.len() + 1],
        }
    }

    /// Notes that one go, or the only one, took so long.
    pub(crate) fn note_pause(&mut self, pause: Duration) {
        self.slices += 1;
        self.duration += pause;
        self.max_pause = self.max_pause.max(pause);
        self.pauses[PAUSE_LIMITS.partition_point(|&limit| limit < pause)] += 1;
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
            slices: 0,
            suspected: 0,
            refuted: 0,
        }
    }

    /// Adds what one collection did.
    pub(crate) fn add(&mut self, info: &CollectionInfo) {
        self.collections += 1;
        self.collected += info.collected as u64;
        self.uncollectable += info.uncollectable as u64;
        self.candidates += info.candidates as u64;
        self.traced += info.traced as u64;
        self.duration += info.duration;
        self.max_pause = self.max_pause.max(info.max_pause);
        self.slices += info.slices as u64;
        self.suspected += info.suspected as u64;
        self.refuted += info.refuted as u64;
    }
}
