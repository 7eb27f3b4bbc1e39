//! The pointers people expect: what `Rc` and its `Weak` promise, and what goes
//! beyond them.

#![expect(
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "these tests are programs, which have all of std"
)]

mod callbacks;
mod construction;
mod conversions;
mod counts;
mod ephemeron_model;
mod ephemerons;
mod finalizers;
mod identity;
mod kinds;
mod links;
mod moments;
mod raw_pointers;
#[cfg(feature = "serde")]
mod serialization;
mod showing_and_comparing;
mod shrinking;
mod sizes;
mod slices;
mod trait_objects;
mod uniqueness;
mod weak_collections;
mod weak_maps;
