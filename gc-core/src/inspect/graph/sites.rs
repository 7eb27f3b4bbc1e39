//! The places in the program where the objects of a snapshot were made, with numbers.

use alloc::vec::Vec;
use core::panic::Location;
#[cfg(feature = "sites")]
use core::ptr;
#[cfg(feature = "sites")]
use std::collections::HashMap;

type Place = &'static Location<'static>;

/// Where the objects of a snapshot were made. Empty without the feature `sites`.
///
/// # Invariants
///
/// The number of `places[n]` is n + 1; 0 stands for a place that was not noted.
#[derive(Debug, Default)]
pub(crate) struct Sites {
    /// By object.
    numbers: Vec<u32>,
    places: Vec<Place>,
}

impl Sites {
    /// The number of the place where object number `index` was made.
    pub(crate) fn number_of(&self, index: u32) -> u32 {
        self.numbers.get(index as usize).copied().unwrap_or_default()
    }

    /// The place where object number `index` was made, if it was noted.
    pub(crate) fn place_of(&self, index: u32) -> Option<Place> {
        let number = self.number_of(index) as usize;
        self.places.get(number.checked_sub(1)?).copied()
    }
}

/// The places that a walk has met so far; none without the feature.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    sites: Sites,
    /// The compiler may have several locations for one place.
    #[cfg(feature = "sites")]
    numbers: HashMap<Place, u32>,
    /// By address, which takes less time to look up.
    #[cfg(feature = "sites")]
    known: HashMap<usize, u32>,
}

impl Noted {
    /// Takes in where the next object was made.
    #[cfg(feature = "sites")]
    pub(crate) fn push(&mut self, place: Option<Place>) {
        let number = place.map_or(0, |place| self.number_of(place));
        self.sites.numbers.push(number);
    }

    #[cfg(feature = "sites")]
    fn number_of(&mut self, place: Place) -> u32 {
        let Noted { sites, numbers, known } = self;
        *known.entry(ptr::from_ref(place).addr()).or_insert_with(|| {
            *numbers.entry(place).or_insert_with(|| {
                sites.places.push(place);
                u32::try_from(sites.places.len()).expect("a program has few places")
            })
        })
    }

    /// All places, and what was made there.
    pub(crate) fn finish(self) -> Sites {
        self.sites
    }
}
