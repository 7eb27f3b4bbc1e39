//! What types report to the collector: the trait `Trace`, its implementations for types
//! of std and other crates, and the vtables through which an erased type is asked later.
//!
//! It imports from `object/`, `memory/` and `watch/`. The code that the derive writes
//! calls `derive_support`, and nothing else.
//!
//! Invariant: a value reports each handle that it owns at most once, and nothing that it
//! does not own. Reporting too few edges only leaks; the documentation of `Trace` has the
//! full contract.

pub mod advice;
pub(crate) mod answers;
pub(crate) mod contract;
pub mod derive_support;
pub(crate) mod extent;
pub(crate) mod finalizers;
pub(crate) mod finalizing;
mod impls;
pub(crate) mod manner;
#[cfg(feature = "isolates")]
pub(crate) mod movable;
pub(crate) mod question;
pub(crate) mod quiet;
pub(crate) mod recursion;
pub(crate) mod refusals;
pub(crate) mod tracer;
pub(crate) mod untraced;
pub(crate) mod vtable;
