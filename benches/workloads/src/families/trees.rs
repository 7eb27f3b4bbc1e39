//! Trees: acyclic ones, and ones whose nodes know their parents.

use std::collections::VecDeque;
use std::hint::black_box;

use crate::library::{Backlinks, Objects};
use crate::meter::Meter;

fn bottom_up<L: Objects>(depth: u32) -> L::Tree {
    if depth == 0 {
        L::tree(None, None)
    } else {
        L::tree(Some(bottom_up::<L>(depth - 1)), Some(bottom_up::<L>(depth - 1)))
    }
}

/// The number of nodes in a tree.
pub(crate) fn nodes(depth: u32) -> u64 {
    (1 << (depth + 1)) - 1
}

/// Depths of the trees made, and how many of each, so that each depth makes
/// about as many nodes.
pub(crate) fn schedule(most: u32) -> impl Iterator<Item = (u32, u64)> {
    (4..=most).step_by(2).map(move |depth| (depth, 1 << (most - depth + 4)))
}

/// The binary trees of the Computer Language Benchmarks Game: a stretch tree, a
/// long-lived one, and many short-lived ones, all counted.
pub fn binary_trees<L: Objects>(meter: &mut Meter) {
    let most = meter.size(12, 6) as u32;
    let made = schedule(most).map(|(depth, count)| count * nodes(depth)).sum::<u64>();
    let made = made + nodes(most + 1) + nodes(most);
    while meter.more() {
        let counted = meter.sample::<L, _>(made, || {
            let mut counted = L::count(&bottom_up::<L>(most + 1));
            let long_lived = bottom_up::<L>(most);
            for (depth, count) in schedule(most) {
                for _ in 0..count {
                    counted += L::count(&bottom_up::<L>(depth));
                }
            }
            counted + L::count(&long_lived)
        });
        assert_eq!(counted, made);
    }
}

fn top_down<L: Objects>(fork: &L::Fork, depth: u32) {
    if depth > 0 {
        L::populate(fork, &mut |below| top_down::<L>(below, depth - 1));
    }
}

fn fork_bottom_up<L: Objects>(depth: u32) -> L::Fork {
    if depth == 0 {
        L::fork(None, None)
    } else {
        let left = fork_bottom_up::<L>(depth - 1);
        let right = fork_bottom_up::<L>(depth - 1);
        L::fork(Some(left), Some(right))
    }
}

/// GCBench by Ellis, Kovac and Boehm at an eighth of its size: long-lived data,
/// and trees built from above and from below.
pub fn gcbench<L: Objects>(meter: &mut Meter) {
    let stretch = meter.size(15, 8) as u32;
    let long_lived = stretch - 2;
    let repeats = |depth: u32| 2 * nodes(stretch) / nodes(depth);
    let depths = || (4..=long_lived).step_by(2);
    let made: u64 = depths().map(|depth| 2 * repeats(depth) * nodes(depth)).sum();
    let made = made + nodes(stretch) + nodes(long_lived);
    while meter.more() {
        meter.sample::<L, _>(made, || {
            black_box(fork_bottom_up::<L>(stretch));
            let kept = L::fork(None, None);
            top_down::<L>(&kept, long_lived);
            let numbers: Vec<f64> = (1..=62_500).map(|i| 1.0 / f64::from(i)).collect();
            black_box(&numbers);
            for depth in depths() {
                for _ in 0..repeats(depth) {
                    let fork = L::fork(None, None);
                    top_down::<L>(&fork, depth);
                }
                for _ in 0..repeats(depth) {
                    black_box(fork_bottom_up::<L>(depth));
                }
            }
            black_box(kept)
        });
    }
}

fn family<L: Backlinks>(depth: u32) -> L::Child {
    if depth == 0 {
        return L::child(None, None);
    }
    let parent = L::child(Some(family::<L>(depth - 1)), Some(family::<L>(depth - 1)));
    L::adopt(&parent);
    parent
}

/// Binary trees whose nodes know their parents, each dropped as a whole; what
/// is left is collected at the end.
pub fn parent_trees<L: Backlinks>(meter: &mut Meter) {
    let most = meter.size(11, 6) as u32;
    let made = schedule(most).map(|(depth, count)| count * nodes(depth)).sum();
    while meter.more() {
        meter.sample::<L, _>(made, || {
            for (depth, count) in schedule(most) {
                for _ in 0..count {
                    black_box(family::<L>(depth));
                    for _ in 0..1 << depth {
                        L::step();
                    }
                }
            }
            L::collect();
        });
    }
}

/// A tree of a million nodes that know their parents, ten below each, built from the root on,
/// dropped and collected, once: what a program does that does not run long.
pub fn from_above<L: Backlinks>(meter: &mut Meter) {
    let count = meter.size(1_000_000, 1000);
    meter.only_once();
    meter.sample::<L, _>(count as u64, || {
        let root = L::branch(None);
        let mut waiting = VecDeque::from([root.clone()]);
        let mut made = 0;
        while made < count
            && let Some(above) = waiting.pop_front()
        {
            waiting.extend((0..10).map(|_| L::branch(Some(&above))));
            made += 10;
        }
        drop((waiting, root));
        L::collect();
    });
}

/// A binary tree of as many nodes that know their parents, built from the leaves on.
pub fn from_below<L: Backlinks>(meter: &mut Meter) {
    let depth = meter.size(19, 9) as u32;
    meter.only_once();
    meter.sample::<L, _>(nodes(depth), || {
        drop(black_box(family::<L>(depth)));
        L::collect();
    });
}
