//! [`Answers`]: what functions have answered that always give the same answer.
//!
//! To ask each type once takes a list, and a walk over all types that a value may contain. It is
//! done at first use, and remembered, since there is no place for it in the type: a static in a
//! generic function belongs to all of its instances together.
//!
//! An answer is filed under the address of the function that found it. The linker may give
//! two types one function, or one type two. The first makes no difference, because then the
//! function answers for both; the second costs another entry.

use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// A function that always gives the same answer.
pub(crate) type Answering = fn() -> bool;

/// The answers that are remembered.
pub(crate) static ANSWERS: Answers = Answers::new();

const ENTRIES: usize = 1 << BITS;
const BITS: u32 = 9;

/// So many entries are tried for a function.
const TRIES: usize = 16;

/// Functions and their answers, never more than there is room for: further functions are
/// called each time.
///
/// All threads share it. An entry is given to one function, once, and only that one's answer
/// is written there. So no access needs to be ordered with another: who sees the function and
/// not yet the answer calls it as well.
#[derive(Debug)]
pub(crate) struct Answers {
    entries: [Entry; ENTRIES],
}

#[derive(Debug)]
struct Entry {
    /// The address of the function, which is not 0.
    function: AtomicUsize,
    answer: AtomicU8,
}

const UNKNOWN: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

impl Answers {
    const fn new() -> Answers {
        Answers { entries: [const { Entry::empty() }; ENTRIES] }
    }

    /// What `function` answers.
    ///
    /// Runs user code: `function`, if it may not have answered before.
    #[inline]
    pub(crate) fn of(&self, function: Answering) -> bool {
        let address = (function as *const ()).addr();
        let entry = &self.entries[first_place(address)];
        match entry.answer_of(address) {
            YES => true,
            NO => false,
            _ => self.find(function, address),
        }
    }

    /// Apart, since it is done once for most functions.
    #[cold]
    #[inline(never)]
    fn find(&self, function: Answering, address: usize) -> bool {
        let first = first_place(address);
        for place in first..first + TRIES {
            let entry = &self.entries[place % ENTRIES];
            if entry.is_given_to(address) {
                return entry.answer_or_call(function);
            }
        }
        function()
    }
}

/// Multiplying spreads addresses, which may be multiples of 16 or follow each other.
#[inline]
fn first_place(address: usize) -> usize {
    /// About as much less than the largest number as the golden ratio says.
    const FACTOR: usize = (usize::MAX / 1618 * 1000) | 1;
    address.wrapping_mul(FACTOR) >> (usize::BITS - BITS)
}

impl Entry {
    const fn empty() -> Entry {
        Entry { function: AtomicUsize::new(0), answer: AtomicU8::new(UNKNOWN) }
    }

    /// The answer of the function with this address, if it is the one here.
    #[inline]
    fn answer_of(&self, address: usize) -> u8 {
        if self.function.load(Ordering::Relaxed) == address {
            self.answer.load(Ordering::Relaxed)
        } else {
            UNKNOWN
        }
    }

    /// Whether the entry is that of the function with this address, which takes it if it is free.
    fn is_given_to(&self, address: usize) -> bool {
        let taken =
            self.function.compare_exchange(0, address, Ordering::Relaxed, Ordering::Relaxed);
        taken.is_ok() || taken == Err(address)
    }

    /// The answer of the function that the entry is given to.
    fn answer_or_call(&self, function: Answering) -> bool {
        match self.answer.load(Ordering::Relaxed) {
            UNKNOWN => {
                let answer = function();
                self.answer.store(if answer { YES } else { NO }, Ordering::Relaxed);
                answer
            }
            answer => answer == YES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yes() -> bool {
        true
    }

    fn no() -> bool {
        false
    }

    #[test]
    fn functions_are_called_once() {
        std::thread_local! {
            static CALLS: core::cell::Cell<u32> = const { core::cell::Cell::new(0) };
        }

        fn counts() -> bool {
            CALLS.set(CALLS.get() + 1);
            true
        }

        let answers = Answers::new();
        let counts: Answering = counts;
        assert!(answers.of(counts));
        assert!(answers.of(counts));
        assert_eq!(CALLS.get(), 1);
    }

    #[test]
    fn answers_are_not_mixed_up() {
        let answers = Answers::new();
        for _ in 0..2 {
            assert!(answers.of(yes));
            assert!(!answers.of(no));
        }
    }

    #[test]
    fn functions_whose_places_are_taken_still_answer() {
        let answers = Answers::new();
        for entry in &answers.entries {
            entry.function.store(usize::MAX, Ordering::Relaxed);
            entry.answer.store(NO, Ordering::Relaxed);
        }
        assert!(answers.of(yes));
        assert!(!answers.of(no));
    }

    #[test]
    fn the_places_of_one_function_after_another_are_spread() {
        let mut places: Vec<_> = (0..64).map(|number| first_place(0x5000 + 16 * number)).collect();
        places.sort_unstable();
        places.dedup();
        assert!(places.len() > 32, "{} places", places.len());
    }
}
