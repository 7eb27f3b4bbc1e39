//! How often collections run by themselves until the program sets thresholds.
//!
//! CPython's thresholds are numbers that someone chose. These start there and
//! follow what collections find:
//!
//! * The **trigger**, which stands for the first threshold, grows fourfold while young
//!   collections find less than a sixteenth of what was allocated to be garbage, and
//!   shrinks as fast when they find more than an eighth. 700 is its floor. Once the
//!   collector has noticed it, young garbage is at most an eighth of the heap; before
//!   that, it is at most one trigger.
//! * When the trigger cannot grow further, and young collections still examine much in vain,
//!   they become **samples**: most new objects are passed over, which makes them old
//!   without looking at them, and a collection examines only those made after that. The first
//!   sample that finds garbage ends this.
//! * The **allowance** is by how many objects the heap may grow until a full collection
//!   is due: garbage of any age is at most that. It shrinks while full collections are
//!   worth their cost, and grows while they examine many objects and find little garbage,
//!   as in a heap that only grows.
//! * A heap that does not grow may still hold old garbage. So a full collection is due also
//!   when the **work** since the last one, in objects that partial collections examined,
//!   equals what it may have to examine. It then at most doubles the cost of collections.
//!   When it was in vain, the next one waits for twice the work.

use crate::object::generation::DEFAULT_THRESHOLDS;

/// The least trigger.
const FLOOR: usize = DEFAULT_THRESHOLDS[0] as usize;

/// The trigger of a small heap is at most this.
const SMALL_HEAP: usize = 16 << 10;

/// Any trigger is at most this: it bounds the pause of a young collection to a
/// few milliseconds.
const MOST: usize = 64 * FLOOR;

/// The least allowance.
const LEAST_ALLOWANCE: usize = 2 << 10;

/// A full collection is worth its cost if it examines no more objects than this for each
/// that is garbage.
const WORTH: usize = 3;

/// A full collection that examines less than this part of the heap costs little: the heap need
/// not grow by more until the next one. It still walks over all pages, so that the heap may
/// grow by as much.
const CHEAP_PART: usize = 16;

/// The work of making so many objects is counted like that of examining one.
pub(crate) const MADE_PER_EXAMINED: usize = 8;

/// What automatic collections save: memory or time.
///
/// The collector adapts to what its collections find, within the limits that this sets; see
/// [`set_pace`](crate::gc::set_pace).
///
/// | | growth until a full collection, in parts of the heap | smallest sample of new objects |
/// |---|---|---|
/// | `SaveMemory` | 1/16 to 1/4 | all |
/// | `Balanced` | 1/16 to 1 | 1/16 |
/// | `SaveTime` | 1/4 to 3 | 1/64 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pace {
    /// Memory first: collections run often even if they find nothing.
    SaveMemory,
    /// The default.
    #[default]
    Balanced,
    /// Time first: a heap that only grows is hardly examined.
    SaveTime,
}

/// The limits that a [`Pace`] stands for.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// The least allowance is the heap divided by this.
    least_allowance: usize,
    /// The greatest allowance, in quarters of the heap.
    most_quarters: usize,
    /// How fast the allowance grows while full collections are in vain.
    growth: usize,
    /// A sample is at least the trigger divided by 2 to the power of this.
    most_halvings: u32,
    /// Work for a full collection is at most the heap times 2 to the power of this.
    most_doublings: u32,
}

impl Pace {
    const fn limits(self) -> Limits {
        let (least_allowance, most_quarters, growth, most_halvings, most_doublings) = match self {
            Pace::SaveMemory => (16, 1, 2, 0, 2),
            Pace::Balanced => (16, 4, 2, 4, 5),
            Pace::SaveTime => (4, 12, 4, 6, 6),
        };
        Limits { least_allowance, most_quarters, growth, most_halvings, most_doublings }
    }
}

/// What a trigger that was reached means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// A partial collection is due.
    Look,
    /// What is new is passed over, and the next collection examines only what is made
    /// after that.
    PassOver,
}

/// What a full collection came to, in objects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// Examined.
    pub(crate) examined: usize,
    /// Found unreachable.
    pub(crate) unreachable: usize,
    /// On the heap now.
    pub(crate) tracked: usize,
}

/// When the next collections are due, in objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rhythm {
    pace: Pace,
    trigger: usize,
    /// Samples are the trigger divided by 2 to the power of this.
    halvings: u32,
    /// What comes when the trigger is reached.
    next: Beat,
    allowance: usize,
    /// A full collection is due after as much work as the heap times 2 to the power of this.
    doublings: u32,
}

impl Rhythm {
    /// The rhythm of a heap without objects.
    pub(crate) const fn new(pace: Pace) -> Rhythm {
        let allowance = SMALL_HEAP;
        Rhythm { pace, trigger: FLOOR, halvings: 0, next: Beat::Look, allowance, doublings: 0 }
    }

