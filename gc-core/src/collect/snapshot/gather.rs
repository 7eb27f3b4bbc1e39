//! The start of a snapshot: the candidates of the generations that are collected.
//!
//! They are taken in at once, in the order of the heap. But if a full collection has
//! many, the next chunk follows when all that the ones before reach was traced: objects
//! that reach each other were made together as a rule, and lie together, on the heap
//! and so in the snapshot. Breadth first from all at once would look for one object
//! here and one there, in each phase anew. And what a chunk leads to may turn out to
//! be garbage at once, see `early`.

use alloc::vec::Vec;
use core::iter::once;
use core::mem::swap;
use core::ops::Range;

use super::{OutOfMemory, Snapshot, most_objects};
use crate::collect::arrays::{Arrays, append_reserved};
use crate::flags::Flags;
use crate::generation::{Epoch, Generation};
use crate::heap::Heap;
use crate::object::ObjPtr;
use crate::page::Page;

/// So many candidates are taken in at once in any case; hardly any where everything
/// is checked.
const FEW: usize = if cfg!(any(debug_assertions, gc_zeal)) { 2 } else { 256 };

/// Others are taken in by chunks if there are so many objects for each,
const SPARSE: usize = if cfg!(any(debug_assertions, gc_zeal)) { 4 } else { 8 };

/// or so many objects in all, more than the caches hold.
const MANY: usize = if cfg!(any(debug_assertions, gc_zeal)) { 8 } else { 1 << 16 };

/// About so many objects are to be a part: what a chunk leads to, if it leads to as many
/// as there are for each candidate. The second level of a processor's cache holds
/// them, with what is noted of them.
const PART: usize = if cfg!(any(debug_assertions, gc_zeal)) { 4 } else { 4096 };

/// A part that is so many times as large ends the chunks, unless candidates are sparse:
/// the order of the heap is better than that of the edges then.
const LARGE: usize = if cfg!(any(debug_assertions, gc_zeal)) { 2 } else { 4 };

/// The fewest candidates that make a chunk: memory is slow if it is asked for one
/// object after the other.
const SMALLEST_CHUNK: usize = if cfg!(any(debug_assertions, gc_zeal)) { 1 } else { 64 };

/// How the listed candidates are taken in.
#[derive(Clone, Copy, Debug, Default)]
struct Chunks {
    /// So many at a time.
    len: usize,
    /// All the others at once when what they led to is more than this.
    largest_part: usize,
}

impl Chunks {
    /// For `count` candidates in a heap with so many `slots`; `None` if they are to be
    /// taken in at once.
    fn of(count: usize, slots: usize) -> Option<Chunks> {
        let objects_each = slots / count.max(1);
        let is_sparse = objects_each >= SPARSE;
        let largest_part = if is_sparse { usize::MAX } else { LARGE * PART };
        let len = (PART / objects_each.max(1)).max(SMALLEST_CHUNK);
        (count > FEW && (is_sparse || slots >= MANY)).then_some(Chunks { len, largest_part })
    }

    /// All that are left.
    const REST: Chunks = Chunks { len: usize::MAX, largest_part: usize::MAX };
}

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
    /// Those that were reclaimed before their turn.
    gone: usize,
    /// How those listed are taken in.
    chunks: Chunks,
    /// Whether the last ones were taken in before all that the others led to was
    /// traced.
    is_mixed: bool,
}

impl Candidates {
    /// The first so many objects.
    pub(super) fn first(count: usize) -> Candidates {
        Candidates { first: count, ..Candidates::default() }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        let later: usize = self.later.iter().map(Range::len).sum();
        self.first + later + self.reached.len() + self.gone
    }

    /// Those that were taken in last, if nothing that was there before leads to them.
    pub(super) fn last_chunk(&self) -> Option<Range<usize>> {
        self.later.last().filter(|_| !self.is_mixed).cloned()
    }

