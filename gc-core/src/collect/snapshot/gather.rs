//! The start of a snapshot: the candidates of the generations that are collected.
//!
//! They are taken in at once, in the order of the heap. But if a full collection has
//! many, which are few among all objects, the next chunk follows when all that the
//! ones before reach was traced: objects that reach each other were made together as
//! a rule, and lie together, on the heap and so in the snapshot. Breadth first from
//! all at once would look for one object here and one there, in each phase anew.

use alloc::vec::Vec;
use core::iter::once;
use core::mem::swap;
use core::ops::Range;

use super::{OutOfMemory, Snapshot, most_objects};
use crate::collect::arrays::{Arrays, append_reserved, fetch_ahead};
use crate::flags::Flags;
use crate::generation::{Epoch, Generation};
use crate::heap::Heap;
use crate::object::ObjPtr;
use crate::page::Page;

/// So many candidates are taken in at once in any case; hardly any where everything
/// is checked.
const FEW: usize = if cfg!(any(debug_assertions, gc_zeal)) { 2 } else { 256 };

/// Otherwise, if there are so many objects for each candidate, they are taken in by
/// chunks.
const SPARSE: usize = if cfg!(any(debug_assertions, gc_zeal)) { 2 } else { 8 };

/// So many of them make a chunk.
const CHUNK: usize = if cfg!(any(debug_assertions, gc_zeal)) { 2 } else { 64 };

/// Which objects of a snapshot are candidates.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// So many at the start.
    first: usize,
    /// Those taken in later.
    later: Vec<Range<usize>>,
    /// Those that others had reached before their turn. They are flagged no more.
    reached: Vec<u32>,
    /// How many of those listed had their turn.
    listed_before: usize,
}

impl Candidates {
    /// The first so many objects.
    pub(super) fn first(count: usize) -> Candidates {
        Candidates { first: count, ..Candidates::default() }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.first + self.later.iter().map(Range::len).sum::<usize>() + self.reached.len()
    }

    /// How many of the listed candidates had their turn.
    pub(super) fn listed_before(&self) -> usize {
        self.listed_before
    }

    /// Those that others had reached before their turn.
    pub(super) fn reached(&self) -> &[u32] {
        &self.reached
    }

    /// Whether the object of this index is a candidate that is flagged.
    pub(crate) fn is_flagged(&self, index: usize) -> bool {
        let part = self.later.partition_point(|part| part.end <= index);
        index < self.first || self.later.get(part).is_some_and(|part| part.contains(&index))
    }

    /// The parts of a snapshot of `len` objects, and whether the objects of each are
    /// flagged as candidates.
    pub(super) fn parts(&self, len: usize) -> impl Iterator<Item = (Range<usize>, bool)> {
        let mut end = 0;
        let last = self.later.last().map_or(self.first, |range| range.end);
        once(0..self.first)
            .chain(self.later.iter().cloned())
            .flat_map(move |flagged| {
                let before = end..flagged.start;
                end = flagged.end;
                [(before, false), (flagged, true)]
            })
            .chain(once((last..len, false)))
    }
}

/// Makes an object a candidate of its own generation again.
pub(super) fn put_back(heap: &Heap, object: ObjPtr) {
    let generation = object.stamp().epoch().and_then(|birth| heap.epochs().generation_of(birth));
    Page::add_candidate(object, generation.unwrap_or(Generation::Old));
}

impl Snapshot {
    /// Takes the candidates of `generation` and the younger ones out of their
    /// bitmaps.
    pub(super) fn list_candidates(&mut self, generation: Generation) -> Result<(), OutOfMemory> {
        let listed = &mut self.arrays.listed;
        let mut result = Ok(());
        for generation in Generation::ALL.into_iter().filter(|&listed| listed <= generation) {
            for page in self.heap.take_dirty_pages(generation) {
                for candidates in page.take_candidates(generation) {
                    let room = listed.try_reserve(candidates.count_left());
                    result = result.and(room.map_err(OutOfMemory::from));
                    match result {
                        Ok(()) => append_reserved(listed, candidates),
                        Err(_) => {
                            candidates.for_each(|object| Page::add_candidate(object, generation));
                        }
                    }
                }
            }
        }
        result?;
        #[cfg(gc_zeal)]
        self.scramble();
        let count = self.arrays.listed.len();
        if count > most_objects() {
            return Err(OutOfMemory);
        }
        // Not in a partial collection: candidates that others reach before their turn
        // are flagged no more, and would have to stay candidates if they survive.
        let is_full = generation == Generation::Old;
        if is_full && count > FEW && count * SPARSE <= self.heap.tracked_slots() {
            return Ok(());
        }
        swap(&mut self.arrays.objects, &mut self.arrays.listed);
        self.arrays.reserve_columns(count)?;
        Ok(())
    }

