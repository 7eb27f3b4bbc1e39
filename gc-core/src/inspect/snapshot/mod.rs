//! [`HeapSnapshot`](heap_snapshot::HeapSnapshot), and the questions about single objects:
//! which there are, what they refer to, what refers to them, and what they keep alive.
//!
//! It imports from `graph/` and `dominators/`.
//!
//! Invariant: a snapshot never changes. Costly results are computed when they are first
//! asked for, and kept.

pub(crate) mod find;
pub(crate) mod harmless;
pub(crate) mod heap_snapshot;
pub(crate) mod object_info;
pub(crate) mod paths;
pub(crate) mod retained_size;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
pub(crate) mod shared_snapshot;
#[cfg(feature = "sites")]
pub(crate) mod site;
pub(crate) mod table;
pub(crate) mod type_name;