    /// Forgets those that were taken in last.
    pub(super) fn drop_last_chunk(&mut self) {
        self.later.pop();
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

/// Frees the slot of a listed candidate that was reclaimed, unless it waits in the
/// queue of the dying.
///
/// # Safety
///
/// The object is DEAD, and the list that it was in does not look at it any more.
unsafe fn unlist_dead(object: ObjPtr) {
    if object.has(Flags::CANDIDATE) {
        // SAFETY: what is still flagged was reclaimed without weak references, and its
        // slot left to the list; the bit was taken.
        unsafe { Page::free_slot(object) }
    }
}

impl Snapshot {
    /// Puts back the candidates whose turn did not come.
    pub(super) fn put_back_listed(&mut self) {
        for &object in self.arrays.listed.iter().skip(self.candidates.listed_before) {
            if object.has(Flags::DEAD) {
                // SAFETY: each is looked at once.
                unsafe { unlist_dead(object) }
            } else {
                put_back(self.heap, object);
            }
        }
    }

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
        if is_full && count > FEW {
            let slots = self.heap.tracked_slots();
            // A little more, since room is made for whole batches.
            self.arrays.most = slots + slots / 16;
            if let Some(chunks) = Chunks::of(count, slots) {
                self.candidates.chunks = chunks;
                return Ok(());
            }
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
        self.candidates.first = self.len();
    }

    /// Whether what the last chunk led to is so large that all others are taken in
    /// next.
    pub(super) fn ends_chunks(&mut self) -> bool {
        let Candidates { later, chunks, .. } = &self.candidates;
        let start = later.last().map_or(self.len(), |chunk| chunk.start);
        if self.len() - start <= chunks.largest_part {
            return false;
        }
        self.candidates.chunks = Chunks::REST;
        self.candidates.is_mixed = true;
        true
    }

    /// Takes in the next listed candidates, and says whether there is anything new.
    pub(super) fn admit_more(&mut self) -> Result<bool, OutOfMemory> {
        let leave_out = self.leave_out();
        let start = self.len();
        while self.len() == start {
            let from = self.candidates.listed_before;
            let to = self.arrays.listed.len().min(from.saturating_add(self.candidates.chunks.len));
            if from == to {
                return Ok(false);
            }
            debug_assert!(self.retention.is_none() && self.budget == usize::MAX);
            self.reserve(to - from)?;
            self.candidates.reached.try_reserve(to - from)?;
            self.candidates.later.try_reserve(1)?;
            let Candidates { reached, gone, .. } = &mut self.candidates;
            self.arrays.admit_chunk(from..to, self.floor, |object| {
                let stamp = object.stamp();
                if object.has(Flags::DEAD) {
                    *gone += 1;
                    // SAFETY: it has its turn now.
                    unsafe { unlist_dead(object) };
                } else if let Some(index) = stamp.index() {
                    object.clear(Flags::CANDIDATE);
                    reached.push(index);
                } else {
                    leave_out(object, stamp.epoch().unwrap_or(Epoch::NEVER));
                }
            });
            self.candidates.listed_before = to;
        }
        self.candidates.later.push(start..self.len());
        #[cfg(any(debug_assertions, gc_zeal))]
        self.handles.start_part();
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
        let candidates = Candidates {
            first: 3,
            later,
            reached: vec![4],
            listed_before: 9,
            gone: 2,
            ..Candidates::default()
        };
        let mut next = 0;
        for (part, is_flagged) in candidates.parts(14) {
            assert_eq!(part.start, next);
            next = part.end;
            for index in part {
                assert_eq!(candidates.is_flagged(index), is_flagged, "{index}");
            }
        }
        assert_eq!(next, 14);
        assert_eq!(candidates.count(), 3 + 2 + 2 + 1 + 1 + 2);
    }

    #[test]
    fn a_snapshot_that_takes_all_in_at_once_has_two_parts() {
        let parts: Vec<_> =
            Candidates::first(3).parts(5).filter(|(part, _)| !part.is_empty()).collect();
        assert_eq!(parts, [(0..3, true), (3..5, false)]);
    }
}
