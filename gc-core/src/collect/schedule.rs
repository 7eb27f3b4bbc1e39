//! When collections run: switches, thresholds, and what is counted for them.

use core::cell::Cell;

use crate::collect::activity::Activity;
use crate::collect::budget::Budget;
use crate::collect::pace::{Beat, MADE_PER_EXAMINED, Outcome, Pace, Rhythm};
use crate::collect::stats::CollectionInfo;
use crate::collect::weights::Weights;
use crate::memory::heap::{Heap, NEVER_DUE};
use crate::object::generation::{DEFAULT_THRESHOLDS, Generation};

/// A full collection runs in slices if the heap is so many times as large as a slice.
const SLICES_AT_LEAST: usize = 4;

/// Under `cfg(gc_zeal)` all automatic collections but young ones run in slices of so much work, as
/// soon as there is an object. Slices and young collections take turns, at each allocation.
const ZEALOUS_SLICE: usize = 3;

/// For so many collections and slices full ones are due as soon as none runs, and then for as many
/// only those that would be due otherwise.
const ZEALOUS_TURN: u64 = 64;

/// When the slices of a collection are due.
#[derive(Clone, Copy, Debug)]
struct Slices {
    /// How much work each does, counted in objects that are traced.
    size: usize,
    /// After so many net allocations each.
    every: usize,
    /// The next one after so many net allocations since the last collection,
    next: usize,
    /// or when so many objects were made.
    next_taken: usize,
}

/// When the collections of one thread run, and how far they go.
pub(crate) struct Schedule {
    is_enabled: Cell<bool>,
    thresholds: Cell<[u32; 3]>,
    /// What takes the place of the thresholds until the program sets them.
    rhythm: Cell<Option<Rhythm>>,
    /// How much is done in one go.
    budget: Cell<Budget>,
    /// Collections of the next younger generation since a generation's own
    /// last one; the heap counts for the youngest.
    counts: Cell<[u32; 3]>,
    /// Tracked objects when net allocations were last counted.
    tracked: Cell<isize>,
    /// Tracked objects after the last full collection.
    tracked_after_full: Cell<isize>,
    /// Tracked objects after the last collection that was not a young one.
    tracked_after_middle: Cell<isize>,
    /// What objects own beside their slots.
    weights: Weights,
    /// After so many net allocations objects are weighed.
    next_weighing: Cell<usize>,
    /// Objects that partial collections examined since the last full one.
    examined: Cell<usize>,
    /// While a collection runs in slices.
    slices: Cell<Option<Slices>>,
    /// How many collections in slices one after the other were given up.
    given_up: Cell<u32>,
    /// Whether a slice is next, if a partial collection is due as well: they take turns.
    is_slice_next: Cell<bool>,
}

/// What a collection is compared with when it ended, in objects unless something else is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    /// Net allocations since the last collection.
    allocated: usize,
    /// By how many the heap had grown since the last full one.
    growth: isize,
    /// How many there were after the last full one.
    tracked_after_full: isize,
    /// By how many bytes the heap had grown, if that made a full one due, or else 0.
    pub(super) due_bytes: usize,
}

/// What is due when the trigger was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// A collection of this generation.
    Collection(Generation),
    /// New objects become old without being looked at.
    PassOver,
    /// A slice of the full collection that runs.
    Slice,
    /// Nothing but finding out what objects own.
    Weighing,
}

