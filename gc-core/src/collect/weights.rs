//! How much memory objects own beside their slots: buffers of vectors, text, memory that
//! only the program knows.
//!
//! The pace of collections counts objects. That is not enough where few objects own much: 700
//! pictures of 1 MiB are made before the first collection by numbers. Values know what they
//! own, but asking each would cost every program. So a few objects are weighed now and then,
//! and the average stands for those that are made next. Then the numbers of objects that make
//! collections due are limited to those that own as much as they may.
//!
//! What the heap knows exactly is counted exactly: large objects, pages of untracked objects,
//! and what the program adds with `gc::add_pressure`. It is called *external* here.

use core::cell::Cell;

use crate::memory::heap::Heap;

/// The least growth that makes a collection due, in bytes.
const LEAST: usize = 1 << 20;

/// Objects that own less than this on average are left to their numbers.
const LIGHT: usize = 256;

/// Objects that own so much or more may make young collections more frequent than CPython's
/// threshold, others may not.
const HEAVY: usize = 4 * LEAST / 700;

/// The memory of so many bytes costs a program at least as much, when it is first used, as a
/// full collection costs to examine an object.
const BYTES_PER_EXAMINED: usize = 1 << 9;

/// How often the allowance is doubled when a full collection showed that objects own less than
/// it seemed.
const MOST_DOUBLINGS: u32 = 10;

/// A few objects are weighed after so many net allocations, or earlier: the number grows
/// fourfold after each collection until there.
const BETWEEN: usize = 256;

/// It starts there if objects were light so often in a row, and the average says so too: a
/// collection must not be due, again and again, for an average that nobody checks.
const OFTEN: u32 = 8;

/// What objects own, as far as it is known.
#[derive(Debug)]
pub(crate) struct Weights {
    /// The bytes that an object owns that was made lately.
    average: Cell<usize>,
    /// External bytes after the last collection.
    external: Cell<usize>,
    /// External bytes after the last full collection.
    external_after_full: Cell<usize>,
    /// The bytes of the heap after that, with all that it owns.
    live_after_full: Cell<usize>,
    /// How many objects that examined.
    examined: Cell<usize>,
    /// The allowance is doubled so often.
    doublings: Cell<u32>,
    /// How often in a row objects were light.
    light: Cell<u32>,
    /// Where the next samples are taken.
    place: Cell<u32>,
}

impl Weights {
    /// Nothing is known yet.
    pub(crate) const fn new() -> Weights {
        Weights {
            average: Cell::new(0),
            external: Cell::new(0),
            external_after_full: Cell::new(0),
            live_after_full: Cell::new(0),
            examined: Cell::new(0),
            doublings: Cell::new(0),
            light: Cell::new(0),
            place: Cell::new(0),
        }
    }

    /// After how many net allocations objects are weighed, when a collection starts.
    pub(crate) fn next_weighing(&self) -> usize {
        if self.light.get() < OFTEN || self.are_heavy() { 1 } else { BETWEEN }
    }

    /// After how many they are weighed again, `made` of which have happened.
    pub(crate) fn next_weighing_after(made: usize) -> usize {
        made + (3 * made).clamp(1, BETWEEN)
    }

    /// How many objects may be made until a young collection is due, in a heap that has grown
    /// by `growth` objects since the last full one.
    pub(crate) fn trigger(&self, growth: isize) -> usize {
        let average = self.average.get();
        if average < LIGHT {
            return usize::MAX;
        }
        let least = if average < HEAVY { LEAST * 4 / HEAVY } else { 1 };
        (self.room(growth) / average).max(least)
    }

    /// How many external bytes there may be until a young collection is due.
    pub(crate) fn most_external(&self, growth: isize) -> usize {
        self.external.get().saturating_add(self.room(growth))
    }

    fn room(&self, growth: isize) -> usize {
        let live = self.live_after_full.get().saturating_add(self.grown(growth));
        LEAST.max(live / 2)
    }

