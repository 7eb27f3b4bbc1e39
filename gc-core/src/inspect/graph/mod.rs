//! A heap as numbers: its objects and edges in flat arrays, how they are taken from a
//! heap, and the algorithms that work on any such graph.
//!
//! It imports from the rooms of the crate, and from no other of `inspect/`.
//!
//! Invariant: objects are numbered in the order of their addresses, and an edge leads
//! from a number to a number.

pub(crate) mod breadth_first;
pub(crate) mod capture;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
pub(crate) mod capture_shared;
pub(crate) mod components;
pub(crate) mod head_count;
pub(crate) mod heap_graph;
mod kinds;
pub(crate) mod names;
pub(crate) mod numbering;
pub(crate) mod owned;
pub(crate) mod room;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
pub(crate) mod shared_names;
pub(crate) mod sites;
pub(crate) mod switches;
pub(crate) mod texts;
