//! Sites: the places in the program where objects are made, each with a number.
//!
//! Numbers are those of the whole process, so that snapshots of several threads can be
//! compared. A thread remembers the numbers that it asked for last by the addresses of the
//! locations, so that most objects cost one comparison and one write.

use alloc::vec::Vec;
use core::cell::Cell;
use core::panic::Location;
use core::ptr;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::memory::page::Page;
use crate::object::header::ObjPtr;

type Place = &'static Location<'static>;

/// All sites of the process.
static SITES: Mutex<Option<Sites>> = Mutex::new(None);

/// # Invariants
///
/// The number of `places[n]` is n + 1.
#[derive(Default)]
struct Sites {
    places: Vec<Place>,
    numbers: HashMap<Place, u32>,
}

std::thread_local! {
    static RECENT: Recent = const { Recent::new() };
}

/// What a thread remembers, and which objects it notes the sites of.
struct Recent {
    /// Of every so many objects it is noted where one was made; 0 for none.
    every: Cell<u32>,
    /// How many objects are left until the next one.
    left: Cell<u32>,
    /// Locations with their numbers, by their addresses.
    known: [Cell<Option<(Place, u32)>>; REMEMBERED],
}

const REMEMBERED: usize = 128;

impl Recent {
    const fn new() -> Recent {
        Recent {
            every: Cell::new(1),
            left: Cell::new(0),
            known: [const { Cell::new(None) }; REMEMBERED],
        }
    }

    /// Whether the site of the next object is noted.
    #[inline]
    fn is_noted(&self) -> bool {
        self.every.get() == 1 || self.is_turn()
    }

    /// Whether it is the turn of the next object, if not all are noted.
    #[cold]
    fn is_turn(&self) -> bool {
        if let Some(left) = self.left.get().checked_sub(1) {
            self.left.set(left);
            return false;
        }
        let every = self.every.get();
        self.left.set(every.saturating_sub(1));
        every > 0
    }

    #[inline]
    fn number_of(&self, place: Place) -> u32 {
        let slot = &self.known[(ptr::from_ref(place).addr() >> 3) % REMEMBERED];
        match slot.get() {
            Some((known, number)) if ptr::eq(known, place) => number,
            _ => {
                let number = number_of(place);
                slot.set(Some((place, number)));
                number
            }
        }
    }
}

#[cold]
fn number_of(place: Place) -> u32 {
    let mut sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
    let Sites { places, numbers } = sites.get_or_insert_default();
    *numbers.entry(place).or_insert_with(|| {
        places.push(place);
        // A program has fewer places than a `u32` can count.
        u32::try_from(places.len()).unwrap_or(0)
    })
}

/// Notes that `object` was made at `place`, if its turn has come.
#[inline]
pub(crate) fn note_site(object: ObjPtr, place: Place) {
    let number = RECENT.with(|recent| if recent.is_noted() { recent.number_of(place) } else { 0 });
    Page::set_site(object, number);
}

/// Corrects the site of `object`, if one was noted: it was made for whoever is at `place`.
pub(crate) fn correct_site(object: ObjPtr, place: Place) {
    if Page::site(object) != 0 {
        Page::set_site(object, RECENT.with(|recent| recent.number_of(place)));
    }
}

/// Notes the site of one of every so many objects of this thread from now on; of none for 0.
pub(crate) fn note_every(objects: u32) {
    RECENT.with(|recent| {
        recent.every.set(objects);
        recent.left.set(0);
    });
}

/// The site with this number.
pub(crate) fn place_of(number: u32) -> Option<Place> {
    let sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    sites.as_ref()?.places.get(index).copied()
}
