//! When collections run: switches, thresholds, and what is counted for them.

use core::cell::Cell;

use crate::collect::pace::Pace;
use crate::collect::stats::CollectionInfo;
use crate::memory::heap::{Heap, NEVER_DUE};
use crate::object::generation::{DEFAULT_THRESHOLDS, Generation};

/// When the collections of one thread run, and how far they go.
pub(crate) struct Schedule {
    is_enabled: Cell<bool>,
    /// `PauseGuard`s in existence.
    pauses: Cell<u32>,
    is_collecting: Cell<bool>,
    thresholds: Cell<[u32; 3]>,
    /// The pace, which takes the place of the thresholds until the program sets them.
    pace: Cell<Option<Pace>>,
    /// The number of objects a partial collection examines at most.
    budget: Cell<usize>,
    /// Collections of the next younger generation since a generation's own
    /// last one; the heap counts for the youngest.
    counts: Cell<[u32; 3]>,
    /// Tracked objects when net allocations were last counted.
    tracked: Cell<isize>,
    /// Tracked objects after the last full collection.
    tracked_after_full: Cell<isize>,
    /// Tracked objects after the last collection that was not a young one.
    tracked_after_middle: Cell<isize>,
}

impl Schedule {
    /// The schedule that a thread starts with.
    pub(crate) const fn new() -> Schedule {
        Schedule {
            is_enabled: Cell::new(true),
            pauses: Cell::new(0),
            is_collecting: Cell::new(false),
            thresholds: Cell::new(DEFAULT_THRESHOLDS),
            pace: Cell::new(Some(Pace::new())),
            budget: Cell::new(usize::MAX),
            counts: Cell::new([0; 3]),
            tracked: Cell::new(0),
            tracked_after_full: Cell::new(0),
            tracked_after_middle: Cell::new(0),
        }
    }

    // Switches.

    /// Whether automatic collection is on.
    pub(crate) fn is_enabled(&self) -> bool {
        self.is_enabled.get()
    }

    /// Switches automatic collection on or off.
    pub(crate) fn set_enabled(&self, is_enabled: bool) {
        self.is_enabled.set(is_enabled);
        self.update_trigger();
    }

    /// Counts one more (or one less) guard that holds automatic collection.
    pub(crate) fn set_pauses(&self, change: impl FnOnce(u32) -> u32) {
        self.pauses.set(change(self.pauses.get()));
        self.update_trigger();
    }

    /// The thresholds of the three generations.
    pub(crate) fn thresholds(&self) -> [u32; 3] {
        self.thresholds.get()
    }

    /// Sets the thresholds, which are exact from now on.
    pub(crate) fn set_thresholds(&self, thresholds: [u32; 3]) {
        self.thresholds.set(thresholds);
        self.pace.set(None);
        self.update_trigger();
    }

    /// Makes automatic collections rarer or more frequent, unless the program has
    /// set the thresholds: of `allocated` objects, the collection that ended found
    /// what `info` says.
    pub(crate) fn adapt(&self, allocated: usize, info: &CollectionInfo) {
        let Some(mut pace) = self.pace.get() else { return };
        let tracked = self.tracked_now().max(0).cast_unsigned();
        if info.generation == Generation::Old {
            pace.note_full(info.traced, info.collected, tracked);
        } else {
            pace.note_partial(allocated, info.collected, tracked);
        }
        self.pace.set(Some(pace));
    }

    /// The number of objects that a collection of `generation` examines at
    /// most. A full collection is always complete.
    pub(crate) fn budget(&self, generation: Generation) -> usize {
        if generation == Generation::Old { usize::MAX } else { self.budget.get() }
    }

    /// Sets the number of objects that a partial collection examines at most.
    pub(crate) fn set_budget(&self, objects: usize) {
        self.budget.set(objects);
    }

    /// Tells the heap when the next automatic collection is due.
    pub(crate) fn update_trigger(&self) {
        let is_off = !self.is_enabled.get() || self.pauses.get() > 0 || self.is_collecting.get();
        let paced = self.pace.get().map(|pace| pace.trigger(self.growth()));
        let trigger = match paced.unwrap_or(self.thresholds.get()[0] as usize) {
            0 => NEVER_DUE,
            _ if is_off => NEVER_DUE,
            _ if cfg!(gc_zeal) => 0,
            threshold => threshold,
        };
        Heap::current().set_trigger(trigger);
    }

    // Collections.

    /// Notes that a collection starts, unless one runs.
    pub(crate) fn begin(&self) -> bool {
        let begins = !self.is_collecting.replace(true);
        if begins {
            self.update_trigger();
        }
        begins
    }

    /// Whether a collection runs.
    pub(crate) fn is_collecting(&self) -> bool {
        self.is_collecting.get()
    }

    /// Notes that the collection ended.
    pub(crate) fn end(&self) {
        self.is_collecting.set(false);
        self.update_trigger();
    }

    /// Counts a collection of `generation` that starts.
    pub(crate) fn count_collection(&self, generation: Generation) {
        self.settle_growth();
        let mut counts = self.counts.get();
        counts[..=generation.index()].fill(0);
        if let Some(count) = counts.get_mut(generation.index() + 1) {
            *count += 1;
        }
        self.counts.set(counts);
    }

    fn settle_growth(&self) {
        self.tracked.set(self.tracked.get() + Heap::current().reset_net_allocations());
    }

    /// Collections of the middle and old generations' next younger ones since
    /// their own last ones.
    pub(crate) fn counts(&self) -> (u32, u32) {
        let [_, middle, old] = self.counts.get();
        (middle, old)
    }

    /// The oldest generation whose threshold is exceeded. A full collection
    /// also waits until the heap has grown by a quarter since the last one, so
    /// that its cost stays linear in the number of allocations.
    pub(crate) fn due_generation(&self) -> Generation {
        let ([_, middle, old], [_, max_middle, max_old]) =
            (self.counts.get(), self.thresholds.get());
        let is_full_one_due = old > max_old && self.has_grown_by_a_quarter();
        let has_outgrown = |pace: Pace| pace.is_full_one_due(self.growth());
        if is_full_one_due || self.pace.get().is_some_and(has_outgrown) {
            Generation::Old
        } else if middle > max_middle {
            Generation::Middle
        } else {
            Generation::Young
        }
    }

    /// By how many tracked objects the heap has grown since the last full
    /// collection.
    fn growth(&self) -> isize {
        self.tracked_now() - self.tracked_after_full.get()
    }

    /// As in CPython: only objects that survived a collection of the middle
    /// generation count as growth.
    fn has_grown_by_a_quarter(&self) -> bool {
        let before = self.tracked_after_full.get();
        self.tracked_after_middle.get() - before >= before / 4
    }

    /// The number of tracked objects.
    fn tracked_now(&self) -> isize {
        self.tracked.get() + Heap::current().net_growth()
    }

    /// Notes how many objects a collection of the middle generation or of all
    /// of them left.
    pub(crate) fn note_survivors(&self, generation: Generation) {
        let now = self.tracked_now();
        if generation != Generation::Young {
            self.tracked_after_middle.set(now);
        }
        if generation == Generation::Old {
            self.tracked_after_full.set(now);
        }
    }

    /// Counts as if every generation had just been collected.
    pub(crate) fn reset_counts(&self) {
        self.settle_growth();
        self.counts.set([0; 3]);
    }
}
