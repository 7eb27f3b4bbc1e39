//! The objects that a collection in slices examines, as flat arrays.
//!
//! The arrays are those of a [snapshot](crate::collect::snapshot), but the program runs while
//! they are filled. So they say what was true when it was noted. Counts may have changed since
//! then, edges may have ended, and objects may have died.

use alloc::vec::Vec;
use core::ops::Range;

use crate::collect::arrays::{Arrays, BATCH, Ends, OUTSIDE, fetch_ahead, push_reserved};
use crate::collect::snapshot::set::OutOfMemory;
use crate::collect::state::Collector;
use crate::object::generation::{Epoch, Epochs, Generation, Stamp, narrow};
use crate::object::header::ObjPtr;

/// Which objects take part: those that are old when all candidates are listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    /// Those born later than this,
    floor: Epoch,
    /// and not later than this.
    ceiling: Epoch,
}

impl Ages {
    /// What is old now.
    pub(super) fn old(epochs: &Epochs) -> Ages {
        Ages { floor: epochs.floor(Generation::Old), ceiling: epochs.birth_in(Generation::Old) }
    }

    /// Whether an object with this stamp takes part and is no entry yet.
    #[inline]
    fn admit(self, stamp: Stamp) -> bool {
        stamp.epoch().is_some_and(|birth| birth > self.floor && birth <= self.ceiling)
    }

    /// Whether the slot at `object` has an object that takes part and is no entry yet.
    pub(super) fn admit_slot(self, object: ObjPtr) -> bool {
        !object.is_dead() && self.admit(object.stamp())
    }
}

/// The objects, and what was noted of them.
///
/// # Invariants
///
/// Each of `objects` is a slot that had an object when it became an entry. The heap holds these
/// slots: there is the same object now, or another one, or the count is 0. The stamp tells
/// whether it is the same: nobody but entry `i` has [`Stamp::in_slices`] of `i`.
#[derive(Debug)]
pub(super) struct Entries {
    arrays: Arrays,
    ages: Ages,
    /// How many were traced.
    traced: usize,
    /// Those of a batch that are there.
    present: Vec<ObjPtr>,
}

impl Entries {
    /// No entries yet; objects of these `ages` become some. `arrays` lend their memory.
    pub(super) fn new(mut arrays: Arrays, ages: Ages) -> Result<Entries, OutOfMemory> {
        arrays.start(false);
        arrays.pending.clear();
        arrays.first_edge.try_reserve(1)?;
        arrays.first_edge.push(0);
        Ok(Entries { arrays, ages, traced: 0, present: Vec::new() })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.arrays.objects.len()
    }

    /// Whether all were traced.
    pub(super) fn are_traced(&self) -> bool {
        self.traced == self.len()
    }

