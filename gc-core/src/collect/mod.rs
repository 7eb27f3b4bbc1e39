//! The collector: what happens when a reference count falls to zero, and collections.
//! Start with `collection`, whose function `run` is the table of contents; each phase has
//! a file.
//!
//! It imports from the rooms below, and knows objects by their headers: never a type,
//! never a handle of the user's.
//!
//! Invariants: `collection` frees the objects that its snapshot proved to be unreachable,
//! and nothing else (T1 in `docs/design.md`). User code runs only where the phases say
//! so, and finds every object that it can reach intact.

#[cfg(feature = "isolates")]
pub(crate) mod abandoned;
pub(crate) mod activity;
mod arrays;
pub(crate) mod automatic;
pub(crate) mod budget;
pub(crate) mod callbacks;
mod cascade;
pub(crate) mod clock;
pub(crate) mod collection;
pub(crate) mod death;
pub(crate) mod debug;
pub(crate) mod ephemerons;
mod finalize;
pub(crate) mod in_slices;
#[cfg(feature = "isolates")]
pub(crate) mod isolated;
pub(crate) mod lifecycle;
mod main_thread;
pub(crate) mod pace;
mod reachability;
mod reclaim;
#[cfg(any(debug_assertions, gc_zeal))]
mod reported;
mod schedule;
mod sliced;
mod slices;
mod snapshot;
mod span;
pub(crate) mod state;
pub(crate) mod stats;
#[cfg(any(debug_assertions, gc_zeal))]
mod validate;
mod weakrefs;
mod weighing;
mod weights;

#[cfg(test)]
mod tests;
