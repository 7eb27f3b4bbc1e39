//! Who waits for the death of an object: weak handles with a callback, the entries of
//! weak maps, and `weakref.finalize`.
//!
//! It imports from `object/` and `memory/`. It keeps lists and calls what is in them
//! when it is told to; when that is, `collect/` decides.
//!
//! Invariant: an object that somebody waits for says so by a flag in its header, so
//! that the death of any other object asks nothing here.

pub(crate) mod ephemeron;
pub(crate) mod pending;
pub(crate) mod watches;
