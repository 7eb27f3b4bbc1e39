//! Numbers for a service to export: collections, pauses, memory.
//!
//! The collector itself keeps counts and the longest pause, but not how long the other
//! pauses were. A [`Monitor`] records these.

use alloc::rc::Rc;
use alloc::string::ToString;
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use crate::collect::stats::PAUSE_LIMITS;
use crate::gc::{
    CallbackId, CollectionInfo, Generation, GenerationStats, MemoryStats, Phase, add_callback,
    get_stats, memory, remove_callback,
};
use crate::inspect::snapshot::table::{Align, Table};

/// Measures the pauses of this thread's collections, from its start until it is dropped.
///
/// # Examples
///
/// ```
/// use gcycle::{gc, inspect::Monitor};
///
/// let monitor = Monitor::start();
/// gc::collect();
/// let metrics = monitor.sample();
/// assert_eq!(metrics.pauses.count, 1);
/// assert_eq!(metrics.generations[2].collections, 1);
/// println!("{metrics}");
/// ```
#[derive(Debug)]
pub struct Monitor {
    callback: CallbackId,
    pauses: Rc<Cell<Pauses>>,
    of_this_thread: PhantomData<*const ()>,
}

impl Monitor {
    /// Starts to measure. It costs a few nanoseconds for each collection.
    #[must_use = "measuring ends when the monitor is dropped"]
    pub fn start() -> Monitor {
        let pauses = Rc::new(Cell::new(Pauses::default()));
        let seen = Rc::clone(&pauses);
        let callback = add_callback(move |phase, info| {
            if phase == Phase::Stop {
                let mut pauses = seen.get();
                pauses.add(info);
                seen.set(pauses);
            }
        });
        Monitor { callback, pauses, of_this_thread: PhantomData }
    }

    /// The numbers of this thread as they are now.
    ///
    /// Takes time proportional to the number of pages of the heap.
    #[must_use]
    pub fn sample(&self) -> Metrics {
        Metrics { generations: get_stats(), memory: memory(), pauses: self.pauses.get() }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        remove_callback(self.callback);
    }
}

/// Numbers of one thread's heap, for a service to export.
///
/// They are plain data and can be sent to the thread that exports them. Read the fields,
/// iterate over [`values`](Metrics::values), or print them as a table. With the feature
/// `prometheus`, `to_prometheus` writes the text that Prometheus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// What the collections of each generation did, youngest first.
    pub generations: [GenerationStats; 3],
    /// What the heap holds.
    pub memory: MemoryStats,
    /// How long collections stopped the program since the [`Monitor`] was started.
    pub pauses: Pauses,
}

/// How long collections stopped the program. One that ran in [slices](crate::gc::set_budget) is a
/// pause for each slice, when it has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pauses {
    /// The number of pauses.
    pub count: u64,
    /// The total time that they took.
    pub total: Duration,
    /// The longest of them.
    pub longest: Duration,
    /// For each [limit](Pauses::LIMITS), the number of pauses that took at most this
    /// long, but longer than the limit before it. The last entry counts those that took
    /// longer than all limits.
    pub histogram: [u64; Pauses::LIMITS.len() + 1],
}

impl Pauses {
    /// The limits of the histogram.
    pub const LIMITS: [Duration; 8] = PAUSE_LIMITS;

    /// Adds those of a collection that has ended.
    pub(crate) fn add(&mut self, info: &CollectionInfo) {
        self.count += info.slices as u64;
        self.total += info.duration;
        self.longest = self.longest.max(info.max_pause);
        for (count, &more) in self.histogram.iter_mut().zip(&info.pauses) {
            *count += u64::from(more);
        }
    }

    /// Adds the pauses of another time.
    pub(crate) fn merge(&mut self, other: &Pauses) {
        self.count += other.count;
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
        for (count, more) in self.histogram.iter_mut().zip(other.histogram) {
            *count += more;
        }
    }
}

/// One number of [`Metrics`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metric {
    /// The name, such as `gcycle_collections_total`.
    pub name: &'static str,
    /// A description of the number.
    pub help: &'static str,
    /// Whether the number only ever grows.
    pub is_counter: bool,
    /// A key and a value that distinguish it from other metrics of the same name.
    pub label: Option<(&'static str, &'static str)>,
    /// The number; times are in seconds.
    pub value: f64,
}

/// A number of each generation, or of a heap.
pub(crate) struct Family<T> {
    name: &'static str,
    help: &'static str,
    is_counter: bool,
    value: fn(&T) -> f64,
}

