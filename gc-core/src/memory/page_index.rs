//! From an object's address to the number of its slot, counted through all pages.
//!
//! A collection writes the number into the object's header. A heap tool must not: it may
//! be called while a collection runs and needs the headers itself. So the numbers stand
//! in a table beside the heap, which has one entry for each slot, and this file says
//! which entry that is. The page of an address leads to its part of the table. Since a
//! heap has few pages, that costs one access to memory that is in the cache, and none to
//! the object.

use alloc::vec::Vec;

use crate::memory::class::{Geometry, PAGE_SIZE};
use crate::memory::page::Page;
use crate::object::generation::narrow;
use crate::object::header::ObjPtr;
use crate::object::spread::spread;

/// No slot of this heap.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// The part of the table that belongs to one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    /// The address of the page; 0 if this is none.
    page: usize,
    geometry: Geometry,
    /// Where the part starts.
    first: u32,
    /// How many entries it has.
    len: u32,
}

/// The slots of a heap, counted through all its pages.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PageIndex {
    /// Open addressing; a power of two long, at least 2.
    parts: Vec<Part>,
    /// How many bits of a hash are not used.
    unused_bits: u32,
    len: u32,
}

impl PageIndex {
    /// Counts the slots of `pages`, in this order.
    pub(crate) fn new(pages: &[Page]) -> PageIndex {
        let mut index = PageIndex::with_room(pages.len());
        for &page in pages {
            let (address, len) = (page.start().addr().get(), page.carved());
            let first = index.len;
            index.add(Part { page: address, geometry: page.geometry(), first, len });
            index.len = first.checked_add(len).expect("a heap has fewer than 2^32 slots");
        }
        index
    }

    /// No pages, and room for so many.
    fn with_room(pages: usize) -> PageIndex {
        let none = Part { page: 0, geometry: Geometry::single(0), first: 0, len: 0 };
        let room = (pages * 2).next_power_of_two().max(2);
        let unused_bits = usize::BITS - room.ilog2();
        PageIndex { parts: alloc::vec![none; room], unused_bits, len: 0 }
    }

    /// The number of slots.
    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    fn add(&mut self, part: Part) {
        let mut place = self.first_place(part.page);
        while self.parts[place].page != 0 {
            place = self.next_place(place);
        }
        self.parts[place] = part;
    }

    /// Where to look for a page first. Pages lie side by side in a few segments,
    /// which multiplying by the golden ratio spreads evenly. Their lowest bits
    /// would make a block of each segment, and one that meets another's is
    /// walked through.
    #[inline]
    fn first_place(&self, page: usize) -> usize {
        spread(page / PAGE_SIZE, self.unused_bits)
    }

    #[inline]
    fn next_place(&self, place: usize) -> usize {
        (place + 1) & (self.parts.len() - 1)
    }

    /// The slot that `object` lies in, [`NO_SLOT`] if it is none of the pages'.
    #[inline]
    pub(crate) fn slot(&self, object: ObjPtr) -> u32 {
        let address = object.slot().addr().get();
        let page = address & !(PAGE_SIZE - 1);
        let part = &self.parts[self.first_place(page)];
        let part = if part.page == page { part } else { self.find(page) };
        part.slot(address - page)
    }

    /// The part of `page`, if it is not where it is looked for first; an empty
    /// one if there is none.
    #[inline(never)]
    fn find(&self, page: usize) -> &Part {
        let mut place = self.first_place(page);
        while self.parts[place].page != page && self.parts[place].page != 0 {
            place = self.next_place(place);
        }
        &self.parts[place]
    }
}

impl Part {
    #[inline]
    fn slot(&self, offset: usize) -> u32 {
        // A slot that was carved later holds an object that was made later.
        let slot = self.geometry.slot_index(offset);
        if slot < self.len as usize { self.first + narrow(slot) } else { NO_SLOT }
    }
}

#[cfg(test)]
mod tests {
    use core::iter;

    use super::*;

    #[test]
    fn pages_are_found_at_once_wherever_their_segments_lie() {
        const SEGMENTS: usize = 16;
        const PAGES: usize = if cfg!(miri) { 8 } else { 64 };
        // Segments whose lowest bits are alike, as far as the table is long, or meet.
        // The farthest are as far apart as the addresses allow.
        let far = usize::MAX / PAGE_SIZE / (SEGMENTS + 2);
        for distance in [PAGES, 2048, 2048 + PAGES / 2, 2048 - 8, far.min(1 << 20)] {
            let address = |segment, page| (1000 + segment * distance + page) * PAGE_SIZE;
            let pages: Vec<usize> = (0..SEGMENTS * PAGES)
                .map(|number| address(number / PAGES, number % PAGES))
                .collect();
            let mut index = PageIndex::with_room(pages.len());
            for &page in &pages {
                index.add(Part { page, geometry: Geometry::single(0), first: 0, len: 1 });
            }
            let steps = |&page: &usize| {
                let mut place = index.first_place(page);
                iter::from_fn(|| {
                    let is_elsewhere = index.parts[place].page != page;
                    place = index.next_place(place);
                    is_elsewhere.then_some(())
                })
                .count()
            };
            let most = pages.iter().map(steps).max().unwrap_or_default();
            assert!(most <= 8, "{most} steps to a page, segments {distance} pages apart");
            assert_eq!(index.find(address(SEGMENTS, 0)).page, 0, "no page of the table");
        }
    }
}
