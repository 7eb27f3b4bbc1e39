//! The candidates of a page: a bit for each slot, in one bitmap for each
//! generation whose next collection is to look at them.
//!
//! Bits cannot dangle: freeing an object clears its bit.

use core::cell::Cell;
use core::iter;
use core::ptr::NonNull;

use super::{Home, Page, PageHeader};
use crate::memory::class::{Geometry, WORD_BITS};
use crate::object::flags::Flags;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;

impl Home {
    /// Whether any page may hold candidates.
    pub(crate) fn has_dirty(&self) -> bool {
        self.dirty.iter().any(|list| list.get().is_some())
    }

    /// Takes the list of the pages that may hold candidates of `generation`. No page may be
    /// retired before the iterator has ended, which must not be dropped before.
    pub(crate) fn take_dirty(&self, generation: Generation) -> impl Iterator<Item = Page> + use<> {
        let mut next = self.dirty[generation.index()].take();
        iter::from_fn(move || {
            let page = next?;
            next = page.header().dirty_next[generation.index()].take();
            page.header().clear_dirty(generation);
            Some(page)
        })
    }

    /// Takes one page that may hold candidates of `generation` out of their list.
    pub(crate) fn take_dirty_page(&self, generation: Generation) -> Option<Page> {
        let page = self.dirty[generation.index()].get()?;
        let next = page.header().dirty_next[generation.index()].take();
        page.header().clear_dirty(generation);
        if let Some(next) = next {
            Home::connect(None, next, generation);
        }
        self.dirty[generation.index()].set(next);
        Some(page)
    }

    /// Takes pages out of the lists of dirty pages.
    pub(crate) fn forget_dirty(&self, is_forgotten: impl Fn(Page) -> bool) {
        for generation in Generation::ALL {
            for page in self.take_dirty(generation) {
                if !is_forgotten(page) {
                    self.link_dirty(page, generation);
                }
            }
        }
    }

    fn link_dirty(&self, page: Page, generation: Generation) {
        let header = page.header();
        if header.is_dirty(generation) {
            return;
        }
        header.set_dirty(generation);
        let next = self.dirty[generation.index()].replace(Some(page));
        Home::connect(None, page, generation);
        header.dirty_next[generation.index()].set(next);
        if let Some(next) = next {
            Home::connect(Some(page), next, generation);
        }
    }

    /// Notes in `page`, if it belongs to one object, which page is before it.
    fn connect(previous: Option<Page>, page: Page, generation: Generation) {
        if let Some(links) = page.dirty_previous() {
            links[generation.index()].set(previous);
        }
    }

    /// Takes the page of a large object out of the lists of dirty pages.
    pub(crate) fn forget_large(&self, page: Page) {
        let Some(links) = page.dirty_previous() else { return };
        for generation in Generation::ALL {
            if !page.header().is_dirty(generation) {
                continue;
            }
            page.header().clear_dirty(generation);
            let previous = links[generation.index()].take();
            let next = page.header().dirty_next[generation.index()].take();
            match previous {
                Some(previous) => previous.header().dirty_next[generation.index()].set(next),
                None => self.dirty[generation.index()].set(next),
            }
            if let Some(next) = next {
                Home::connect(previous, next, generation);
            }
        }
    }
}

impl PageHeader {
    fn is_dirty(&self, generation: Generation) -> bool {
        self.dirty.get() & 1 << generation.index() != 0
    }

    fn set_dirty(&self, generation: Generation) {
        self.dirty.set(self.dirty.get() | 1 << generation.index());
    }

    fn clear_dirty(&self, generation: Generation) {
        self.dirty.set(self.dirty.get() & !(1 << generation.index()));
    }
}

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
        page.header().home.get().link_dirty(page, generation);
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
    /// another generation. The page is not listed as dirty for `from` any more.
    pub(crate) fn move_candidates(self, from: Generation, to: Generation) {
        let words = self.header().geometry.get().words as usize;
        for word in 0..words {
            let bits = self.word(from, word).take();
            let target = self.word(to, word);
            target.set(target.get() | bits);
        }
        self.header().home.get().link_dirty(self, to);
    }

    /// In how many of the page's bitmaps the bit of `object` is set; counts
    /// only pages that are listed as dirty.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) fn candidate_bits(object: ObjPtr) -> u32 {
        let page = Page::of(object);
        let index = page.slot_index(object);
        let is_set = |&generation: &Generation| {
            let word = page.word(generation, index / WORD_BITS).get();
            page.header().is_dirty(generation) && word & 1 << (index % WORD_BITS) != 0
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
            let word = page.word(self.generation, word);
            word.set(word.get() | bits);
            page.header().home.get().link_dirty(page, self.generation);
        }
    }
}

impl Drop for Filing {
    fn drop(&mut self) {
        self.write();
    }
}
