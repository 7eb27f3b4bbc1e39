//! What waits for the death of an object: weak handles with a callback, the entries of
//! weak maps, and `weakref.finalize`.
//!
//! It imports from `object/` and `memory/`. It keeps the lists of them and calls their
//! callbacks; `collect/` decides when.
//!
//! Invariant: if something waits for an object, a flag in the object's header says so.
//! The death of any other object does not consult this room.

pub(crate) mod by_address;
pub(crate) mod entry;
pub(crate) mod ephemeron;
pub(crate) mod pending;
pub(crate) mod tables;
mod texts;
pub(crate) mod watches;
