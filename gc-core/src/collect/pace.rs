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
//! * The **allowance** is by how many objects the heap may grow until a full collection
//!   is due: garbage of any age is at most that. It shrinks while full collections are
//!   worth their cost, and grows while they examine many objects and find little garbage,
//!   as in a heap that only grows.

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

/// When the next collections are due, in objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    trigger: usize,
    allowance: usize,
}

impl Pace {
    /// The pace of a heap without objects.
    pub(crate) const fn new() -> Pace {
        Pace { trigger: FLOOR, allowance: SMALL_HEAP }
    }

    /// How many net allocations may happen until the next collection, in a heap
    /// that has grown by `growth` since the last full one.
    pub(crate) fn trigger(&self, growth: isize) -> usize {
        let left = self.allowance.saturating_add_signed(growth.saturating_neg());
        self.trigger.min(left.max(FLOOR))
    }

    /// Whether a full collection is due in a heap that has grown by `growth`.
    pub(crate) fn is_full_one_due(&self, growth: isize) -> bool {
        usize::try_from(growth).is_ok_and(|growth| growth >= self.allowance)
    }

    /// Takes into account that of `allocated` objects a partial collection found
    /// `unreachable` ones, and that there are `tracked` now.
    pub(crate) fn note_partial(&mut self, allocated: usize, unreachable: usize, tracked: usize) {
        if unreachable > allocated / 8 {
            self.trigger = (self.trigger / 4).max(FLOOR);
        } else if unreachable < allocated / 16 {
            let most = (tracked / 4).clamp(SMALL_HEAP, MOST);
            self.trigger = (self.trigger * 4).min(most);
        }
    }

    /// Takes into account that a full collection looked at `examined` objects, found
    /// `unreachable` ones, and left `tracked`.
    pub(crate) fn note_full(&mut self, examined: usize, unreachable: usize, tracked: usize) {
        if examined <= unreachable.saturating_mul(WORTH) {
            self.allowance = (self.allowance / 2).max(LEAST_ALLOWANCE.max(tracked / 16));
            // What it found may have been young.
            self.trigger = (self.trigger / 2).max(FLOOR);
        } else {
            self.allowance *= 2;
        }
        self.allowance = self.allowance.min(SMALL_HEAP.max(tracked / 2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trigger_grows_while_young_collections_find_nothing_and_comes_back() {
        let mut pace = Pace::new();
        assert_eq!(pace.trigger(0), FLOOR);
        for _ in 0..10 {
            pace.note_partial(1000, 0, 1000);
        }
        assert_eq!(pace.trigger(0), SMALL_HEAP);
        for _ in 0..10 {
            pace.note_partial(1000, 0, 1_000_000);
        }
        assert_eq!(pace.trigger, MOST);
        for _ in 0..10 {
            pace.note_partial(1000, 900, 1_000_000);
        }
        assert_eq!(pace.trigger, FLOOR);
    }

    #[test]
    fn the_trigger_reaches_no_further_than_the_allowance() {
        let pace = Pace { trigger: 10_000, allowance: 8000 };
        assert_eq!(pace.trigger(0), 8000);
        assert_eq!(pace.trigger(3000), 5000);
        assert_eq!(pace.trigger(7999), FLOOR);
        assert_eq!(pace.trigger(-3000), 10_000);
        assert!(!pace.is_full_one_due(7999));
        assert!(pace.is_full_one_due(8000));
        assert!(!pace.is_full_one_due(-8000));
    }

    #[test]
    fn full_collections_that_find_what_they_look_at_become_more_frequent() {
        let mut pace = Pace::new();
        for _ in 0..10 {
            pace.note_full(2000, 1000, 100_000);
        }
        assert_eq!(pace.allowance, 100_000 / 16);
        for _ in 0..10 {
            pace.note_full(2000, 1000, 100);
        }
        assert_eq!(pace.allowance, LEAST_ALLOWANCE);
    }

    #[test]
    fn a_heap_that_only_grows_is_looked_at_as_often_as_it_grows_by_half() {
        let mut pace = Pace::new();
        for _ in 0..10 {
            pace.note_full(1_000_000, 0, 1_000_000);
        }
        assert_eq!(pace.allowance, 500_000);
    }
}