    /// By how many bytes the heap has grown since the last full collection, slots aside, if
    /// it has grown by `growth` objects.
    fn grown(&self, growth: isize) -> usize {
        let average = Some(self.average.get()).filter(|&average| average >= LIGHT).unwrap_or(0);
        let owned = growth.max(0).cast_unsigned().saturating_mul(average);
        let external = Heap::current().external().saturating_sub(self.external_after_full.get());
        owned.saturating_add(external)
    }

    /// Whether a full collection is due in a heap that has grown by `growth` objects.
    pub(crate) fn is_full_one_due(&self, growth: isize) -> bool {
        self.due_bytes(growth) > 0
    }

    /// Whether a full collection that runs in slices takes too long: twice as much was made as
    /// made it due.
    pub(crate) fn is_full_one_late(&self, growth: isize) -> bool {
        self.grown(growth) / 2 >= self.allowance()
    }

    /// By how many bytes the heap has grown, if that makes a full collection due, or else 0.
    pub(crate) fn due_bytes(&self, growth: isize) -> usize {
        let most = self.allowance();
        Some(self.grown(growth)).filter(|&grown| grown >= most).unwrap_or(0)
    }

    /// By how many bytes the heap may grow until a full collection is due.
    fn allowance(&self) -> usize {
        let cost = self.examined.get().saturating_mul(BYTES_PER_EXAMINED);
        let allowance = LEAST.max(self.live_after_full.get()).max(cost);
        allowance.saturating_mul(1 << self.doublings.get())
    }

    /// A collection ended.
    pub(crate) fn note_collection(&self) {
        self.external.set(Heap::current().external());
    }

    /// A full collection examined so many objects.
    pub(crate) fn note_examined(&self, examined: usize) {
        self.examined.set(examined);
    }

    /// A full collection ended, for which `due_bytes` were due. The heap has grown by `growth`
    /// objects since the one before, and its objects own so many bytes.
    pub(crate) fn note_full(&self, due_bytes: usize, growth: isize, owned: usize) {
        let heap = Heap::current();
        let was_worth = self.grown(growth) <= due_bytes / 4 * 3;
        self.external_after_full.set(heap.external());
        let live = heap.external().saturating_add(heap.shared_bytes()).saturating_add(owned);
        self.live_after_full.set(live);
        if due_bytes > 0 {
            // Nothing was freed, and what was due is not there either: it was weighed wrong.
            let was_wrong = !was_worth && live < due_bytes / 2;
            let doublings = if was_wrong { self.doublings.get() + 1 } else { 0 };
            self.doublings.set(doublings.min(MOST_DOUBLINGS));
        }
    }

    /// Whether objects own enough on average to be taken into account.
    pub(crate) fn are_heavy(&self) -> bool {
        self.average.get() >= LIGHT
    }

    /// Takes into account that some objects that were made lately own `mean` bytes on average.
    pub(crate) fn note_sample(&self, mean: usize) {
        let light = if mean < LIGHT { self.light.get().saturating_add(1) } else { 0 };
        self.light.set(light);
        let average = self.average.get();
        // What is heavy is noticed at once, and forgotten slowly.
        self.average.set(mean.max(average - average.saturating_sub(mean) / 4));
    }

    /// Takes into account that many objects that were made lately own `mean` bytes on average.
    pub(crate) fn note_large_sample(&self, mean: usize) {
        self.average.set(mean);
    }

    /// Takes into account that no object was found that was made lately, and that some older
    /// ones own no less than `least`. What the average says may be out of date.
    pub(crate) fn note_older(&self, least: usize) {
        let average = self.average.get();
        self.average.set(average - average.saturating_sub(least) / 4);
    }

    /// Where the next samples are taken: another place each time.
    pub(crate) fn next_place(&self) -> u32 {
        let place = self.place.get().wrapping_add(7);
        self.place.set(place);
        place
    }
}
