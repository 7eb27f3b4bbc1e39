//! The handles that programs hold: `Gc` and `Weak`, the functions that make, share and
//! take apart the objects they refer to, and the collections and callbacks that are built
//! on them.
//!
//! It imports from all rooms below. Nothing below knows these types: when a handle is
//! dropped, it passes an object to `collect/`.
//!
//! Invariant: every `Gc`, `Object` and exclusive guard is counted by its object, and
//! every `Weak` by the object's page or by its watch, as long as it exists (I2 to I4 in
//! `docs/safety.md`).

mod boxed;
pub(crate) mod by_id;
pub(crate) mod callback;
pub(crate) mod closure;
mod collections;
mod construct;
pub(crate) mod erased;
mod finalizer;
pub(crate) mod gc_ptr;
pub mod intern;
pub(crate) mod link;
#[cfg(feature = "isolates")]
mod movable;
pub(crate) mod nesting;
mod raw;
#[cfg(feature = "serde")]
mod serialize;
mod slice;
mod slot;
mod traits;
pub(crate) mod unique;
pub mod unsize;
pub mod weak;
pub(crate) mod weak_ptr;
