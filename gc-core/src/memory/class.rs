//! Size classes: which slot an object of a given layout gets. Pure arithmetic, done at
//! compile time where the type is known: in a `const` block, since the optimiser does not
//! always run what it could.
//!
//! Slots grow in steps of 8 bytes up to 128 and then in four steps for each
//! doubling, so that at most a fifth of a slot is lost to rounding. A page
//! places its first slot so that values are aligned to the largest power of
//! two that divides the slot size; a type with a larger alignment takes a class
//! whose size is a multiple of it.

use core::alloc::Layout;

use crate::object::header::Header;

/// The size and the alignment of a page, in bytes.
pub(crate) const PAGE_SIZE: usize = 64 * 1024;

const FINE_STEP: usize = 8;
const FINE_MAX: usize = 128;
const STEPS_PER_DOUBLING: usize = 4;
/// As far as at least two slots fit into a page.
const STEPS: usize = 31;
const FINE_CLASSES: usize = (FINE_MAX - Header::SIZE) / FINE_STEP + 1;

/// The number of classes.
pub(crate) const CLASS_COUNT: usize = FINE_CLASSES + STEPS;

/// The largest slot that shares a page with others, in bytes.
pub(crate) const LARGEST: usize = slot_size(CLASS_COUNT - 1);

/// The bytes at the end of each slot that say where its object was made.
pub(crate) const SITE_BYTES: usize = if cfg!(feature = "sites") { 8 } else { 0 };

/// The number of bits of a word of the candidate bitmaps.
pub(crate) const WORD_BITS: usize = 64;

/// How the pages of one class are cut into slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// Bytes from one slot to the next.
    pub(crate) slot_size: u32,
    /// Bytes from the start of the page to its first slot.
    pub(crate) first: u32,
    /// Number of slots.
    pub(crate) capacity: u32,
    /// Number of words of a bitmap with one bit for each slot.
    pub(crate) words: u32,
    /// `ceil(2^32 / slot_size)`: dividing an offset by the slot size is a
    /// multiplication.
    reciprocal: u32,
}

impl Geometry {
    /// Cuts `page_size` bytes behind `header_size` bytes of page header and
    /// `bitmaps` bitmaps into slots of `slot_size` bytes.
    const fn cut(slot_size: usize, header_size: usize, bitmaps: usize) -> Geometry {
        let upper_bound = (PAGE_SIZE - header_size) / slot_size;
        let words = upper_bound.div_ceil(WORD_BITS);
        let header_end = header_size + bitmaps * words * (WORD_BITS / 8);
        let alignment = 1 << slot_size.trailing_zeros();
        let first = (header_end + Header::SIZE).next_multiple_of(alignment) - Header::SIZE;
        Geometry {
            slot_size: narrow(slot_size as u64),
            first: narrow(first as u64),
            capacity: narrow(((PAGE_SIZE - first) / slot_size) as u64),
            words: narrow(words as u64),
            reciprocal: narrow((1_u64 << 32).div_ceil(slot_size as u64)),
        }
    }

    /// A page run with a single slot at `first`.
    pub(crate) const fn single(first: usize) -> Geometry {
        // The only slot has offset 0, whatever the reciprocal.
        Geometry { slot_size: 0, first: narrow(first as u64), capacity: 1, words: 1, reciprocal: 0 }
    }

    /// The number of the slot that starts `offset` bytes into the page.
    #[inline]
    pub(crate) fn slot_index(&self, offset: usize) -> usize {
        let from_first = (offset as u64).wrapping_sub(u64::from(self.first));
        ((from_first * u64::from(self.reciprocal)) >> 32) as usize
    }

    /// The offset of slot number `index` from the start of the page.
    #[inline]
    pub(crate) fn slot_offset(&self, index: usize) -> usize {
        self.first as usize + index * self.slot_size as usize
    }
}

/// The geometry of each class, for pages with a header of `HEADER` bytes and
/// `BITMAPS` bitmaps.
pub(crate) const fn geometries<const HEADER: usize, const BITMAPS: usize>()
-> [Geometry; CLASS_COUNT] {
    let mut all = [Geometry::single(0); CLASS_COUNT];
    let mut class = 0;
    while class < CLASS_COUNT {
        all[class] = Geometry::cut(slot_size(class), HEADER, BITMAPS);
        class += 1;
    }
    all
}

#[expect(clippy::cast_possible_truncation, reason = "checked right before")]
const fn narrow(value: u64) -> u32 {
    assert!(value <= u32::MAX as u64);
    value as u32
}

