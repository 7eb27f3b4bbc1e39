//! Memory: what objects take, what churn takes, and what comes back. All
//! figures are resident memory, as the system sees it.

use std::hint::black_box;

use crate::library::Objects;
use crate::meter::Meter;

/// The resident memory of this process in bytes.
pub(super) fn resident() -> f64 {
    let pages: f64 = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| statm.split(' ').nth(1)?.parse().ok())
        .unwrap_or(f64::NAN);
    pages * 4096.0
}

/// A list whose memory is there already.
fn touched_vec<T>(capacity: usize) -> Vec<Option<T>> {
    // Without the box the compiler asks the allocator for zeros, which the system
    // delivers when they are first read.
    let mut list = black_box(Vec::with_capacity(capacity));
    list.resize_with(capacity, || None);
    list
}

/// Bytes for each live node of 40 bytes.
pub fn bytes_per_object<L: Objects>(meter: &mut Meter) {
    const COUNT: usize = 1 << 18;
    L::set_automatic(false);
    let mut nodes = touched_vec(COUNT);
    drop(L::node::<3>(None));
    let before = resident();
    for slot in &mut nodes {
        *slot = Some(L::node::<3>(None));
    }
    meter.remark("bytes_per_object", (resident() - before) / COUNT as f64);
}

/// The share of memory that the system gets back when a million nodes in rings
/// of eight die, are collected, and the heap is trimmed.
pub fn returned<L: Objects>(meter: &mut Meter) {
    const RINGS: usize = 125_000;
    let mut rings = touched_vec(RINGS);
    drop(L::node::<3>(None));
    let before = resident();
    for slot in &mut rings {
        let first = L::node::<3>(None);
        let mut head = first.clone();
        for _ in 1..8 {
            head = L::node::<3>(Some(head));
        }
        L::set_edge(&first, Some(head));
        *slot = Some(first);
    }
    let full = resident();
    for slot in &mut rings {
        *slot = None;
    }
    L::collect();
    L::collect();
    L::trim();
    meter.remark("returned_share", (full - resident()) / (full - before));
}

/// A hundred thousand live nodes, replaced at random by new ones; each holds
/// itself, so that only a collector frees it. The figure is the largest
/// resident memory compared with that before the first replacement.
pub fn steady<L: Objects>(meter: &mut Meter) {
    const LIVE: usize = 100_000;
    let count = 3_000_000;
    let mut random = fastrand::Rng::with_seed(1);
    let mut slots = touched_vec(LIVE);
    drop(L::node::<3>(None));
    let before = resident();
    let selfish = || {
        let node = L::node::<3>(None);
        L::set_edge(&node, Some(node.clone()));
        Some(node)
    };
    for slot in &mut slots {
        *slot = selfish();
    }
    L::collect();
    let live = resident() - before;
    let mut largest = live;
    meter.only_once();
    meter.sample::<L, _>(count, || {
        for step in 0..count {
            slots[random.usize(..LIVE)] = selfish();
            L::step();
            if step % 1000 == 0 {
                largest = largest.max(resident() - before);
            }
        }
    });
    meter.remark("steady_over_live", largest / live);
}

/// Nineteen phases, each with 32 MiB of objects of a size of its own, of which one for each
/// 64 KiB is kept. The figure is the memory that is resident at the end, in MiB; what is kept
/// is about one.
pub fn phases<L: Objects>(meter: &mut Meter) {
    let before = resident();
    let kept = (
        (phase::<L, 0>(), phase::<L, 1>(), phase::<L, 2>(), phase::<L, 3>(), phase::<L, 4>()),
        (phase::<L, 5>(), phase::<L, 6>(), phase::<L, 7>(), phase::<L, 8>(), phase::<L, 9>()),
        (phase::<L, 10>(), phase::<L, 11>(), phase::<L, 12>(), phase::<L, 14>()),
        (phase::<L, 16>(), phase::<L, 18>(), phase::<L, 20>(), phase::<L, 24>(), phase::<L, 30>()),
    );
    L::collect();
    L::collect();
    meter.remark("held_mib", (resident() - before) / f64::from(1 << 20));
    black_box(&kept);
}

/// One of them, with nodes of a pointer and `N` words.
fn phase<L: Objects, const N: usize>() -> Vec<L::Node<N>> {
    const ALL: usize = 32 << 20;
    const KEPT: usize = 64 << 10;
    let size = size_of::<usize>() + size_of::<[u64; N]>();
    let mut nodes: Vec<_> = (0..ALL / size).map(|_| L::node::<N>(None)).collect();
    let mut number = 0;
    nodes.retain(|_| {
        number += 1;
        number % (KEPT / size) == 0
    });
    nodes.shrink_to_fit();
    nodes
}
