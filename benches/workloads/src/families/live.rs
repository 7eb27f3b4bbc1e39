//! Large live data: what does it cost to keep it?

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;

use super::graphs::random_graph;
use super::rings::ring_of_two;
use crate::library::Objects;
use crate::meter::Meter;

/// A million objects hang from one hub; the program clones and drops the hub,
/// and makes small objects that are not cyclic.
pub fn hub<L: Objects>(meter: &mut Meter) {
    let fan = meter.size(1000, 100);
    let count = meter.size(500_000, 20_000);
    let branch = |below: &dyn Fn() -> L::Vertex| {
        let above = L::vertex();
        for _ in 0..fan {
            let leaf = below();
            L::with_edges(&above, |edges| edges.push(leaf));
        }
        above
    };
    L::set_automatic(false);
    let hub = branch(&|| branch(&|| L::vertex()));
    L::set_automatic(true);
    L::collect();
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                drop(black_box(&hub).clone());
                black_box(L::node::<3>(None));
            }
        });
    }
    std::mem::forget(hub);
}

/// Makes three million objects and keeps them all.
pub fn retain<L: Objects>(meter: &mut Meter) {
    let count = meter.size(3_000_000, 100_000);
    meter.only_once();
    while meter.more() {
        let mut kept = Vec::with_capacity(count);
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                kept.push(L::node::<3>(None));
            }
        });
        std::mem::forget(kept);
    }
}

/// As [`retain`], but each object was held by a second handle for a moment, so
/// that it could be garbage as far as its count tells.
pub fn retain_touched<L: Objects>(meter: &mut Meter) {
    let count = meter.size(3_000_000, 100_000);
    meter.only_once();
    while meter.more() {
        let mut kept = Vec::with_capacity(count);
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                let node = L::node::<3>(None);
                kept.push(black_box(&node).clone());
            }
        });
        std::mem::forget(kept);
    }
}

/// Rings of two come and go beside a live graph of 20,000 vertices, each
/// timed alone: how long is the program held up?
///
/// The figures are those of the best round, in processor time, as a machine with
/// other work makes any program wait for milliseconds now and then.
pub fn pauses<L: Objects>(meter: &mut Meter) {
    let count = meter.size(350_000, 10_000);
    let graph = random_graph::<L>(meter.size(20_000, 2000), 4);
    L::collect();
    L::collect();
    L::collect_every(700);
    let mut best: Option<Pauses> = None;
    while meter.more() {
        let round = meter.sample::<L, _>(count as u64, || time_each_ring::<L>(count));
        let is_better = best.as_ref().is_none_or(|best| round.longest < best.longest);
        if is_better {
            best = Some(round);
        }
    }
    drop(graph);
    let Some(mut best) = best else { return };
    meter.remark("pause_max_ns", best.longest.as_nanos() as f64);
    best.collections.sort_unstable();
    if let Some(last) = best.collections.len().checked_sub(1) {
        let at = |share: f64| best.collections[(last as f64 * share) as usize].as_nanos() as f64;
        meter.remark("pause_median_ns", at(0.5));
        meter.remark("pause_p999_ns", at(0.999));
    }
}

/// How long the program was held up in one round.
struct Pauses {
    /// The longest time any ring took.
    longest: Duration,
    /// The times of rings during which a collection ran, if the library says.
    collections: Vec<Duration>,
}

fn time_each_ring<L: Objects>(count: usize) -> Pauses {
    let mut pauses = Pauses { longest: Duration::ZERO, collections: Vec::new() };
    let mut collections = L::collections();
    for _ in 0..count {
        let before = ThreadTime::now();
        ring_of_two::<L>();
        L::step();
        let time = before.elapsed();
        pauses.longest = pauses.longest.max(time);
        if collections != L::collections() {
            collections = L::collections();
            pauses.collections.push(time);
        }
    }
    pauses
}
