//! Where objects were made: a pointer in the last bytes of each slot, and in the header of a page
//! that one object has to itself.
//!
//! # Invariants
//!
//! It is written as soon as the header of an object is, before any other code runs. So every
//! object that a walk finds has one, and does not inherit that of the object before.

use core::ptr::NonNull;

use super::{Page, Site};
use crate::memory::class::{SITE_BYTES, slot_size};
use crate::object::header::ObjPtr;

const _: () = assert!(size_of::<Option<Site>>() <= SITE_BYTES);
const _: () = assert!(align_of::<Option<Site>>() <= SITE_BYTES);

impl Page {
    /// Where `object` was made, if that was noted.
    pub(crate) fn site(object: ObjPtr) -> Option<Site> {
        match Page::site_in_slot(object) {
            // SAFETY: by the invariant of this file it was written.
            Some(place) => unsafe { place.read() },
            None => Page::of(object).header().site.get(),
        }
    }

    /// Notes where `object` was made.
    #[inline]
    pub(crate) fn set_site(object: ObjPtr, site: Option<Site>) {
        match Page::site_in_slot(object) {
            // SAFETY: the last bytes of a slot are for this alone, as `class_of` sees to.
            Some(place) => unsafe { place.write(site) },
            None => Page::of(object).header().site.set(site),
        }
    }

    /// The same for an object whose class is known, which takes one instruction.
    ///
    /// # Safety
    ///
    /// `class` is that of the page of `object`.
    #[inline]
    pub(crate) unsafe fn set_site_in(object: ObjPtr, class: Option<usize>, site: Option<Site>) {
        debug_assert_eq!(class, Page::of(object).class());
        let Some(class) = class else { return Page::set_site(object, site) };
        // SAFETY: the slots of a class are of its size.
        let place = unsafe { object.slot().byte_add(slot_size(class) - SITE_BYTES) };
        // SAFETY: as in `set_site`; slots start and end at multiples of 8.
        unsafe { place.cast().write(site) };
    }

    /// The last bytes of the slot of `object`; `None` if it has a page to itself.
    #[inline]
    fn site_in_slot(object: ObjPtr) -> Option<NonNull<Option<Site>>> {
        Page::of(object).class().map(|_| Page::slot_end(object).cast())
    }
}
