//! The candidates of a page: a bit for each slot, in one bitmap for each
//! generation whose next collection is to look at them.
//!
//! Bits cannot dangle: freeing an object clears its bit.

use core::cell::Cell;
use core::ptr::NonNull;

use super::Page;
use crate::memory::class::{Geometry, WORD_BITS};
use crate::object::flags::Flags;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;

impl Page {
    pub(super) fn bits(self) -> NonNull<u64> {
        // SAFETY: the bitmaps follow the header in the same page.
        unsafe { self.0.add(1) }.cast()
    }

    fn word(&self, generation: Generation, word: usize) -> &Cell<u64> {
        let words = self.header().geometry.get().words as usize;
        debug_assert!(word < words);
        // SAFETY: there are `words` words for each of the three generations.
        let word = unsafe { self.bits().add(generation.index() * words + word) };
        // SAFETY: initialised by `make`, accessed only as cells since.
        unsafe { word.cast::<Cell<u64>>().as_ref() }
    }

    /// Makes `object` a candidate that the next collection of `generation`
    /// examines.
    pub(crate) fn add_candidate(object: ObjPtr, generation: Generation) {
        debug_assert!(!object.has(Flags::UNTRACKED.union(Flags::DEAD)));
        let page = Page::of(object);
        let index = page.slot_index(object);
        let word = page.word(generation, index / WORD_BITS);
        word.set(word.get() | 1 << (index % WORD_BITS));
        object.set(Flags::CANDIDATE);
        // Last, since a call at the end saves no registers.
        if !page.header().home.get().has_listed(page, generation) {
            Page::list_for(object, generation);
        }
    }

    /// Lists the page of a new candidate. If it was passed over, the others of its bits are left to
    /// the next full collection.
    #[inline(never)]
    fn list_for(object: ObjPtr, generation: Generation) {
        let page = Page::of(object);
        let index = page.slot_index(object);
        let (word, bit) = (index / WORD_BITS, 1 << (index % WORD_BITS));
        page.word(generation, word).set(page.word(generation, word).get() & !bit);
        page.header().home.get().link_dirty(page, generation);
        page.word(generation, word).set(page.word(generation, word).get() | bit);
    }

    /// Makes `object` no candidate.
    #[inline(never)]
    pub(crate) fn remove_candidate(object: ObjPtr) {
        let page = Page::of(object);
        let index = page.slot_index(object);
        for generation in Generation::ALL {
            let word = page.word(generation, index / WORD_BITS);
            word.set(word.get() & !(1 << (index % WORD_BITS)));
        }
        object.clear(Flags::CANDIDATE);
    }

    /// Whether the bit of `object` is set in any bitmap.
    pub(crate) fn has_candidate_bit(object: ObjPtr) -> bool {
        let page = Page::of(object);
        let index = page.slot_index(object);
        let bit =
            |generation| page.word(generation, index / WORD_BITS).get() >> (index % WORD_BITS);
        Generation::ALL.into_iter().any(|generation| bit(generation) & 1 != 0)
    }

    /// Takes the candidates of `generation` out of the page's bitmap, a word of
    /// it at a time. They stay flagged.
    pub(crate) fn take_candidates(
        self,
        generation: Generation,
    ) -> impl Iterator<Item = Candidates> {
        let geometry = self.header().geometry.get();
        (0..geometry.words as usize).filter_map(move |word| {
            let bits = self.word(generation, word).take();
            let first = word * WORD_BITS;
            (bits != 0).then_some(Candidates { page: self, geometry, first, bits })
        })
    }

    /// Leaves the candidates that the next collection of `from` would examine to that of
    /// another generation.
    pub(super) fn move_candidates(self, from: Generation, to: Generation) {
        let words = self.header().geometry.get().words as usize;
        for word in 0..words {
            let bits = self.word(from, word).take();
            let target = self.word(to, word);
            target.set(target.get() | bits);
        }
    }

    /// In how many of the page's bitmaps the bit of `object` is set; counts
    /// only pages that are listed as dirty.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) fn candidate_bits(object: ObjPtr) -> u32 {
        let page = Page::of(object);
        let index = page.slot_index(object);
        let is_set = |&generation: &Generation| {
            let word = page.word(generation, index / WORD_BITS).get();
            page.is_listed(generation) && word & 1 << (index % WORD_BITS) != 0
        };
        Generation::ALL.iter().map(|generation| u32::from(is_set(generation))).sum()
    }

    /// How many bits are set in the page's bitmaps.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) fn all_candidate_bits(self) -> u32 {
        let words = self.header().geometry.get().words as usize;
        let count = |generation| -> u32 {
            (0..words).map(|word| self.word(generation, word).get().count_ones()).sum()
        };
        Generation::ALL.into_iter().map(count).sum()
    }
}

/// Candidates that were taken out of a bitmap.
///
/// # Invariants
///
/// Each bit stands for an object of the page: the bit of `first` is the lowest.
#[derive(Debug)]
pub(crate) struct Candidates {
    page: Page,
    geometry: Geometry,
    first: usize,
    bits: u64,
}

impl Candidates {
    /// How many there are.
    pub(crate) fn count_left(&self) -> usize {
        self.bits.count_ones() as usize
    }
}

impl Iterator for Candidates {
    type Item = ObjPtr;

    #[inline]
    fn next(&mut self) -> Option<ObjPtr> {
        if self.bits == 0 {
            return None;
        }
        let index = self.first + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        // SAFETY: by the type invariant of `Candidates` the slot is in the page.
        let slot = unsafe { self.page.start().byte_add(self.geometry.slot_offset(index)) };
        // SAFETY: as above, and there is an object: freeing it clears its bit.
        Some(unsafe { ObjPtr::from_header(slot.cast()) })
    }
}

/// Sets the bits of many candidates, those of neighbours together.
#[derive(Debug)]
pub(crate) struct Filing {
    generation: Generation,
    /// Where the bits at hand belong.
    place: Option<(Page, usize)>,
    bits: u64,
}

impl Filing {
    /// Files for the next collection of `generation`.
    pub(crate) fn new(generation: Generation) -> Filing {
        Filing { generation, place: None, bits: 0 }
    }

    /// Makes an object a candidate, or files one that is flagged as such.
    #[inline]
    pub(crate) fn add(&mut self, object: ObjPtr) {
        debug_assert!(!object.has(Flags::UNTRACKED.union(Flags::DEAD)));
        object.set(Flags::CANDIDATE);
        let page = Page::of(object);
        let index = page.slot_index(object);
        let place = Some((page, index / WORD_BITS));
        if self.place != place {
            self.write();
            self.place = place;
        }
        self.bits |= 1 << (index % WORD_BITS);
    }

    fn write(&mut self) {
        let bits = core::mem::take(&mut self.bits);
        if let Some((page, word)) = self.place {
            page.header().home.get().link_dirty(page, self.generation);
            let word = page.word(self.generation, word);
            word.set(word.get() | bits);
        }
    }
}

impl Drop for Filing {
    fn drop(&mut self) {
        self.write();
    }
}
