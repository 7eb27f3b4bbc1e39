//! The contents of a heap: its pages, its objects, its candidates, its size.

use super::Heap;
use crate::memory::at_hand::AtHand;
use crate::memory::page::Page;
use crate::memory::segment::SegmentRef;
use crate::memory::stats::MemoryStats;
use crate::object::flags::Flags;
use crate::object::generation::{Epochs, Generation, Stamp};
use crate::object::header::ObjPtr;

impl Heap {
    /// Moves all permanent objects to the old generation.
    ///
    /// All of them become candidates. An object that was found alive because a permanent
    /// one held it is for that reason no longer a candidate; it is then reached from the
    /// permanent one. Likewise, an object that an entry of a weak map holds is then
    /// reached from the key of that entry.
    pub(crate) fn unfreeze(&self) {
        let epochs = self.epochs.get();
        for object in self.collectable_objects().filter(|object| !object.has(Flags::CANDIDATE)) {
            if object.stamp().epoch().is_some_and(|birth| epochs.generation_of(birth).is_none()) {
                Page::add_candidate(object, Generation::Old);
            }
        }
        self.with_epochs(Epochs::unfreeze);
    }

    /// All pages with slots in use.
    pub(crate) fn pages(&self) -> impl Iterator<Item = Page> + use<> {
        self.segments.iter().flat_map(SegmentRef::used_pages).map(|memory| {
            // SAFETY: pages in use were made by `Page::make`.
            unsafe { Page::from_start(memory) }
        })
    }

    /// The pages of tracked objects.
    pub(crate) fn tracked_pages(&self) -> impl Iterator<Item = Page> + use<> {
        self.pages().filter(|page| page.is_tracked())
    }

    /// How many slots of tracked objects are in use or at hand.
    pub(crate) fn tracked_slots(&self) -> usize {
        self.tracked_pages().map(|page| page.used() as usize).sum()
    }

    /// Tracked objects that were made last, in up to `most` slots of each size class, which lie
    /// side by side; if it is not easy to find out which those are, about where `place` says.
    pub(crate) fn for_objects_made_last(
        &self,
        place: u32,
        most: u32,
        mut look: impl FnMut(ObjPtr),
    ) {
        self.for_heads(|page, at_hand| {
            let last = at_hand.run_start().and_then(|start| page.slot_before(start));
            let last = last.unwrap_or(place % page.carved().max(1));
            page.objects_up_to(last, most).for_each(&mut look);
        });
    }

    /// Calls `look` with the pages where tracked objects are made.
    fn for_heads(&self, mut look: impl FnMut(Page, &AtHand)) {
        let mut classes = self.classes_in_use.get();
        while classes != 0 {
            let class = classes.trailing_zeros() as usize;
            classes &= classes - 1;
            if let Some(page) = self.tracked[class].get() {
                look(page, &self.at_hand[class]);
            }
        }
    }

    /// All tracked objects with a value that is there, oldest page first
    /// within a segment.
    ///
    /// No object may be allocated or freed before the iterator is dropped.
    pub(crate) fn tracked_objects(&self) -> impl Iterator<Item = ObjPtr> + use<> {
        self.pages()
            .filter(|page| page.is_tracked())
            .flat_map(Page::objects)
            .filter(|object| !object.is_dead())
    }

    /// All objects that a collection may examine: the tracked ones, and the
    /// keys of weak maps in other pages.
    pub(crate) fn collectable_objects(&self) -> impl Iterator<Item = ObjPtr> + use<> {
        let objects = self.pages().flat_map(Page::objects);
        objects.filter(|object| !object.is_dead() && object.stamp() != Stamp::NEVER)
    }

    /// Whether there may be candidates.
    pub(crate) fn has_candidates(&self) -> bool {
        self.home.has_dirty() || self.untracked_home.has_dirty()
    }

    /// One of the pages that may hold candidates of `generation`; it is listed no more.
    pub(crate) fn take_dirty_page(&self, generation: Generation) -> Option<Page> {
        // An object in an untracked page is a candidate if it is the key of a weak map.
        let untracked = || self.untracked_home.take_dirty_page(generation);
        self.home.take_dirty_page(generation).or_else(untracked)
    }

    /// Leaves all candidates to the next full collection.
    pub(crate) fn pass_over_candidates(&self) {
        self.home.pass_over_dirty();
        self.untracked_home.pass_over_dirty();
    }

    /// Bytes obtained from the global allocator and not given back.
    pub(crate) fn reserved(&self) -> usize {
        self.reserved.get()
    }

    /// The memory and the number of objects of the heap.
    pub(crate) fn memory(&self) -> MemoryStats {
        self.return_slots();
        let mut stats = MemoryStats {
            reserved_bytes: self.reserved.get(),
            peak_bytes: self.peak.get(),
            ..MemoryStats::default()
        };
        for page in self.pages() {
            stats.objects += page.used() as usize;
            stats.tracked += if page.is_tracked() { page.used() as usize } else { 0 };
            stats.live_bytes += page.used() as usize * page.slot_bytes();
        }
        stats
    }
}