    /// The object of entry `index`, if it is still there.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<ObjPtr> {
        let object = self.arrays.objects[index];
        fetch_ahead(&self.arrays.objects, index);
        // Count and stamp of the dead mean nothing any more.
        (!object.is_dead() && object.stamp() == Stamp::in_slices(index)).then_some(object)
    }

    /// Whether nothing was noted that holds entry `index` or leads to it from what is held.
    pub(super) fn is_suspect(&self, index: usize) -> bool {
        self.arrays.refs[index] == 0
    }

    /// Notes that entry `index`, which is sorted now, is number `suspect` of the suspects, or
    /// none.
    pub(super) fn note_suspect(&mut self, index: usize, suspect: Option<u32>) {
        self.arrays.refs[index] = suspect.map_or(0, |suspect| suspect + 1);
    }

    /// The numbers of the suspects to which recorded edges of entry `index` lead; all are sorted.
    pub(super) fn suspected_targets(&self, index: usize) -> impl Iterator<Item = u32> {
        let Arrays { refs, first_edge, edges, .. } = &self.arrays;
        let edges = &edges[first_edge[index] as usize..first_edge[index + 1] as usize];
        edges.iter().filter_map(|&target| refs.get(target as usize)?.checked_sub(1))
    }

    /// The counts, the first edges and the edges of all entries, and memory to work in.
    pub(super) fn graph(&mut self) -> (&mut [u32], &[u32], &[u32], &mut Vec<u32>) {
        let Arrays { refs, first_edge, edges, pending, .. } = &mut self.arrays;
        (refs, first_edge, edges, pending)
    }

    /// Gives the memory back.
    pub(super) fn into_arrays(self) -> Arrays {
        self.arrays
    }

    /// Makes the object in the slot at `object` an entry, if there is one that takes part.
    pub(super) fn admit(&mut self, object: ObjPtr) -> Result<(), OutOfMemory> {
        if self.ages.admit_slot(object) {
            self.reserve(1)?;
            self.add(object);
        }
        Ok(())
    }

    fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.len() + more > Stamp::MAX_SLICED {
            return Err(OutOfMemory);
        }
        self.arrays.reserve(more)?;
        Ok(())
    }

    /// Makes `object` an entry; room was reserved.
    fn add(&mut self, object: ObjPtr) {
        let index = self.len();
        push_reserved(&mut self.arrays.objects, object);
        push_reserved(&mut self.arrays.refs, object.strong());
        object.set_stamp(Stamp::in_slices(index));
    }

    /// Traces the next entries, follows their edges, and returns how much work that was.
    ///
    /// Runs user code: hand-written `trace` implementations.
    pub(super) fn trace_batch(&mut self) -> Result<usize, OutOfMemory> {
        let batch = self.traced..self.len().min(self.traced + BATCH);
        self.arrays.buffer.clear();
        let mut ends: Ends = [0; BATCH];
        let is_present = self.list_present(batch.clone())?;
        let buffer = &mut self.arrays.buffer;
        ObjPtr::trace_all(&self.present, buffer, &mut ends[..self.present.len()]);
        Collector::current().assert_nothing_was_allocated();
        let reported = buffer.len();
        if !buffer.is_complete() || self.arrays.edges.len() + reported >= OUTSIDE as usize {
            return Err(OutOfMemory);
        }
        self.reserve(reported)?;
        self.arrays.reserve_edges(reported)?;
        self.follow();
        self.note_ends(is_present, batch.len(), ends);
        self.traced = batch.end;
        Ok(batch.len() + reported / 4)
    }

    /// Lists the entries of a batch that are there. Bit n: the one at place n of the batch is.
    fn list_present(&mut self, batch: Range<usize>) -> Result<u32, OutOfMemory> {
        const { assert!(BATCH <= u32::BITS as usize, "a batch has a bit for each entry") };
        let mut present = core::mem::take(&mut self.present);
        present.clear();
        let room = present.try_reserve(BATCH);
        let mut is_present = 0;
        if room.is_ok() {
            for (place, index) in batch.enumerate() {
                if let Some(object) = self.get(index) {
                    present.push(object);
                    is_present |= 1 << place;
                }
            }
        }
        self.present = present;
        room?;
        Ok(is_present)
    }

    /// Follows the edges in the buffer: those to entries, new ones among them, are subtracted
    /// from their counts. Room was reserved.
    fn follow(&mut self) {
        for position in 0..self.arrays.buffer.len() {
            let target = self.arrays.buffer.targets()[position];
            if self.ages.admit(target.stamp()) {
                self.add(target);
            }
            let index = target.stamp().index_in_slices();
            if let Some(index) = index {
                // It may fall below 0, which is not 0 either.
                let refs = &mut self.arrays.refs[index as usize];
                *refs = refs.wrapping_sub(1);
            }
            push_reserved(&mut self.arrays.edges, index.unwrap_or(OUTSIDE));
        }
    }

    /// Notes where the edges of each entry of a batch end; room was reserved.
    fn note_ends(&mut self, is_present: u32, len: usize, ends: Ends) {
        let first = self.arrays.edges.len() - self.arrays.buffer.len();
        let mut ends = ends.into_iter();
        let mut end = 0;
        for place in 0..len {
            if is_present >> place & 1 != 0 {
                end = ends.next().unwrap_or(end);
            }
            push_reserved(&mut self.arrays.first_edge, narrow(first + end));
        }
    }

    /// The object of entry `index`, if it is still there, belongs to the old generation as
    /// before. Returns it.
    #[inline]
    pub(super) fn let_go(&self, index: usize) -> Option<ObjPtr> {
        let object = self.get(index)?;
        object.set_stamp(Stamp::born(self.ages.ceiling));
        Some(object)
    }

    /// From now on objects of these ages become entries.
    pub(super) fn set_ages(&mut self, ages: Ages) {
        debug_assert_eq!(self.len(), 0);
        self.ages = ages;
    }
}
