//! Answers about whole heaps, as tables and numbers: the census, growth, cycles and
//! garbage, and the metrics of a running service.
//!
//! It imports from `snapshot/` and from the rooms below it.
//!
//! Invariant: a report is sorted, largest first, and the same for the same snapshot.

#[cfg(feature = "sites")]
pub(crate) mod by_site;
pub(crate) mod census;
pub(crate) mod cycles;
pub(crate) mod diff;
pub(crate) mod garbage;
pub(crate) mod holders;
pub(crate) mod metrics;
#[cfg(feature = "prometheus")]
mod prometheus;
pub(crate) mod recorder;
pub(crate) mod recording;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
pub(crate) mod shared_metrics;
#[cfg(all(feature = "sync", feature = "prometheus", target_has_atomic = "64"))]
mod shared_prometheus;
pub(crate) mod way;
mod way_search;
