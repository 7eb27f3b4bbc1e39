//! The memory of a collection in slices.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::ops::Range;

use super::pieces::Pieces;
use crate::object::header::ObjPtr;

/// What is noted of the entries, reused from one collection to the next.
///
/// Lists must not be copied when they grow, which would take as long as many slices. Room for one
/// entry for each object of the heap is made at the beginning: what is not used of it is address
/// space and no memory on most systems. How many edges there are is not known.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(super) objects: Vec<ObjPtr>,
    /// The counts when each became an entry, less one for each edge that was noted.
    pub(super) refs: Vec<u32>,
    /// The edges of entry `i` are `edges[first_edge[i]..first_edge[i + 1]]`.
    pub(super) first_edge: Vec<u32>,
    /// Entries to which edges lead, or [`OUTSIDE`](crate::collect::arrays::OUTSIDE).
    pub(super) edges: Pieces<u32>,
    /// Memory for entries that were found alive and are still to be looked at.
    pub(super) pending: Vec<u32>,
    /// Candidates.
    pub(super) listed: Pieces<ObjPtr>,
}

impl Lists {
    /// Lists without memory.
    pub(crate) const fn new() -> Lists {
        Lists {
            objects: Vec::new(),
            refs: Vec::new(),
            first_edge: Vec::new(),
            edges: Pieces::new(),
            pending: Vec::new(),
            listed: Pieces::new(),
        }
    }

    /// Forgets the last collection and keeps its memory.
    pub(super) fn start(&mut self) {
        self.objects.clear();
        self.refs.clear();
        self.first_edge.clear();
        self.edges.clear();
        self.pending.clear();
        self.listed.clear();
    }

    /// Gives the memory of lists back that are too short for so many entries: it would be copied.
    /// Does about as much as takes the time of tracing so many `objects`, and returns whether that
    /// was all.
    pub(super) fn clear(&mut self, entries: usize, objects: usize) -> bool {
        let bytes = objects.saturating_mul(BYTES);
        let Lists { objects, refs, first_edge, pending, .. } = self;
        // One more than there are entries.
        let numbers = entries.saturating_add(1);
        let is_cleared = [refs, first_edge, pending].map(|list| shrink(list, numbers, bytes));
        shrink(objects, entries, bytes) && !is_cleared.contains(&false)
    }

    /// Forgets the last collection, and gives its memory back. Does about as much as takes the time
    /// of tracing so many `objects`, and returns whether that was all.
    pub(super) fn give_back(&mut self, objects: usize) -> bool {
        /// A piece is given back in the time in which so many objects are traced.
        const PIECE: usize = 256;
        self.start();
        let are_given = self.clear(usize::MAX, objects.div_ceil(2));
        let pieces = objects / PIECE / 2 + 1;
        are_given & self.edges.give_back(pieces) & self.listed.give_back(pieces)
    }

    /// Makes room for so many entries, if there is memory. Otherwise the lists grow when they must.
    pub(super) fn reserve(&mut self, entries: usize) -> Result<(), TryReserveError> {
        let Lists { objects, refs, first_edge, pending, .. } = self;
        let _ = objects.try_reserve_exact(entries);
        for list in [refs, first_edge, pending] {
            let _ = list.try_reserve_exact(entries + 1);
        }
        self.first_edge.try_reserve(1)?;
        self.first_edge.push(0);
        Ok(())
    }

    /// Forgets the entries from number `start` on, which were traced.
    pub(super) fn truncate(&mut self, start: usize) {
        self.objects.truncate(start);
        self.refs.truncate(start);
        self.edges.truncate(self.first_edge[start] as usize);
        self.first_edge.truncate(start + 1);
    }

    /// Which edges are those of entry `index`.
    #[inline]
    pub(super) fn edges_of(&self, index: usize) -> Range<usize> {
        self.first_edge[index] as usize..self.first_edge[index + 1] as usize
    }

    /// The bytes of their memory.
    pub(crate) fn bytes(&self) -> usize {
        let Lists { objects, refs, first_edge, edges, pending, listed } = self;
        let numbers = [refs, first_edge, pending].map(Vec::capacity);
        let numbers = numbers.iter().sum::<usize>() + edges.capacity();
        let objects = objects.capacity() + listed.capacity();
        numbers * size_of::<u32>() + objects * size_of::<ObjPtr>()
    }
}

/// So many bytes are given back in the time in which one object is traced.
pub(super) const BYTES: usize = 512;

/// Gives so many bytes of an empty list back if it is too short for so many elements; returns
/// whether it is long enough, or has no memory any more.
pub(super) fn shrink<T>(list: &mut Vec<T>, elements: usize, bytes: usize) -> bool {
    if list.capacity() < elements {
        list.shrink_to(list.capacity().saturating_sub(bytes / size_of::<T>()));
    }
    list.capacity() >= elements || list.capacity() == 0
}
