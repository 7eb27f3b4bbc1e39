//! Hash tables that give back the memory of entries that left.

use core::hash::{BuildHasher, Hash};
use std::collections::HashMap;

/// The capacity up to which a table keeps its memory, which is not worth the work.
const SMALL: usize = 32;

/// Whether a table of this capacity is filled to less than a fourth, and not small.
pub(crate) fn is_sparse(len: usize, capacity: usize) -> bool {
    capacity > SMALL && len < capacity / 4
}

/// Moves the entries of a table that is filled to less than a fourth to one that is filled
/// to half. At least as many entries have left by then as move, so each removal may call it.
///
/// Without memory the table stays as it is: objects must be able to die. `Hash` and `Eq` of
/// the keys must not be a user's, because a panic in them would lose entries.
#[inline]
pub(crate) fn shrink_if_sparse<K: Eq + Hash, V, S: BuildHasher + Clone>(
    table: &mut HashMap<K, V, S>,
) {
    if is_sparse(table.len(), table.capacity()) {
        shrink_to(table, 2 * table.len());
    }
}

/// Moves the entries to a table that has room for `capacity` of them, at least for all, if
/// that is smaller and there is memory for it.
#[cold]
pub(crate) fn shrink_to<K: Eq + Hash, V, S: BuildHasher + Clone>(
    table: &mut HashMap<K, V, S>,
    capacity: usize,
) {
    let mut smaller = HashMap::with_hasher(table.hasher().clone());
    let has_room = smaller.try_reserve(capacity.max(table.len())).is_ok();
    if has_room && smaller.capacity() < table.capacity() {
        smaller.extend(table.drain());
        *table = smaller;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ops::Range;

    fn table(entries: Range<u32>) -> HashMap<u32, u32> {
        entries.map(|number| (number, number + 1)).collect()
    }

    #[test]
    fn a_table_that_is_emptied_shrinks_in_proportion_and_loses_nothing() {
        let count = if cfg!(miri) { 200 } else { 10_000 };
        let mut table = table(0..count);
        let (mut moves, mut capacity) = (0, table.capacity());
        for number in 0..count {
            assert_eq!(table.remove(&number), Some(number + 1));
            shrink_if_sparse(&mut table);
            let left = (count - number - 1) as usize;
            assert_eq!(table.len(), left);
            assert!(table.capacity() <= SMALL.max(4 * left + 3), "{} for {left}", table.capacity());
            if table.capacity() < capacity / 2 + 1 {
                moves += 1;
            }
            capacity = table.capacity();
        }
        assert!(moves <= count.ilog2(), "the table moved {moves} times");
    }

    #[test]
    fn a_table_is_not_moved_back_and_forth() {
        let mut table = table(0..1000);
        table.retain(|&number, _| number < 200);
        shrink_if_sparse(&mut table);
        let capacity = table.capacity();
        assert!((400..1000).contains(&capacity), "{capacity}");
        for round in 0..100 {
            table.insert(1000 + round, 0);
            shrink_if_sparse(&mut table);
            table.remove(&(1000 + round));
            shrink_if_sparse(&mut table);
        }
        // Entries that are gone may still take places.
        assert!((capacity / 2..=capacity).contains(&table.capacity()));
        assert!((0..200).all(|number| table[&number] == number + 1));
    }

    #[test]
    fn a_small_table_keeps_its_memory() {
        let mut table = table(0..16);
        let capacity = table.capacity();
        table.clear();
        shrink_if_sparse(&mut table);
        assert_eq!(table.capacity(), capacity);
        shrink_to(&mut table, 0);
        assert_eq!(table.capacity(), 0);
    }

    #[test]
    fn a_table_is_not_made_larger_or_too_small() {
        let mut table = table(0..100);
        let capacity = table.capacity();
        shrink_to(&mut table, 2 * capacity);
        assert_eq!(table.capacity(), capacity);
        shrink_to(&mut table, 0);
        assert!(table.len() == 100 && table.capacity() >= 100);
    }
}
