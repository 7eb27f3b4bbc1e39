//! The start of a snapshot: the candidates of the generations that are collected.
//!
//! They are taken in at once, in the order of the heap. But if a full collection has
//! many, they are taken in by chunks: the next chunk follows when everything that the
//! chunks before reach has been traced. As a rule, objects that reach each other were
//! made together, so they lie together on the heap, and then also in the snapshot. A
//! breadth-first search from all candidates at once would visit one object here and the
//! next one there, and would do so in each phase. And the objects that a chunk leads to
//! may turn out to be garbage immediately, see `early`.

use core::mem::swap;

use super::candidates::{Candidates, Chunks, FEW, put_back};
use super::set::{OutOfMemory, Snapshot, most_objects};
use crate::collect::arrays::{Arrays, append_reserved};
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::{Epoch, Generation};
use crate::object::header::ObjPtr;

/// Frees the slot of a listed candidate that was reclaimed, unless the object waits in
/// the queue of dying objects.
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

/// Takes the candidates of `generation` out of the page's bitmap and lists them. Those for
/// which there is no memory stay.
fn list_page(
    page: Page,
    generation: Generation,
    listed: &mut Vec<ObjPtr>,
) -> Result<(), OutOfMemory> {
    let mut result = Ok(());
    for candidates in page.take_candidates(generation) {
        let room = listed.try_reserve(candidates.count_left());
        result = result.and(room.map_err(OutOfMemory::from));
        match result {
            Ok(()) => append_reserved(listed, candidates),
            Err(_) => candidates.for_each(|object| Page::add_candidate(object, generation)),
        }
    }
    result
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
        for generation in Generation::ALL.into_iter().filter(|&listed| listed <= generation) {
            // What is left has its turn in a later collection.
            while self.arrays.listed.len() < self.budget
                && let Some(page) = self.heap.take_dirty_page(generation)
            {
                list_page(page, generation, &mut self.arrays.listed)?;
            }
        }
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
