//! The places in the program that the numbers of sites stand for.

use core::panic::Location;

/// The place with this number; `None` if there is none, as without the feature `sites`.
#[cfg(feature = "sites")]
pub(crate) fn place_of(number: u32) -> Option<&'static Location<'static>> {
    crate::memory::sites::place_of(number)
}

#[cfg(not(feature = "sites"))]
pub(crate) fn place_of(_: u32) -> Option<&'static Location<'static>> {
    None
}
