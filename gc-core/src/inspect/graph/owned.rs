//! The bytes that values own elsewhere in memory, in four bytes for each object: few values own
//! more than these can say.

use std::collections::HashMap;

use alloc::vec::Vec;

use crate::inspect::graph::room::with_room;

/// Stands for a number in [`Owned::large`].
const LARGE: u32 = u32::MAX;

/// The bytes that values own elsewhere, by the numbers of the objects.
#[derive(Debug, Default)]
pub(crate) struct Owned {
    bytes: Vec<u32>,
    large: HashMap<u32, usize>,
}

impl Owned {
    /// Of no objects, with room for so many.
    pub(crate) fn with_room(objects: usize) -> Owned {
        Owned { bytes: with_room(objects), large: HashMap::new() }
    }

    /// The next object owns `bytes`.
    #[inline]
    pub(crate) fn push(&mut self, bytes: usize) {
        let short = u32::try_from(bytes).unwrap_or(LARGE);
        if short == LARGE {
            // There are fewer objects than a `u32` can count.
            self.large.extend(u32::try_from(self.bytes.len()).ok().map(|index| (index, bytes)));
        }
        self.bytes.push(short);
    }

    /// What object number `index` owns.
    #[inline]
    pub(crate) fn of(&self, index: u32) -> usize {
        match self.bytes.get(index as usize) {
            Some(&LARGE) => self.large.get(&index).copied().unwrap_or(LARGE as usize),
            Some(&short) => short as usize,
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_are_kept() {
        let mut owned = Owned::default();
        let numbers = [0, 7, LARGE as usize - 1, LARGE as usize, usize::MAX];
        for bytes in numbers {
            owned.push(bytes);
        }
        assert_eq!([0, 1, 2, 3, 4].map(|index| owned.of(index)), numbers);
    }
}