    /// The pace that it keeps to.
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// How many net allocations may happen until something is due, in a heap
    /// that has grown by `growth` since the last full collection.
    pub(crate) fn trigger(&self, growth: isize) -> usize {
        let left = self.allowance.saturating_add_signed(growth.saturating_neg());
        let sample = (self.trigger >> self.halvings).max(FLOOR);
        let until = match self.next {
            Beat::Look => sample,
            Beat::PassOver => self.trigger - sample.min(self.trigger),
        };
        until.min(left).max(FLOOR)
    }

    /// What comes when the trigger is reached and no full collection is due.
    pub(crate) fn next(&self) -> Beat {
        self.next
    }

    /// Takes into account that new objects were passed over.
    pub(crate) fn note_passed_over(&mut self) {
        self.next = Beat::Look;
    }

    /// Whether a full collection is due in a heap that has grown by `growth`.
    pub(crate) fn is_outgrown(&self, growth: isize) -> bool {
        usize::try_from(growth).is_ok_and(|growth| growth >= self.allowance)
    }

    /// By how many objects the heap may grow until a full collection is due.
    pub(crate) fn allowance(&self) -> usize {
        self.allowance
    }

    /// How many more objects may be made until a full collection is due, in a heap of
    /// `tracked` objects, since partial collections examined `examined` ones.
    pub(crate) fn made_until_full(&self, tracked: usize, examined: usize) -> usize {
        let needed = tracked.max(SMALL_HEAP).saturating_mul(1 << self.doublings);
        needed.saturating_sub(examined).saturating_mul(MADE_PER_EXAMINED)
    }

    /// Takes into account that of `allocated` objects a partial collection found
    /// `unreachable` ones when it examined `examined`, and that there are `tracked` now.
    pub(crate) fn note_partial(
        &mut self,
        allocated: usize,
        examined: usize,
        unreachable: usize,
        tracked: usize,
    ) {
        let most = (tracked / 4).clamp(SMALL_HEAP, MOST);
        if unreachable > allocated / 8 {
            self.trigger = (self.trigger / 4).max(FLOOR);
            self.halvings = 0;
        } else if unreachable < allocated / 16 {
            let is_costly = examined > allocated / 4;
            if self.trigger >= most && is_costly {
                self.halvings = (self.halvings + 1).min(self.pace.limits().most_halvings);
            }
            self.trigger = (self.trigger * 4).min(most);
        }
        self.start_over();
    }

    /// Takes into account what a full collection came to, which was due for growth, or
    /// else for work.
    pub(crate) fn note_full(&mut self, outcome: Outcome, was_outgrown: bool) {
        let Outcome { examined, unreachable, tracked } = outcome;
        let Limits { least_allowance, most_quarters, growth, most_doublings, .. } =
            self.pace.limits();
        if examined <= unreachable.saturating_mul(WORTH) {
            let least = LEAST_ALLOWANCE.max(tracked / least_allowance);
            self.allowance = (self.allowance / 2).max(least);
            self.doublings = 0;
            // What it found may have been young.
            self.trigger = (self.trigger / 2).max(FLOOR);
            self.halvings = 0;
        } else if examined <= tracked / CHEAP_PART {
            self.allowance = self.allowance.max(tracked / CHEAP_PART);
        } else if was_outgrown {
            self.allowance = self.allowance.saturating_mul(growth);
        } else {
            self.doublings = (self.doublings + 1).min(most_doublings);
        }
        let most = (tracked / 4).saturating_mul(most_quarters);
        self.allowance = self.allowance.min(SMALL_HEAP.max(most));
        self.start_over();
    }

