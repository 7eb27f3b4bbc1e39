//! Memory on its way to and from the global allocator.
//!
//! Touching memory for the first time costs more than making an object in it. A program
//! that collects after each of its tasks would return the same memory every time and take
//! it again; a program that no longer needs the memory should not keep it. The two are
//! told apart by what happened after memory was last returned.

use core::cell::Cell;

/// What was taken and given back, in bytes.
#[derive(Debug)]
pub(crate) struct Traffic {
    /// Taken since unused memory was given back last.
    taken: Cell<usize>,
    /// Given back then, but not by the program itself.
    given_back: Cell<usize>,
    /// Unused, and kept all the same then.
    kept: Cell<usize>,
}

impl Traffic {
    /// None yet.
    pub(crate) const fn new() -> Traffic {
        Traffic { taken: Cell::new(0), given_back: Cell::new(0), kept: Cell::new(0) }
    }

    /// Counts memory that was taken.
    pub(crate) fn note_taken(&self, bytes: usize) {
        self.taken.set(self.taken.get().saturating_add(bytes));
    }

    /// Starts over when unused memory was kept or given back.
    pub(crate) fn note_trim(&self, kept: usize, given_back: usize) {
        self.taken.set(0);
        self.kept.set(kept);
        self.given_back.set(given_back);
    }

    /// How much unused memory the program would have used again if it had been kept.
    pub(crate) fn taken_again(&self) -> usize {
        self.kept.get() + self.given_back.get().min(self.taken.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_given_back_for_the_first_time_was_not_missed() {
        let traffic = Traffic::new();
        traffic.note_taken(100);
        assert_eq!(traffic.taken_again(), 0);
    }

    #[test]
    fn memory_taken_right_after_it_was_given_back_was_missed() {
        let traffic = Traffic::new();
        traffic.note_taken(100);
        traffic.note_trim(0, 100);
        traffic.note_taken(70);
        assert_eq!(traffic.taken_again(), 70);
        traffic.note_trim(70, 0);
        assert_eq!(traffic.taken_again(), 70, "it was there this time");
    }
}