/// A number that only grows.
pub(crate) const fn counter<T>(
    name: &'static str,
    help: &'static str,
    value: fn(&T) -> f64,
) -> Family<T> {
    Family { name, help, is_counter: true, value }
}

/// A number that may fall.
pub(crate) const fn gauge<T>(
    name: &'static str,
    help: &'static str,
    value: fn(&T) -> f64,
) -> Family<T> {
    Family { name, help, is_counter: false, value }
}

/// A count as a metric.
#[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 are rounded")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

const BY_GENERATION: [Family<GenerationStats>; 9] = [
    counter("gcycle_collections_total", "Collections.", |stats| float(stats.collections)),
    counter(
        "gcycle_collected_objects_total",
        "Objects found unreachable and reclaimed.",
        |stats| float(stats.collected),
    ),
    counter(
        "gcycle_uncollectable_objects_total",
        "Objects that a wrong Trace kept from being reclaimed.",
        |stats| float(stats.uncollectable),
    ),
    counter("gcycle_traced_objects_total", "Objects examined.", |stats| float(stats.traced)),
    counter("gcycle_collection_seconds_total", "Time spent in collections.", |stats| {
        stats.duration.as_secs_f64()
    }),
    counter("gcycle_slices_total", "In how many goes these were done.", |stats| {
        float(stats.slices)
    }),
    counter(
        "gcycle_suspected_objects_total",
        "Objects that collections in slices suspected to be garbage, and examined again.",
        |stats| float(stats.suspected),
    ),
    counter(
        "gcycle_refuted_objects_total",
        "Suspected objects that turned out to be reachable.",
        |stats| float(stats.refuted),
    ),
    gauge(
        "gcycle_max_pause_seconds",
        "The longest pause for a collection since the thread began.",
        |stats| stats.max_pause.as_secs_f64(),
    ),
];

const OF_HEAP: [Family<Metrics>; 5] = [
    gauge("gcycle_objects", "Objects on the heap.", |metrics| float(metrics.memory.objects as u64)),
    gauge("gcycle_live_bytes", "Bytes of the slots in use.", |metrics| {
        float(metrics.memory.live_bytes as u64)
    }),
    gauge("gcycle_reserved_bytes", "Bytes obtained from the global allocator.", |metrics| {
        float(metrics.memory.reserved_bytes as u64)
    }),
    gauge(
        "gcycle_reserved_bytes_peak",
        "The most bytes ever obtained from the global allocator.",
        |metrics| float(metrics.memory.peak_bytes as u64),
    ),
    gauge(
        "gcycle_longest_pause_seconds",
        "The longest pause for a collection since the monitor was started.",
        |metrics| metrics.pauses.longest.as_secs_f64(),
    ),
];

/// The values of the label `generation`, youngest first.
const GENERATIONS: [(Generation, &str); 3] =
    [(Generation::Young, "young"), (Generation::Middle, "middle"), (Generation::Old, "old")];

impl<T> Family<T> {
    /// The number of this one.
    pub(crate) fn of(&self, label: Option<(&'static str, &'static str)>, from: &T) -> Metric {
        let &Family { name, help, is_counter, value } = self;
        Metric { name, help, is_counter, label, value: value(from) }
    }
}

impl Metrics {
    /// All numbers except the histogram, with those of one name side by side. Use it to
    /// pass the numbers to any metrics library.
    ///
    /// ```
    /// use gcycle::{gc, inspect::Monitor};
    ///
    /// let monitor = Monitor::start();
    /// gc::collect();
    /// let metrics = monitor.sample();
    /// let collections: f64 = metrics
    ///     .values()
    ///     .filter(|metric| metric.name == "gcycle_collections_total")
    ///     .map(|metric| metric.value)
    ///     .sum();
    /// assert_eq!(collections, 1.0);
    /// ```
    pub fn values(&self) -> impl Iterator<Item = Metric> {
        let by_generation = BY_GENERATION.iter().flat_map(|family| {
            GENERATIONS.iter().map(|&(generation, name)| {
                family.of(Some(("generation", name)), &self.generations[generation.index()])
            })
        });
        by_generation.chain(OF_HEAP.iter().map(|family| family.of(None, self)))
    }
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table =
            Table::new([("metric", Align::Left), ("of", Align::Left), ("value", Align::Right)]);
        for metric in self.values() {
            let of = metric.label.map_or("", |(_, text)| text);
            table.add([metric.name.into(), of.into(), metric.value.to_string()]);
        }
        table.fmt(f)
    }
}
