//! Sites: the places in the program where objects are made.
//!
//! The site of an object is a pointer in its own slot, behind the value: the constructor has the
//! slot at hand, so that noting a site is one comparison and one store. A number of four bytes
//! would have to be looked up, and a table beside the page to be found first, for each object.
//! Numbers are given when a snapshot is taken.

use core::cell::Cell;

use crate::memory::page::{Page, Site};
use crate::object::header::ObjPtr;

std::thread_local! {
    static SAMPLING: Sampling = const { Sampling { every: Cell::new(1), left: Cell::new(1) } };
}

/// Which objects a thread notes the sites of.
///
/// # Invariants
///
/// `left` is not 0.
struct Sampling {
    /// Of every so many objects it is noted where one was made; 0 for none.
    every: Cell<u32>,
    /// The how-manieth object from here is the next one.
    left: Cell<u32>,
}

impl Sampling {
    /// Whether the site of the next object is noted.
    #[inline]
    fn is_noted(&self) -> bool {
        if self.every.get() == 1 {
            return true;
        }
        let left = self.left.get() - 1;
        self.left.set(left);
        left == 0 && self.begin_again()
    }

    /// Counts the next ones after the last one was reached; returns whether it is noted.
    #[cold]
    #[inline(never)]
    fn begin_again(&self) -> bool {
        let every = self.every.get();
        self.left.set(if every == 0 { u32::MAX } else { every });
        every > 0
    }
}

/// What is noted of an object that is made at `site`, for those that are in no page: nothing if it is another
/// one's turn.
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[inline]
pub(crate) fn sampled(site: Site) -> Option<Site> {
    SAMPLING.with(Sampling::is_noted).then_some(site)
}

/// Notes that `object`, which is new, was made at `site`, or that its site is not known if it is
/// another one's turn.
#[inline]
pub(crate) fn note_site(object: ObjPtr, site: Site) {
    Page::set_site(object, SAMPLING.with(Sampling::is_noted).then_some(site));
}

/// The same for an object whose class is known.
///
/// # Safety
///
/// `class` is that of the page of `object`.
#[inline]
pub(crate) unsafe fn note_site_in(object: ObjPtr, class: Option<usize>, site: Site) {
    let site = SAMPLING.with(Sampling::is_noted).then_some(site);
    // SAFETY: as promised by the caller.
    unsafe { Page::set_site_in(object, class, site) };
}

/// Corrects the site of `object`, if one was noted: it was made for whoever is at `site`.
pub(crate) fn correct_site(object: ObjPtr, site: Site) {
    if Page::site(object).is_some() {
        Page::set_site(object, Some(site));
    }
}

/// Notes the site of one of every so many objects of this thread from now on; of none for 0.
pub(crate) fn note_every(objects: u32) {
    SAMPLING.with(|sampling| {
        sampling.every.set(objects);
        sampling.left.set(1);
    });
}
