//! What people hold: `Gc` and `Weak`, the ways to make, share and take apart what they
//! point at, and the collections and callbacks that are built on them.
//!
//! It imports from all rooms below. Nothing below knows these types: a handle that goes
//! tells `collect/` about an object.
//!
//! Invariant: every `Gc`, `Object` and exclusive guard is counted by its object, and
//! every `Weak` by the object's page or by its watch, as long as it exists (I2 to I4 in
//! `docs/safety.md`).

mod boxed;
pub(crate) mod closure;
mod collections;
mod construct;
pub(crate) mod erased;
mod finalizer;
pub(crate) mod gc_ptr;
pub mod intern;
mod nesting;
mod raw;
#[cfg(feature = "serde")]
mod serialize;
mod slice;
mod traits;
pub(crate) mod unique;
pub mod unsize;
pub mod weak;
mod weak_ptr;
