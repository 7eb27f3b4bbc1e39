//! Suspects in groups that no edge connects, so that each group can be decided about by itself.
//!
//! If a member of a group is garbage, so are its owners, and they are in the group: by T1 it is
//! found to be garbage without a look at any other group.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use super::lists::shrink;
use crate::collect::arrays::push_reserved;
use crate::object::generation::narrow;

/// Disjoint sets of numbers; Tarjan and van Leeuwen, *Worst-case analysis of set union
/// algorithms* (1984), with path halving.
///
/// # Invariants
///
/// A number below that of its place in `parent` is a member of the same group. The others are the
/// smallest of their group, and what is noted for them is the last one that was
/// [linked](Groups::link), or itself.
#[derive(Debug, Default)]
pub(super) struct Groups {
    parent: Vec<u32>,
    /// The next larger member of the same group, for all that were linked but the last one.
    next: Vec<u32>,
}

impl Groups {
    /// Makes room for so many numbers.
    pub(super) fn reserve(&mut self, count: usize) -> Result<(), TryReserveError> {
        self.parent.try_reserve(count)?;
        self.next.try_reserve(count)
    }

    /// Forgets all numbers, and gives so many bytes of each list back. Returns whether there are no
    /// more.
    pub(super) fn give_back(&mut self, bytes: usize) -> bool {
        self.parent.clear();
        self.next.clear();
        shrink(&mut self.parent, usize::MAX, bytes) & shrink(&mut self.next, usize::MAX, bytes)
    }

    /// Adds a group with one member: the number of those that there were. Room was reserved.
    #[inline]
    pub(super) fn add(&mut self) {
        let number = narrow(self.parent.len());
        push_reserved(&mut self.parent, number);
        push_reserved(&mut self.next, number);
    }

    /// The smallest member of the group of `number`, while none was linked.
    #[inline]
    pub(super) fn smallest(&mut self, mut number: u32) -> u32 {
        let parent = &mut self.parent[..];
        loop {
            let above = parent[number as usize];
            if above == number {
                return number;
            }
            let above = parent[above as usize];
            parent[number as usize] = above;
            number = above;
        }
    }

    /// Makes one group of the groups of two numbers, of which one is the smallest of its own, while
    /// none was linked. Returns the smallest member.
    #[inline]
    pub(super) fn unite(&mut self, smallest: u32, other: u32) -> u32 {
        let other = self.smallest(other);
        if other != smallest {
            self.parent[other.max(smallest) as usize] = other.min(smallest);
        }
        other.min(smallest)
    }

    /// Makes `number` the last member of its group, when all groups are known. All smaller numbers
    /// were linked before.
    #[inline]
    pub(super) fn link(&mut self, number: u32) {
        let above = self.parent[number as usize];
        if above >= number {
            return;
        }
        let smallest = above.min(self.parent[above as usize]);
        self.parent[number as usize] = smallest;
        let last = core::mem::replace(&mut self.parent[smallest as usize], number);
        self.next[last as usize] = number;
    }

    /// The members of the group whose smallest one is `number`, when all were linked; none if
    /// there is no such group.
    pub(super) fn members(&self, number: u32) -> impl Iterator<Item = u32> {
        let last = self.parent[number as usize];
        let mut next = (last >= number).then_some(number);
        core::iter::from_fn(move || {
            let member = next?;
            next = (member != last).then(|| self.next[member as usize]);
            Some(member)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn united_groups_have_all_members_once_and_are_found_by_the_smallest() {
        let mut groups = Groups::default();
        groups.reserve(8).unwrap();
        (0..8).for_each(|_| groups.add());
        for (one, other) in [(6, 2), (2, 4), (4, 6), (4, 6), (3, 3), (7, 5), (7, 7)] {
            let smallest = groups.smallest(one);
            let united = groups.unite(smallest, other);
            assert_eq!((united, united), (groups.smallest(one), groups.smallest(other)));
        }
        (0..8).for_each(|number| groups.link(number));
        let members = |number: u32| groups.members(number).collect::<Vec<u32>>();
        assert_eq!(members(0), vec![0]);
        assert_eq!(members(1), vec![1]);
        assert_eq!(members(2), vec![2, 4, 6]);
        assert_eq!(members(3), vec![3]);
        assert_eq!(members(5), vec![5, 7]);
        assert!([4, 6, 7].iter().all(|&number| members(number).is_empty()));
    }

    #[test]
    fn groups_that_were_united_in_any_order_have_all_members() {
        let edges = [(9, 0), (8, 9), (7, 8), (1, 3), (3, 5), (5, 7), (2, 4), (6, 4)];
        for first in 0..edges.len() {
            let mut groups = Groups::default();
            groups.reserve(10).unwrap();
            (0..10).for_each(|_| groups.add());
            for step in 0..edges.len() {
                let (one, other) = edges[(first + 3 * step) % edges.len()];
                let smallest = groups.smallest(one);
                groups.unite(smallest, other);
            }
            (0..10).for_each(|number| groups.link(number));
            let all: Vec<Vec<u32>> =
                (0..10).map(|number| groups.members(number).collect()).collect();
            assert_eq!(all[0], [0, 1, 3, 5, 7, 8, 9]);
            assert_eq!(all[2], [2, 4, 6]);
            assert_eq!(all.iter().map(Vec::len).sum::<usize>(), 10);
        }
    }
}
