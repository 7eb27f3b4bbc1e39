//! An object: its header, the edges that its value reports, and the panics of its code.
//!
//! The lowest room: it imports from no other, and knows no heap. Only the header knows
//! the type of a value, so every call of user code by the collector goes through
//! `dispatch`, and every panic of that code through `unwind`.
//!
//! Invariant: an `ObjPtr` points at an initialised header whose slot has not been
//! freed (I1 in `docs/safety.md`). Counts and flags change through its methods only.

pub(crate) mod dispatch;
pub(crate) mod edges;
pub(crate) mod flags;
pub(crate) mod generation;
pub(crate) mod header;
pub(crate) mod label;
pub(crate) mod prefetch;
mod put_off;
#[cfg(feature = "sync")]
pub(crate) mod shared_edges;
pub(crate) mod shrink;
#[cfg(any(debug_assertions, gc_zeal, feature = "inspect", feature = "isolates"))]
pub(crate) mod spread;
pub(crate) mod stack;
pub(crate) mod unwind;
