//! The candidates, listed page by page while the program makes others.
//!
//! A candidate is no candidate any more as soon as it is listed: one that loses a handle from then
//! on becomes one for the next collection. A collection of the middle generation meets candidates
//! that are older, since whoever drops a handle does not ask how old its object is. They are left to
//! the next full collection, and only looked at.

use core::iter::once;

use super::entries::Ages;
use super::{Sliced, Work, make_old};
use crate::collect::snapshot::set::OutOfMemory;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::memory::page::candidates::Filing;
use crate::object::flags::Flags;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;

impl Sliced {
    /// Lists the candidates, page by page.
    #[inline(never)]
    pub(super) fn list(&mut self, heap: &Heap, most: usize) -> Result<Work, OutOfMemory> {
        /// Candidates are listed in the time in which one object is traced.
        const PER_OBJECT: usize = 2;
        let before = self.haste.looked_at;
        let most = most.saturating_mul(PER_OBJECT).saturating_mul(self.haste.factor());
        while let Some((page, generation)) = self.next_dirty_page(heap) {
            page.segment().hold();
            self.list_page(page, generation)?;
            if self.haste.looked_at - before >= most {
                return Ok(Work::Paused);
            }
        }
        Ok(Work::Completed((self.haste.looked_at - before) / PER_OBJECT))
    }

    /// The next page that has candidates which are to be listed, and of which generation they are.
    /// At the start of a full collection all are of the old generation.
    fn next_dirty_page(&self, heap: &Heap) -> Option<(Page, Generation)> {
        let young =
            || heap.take_dirty_page(Generation::Young).map(|page| (page, Generation::Young));
        let own = heap.take_dirty_page(self.generation).map(|page| (page, self.generation));
        own.or_else(|| (self.generation == Generation::Middle).then(young).flatten())
    }

    /// Lists the candidates of a page. Those for which there is no memory stay.
    fn list_page(&mut self, page: Page, generation: Generation) -> Result<(), OutOfMemory> {
        let mut older = Filing::new(Generation::Old);
        for mut candidates in page.take_candidates(generation) {
            while let Some(object) = candidates.next() {
                self.haste.looked_at += 1;
                if self.is_left_to_full_one(object) {
                    older.add(object);
                    continue;
                }
                if let Err(error) = self.listed_mut().reserve(1, object) {
                    let left = once(object).chain(candidates);
                    left.for_each(|object| Page::add_candidate(object, generation));
                    return Err(error.into());
                }
                object.clear(Flags::CANDIDATE);
                self.listed_mut().push(object);
            }
        }
        Ok(())
    }

    /// Whether a candidate belongs to the old generation, and that is not collected.
    fn is_left_to_full_one(&self, object: ObjPtr) -> bool {
        self.generation == Generation::Middle
            && object.stamp().epoch().is_some_and(|birth| birth <= self.floor)
            && !object.has(Flags::UNTRACKED)
    }

    /// All objects that there are now take part. Those made since the collection began are among
    /// them, since one of them can be in a cycle with an object that is listed, and need not be a
    /// candidate. What became a candidate meanwhile is left to the next collection.
    pub(super) fn end_list(&mut self, heap: &Heap) -> Result<(), OutOfMemory> {
        make_old(heap);
        heap.hold_slots();
        self.entries.set_ages(Ages::after(self.floor, &heap.epochs()));
        self.candidates = self.listed().len();
        // Where nothing is listed, nothing is taken in.
        let room = if self.candidates == 0 { 0 } else { self.room() };
        self.entries.lists_mut().reserve(room)?;
        Ok(())
    }
}
