//! An object: its header, what its values report, and what may go wrong when
//! its code runs.
//!
//! The lowest room: it imports from no other, and knows no heap. A value's type
//! is known to its header alone, so that every call of the user's code by the
//! collector goes through `dispatch`, and what that code throws through `unwind`.
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
pub(crate) mod stack;
pub(crate) mod unwind;
