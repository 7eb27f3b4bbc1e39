//! The candidates of a snapshot, and how they are taken in: at once, or by chunks.

use alloc::vec::Vec;
use core::iter::once;
use core::ops::Range;

use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;

/// So many candidates are taken in at once in any case; hardly any where everything
/// is checked.
pub(super) const FEW: usize = if cfg!(any(debug_assertions, gc_zeal)) { 2 } else { 256 };

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
pub(super) struct Chunks {
    /// So many at a time.
    pub(super) len: usize,
    /// All the others at once when what they led to is more than this.
    pub(super) largest_part: usize,
}

impl Chunks {
    /// For `count` candidates in a heap with so many `slots`; `None` if they are to be
    /// taken in at once.
    pub(super) fn of(count: usize, slots: usize) -> Option<Chunks> {
        let objects_each = slots / count.max(1);
        let is_sparse = objects_each >= SPARSE;
        let largest_part = if is_sparse { usize::MAX } else { LARGE * PART };
        let len = (PART / objects_each.max(1)).max(SMALLEST_CHUNK);
        (count > FEW && (is_sparse || slots >= MANY)).then_some(Chunks { len, largest_part })
    }

    /// All that are left.
    pub(super) const REST: Chunks = Chunks { len: usize::MAX, largest_part: usize::MAX };
}

/// Which objects of a snapshot are candidates.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// So many at the start.
    pub(super) first: usize,
    /// Those taken in later.
    pub(super) later: Vec<Range<usize>>,
    /// Those that others had reached before their turn. They are flagged no more.
    pub(super) reached: Vec<u32>,
    /// How many of those listed had their turn.
    pub(super) listed_before: usize,
    /// Those that were reclaimed before their turn.
    pub(super) gone: usize,
    /// How those listed are taken in.
    pub(super) chunks: Chunks,
    /// Whether the last ones were taken in before all that the others led to was
    /// traced.
    pub(super) is_mixed: bool,
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
