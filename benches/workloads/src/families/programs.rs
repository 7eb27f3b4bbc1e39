//! What whole programs do: grow, turn to something else, own much, collect for the first time.

use std::collections::VecDeque;
use std::hint::black_box;

use super::graphs::random_graph;
use super::rings::ring_of_two;
use super::space::resident;
use crate::library::Objects;
use crate::meter::Meter;

/// A tree of a million vertices that only grows, ten below each, one after the other. Each
/// has a second handle for a while, as it waits for its turn.
pub fn grow_tree<L: Objects>(meter: &mut Meter) {
    let count = meter.size(1_000_000, 100_000);
    meter.only_once();
    let root = L::vertex();
    meter.sample::<L, _>(count as u64, || grow::<L>(&root, count));
    std::mem::forget(root);
}

/// Has such a tree grow from its root.
pub(super) fn grow<L: Objects>(root: &L::Vertex, count: usize) {
    let mut waiting = VecDeque::from([root.clone()]);
    let mut made = 0;
    while made < count
        && let Some(above) = waiting.pop_front()
    {
        for _ in 0..10 {
            let below = L::vertex();
            waiting.push_back(below.clone());
            L::with_edges(&above, |edges| edges.push(below));
        }
        made += 10;
    }
}

/// A list of a million nodes that only grows at its head: each node can be reached from all
/// that were made later, and has a second handle for a moment.
pub fn grow_list<L: Objects>(meter: &mut Meter) {
    let count = meter.size(1_000_000, 100_000);
    meter.only_once();
    let mut head = L::node::<3>(None);
    meter.sample::<L, _>(count as u64, || {
        for _ in 0..count {
            let next = L::node::<3>(None);
            drop(black_box(&next).clone());
            let before = std::mem::replace(&mut head, next);
            L::set_edge(&head, Some(before));
        }
    });
    std::mem::forget(head);
}

/// The first collection of a process, of a dead random graph of 20,000 vertices.
pub fn first_collection<L: Objects>(meter: &mut Meter) {
    let count = meter.size(20_000, 2000);
    meter.only_once();
    L::set_automatic(false);
    drop(random_graph::<L>(count, 4));
    meter.sample::<L, _>(count as u64, || L::collect());
}

/// A million nodes in a ring become garbage, beside a program that goes on making small rings.
/// The figure is how many objects it made before the memory of the large ring came back,
/// compared with the large ring; 4 if it did not.
pub fn old_garbage<L: Objects>(meter: &mut Meter) {
    const COUNT: usize = 1_000_000;
    let before = resident();
    let first = L::node::<3>(None);
    let mut head = first.clone();
    for _ in 1..COUNT {
        head = L::node::<3>(Some(head));
    }
    L::set_edge(&first, Some(head));
    L::collect();
    L::collect();
    let full = resident();
    drop(first);
    L::expect_live(COUNT);
    let mut made = 0;
    meter.only_once();
    meter.sample::<L, _>(1, || {
        while made < 4 * COUNT && resident() > f64::midpoint(before, full) {
            for _ in 0..1000 {
                ring_of_two::<L>();
                L::step();
            }
            made += 2000;
        }
    });
    meter.remark("made_until_freed", made as f64 / COUNT as f64);
}

/// Objects that own a text of 1 MiB and are in a cycle each; the last hundred are kept. The
/// figure is the most memory that was resident compared with what they own.
pub fn payload<L: Objects>(meter: &mut Meter) {
    const LIVE: usize = 100;
    const BYTES: usize = 1 << 20;
    let before = resident();
    let mut kept = VecDeque::new();
    let mut most = 0_f64;
    L::expect_live(LIVE);
    meter.only_once();
    meter.sample::<L, _>(1000, || {
        for _ in 0..1000 {
            let text = String::from_utf8(vec![b'x'; BYTES]).expect("one letter");
            let owner = L::labelled(text);
            L::link_labelled(&owner, owner.clone());
            kept.push_back(owner);
            if kept.len() > LIVE {
                kept.pop_front();
            }
            L::step();
            most = most.max(resident() - before);
        }
    });
    meter.remark("payload_over_live", most / (LIVE * BYTES) as f64);
}