    /// A collection ended.
    fn start_over(&mut self) {
        self.next = if self.halvings > 0 { Beat::PassOver } else { Beat::Look };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::heap::MOST_TAKEN_AT_FIRST;

    const NEW: Rhythm = Rhythm::new(Pace::Balanced);

    fn note_full(rhythm: &mut Rhythm, examined: usize, unreachable: usize, tracked: usize) {
        rhythm.note_full(Outcome { examined, unreachable, tracked }, true);
    }

    #[test]
    fn the_trigger_grows_while_young_collections_find_nothing_and_comes_back() {
        let mut rhythm = NEW;
        assert_eq!(rhythm.trigger(0), FLOOR);
        for _ in 0..10 {
            rhythm.note_partial(1000, 0, 0, 1000);
        }
        assert_eq!(rhythm.trigger(0), SMALL_HEAP);
        for _ in 0..10 {
            rhythm.note_partial(1000, 0, 0, 1_000_000);
        }
        assert_eq!(rhythm.trigger, MOST);
        for _ in 0..10 {
            rhythm.note_partial(1000, 900, 900, 1_000_000);
        }
        assert_eq!(rhythm.trigger, FLOOR);
    }

    #[test]
    fn the_trigger_reaches_no_further_than_the_allowance() {
        let rhythm = Rhythm { trigger: 10_000, allowance: 8000, ..NEW };
        assert_eq!(rhythm.trigger(0), 8000);
        assert_eq!(rhythm.trigger(3000), 5000);
        assert_eq!(rhythm.trigger(7999), FLOOR);
        assert_eq!(rhythm.trigger(-3000), 10_000);
        assert!(!rhythm.is_outgrown(7999));
        assert!(rhythm.is_outgrown(8000));
        assert!(!rhythm.is_outgrown(-8000));
    }

    #[test]
    fn new_objects_are_passed_over_while_looks_at_them_cost_much_and_find_nothing() {
        const FEW: isize = -1_000_000;
        let mut rhythm = Rhythm { trigger: MOST, ..NEW };
        rhythm.note_partial(MOST, MOST, 0, 1_000_000);
        assert_eq!((rhythm.next(), rhythm.trigger(FEW)), (Beat::PassOver, MOST / 2));
        rhythm.note_passed_over();
        assert_eq!((rhythm.next(), rhythm.trigger(FEW)), (Beat::Look, MOST / 2));
        for _ in 0..10 {
            rhythm.note_partial(MOST / 2, MOST / 2, 0, 1_000_000);
        }
        assert_eq!(rhythm.trigger(FEW), MOST - MOST / 16);
        rhythm.note_passed_over();
        assert_eq!(rhythm.trigger(FEW), MOST / 16);
        rhythm.note_partial(MOST / 16, MOST / 16, MOST / 32, 1_000_000);
        assert_eq!((rhythm.next(), rhythm.trigger(FEW)), (Beat::Look, MOST / 4));
    }

    #[test]
    fn looks_that_cost_nothing_are_not_made_smaller() {
        let mut rhythm = Rhythm { trigger: MOST, ..NEW };
        rhythm.note_partial(MOST, MOST / 100, 0, 1_000_000);
        assert_eq!(rhythm.next(), Beat::Look);
    }

    #[test]
    fn full_collections_that_find_what_they_look_at_become_more_frequent() {
        let mut rhythm = NEW;
        for _ in 0..10 {
            note_full(&mut rhythm, 2000, 1000, 100_000);
        }
        assert_eq!(rhythm.allowance, 100_000 / 16);
        for _ in 0..10 {
            note_full(&mut rhythm, 2000, 1000, 100);
        }
        assert_eq!(rhythm.allowance, LEAST_ALLOWANCE);
    }

    #[test]
    fn a_heap_that_only_grows_is_looked_at_as_often_as_it_doubles() {
        let mut rhythm = NEW;
        let mut tracked = 0;
        let mut looks = 0;
        while tracked < 1 << 24 {
            tracked += rhythm.allowance;
            note_full(&mut rhythm, tracked, 0, tracked);
            looks += 1;
        }
        assert_eq!(looks, 11, "16 thousand, doubled ten times");
        assert_eq!(rhythm.allowance, tracked);
    }

    #[test]
    fn a_new_heap_knows_when_its_first_full_collection_is_due() {
        assert_eq!(NEW.made_until_full(0, 0), MOST_TAKEN_AT_FIRST);
    }

    #[test]
    fn full_collections_that_cost_little_come_with_a_sixteenth_of_growth() {
        let mut rhythm = NEW;
        note_full(&mut rhythm, 100, 0, 10_000);
        assert_eq!(rhythm, NEW);
        note_full(&mut rhythm, 100, 0, 1_600_000);
        assert_eq!(rhythm, Rhythm { allowance: 100_000, ..NEW });
    }

    #[test]
    fn a_full_collection_for_work_costs_at_most_as_much_and_less_when_it_is_in_vain() {
        const TRACKED: usize = 1_000_000;
        let mut rhythm = NEW;
        assert_eq!(rhythm.made_until_full(TRACKED, TRACKED), 0);
        assert_eq!(rhythm.made_until_full(TRACKED, 0), TRACKED * MADE_PER_EXAMINED);
        for _ in 0..10 {
            rhythm
                .note_full(Outcome { examined: TRACKED, unreachable: 0, tracked: TRACKED }, false);
        }
        assert_eq!(rhythm.made_until_full(TRACKED, 31 * TRACKED), TRACKED * MADE_PER_EXAMINED);
        rhythm.note_full(Outcome { examined: 300, unreachable: 100, tracked: TRACKED }, false);
        assert_eq!(rhythm.made_until_full(TRACKED, TRACKED), 0);
    }

    #[test]
    fn memory_first_looks_at_everything_and_time_first_at_hardly_anything() {
        let after_vain_looks = |pace| {
            let mut rhythm = Rhythm::new(pace);
            for _ in 0..20 {
                rhythm.note_partial(MOST, MOST, 0, 1_000_000);
                note_full(&mut rhythm, 1_000_000, 0, 1_000_000);
            }
            (rhythm.halvings, rhythm.allowance)
        };
        assert_eq!(after_vain_looks(Pace::SaveMemory), (0, 250_000));
        assert_eq!(after_vain_looks(Pace::Balanced), (4, 1_000_000));
        assert_eq!(after_vain_looks(Pace::SaveTime), (6, 3_000_000));
    }
}
