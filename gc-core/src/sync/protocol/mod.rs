//! How objects that threads share are counted, collected and freed, for any kind of object.
//!
//! It imports nothing but atomics. Therefore the models of `tests/sync_models` can compile it
//! against loom and shuttle; `docs/sync.md` is its specification, and says why it is correct.
//!
//! Invariant: nothing that a handle leads to is dropped, and a slot is freed once, when no
//! handle, weak handle, entry of a list or collection refers to it.

pub(crate) mod candidates;
pub(crate) mod collection;
pub(crate) mod components;
pub(crate) mod dead;
pub(crate) mod exclusive;
pub(crate) mod generation;
pub(crate) mod graph;
#[cfg(feature = "inspect")]
pub(crate) mod look;
pub(crate) mod members;
pub(crate) mod object;
pub(crate) mod traced;
pub(crate) mod weak;
pub(crate) mod weak_count;
pub(crate) mod word;
