//! What types report: the trait `Trace`, its implementations for the types of others,
//! and where a type is erased and asked later.
//!
//! It imports from `object/`, `memory/` and `watch/`. The derive writes calls of
//! `derive_support`, and of nothing else.
//!
//! Invariant: a value reports each handle that it owns at most once, and nothing that
//! it does not own. Too few only leak; the contract in full stands at `Trace`.

pub(crate) mod contract;
pub mod derive_support;
pub(crate) mod extent;
mod impls;
pub(crate) mod tracer;
pub(crate) mod untraced;
pub(crate) mod vtable;
