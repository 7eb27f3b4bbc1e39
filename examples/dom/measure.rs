//! The main job, measured: build the trees, walk and edit them, drop them, and
//! account for every node.
//!
//! A page is parsed, walked and edited before the next one is parsed, and its
//! tree is kept. So the collections that building trees sets off find what was
//! cut out of earlier ones. When all pages are done, the trees are dropped.

use alloc::rc::Rc;
use core::cell::RefCell;
use core::time::Duration;
use std::time::Instant;

use gcycle::gc::{self, CallbackId, GenerationStats, MemoryStats, Phase};
use html5ever::interface::QuirksMode;
use serde::Serialize;

use super::pages::Page;
use super::sink;
use super::walk::{self, Findings};

/// What became of the pages.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Measurement {
    /// Pages parsed.
    pub(crate) files: usize,
    /// Their size.
    pub(crate) input_bytes: usize,
    /// Nodes built.
    pub(crate) nodes: usize,
    /// Elements among them.
    pub(crate) elements: usize,
    /// Mistakes in the pages, which the parser mended.
    pub(crate) parse_errors: usize,
    /// Pages that a browser would show as old browsers did.
    pub(crate) quirky_files: usize,
    /// What walking and editing brought to light.
    #[serde(flatten)]
    pub(crate) findings: Findings,
    /// Nodes that were freed when their last handle went.
    pub(crate) freed_by_count: usize,
    /// Nodes that a collection freed.
    pub(crate) freed_by_collector: usize,
    /// Collections that ran.
    pub(crate) collections: u64,
    /// Objects that they examined.
    pub(crate) traced: u64,
    /// The same for each generation, youngest first.
    pub(crate) generations: [GenerationTotals; 3],
    /// The longest collection.
    pub(crate) max_pause_ns: u64,
    /// Longer than 99 of 100 collections.
    pub(crate) p99_pause_ns: u64,
    /// Longer than half of the collections.
    pub(crate) median_pause_ns: u64,
    /// Objects alive when all trees stood.
    pub(crate) live_before: usize,
    /// Objects alive after the trees were dropped and collected.
    pub(crate) live_after: usize,
    /// Bytes of the objects alive when all trees stood.
    pub(crate) live_bytes_before: usize,
    /// Bytes of the objects alive afterwards.
    pub(crate) live_bytes_after: usize,
    /// Bytes that the heap had taken from the allocator when all trees stood.
    pub(crate) bytes_before: usize,
    /// Bytes that it had not given back afterwards.
    pub(crate) bytes_after: usize,
    /// The difference of the two.
    pub(crate) bytes_returned: usize,
    /// The time it took to parse the pages.
    pub(crate) parse_ns: u64,
    /// The time it took to walk and edit the trees.
    pub(crate) visit_ns: u64,
    /// The time it took to drop the trees, the last collection included.
    pub(crate) drop_ns: u64,
}

/// What the collections of one generation did.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct GenerationTotals {
    /// Collections of this generation.
    pub(crate) collections: u64,
    /// Objects they freed.
    pub(crate) freed: u64,
    /// Objects they examined.
    pub(crate) traced: u64,
    /// The time they took.
    pub(crate) duration_ns: u64,
}

impl GenerationTotals {
    fn between(start: &GenerationStats, end: &GenerationStats) -> GenerationTotals {
        GenerationTotals {
            collections: end.collections - start.collections,
            freed: end.collected - start.collected,
            traced: end.traced - start.traced,
            duration_ns: nanoseconds(end.duration.saturating_sub(start.duration)),
        }
    }
}

/// Runs the main job over the pages.
pub(crate) fn measure(pages: &[Page], mut after_page: impl FnMut()) -> Measurement {
    let start = Start::now();
    let pauses = Pauses::watch();
    let mut it = Measurement { files: pages.len(), ..Measurement::default() };
    let mut trees = Vec::with_capacity(pages.len());
    for page in pages {
        let clock = Instant::now();
        let document = sink::parse(&page.html);
        it.parse_ns += nanoseconds(clock.elapsed());

        it.input_bytes += page.html.len();
        it.nodes += document.nodes;
        it.elements += document.elements;
        it.parse_errors += document.errors;
        it.quirky_files += usize::from(document.quirks_mode == QuirksMode::Quirks);

        let clock = Instant::now();
        it.findings.add(walk::visit(&document.root));
        it.visit_ns += nanoseconds(clock.elapsed());
        trees.push(document.root);
        after_page();
    }
    let standing = gc::memory();

    let clock = Instant::now();
    drop(trees);
    gc::collect();
    it.drop_ns = nanoseconds(clock.elapsed());

    start.account(&mut it, &standing);
    pauses.account(&mut it);
    it
}

/// The state of the heap before the job.
struct Start {
    stats: [GenerationStats; 3],
    memory: MemoryStats,
}

impl Start {
    fn now() -> Start {
        Start { stats: gc::get_stats(), memory: gc::memory() }
    }

    /// Fills in what the heap knows now that the job is done.
    ///
    /// What neither the collector freed nor is still alive must have been freed
    /// by its count.
    fn account(&self, it: &mut Measurement, standing: &MemoryStats) {
        let (stats, memory) = (gc::get_stats(), gc::memory());
        for (generation, totals) in it.generations.iter_mut().enumerate() {
            *totals = GenerationTotals::between(&self.stats[generation], &stats[generation]);
            it.collections += totals.collections;
            it.traced += totals.traced;
            it.freed_by_collector += usize::try_from(totals.freed).expect("objects are countable");
        }
        it.live_before = standing.objects - self.memory.objects;
        it.live_after = memory.objects - self.memory.objects;
        it.freed_by_count = it.nodes - it.freed_by_collector - it.live_after;
        it.live_bytes_before = standing.live_bytes - self.memory.live_bytes;
        it.live_bytes_after = memory.live_bytes - self.memory.live_bytes;
        it.bytes_before = standing.reserved_bytes - self.memory.reserved_bytes;
        it.bytes_after = memory.reserved_bytes.saturating_sub(self.memory.reserved_bytes);
        it.bytes_returned = it.bytes_before.saturating_sub(it.bytes_after);
    }
}

/// How long each collection takes from now on.
struct Pauses {
    log: Rc<RefCell<Vec<Duration>>>,
    callback: CallbackId,
}

impl Pauses {
    fn watch() -> Pauses {
        let log = Rc::<RefCell<Vec<Duration>>>::default();
        let callback = gc::add_callback({
            let log = Rc::clone(&log);
            move |phase, collection| {
                if phase == Phase::Stop {
                    log.borrow_mut().push(collection.duration);
                }
            }
        });
        Pauses { log, callback }
    }

    fn account(&self, it: &mut Measurement) {
        gc::remove_callback(self.callback);
        let mut pauses = self.log.take();
        pauses.sort_unstable();
        it.max_pause_ns = pause_longer_than(&pauses, 100);
        it.p99_pause_ns = pause_longer_than(&pauses, 99);
        it.median_pause_ns = pause_longer_than(&pauses, 50);
    }
}

/// The shortest of the sorted pauses that is at least as long as `percent` of
/// them.
fn pause_longer_than(sorted: &[Duration], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    let pause = rank.checked_sub(1).and_then(|index| sorted.get(index));
    pause.copied().map_or(0, nanoseconds)
}

/// A duration as a number for the report.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