/// The size of the slots of a class, in bytes.
pub(crate) const fn slot_size(class: usize) -> usize {
    if class < FINE_CLASSES {
        return Header::SIZE + class * FINE_STEP;
    }
    let step = class - FINE_CLASSES;
    let base = FINE_MAX << (step / STEPS_PER_DOUBLING);
    base + base / STEPS_PER_DOUBLING * (step % STEPS_PER_DOUBLING + 1)
}

/// The class of objects whose value has this layout; `None` if it is too large
/// or too aligned to share a page.
#[inline]
pub(crate) const fn class_of(value: Layout) -> Option<usize> {
    let needed = Header::SIZE + value.size() + SITE_BYTES;
    if needed > LARGEST {
        return None;
    }
    let mut class = smallest_class(needed);
    while class < CLASS_COUNT {
        if slot_size(class).is_multiple_of(value.align()) || value.align() <= FINE_STEP {
            return Some(class);
        }
        class += 1;
    }
    None
}

/// The first class whose slots hold `needed` bytes.
#[inline]
const fn smallest_class(needed: usize) -> usize {
    if needed <= FINE_MAX {
        return (needed - Header::SIZE).div_ceil(FINE_STEP);
    }
    coarse_class(needed)
}

/// The same, if that is more than [`FINE_MAX`]. It is not inlined: where the size is known only when the
/// program runs, that would keep the compiler from inlining what makes small objects.
#[inline(never)]
const fn coarse_class(needed: usize) -> usize {
    let doubling = ((needed - 1) / FINE_MAX).ilog2() as usize;
    let base = FINE_MAX << doubling;
    let step = (needed - 1 - base) / (base / STEPS_PER_DOUBLING);
    FINE_CLASSES + doubling * STEPS_PER_DOUBLING + step
}

#[cfg(test)]
mod tests {
    use super::*;

    const GEOMETRIES: [Geometry; CLASS_COUNT] = geometries::<200, 3>();

    /// What a slot holds besides the value.
    const AROUND: usize = Header::SIZE + SITE_BYTES;

    /// Under Miri only every so many sizes and slots are looked at.
    const STEP: usize = if cfg!(miri) { 61 } else { 1 };

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn every_size_gets_the_smallest_class_that_holds_it() {
        for size in (0..=LARGEST - AROUND).step_by(STEP) {
            let class = class_of(layout(size, 8)).unwrap();
            assert!(slot_size(class) >= size + AROUND);
            assert!(class == 0 || slot_size(class - 1) < size + AROUND);
        }
        assert_eq!(class_of(layout(LARGEST - AROUND + 1, 8)), None);
    }

    #[test]
    fn values_are_aligned_in_every_slot() {
        for align in (0..=16).map(|power| 1 << power) {
            for size in [0, 1, 8, 40, 100, 1000, 5000, 9000, 20_000] {
                let size = usize::next_multiple_of(size, align);
                let Some(class) = class_of(layout(size, align)) else { continue };
                let geometry = GEOMETRIES[class];
                for index in (0..geometry.capacity as usize).step_by(STEP) {
                    let value = geometry.slot_offset(index) + Header::SIZE;
                    assert_eq!(value % align, 0, "size {size} align {align} slot {index}");
                }
            }
        }
    }

    #[test]
    fn slot_numbers_and_offsets_are_inverse_and_stay_in_the_page() {
        for geometry in GEOMETRIES {
            for index in (0..geometry.capacity as usize).step_by(STEP) {
                let offset = geometry.slot_offset(index);
                assert_eq!(geometry.slot_index(offset), index);
                assert!(offset + geometry.slot_size as usize <= PAGE_SIZE);
            }
            assert!(geometry.capacity as usize <= geometry.words as usize * WORD_BITS);
        }
    }

    #[test]
    fn three_quarters_of_a_page_are_slots() {
        for geometry in GEOMETRIES {
            assert!(geometry.capacity >= 2);
            assert!(geometry.capacity * geometry.slot_size >= narrow((PAGE_SIZE / 4 * 3) as u64));
        }
    }

    #[test]
    fn less_than_a_fifth_of_a_slot_is_lost_to_rounding() {
        for needed in (129..=LARGEST).step_by(STEP) {
            let slot = slot_size(class_of(layout(needed - AROUND, 8)).unwrap());
            assert!((slot - needed) * 5 <= slot, "{needed} in {slot}");
        }
    }
}