    /// Puts all candidates back into the bitmaps; none was taken in.
    pub(super) fn unlist_candidates(&mut self) {
        let Arrays { objects, listed, .. } = &mut self.arrays;
        let all = objects.drain(..).chain(listed.drain(..));
        all.for_each(|object| put_back(self.heap, object));
    }

    /// Takes in the candidates that are not to be taken in by chunks, as far as they
    /// belong to the generations collected and the budget lasts.
    pub(super) fn admit_candidates(&mut self) {
        let leave_out = self.leave_out();
        self.arrays.admit_listed(self.limits(), leave_out);
        self.candidates = Candidates::first(self.len());
    }

    /// Takes in the next listed candidates, and says whether there is anything new.
    pub(super) fn admit_more(&mut self) -> Result<bool, OutOfMemory> {
        debug_assert!(self.retention.is_none() || self.arrays.listed.is_empty());
        let (limits, leave_out) = (self.limits(), self.leave_out());
        let start = self.len();
        while self.len() == start {
            let from = self.candidates.listed_before;
            let to = self.arrays.listed.len().min(from + CHUNK);
            if from == to {
                return Ok(false);
            }
            self.reserve(to - from)?;
            self.candidates.reached.try_reserve(to - from)?;
            self.candidates.later.try_reserve(1)?;
            for position in from..to {
                fetch_ahead(&self.arrays.listed, position);
                let object = self.arrays.listed[position];
                let stamp = object.stamp();
                match (stamp.index(), stamp.epoch()) {
                    (Some(index), _) => {
                        object.clear(Flags::CANDIDATE);
                        self.candidates.reached.push(index);
                    }
                    (None, Some(birth)) if birth > limits.floor && self.len() < limits.budget => {
                        self.arrays.admit(object, birth);
                    }
                    (None, birth) => leave_out(object, birth.unwrap_or(Epoch::NEVER)),
                }
            }
            self.candidates.listed_before = to;
        }
        self.candidates.later.push(start..self.len());
        Ok(true)
    }

    /// What becomes of candidates that are not taken in.
    fn leave_out(&self) -> impl Fn(ObjPtr, Epoch) + use<> {
        let (epochs, retention, floor) = (self.heap.epochs(), self.retention, self.floor);
        move |object, birth| {
            // What the budget leaves out will have been promoted when it is
            // looked at next.
            let promoted = (birth > floor).then_some(retention).flatten();
            let generation = promoted.or_else(|| epochs.generation_of(birth));
            Page::add_candidate(object, generation.unwrap_or(Generation::Old));
        }
    }

    /// Puts the candidates in another order: no result may depend on it.
    #[cfg(gc_zeal)]
    fn scramble(&mut self) {
        let listed = &mut self.arrays.listed;
        let mut random = self.heap.reserved() ^ listed.len().wrapping_mul(0x9E37_79B9);
        for last in (1..listed.len()).rev() {
            random = random.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            listed.swap(last, (random >> 33) % (last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_parts_of_a_snapshot_follow_each_other_and_agree_on_what_is_flagged() {
        let later = vec![5..7, 7..9, 12..13];
        let candidates = Candidates { first: 3, later, reached: vec![4], listed_before: 9 };
        let mut next = 0;
        for (part, is_flagged) in candidates.parts(14) {
            assert_eq!(part.start, next);
            next = part.end;
            for index in part {
                assert_eq!(candidates.is_flagged(index), is_flagged, "{index}");
            }
        }
        assert_eq!(next, 14);
        assert_eq!(candidates.count(), 3 + 2 + 2 + 1 + 1);
    }

    #[test]
    fn a_snapshot_that_takes_all_in_at_once_has_two_parts() {
        let parts: Vec<_> =
            Candidates::first(3).parts(5).filter(|(part, _)| !part.is_empty()).collect();
        assert_eq!(parts, [(0..3, true), (3..5, false)]);
    }
}
