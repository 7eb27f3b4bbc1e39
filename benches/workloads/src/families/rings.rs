//! Rings: small cyclic garbage, made all the time, over heaps of all sizes.

use crate::library::Objects;
use crate::meter::Meter;

#[inline(always)]
pub(crate) fn ring_of_two<L: Objects>() {
    let first = L::node::<3>(None);
    let second = L::node::<3>(Some(first.clone()));
    L::set_edge(&first, Some(second));
}

/// A ring of `length` nodes; the handle is to one of them.
fn ring<L: Objects>(length: usize) -> L::Node<3> {
    let first = L::node::<3>(None);
    let mut head = first.clone();
    for _ in 1..length {
        head = L::node::<3>(Some(head));
    }
    L::set_edge(&first, Some(head));
    first
}

/// Two nodes that hold each other, dropped at once.
pub fn twos<L: Objects>(meter: &mut Meter) {
    let count = meter.size(100_000, 10_000);
    churn_twos::<L>(meter, count);
}

fn churn_twos<L: Objects>(meter: &mut Meter, count: usize) {
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                ring_of_two::<L>();
                L::step();
            }
            // What is left is less than a collection's worth: it is not
            // collected here, as the size of the heap would be counted.
        });
    }
}

/// A node that holds itself, dropped at once.
pub fn ones<L: Objects>(meter: &mut Meter) {
    let count = meter.size(200_000, 10_000);
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                let node = L::node::<3>(None);
                L::set_edge(&node, Some(node.clone()));
                drop(node);
                L::step();
            }
        });
    }
}

/// A hundred thousand rings of 40 nodes, each dropped at once.
pub fn forties<L: Objects>(meter: &mut Meter) {
    let count = meter.size(100_000, 500);
    meter.only_once();
    while meter.more() {
        meter.sample::<L, _>(40 * count as u64, || {
            for _ in 0..count {
                drop(ring::<L>(40));
                for _ in 0..20 {
                    L::step();
                }
            }
            L::collect();
        });
    }
}

/// Rings of 40 made while collection is off; then one collection of them all.
pub fn forties_at_once<L: Objects>(meter: &mut Meter) {
    let count = meter.size(2500, 250);
    collect_forties::<L>(meter, count);
}

/// [`forties_at_once`] with two million nodes, more than any cache holds.
pub fn forties_at_once_2m<L: Objects>(meter: &mut Meter) {
    let count = meter.size(50_000, 500);
    collect_forties::<L>(meter, count);
}

fn collect_forties<L: Objects>(meter: &mut Meter, count: usize) {
    while meter.more() {
        L::set_automatic(false);
        for _ in 0..count {
            drop(ring::<L>(40));
        }
        meter.sample::<L, _>(40 * count as u64, || L::collect());
        L::set_automatic(true);
    }
}

/// [`twos`] while a million old objects are alive.
pub fn twos_above_1m<L: Objects>(meter: &mut Meter) {
    let old = meter.size(1_000_000, 20_000);
    twos_above::<L>(meter, old);
}

/// [`twos`] while ten million old objects are alive.
pub fn twos_above_10m<L: Objects>(meter: &mut Meter) {
    let old = meter.size(10_000_000, 200_000);
    twos_above::<L>(meter, old);
}

fn twos_above<L: Objects>(meter: &mut Meter, old: usize) {
    L::set_automatic(false);
    let alive: Vec<_> = (0..old / 40).map(|_| ring::<L>(40)).collect();
    L::set_automatic(true);
    // Twice: what survives a collection of everything is old.
    L::collect();
    L::collect();
    let count = meter.size(100_000, 10_000);
    churn_twos::<L>(meter, count);
    // Taking ten million objects down is no part of this.
    std::mem::forget(alive);
}
