//! Numbers of the collector of objects that threads share, for a service to export.

use alloc::string::ToString;
use core::fmt;

use crate::inspect::reports::metrics::{Family, Metric, counter, float, gauge};
use crate::inspect::snapshot::table::{Align, Table};
use crate::sync::gc;

/// Numbers of the process about the objects that threads share, for a service to export.
///
/// There is one collector for all threads, so that there is nothing to start and no thread to ask: take a
/// sample whenever the numbers are wanted, on any thread. It takes some hundred nanoseconds, and more
/// if there is a [backlog](gc::get_backlog).
///
/// Read the fields, iterate over [`values`](SharedMetrics::values), or print them as a table. With the
/// feature `prometheus`, `to_prometheus` writes the text that Prometheus reads.
///
/// How many objects there are is not among them: nothing counts them.
///
/// # Examples
///
/// ```
/// use gcycle::inspect::SharedMetrics;
/// use gcycle::sync;
///
/// let before = SharedMetrics::sample();
/// sync::gc::collect();
/// let after = SharedMetrics::sample();
/// assert!(after.stats.collections > before.stats.collections);
/// println!("{after}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedMetrics {
    /// What all collections did; see [`get_stats`](gc::get_stats).
    pub stats: crate::gc::GenerationStats,
    /// The candidates; see [`get_count`](gc::get_count).
    pub candidates: usize,
    /// With how many of them a collection is due; see [`get_threshold`](gc::get_threshold).
    pub threshold: usize,
    /// The objects that wait to be dropped; see [`get_backlog`](gc::get_backlog).
    pub backlog: usize,
}

const FAMILIES: [Family<SharedMetrics>; 10] = [
    counter("gcycle_shared_collections_total", "Collections of shared objects.", |metrics| {
        float(metrics.stats.collections)
    }),
    counter(
        "gcycle_shared_collected_objects_total",
        "Shared objects found unreachable.",
        |metrics| float(metrics.stats.collected),
    ),
    counter(
        "gcycle_shared_traced_objects_total",
        "Shared objects examined: candidates and what they reach.",
        |metrics| float(metrics.stats.traced),
    ),
    counter(
        "gcycle_shared_suspected_objects_total",
        "Shared objects that collections suspected to be garbage, and examined again.",
        |metrics| float(metrics.stats.suspected),
    ),
    counter(
        "gcycle_shared_refuted_objects_total",
        "Suspected shared objects that turned out to be reachable, or were to be finalized first.",
        |metrics| float(metrics.stats.refuted),
    ),
    counter(
        "gcycle_shared_collection_seconds_total",
        "Time that threads spent in collections of shared objects, without drops.",
        |metrics| metrics.stats.duration.as_secs_f64(),
    ),
    gauge(
        "gcycle_shared_max_collection_seconds",
        "The longest collection of shared objects so far, without drops.",
        |metrics| metrics.stats.max_pause.as_secs_f64(),
    ),
    gauge("gcycle_shared_candidates", "Candidates for the next collection.", |metrics| {
        float(metrics.candidates as u64)
    }),
    gauge(
        "gcycle_shared_candidates_limit",
        "With how many candidates a collection is due.",
        |metrics| float(metrics.threshold as u64),
    ),
    gauge(
        "gcycle_shared_backlog_objects",
        "Shared objects that wait for a thread of their own to drop them.",
        |metrics| float(metrics.backlog as u64),
    ),
];

impl SharedMetrics {
    /// The numbers as they are now.
    #[must_use]
    pub fn sample() -> SharedMetrics {
        SharedMetrics {
            stats: gc::get_stats(),
            candidates: gc::get_count(),
            threshold: gc::get_threshold(),
            backlog: gc::get_backlog(),
        }
    }

    /// All numbers, to pass them to any metrics library. None has a label.
    pub fn values(&self) -> impl Iterator<Item = Metric> {
        FAMILIES.iter().map(|family| family.of(None, self))
    }
}

impl fmt::Display for SharedMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([("metric", Align::Left), ("value", Align::Right)]);
        for metric in self.values() {
            table.add([metric.name.into(), metric.value.to_string()]);
        }
        table.fmt(f)
    }
}
