//! Suspects in groups that no edge connects, so that each group can be decided about by itself.
//!
//! If a member of a group is garbage, so are its owners, and they are in the group: by T1 it is
//! found to be garbage without a look at any other group.

use alloc::collections::TryReserveError;

use super::pieces::Pieces;
use crate::object::generation::narrow;

/// Disjoint sets of numbers; Tarjan and van Leeuwen, *Worst-case analysis of set union
/// algorithms* (1984), with path halving.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// A smaller member of the same group, or the number itself if it is the smallest.
    parent: Pieces<u32>,
    /// Another member of the same group; all members are in one ring.
    next: Pieces<u32>,
}

impl Groups {
    /// Adds a group with one member: the number of those that there were.
    pub(super) fn add(&mut self) -> Result<u32, TryReserveError> {
        self.parent.reserve(1, 0)?;
        self.next.reserve(1, 0)?;
        let number = narrow(self.parent.len());
        self.parent.push(number);
        self.next.push(number);
        Ok(number)
    }

    /// The smallest member of the group of `number`.
    fn smallest(&mut self, mut number: u32) -> u32 {
        loop {
            let parent = self.parent.at(number as usize);
            if parent == number {
                return number;
            }
            let above = self.parent.at(parent as usize);
            *self.parent.at_mut(number as usize) = above;
            number = above;
        }
    }

    /// Makes one group of the groups of two numbers.
    pub(super) fn unite(&mut self, one: u32, other: u32) {
        let (one, other) = (self.smallest(one), self.smallest(other));
        if one != other {
            *self.parent.at_mut(one.max(other) as usize) = one.min(other);
            self.next.swap(one as usize, other as usize);
        }
    }

    /// The members of the group whose smallest one is `number`; none if there is no such group.
    pub(super) fn members(&self, number: u32) -> impl Iterator<Item = u32> {
        let is_first = self.parent.at(number as usize) == number;
        let mut next = is_first.then_some(number);
        core::iter::from_fn(move || {
            let member = next?;
            next = Some(self.next.at(member as usize)).filter(|&following| following != number);
            Some(member)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn united_groups_have_all_members_once_and_are_found_by_the_smallest() {
        let mut groups = Groups::default();
        for number in 0..8 {
            assert_eq!(groups.add(), Ok(number));
        }
        for (one, other) in [(6, 2), (2, 4), (4, 6), (7, 5), (5, 7), (3, 3)] {
            groups.unite(one, other);
        }
        let members = |number: u32| {
            let mut members: Vec<u32> = groups.members(number).collect();
            members.sort_unstable();
            members
        };
        assert_eq!(members(0), vec![0]);
        assert_eq!(members(2), vec![2, 4, 6]);
        assert_eq!(members(3), vec![3]);
        assert_eq!(members(5), vec![5, 7]);
        assert!([4, 6, 7].iter().all(|&number| members(number).is_empty()));
    }
}
