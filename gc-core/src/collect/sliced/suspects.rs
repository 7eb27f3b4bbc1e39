//! What a collection in slices suspects, and how far it has looked at that again.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::ops::Range;

use super::entries::Entries;
use super::groups::Groups;
use super::lists::shrink;
use crate::collect::snapshot::set::OutOfMemory;
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::narrow;
use crate::object::header::ObjPtr;

/// The suspects, each with a number.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// Which entry each is, in ascending order.
    entries: Vec<u32>,
    groups: Groups,
    /// Whether they are so few that they need no groups.
    are_few: bool,
    /// So many were put into their groups.
    grouped: usize,
    /// So many were linked in their groups.
    linked: usize,
    /// The groups of so many were looked at again.
    looked_at: usize,
}

impl Suspects {
    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, count: usize) -> Result<(), TryReserveError> {
        self.entries.try_reserve(count)?;
        self.groups.reserve(count)
    }

    /// Whether all were looked at again.
    pub(super) fn are_decided(&self) -> bool {
        self.looked_at == self.entries.len()
    }

    /// Adds those of the `entries` in `range` that are suspected, and lets go of the others. Room
    /// was reserved.
    pub(super) fn sort(&mut self, entries: &mut Entries, range: Range<usize>) {
        let before = self.entries.len();
        entries.sort(range, &mut self.entries);
        (before..self.entries.len()).for_each(|_| self.groups.add());
    }

    /// Puts those that edges connect into one group. Returns how much work is left after that, if
    /// it is complete.
    pub(super) fn group(&mut self, entries: &Entries, most: usize) -> Option<usize> {
        if self.entries.len() <= most {
            // They can be looked at together.
            self.are_few = true;
            return Some(most);
        }
        let left = self.unite(entries, most)?;
        self.link(left)
    }

    #[inline(never)]
    fn unite(&mut self, entries: &Entries, most: usize) -> Option<usize> {
        /// Edges are followed in the time in which one object is traced.
        const PER_OBJECT: usize = 4;
        let mut steps = most.saturating_mul(PER_OBJECT);
        while let Some(&entry) = self.entries.get(self.grouped) {
            if steps == 0 {
                return None;
            }
            let number = narrow(self.grouped);
            let edges = entries.edges_of(entry as usize);
            steps = steps.saturating_sub(2 + edges.len());
            let mut smallest = self.groups.smallest(number);
            entries.meet_suspects(edges, |suspect| {
                smallest = self.groups.unite(smallest, suspect);
            });
            self.grouped += 1;
        }
        Some(steps / PER_OBJECT)
    }

    #[inline(never)]
    fn link(&mut self, most: usize) -> Option<usize> {
        /// Suspects are linked in the time in which one object is traced.
        const PER_OBJECT: usize = 8;
        let end = self.linked.saturating_add(most.saturating_mul(PER_OBJECT));
        let end = end.min(self.entries.len());
        (self.linked..end).for_each(|number| self.groups.link(narrow(number)));
        let left = most - (end - self.linked).div_ceil(PER_OBJECT);
        self.linked = end;
        (end == self.entries.len()).then_some(left)
    }

    /// Moves the next suspects that are still there into `objects`, group by group, as far as
    /// there is work `left`. They are objects of the old generation then, and no candidates.
    ///
    /// If there is no memory, what was moved is in `objects`, and the rest stays.
    pub(super) fn take(
        &mut self,
        entries: &Entries,
        left: &mut usize,
        objects: &mut Vec<ObjPtr>,
    ) -> Result<(), OutOfMemory> {
        /// So many members of groups that were taken are skipped in the time in which one object
        /// is traced.
        const SKIPPED: usize = 8;
        if self.are_decided() {
            return Ok(());
        }
        if self.are_few {
            objects.try_reserve(self.entries.len())?;
            objects.extend(self.entries.iter().filter_map(|&entry| take(entries, entry)));
            self.looked_at = self.entries.len();
            return Ok(());
        }
        while *left > 0 && !self.are_decided() {
            for member in self.groups.members(narrow(self.looked_at)) {
                if objects.len() == objects.capacity() {
                    objects.try_reserve(1)?;
                }
                objects.extend(take(entries, self.entries[member as usize]));
                *left = left.saturating_sub(1);
            }
            self.looked_at += 1;
            if self.looked_at.is_multiple_of(SKIPPED) {
                *left = left.saturating_sub(1);
            }
        }
        Ok(())
    }

    /// When all are decided: gives so many bytes of each list back. Returns whether there are no more.
    pub(super) fn give_back(&mut self, bytes: usize) -> bool {
        self.entries.clear();
        self.looked_at = 0;
        shrink(&mut self.entries, usize::MAX, bytes) & self.groups.give_back(bytes)
    }
}

/// The object of an entry, if it is still there: it is old and no candidate then.
fn take(entries: &Entries, entry: u32) -> Option<ObjPtr> {
    let object = entries.let_go(entry as usize)?;
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    Some(object)
}