impl Schedule {
    /// The schedule that a thread starts with.
    pub(crate) const fn new() -> Schedule {
        Schedule {
            is_enabled: Cell::new(true),
            thresholds: Cell::new(DEFAULT_THRESHOLDS),
            rhythm: Cell::new(Some(Rhythm::new(Pace::Balanced))),
            budget: Cell::new(Budget::DEFAULT),
            counts: Cell::new([0; 3]),
            tracked: Cell::new(0),
            tracked_after_full: Cell::new(0),
            tracked_after_middle: Cell::new(0),
            weights: Weights::new(),
            next_weighing: Cell::new(1),
            examined: Cell::new(0),
            slices: Cell::new(None),
            given_up: Cell::new(0),
            is_slice_next: Cell::new(false),
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
        Activity::current().set_pauses(change);
        self.update_trigger();
    }

    /// Whether the program set thresholds at which no collection starts.
    pub(crate) fn is_never_due(&self) -> bool {
        self.threshold() == 0
    }

    /// The thresholds of the three generations.
    pub(crate) fn thresholds(&self) -> [u32; 3] {
        self.thresholds.get()
    }

    /// Sets the thresholds, which are exact from now on.
    pub(crate) fn set_thresholds(&self, thresholds: [u32; 3]) {
        self.thresholds.set(thresholds);
        self.rhythm.set(None);
        self.update_trigger();
    }

    /// The pace, unless the thresholds are exact.
    pub(crate) fn pace(&self) -> Option<Pace> {
        self.rhythm.get().map(|rhythm| rhythm.pace())
    }

    /// Sets the pace; the thresholds are those that the thread started with.
    pub(crate) fn set_pace(&self, pace: Pace) {
        self.thresholds.set(DEFAULT_THRESHOLDS);
        self.rhythm.set(Some(Rhythm::new(pace)));
        self.update_trigger();
    }

    /// Makes automatic collections rarer or more frequent, unless the program has
    /// set the thresholds: the collection that ended found what `info` says.
    pub(crate) fn adapt(&self, before: &Before, info: &CollectionInfo) {
        let Some(mut rhythm) = self.rhythm.get() else { return };
        let tracked = self.tracked_now().max(0).cast_unsigned();
        let (examined, mut unreachable) = (info.traced, info.collected);
        if info.generation == Generation::Old {
            let was_outgrown = rhythm.is_outgrown(before.growth);
            if was_outgrown && info.slices > 1 {
                // What became garbage while it ran will be missing in the next one: together they are
                // worth as much as collections in one go.
                unreachable = unreachable.min(before.growth.max(0).cast_unsigned());
            }
            let outcome = Outcome { examined, unreachable, tracked };
            rhythm.note_full(outcome, was_outgrown);
        } else {
            rhythm.note_partial(before.allocated, examined, unreachable, tracked);
        }
        self.rhythm.set(Some(rhythm));
    }

    /// The number of objects that a collection of `generation` examines at
    /// most. A full collection is always complete.
    pub(crate) fn most_examined(&self, generation: Generation) -> usize {
        match generation {
            Generation::Young => self.budget.get().young(self.tracked_in(Generation::Old)),
            Generation::Middle => self.budget.get().middle(),
            Generation::Old => usize::MAX,
        }
    }

    /// How much is done in one go.
    pub(crate) fn budget(&self) -> Budget {
        self.budget.get()
    }

    /// Sets how much is done in one go.
    pub(crate) fn set_budget(&self, budget: Budget) {
        self.budget.set(budget);
    }

    /// Calls `collect` with this `budget`, if that is less.
    pub(crate) fn with_budget<R>(&self, budget: Budget, collect: impl FnOnce() -> R) -> R {
        /// Restores the budget, unless the program sets another meanwhile.
        struct Restore<'a>(&'a Cell<Budget>, [Budget; 2]);
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                let Restore(budget, [before, meanwhile]) = *self;
                if budget.get() == meanwhile {
                    budget.set(before);
                }
            }
        }
        let before = self.budget.get();
        let is_less = budget.slice(0) < before.slice(0);
        let meanwhile = if is_less { budget } else { before };
        self.budget.set(meanwhile);
        let _restore = Restore(&self.budget, [before, meanwhile]);
        collect()
    }

    /// Tells the heap when the next automatic collection is due.
    pub(crate) fn update_trigger(&self) {
        let heap = Heap::current();
        let activity = Activity::current();
        let is_off = !self.is_enabled.get() || activity.is_paused() || activity.is_collecting();
        if is_off {
            // The others only set the trigger, and leave this one as it is.
            return heap.set_trigger(NEVER_DUE);
        }
        let rhythm = self.rhythm.get();
        let until_weighing = rhythm.map_or(NEVER_DUE, |_| self.next_weighing.get());
        let slices = self.slices.get();
        let until_slice = slices.map_or(NEVER_DUE, |slices| slices.next);
        heap.set_trigger(match self.threshold().min(until_weighing).min(until_slice) {
            0 => NEVER_DUE,
            _ if cfg!(gc_zeal) => 0,
            threshold => threshold,
        });
        let most_taken = rhythm.map_or(NEVER_DUE, |rhythm| self.made_until_full(rhythm));
        heap.set_most_taken(slices.map_or(most_taken, |slices| slices.next_taken));
        let growth = self.growth();
        heap.set_most_external(match rhythm {
            None => NEVER_DUE,
            // Each that is added brings the end of the slices nearer.
            Some(_) if slices.is_some() && self.weights.is_full_one_due(growth) => 0,
            Some(_) => self.weights.most_external(growth),
        });
    }

    /// How many net allocations may happen until something is due; 0 if nothing ever is.
    fn threshold(&self) -> usize {
        let growth = self.growth();
        let paced = |rhythm: Rhythm| rhythm.trigger(growth).min(self.weights.trigger(growth));
        self.rhythm.get().map_or(self.thresholds.get()[0] as usize, paced)
    }

    /// How many objects may be made after the last full collection until the next one is
    /// due, though the heap does not grow.
    fn made_until_full(&self, rhythm: Rhythm) -> usize {
        let tracked = self.tracked_now().max(0).cast_unsigned();
        rhythm.made_until_full(tracked, self.examined.get())
    }

    // Collections.

    /// Notes that a collection starts, unless one runs.
    pub(crate) fn begin(&self) -> bool {
        let begins = Activity::current().begin();
        if begins {
            self.update_trigger();
        }
        begins
    }

    /// Notes that the collection ended.
    pub(crate) fn end(&self) {
        Activity::current().end();
        self.update_trigger();
    }

    /// Counts a collection of `generation` that starts.
    pub(crate) fn count_collection(&self, generation: Generation) {
        self.is_slice_next.set(true);
        self.settle_growth();
        let mut counts = self.counts.get();
        counts[..=generation.index()].fill(0);
        if let Some(count) = counts.get_mut(generation.index() + 1) {
            *count += 1;
        }
        self.counts.set(counts);
    }

    fn settle_growth(&self) {
        if let Some(slices) = self.slices.get() {
            let next = slices.next.saturating_sub(Heap::current().net_allocations()).max(1);
            self.slices.set(Some(Slices { next, ..slices }));
        }
        self.tracked.set(self.tracked.get() + Heap::current().reset_net_allocations());
        self.next_weighing.set(self.weights.next_weighing());
    }

    /// Collections of the middle and old generations' next younger ones since
    /// their own last ones.
    pub(crate) fn counts(&self) -> (u32, u32) {
        let [_, middle, old] = self.counts.get();
        (middle, old)
    }

    /// Whether objects are to be weighed before anything else.
    pub(crate) fn is_weighing_due(&self) -> bool {
        self.rhythm.get().is_some() && Heap::current().net_allocations() > self.next_weighing.get()
    }

    /// Whether a collection is due for what objects seem to own, and for nothing else.
    pub(crate) fn is_due_for_weight(&self) -> bool {
        let Some(rhythm) = self.rhythm.get() else { return false };
        let (heap, growth) = (Heap::current(), self.growth());
        let net = heap.net_allocations();
        let is_due = self.weights.is_full_one_due(growth) || net > self.weights.trigger(growth);
        self.weights.are_heavy()
            && is_due
            && net <= rhythm.trigger(growth)
            && !rhythm.is_outgrown(growth)
    }

    /// What is due, now that the heap asks.
    pub(crate) fn due(&self) -> Due {
        let rhythm = self.rhythm.get();
        let [_, middle, old] = self.counts.get();
        let [_, max_middle, max_old] = self.thresholds.get();
        let (heap, growth) = (Heap::current(), self.growth());
        let is_full_one_due = match rhythm {
            _ if self.slices.get().is_some() => self.weights.is_full_one_late(growth),
            None => old > max_old && self.has_grown_by_a_quarter(),
            Some(rhythm) => {
                cfg!(gc_zeal) && (Activity::current().begun() / ZEALOUS_TURN).is_multiple_of(2)
                    || rhythm.is_outgrown(growth)
                    || heap.taken() >= self.made_until_full(rhythm)
                    || self.weights.is_full_one_due(growth)
            }
        };
        let is_partial_one_due = cfg!(gc_zeal)
            || heap.net_allocations() > self.threshold()
            || rhythm.is_some() && heap.external() >= self.weights.most_external(growth);
        let is_slice_next = !is_partial_one_due || self.is_slice_next.get();
        let is_passed_over = rhythm.is_some_and(|rhythm| rhythm.next() == Beat::PassOver);
        if is_full_one_due {
            Due::Collection(Generation::Old)
        } else if is_slice_next && self.is_slice_due() {
            Due::Slice
        } else if !is_partial_one_due {
            Due::Weighing
        } else if is_passed_over && !cfg!(gc_zeal) {
            Due::PassOver
        } else if middle > max_middle && self.slices.get().is_none() {
            Due::Collection(Generation::Middle)
        } else {
            Due::Collection(Generation::Young)
        }
    }

    // A full collection in slices.

    /// Whether a collection of `generation` is to run in slices: the budget is small for so many
    /// objects. Where thresholds are exact, each collection is one. A program that gives one after
    /// the other up would wait for ever for its garbage.
    pub(crate) fn is_large(&self, generation: Generation) -> bool {
        /// After so many the next one runs in one go.
        const GIVEN_UP: u32 = 2;
        let budget = self.budget.get().slice(0);
        let most = if cfg!(gc_zeal) { 1 } else { budget.saturating_mul(SLICES_AT_LEAST) };
        let is_given_up_again = self.given_up.get() >= GIVEN_UP;
        self.rhythm.get().is_some() && self.tracked_in(generation) >= most && !is_given_up_again
    }

    /// Begins to plan slices: so that the collection ends before the heap has grown by as much
    /// as made it due. Growth is counted from here.
    pub(crate) fn start_slices(&self, generation: Generation) {
        /// How much work there is for each object that has a few handles, counted in objects that
        /// are traced; twice as much, so that half of the allowance is left.
        const WORK: usize = 10;
        let tracked = self.tracked_in(generation).max(1);
        let is_full = generation == Generation::Old;
        let allowance = self.rhythm.get().map_or(0, |rhythm| rhythm.allowance());
        let allowance = if is_full { allowance } else { tracked };
        let work = WORK.saturating_mul(tracked);
        // At most one slice for each object that is made: a budget that is too small for that is
        // not kept, or the heap would outgrow the collection.
        let size = self.slice_of(self.budget.get()).max(work.div_ceil(allowance.max(1)));
        let size = if cfg!(gc_zeal) { ZEALOUS_SLICE } else { size };
        let every = (allowance / work.div_ceil(size)).max(1);
        if is_full {
            self.tracked_after_full.set(self.tracked_now());
            self.start_over();
        }
        self.tracked_after_middle.set(self.tracked_now());
        let next_taken = Heap::current().taken().saturating_add(every);
        self.slices.set(Some(Slices { size, every, next: every, next_taken }));
    }

    /// How many objects a slice examines with this `budget`.
    pub(crate) fn slice_of(&self, budget: Budget) -> usize {
        budget.slice(self.tracked_in(Generation::Old))
    }

    /// How much work a slice does, counted in objects that are traced.
    pub(crate) fn slice(&self) -> usize {
        self.slices.get().map_or(0, |slices| slices.size)
    }

    /// Whether the next slice is due: also if objects own so much that a collection would start
    /// for that.
    fn is_slice_due(&self) -> bool {
        let heap = Heap::current();
        self.slices.get().is_some_and(|slices| {
            cfg!(gc_zeal)
                || heap.net_allocations() > slices.next
                || heap.taken() >= slices.next_taken
                || self.weights.is_full_one_due(self.growth())
        })
    }

    /// A slice ended.
    pub(crate) fn end_slice(&self) {
        self.is_slice_next.set(false);
        let heap = Heap::current();
        if let Some(Slices { size, every, .. }) = self.slices.get() {
            let next = heap.net_allocations() + every;
            let next_taken = heap.taken() + every.saturating_mul(MADE_PER_EXAMINED);
            self.slices.set(Some(Slices { size, every, next, next_taken }));
        }
    }

    /// The collection was given up: growth is counted as `before` it.
    pub(crate) fn give_up_slices(&self, generation: Generation, before: &Before) {
        if generation == Generation::Old {
            self.tracked_after_full.set(before.tracked_after_full);
        }
        self.slices.set(None);
        self.given_up.set(self.given_up.get().saturating_add(1));
        self.update_trigger();
    }

    /// Notes what a collection in slices came to. What was made meanwhile counts as growth.
    pub(crate) fn note_sliced(&self, info: &CollectionInfo) {
        let left = |after: &Cell<isize>| after.get().saturating_sub_unsigned(info.collected);
        self.weights.note_collection();
        self.tracked_after_middle.set(left(&self.tracked_after_middle));
        if info.generation == Generation::Old {
            self.weights.note_examined(info.traced);
            self.tracked_after_full.set(left(&self.tracked_after_full));
        } else {
            self.examined.set(self.examined.get().saturating_add(info.traced));
        }
        self.given_up.set(0);
        self.slices.set(None);
    }

    /// Makes new objects old without looking at them. Their candidates are examined by the
    /// next full collection.
    pub(crate) fn pass_over(&self) {
        let heap = Heap::current();
        self.settle_growth();
        heap.pass_over_candidates();
        heap.with_epochs(|epochs| epochs.promote(Generation::Middle));
        if let Some(mut rhythm) = self.rhythm.get() {
            rhythm.note_passed_over();
            self.rhythm.set(Some(rhythm));
        }
        self.update_trigger();
    }

    /// What objects own, unless the thresholds are exact.
    pub(crate) fn weights_in_use(&self) -> Option<&Weights> {
        self.rhythm.get().map(|_| &self.weights)
    }

    /// Objects were weighed after `made` net allocations.
    pub(crate) fn note_weighing(&self, made: usize) {
        self.next_weighing.set(Weights::next_weighing_after(made));
        self.update_trigger();
    }

    /// What the collection that starts now is to be compared with.
    pub(crate) fn before(&self) -> Before {
        let growth = self.growth();
        Before {
            allocated: Heap::current().net_allocations(),
            growth,
            tracked_after_full: self.tracked_after_full.get(),
            due_bytes: self.weights.due_bytes(growth),
        }
    }

    /// By how many objects the heap has grown from one full collection to the next, which ended.
    pub(crate) fn growth_since(&self, before: &Before) -> isize {
        self.tracked_after_full.get() - before.tracked_after_full
    }

    /// By how many tracked objects the heap has grown since the last full
    /// collection.
    fn growth(&self) -> isize {
        self.tracked_now() - self.tracked_after_full.get()
    }

    /// Whether the heap has grown by a quarter since the last full collection, so that the
    /// cost of full collections stays linear in the number of allocations. As in CPython,
    /// only objects that survived a collection of the middle generation count as growth.
    fn has_grown_by_a_quarter(&self) -> bool {
        let before = self.tracked_after_full.get();
        self.tracked_after_middle.get() - before >= before / 4
    }

    /// About how many objects a collection of `generation` may have to examine.
    pub(crate) fn tracked_in(&self, generation: Generation) -> usize {
        let tracked = match generation {
            Generation::Young => 0,
            Generation::Middle => self.tracked_now() - self.tracked_after_middle.get(),
            Generation::Old => self.tracked_now(),
        };
        tracked.max(0).cast_unsigned()
    }

    /// The number of tracked objects.
    fn tracked_now(&self) -> isize {
        self.tracked.get() + Heap::current().net_growth()
    }

    /// Notes that a collection of `generation` examined so many objects, and how many it
    /// left.
    pub(crate) fn note_survivors(&self, generation: Generation, examined: usize) {
        let now = self.tracked_now();
        self.weights.note_collection();
        if generation != Generation::Young {
            self.tracked_after_middle.set(now);
        }
        if generation == Generation::Old {
            self.weights.note_examined(examined);
            self.tracked_after_full.set(now);
            self.given_up.set(0);
            self.start_over();
        } else {
            self.examined.set(self.examined.get().saturating_add(examined));
        }
    }

    /// No work has been done since the last full collection.
    fn start_over(&self) {
        self.examined.set(0);
        Heap::current().reset_taken();
    }

    /// Counts as if every generation had just been collected. Where the thresholds are exact,
    /// growth goes on being counted from the last full collection, as in CPython.
    pub(crate) fn reset_counts(&self) {
        self.settle_growth();
        self.counts.set([0; 3]);
        if self.rhythm.get().is_some() {
            self.tracked_after_full.set(self.tracked_now());
        }
        self.start_over();
        self.update_trigger();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dies_while_a_collection_runs_in_slices_makes_the_next_one_due_no_earlier() {
        const ALLOWANCE: usize = 16 << 10;
        let allowance_after = |slices| {
            let schedule = Schedule::new();
            schedule.tracked.set(100_000);
            let growth = ALLOWANCE.cast_signed();
            let before = Before { allocated: 0, growth, tracked_after_full: 0, due_bytes: 0 };
            let mut info = CollectionInfo::start(Generation::Old);
            // It is worth its cost with what died meanwhile, and without that hardly not.
            (info.traced, info.collected) = (3 * ALLOWANCE + 100, ALLOWANCE + 100);
            info.slices = slices;
            schedule.adapt(&before, &info);
            schedule.rhythm.get().map(|rhythm| rhythm.allowance())
        };
        assert_eq!(allowance_after(1), Some(ALLOWANCE / 2));
        assert_eq!(allowance_after(100), Some(2 * ALLOWANCE));
    }
}
