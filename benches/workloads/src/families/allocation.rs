//! Single objects: made, dropped, cloned and read.

use std::hint::black_box;

use crate::library::Objects;
use crate::meter::Meter;

/// Makes a leaf of `N` words and drops it, again and again.
pub fn new_drop_leaf<L: Objects, const N: usize>(meter: &mut Meter) {
    let count = meter.size(500_000, 20_000);
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                black_box(L::leaf::<N>());
            }
        });
    }
}

/// Makes a node of one pointer and `N` words and drops it, again and again.
pub fn new_drop_node<L: Objects, const N: usize>(meter: &mut Meter) {
    let count = meter.size(500_000, 20_000);
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                black_box(L::node::<N>(None));
            }
        });
    }
}

/// Makes ten thousand nodes of 40 bytes, then drops them all.
pub fn new_drop_batch<L: Objects>(meter: &mut Meter) {
    const BATCH: usize = 10_000;
    let batches = meter.size(30, 2);
    let mut batch = Vec::with_capacity(BATCH);
    while meter.more() {
        meter.sample::<L, _>((batches * BATCH) as u64, || {
            for _ in 0..batches {
                for _ in 0..BATCH {
                    batch.push(L::node::<3>(None));
                }
                batch.clear();
            }
        });
    }
}

/// Clones one handle and drops the clone.
pub fn clone_drop<L: Objects>(meter: &mut Meter) {
    let count = meter.size(2_000_000, 20_000);
    let node = L::node::<3>(None);
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                black_box(black_box(&node).clone());
            }
        });
    }
}

/// Clones a thousand handles into a list, then drops them all.
pub fn clone_drop_batch<L: Objects>(meter: &mut Meter) {
    const BATCH: usize = 1000;
    let batches = meter.size(1000, 20);
    let nodes: Vec<_> = (0..BATCH).map(|_| L::node::<3>(None)).collect();
    let mut clones = Vec::with_capacity(BATCH);
    while meter.more() {
        meter.sample::<L, _>((batches * BATCH) as u64, || {
            for _ in 0..batches {
                clones.extend(nodes.iter().cloned());
                black_box(&mut clones).clear();
            }
        });
    }
}

/// Reads a word through each of a thousand handles.
pub fn deref<L: Objects>(meter: &mut Meter) {
    const BATCH: usize = 1000;
    let passes = meter.size(2000, 20);
    let nodes: Vec<_> = (0..BATCH).map(|_| L::node::<3>(None)).collect();
    while meter.more() {
        let sum = meter.sample::<L, _>((passes * BATCH) as u64, || {
            let mut sum = 0;
            for _ in 0..passes {
                for node in black_box(&nodes) {
                    sum += L::words(node)[1];
                }
            }
            sum
        });
        assert_eq!(sum, (passes * BATCH) as u64);
    }
}
