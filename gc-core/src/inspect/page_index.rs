//! From an object's address to its number in the snapshot.
//!
//! A collection writes the number into the object's header. A heap tool must
//! not: it may be called while a collection runs and needs the headers itself.
//! So the numbers stand in a table beside the heap, which has one entry for
//! each slot, and this file says which entry that is. The page of an address
//! finds its part of the table, and a heap has few pages: it costs an access to
//! memory that is in the cache, and none to the object.

use alloc::vec::Vec;

use crate::class::{Geometry, PAGE_SIZE};
use crate::inspect::graph::narrow;
use crate::object::ObjPtr;
use crate::page::Page;

/// No slot of this heap.
pub(crate) const NO_SLOT: u32 = u32::MAX;

/// The part of the table that belongs to one page.
#[derive(Clone, Copy, Debug)]
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
#[derive(Debug)]
pub(crate) struct PageIndex {
    /// Open addressing; a power of two long.
    parts: Vec<Part>,
    len: u32,
}

impl PageIndex {
    /// Counts the slots of `pages`, in this order.
    pub(crate) fn new(pages: &[Page]) -> PageIndex {
        let none = Part { page: 0, geometry: Geometry::single(0), first: 0, len: 0 };
        let room = (pages.len() * 2).next_power_of_two();
        let mut index = PageIndex { parts: alloc::vec![none; room], len: 0 };
        for &page in pages {
            let (address, len) = (page.start().addr().get(), narrow(page.carved()));
            let first = index.len;
            index.add(Part { page: address, geometry: page.geometry(), first, len });
            index.len = first.checked_add(len).expect("a heap has fewer than 2^32 slots");
        }
        index
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

    /// Where to look for a page first. Pages lie side by side, so that they
    /// seldom meet.
    #[inline]
    fn first_place(&self, page: usize) -> usize {
        (page / PAGE_SIZE) & (self.parts.len() - 1)
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
