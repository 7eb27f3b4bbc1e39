//! Weak handles.

use std::hint::black_box;

use crate::library::Weaks;
use crate::meter::Meter;

/// Upgrades a weak handle and drops what it gave.
pub fn upgrade<L: Weaks>(meter: &mut Meter) {
    let count = meter.size(1_000_000, 20_000);
    let node = L::node::<3>(None);
    let weak = L::downgrade(&node);
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                black_box(L::upgrade(black_box(&weak)));
            }
        });
    }
}

/// Makes a weak handle and drops it.
pub fn downgrade<L: Weaks>(meter: &mut Meter) {
    let count = meter.size(1_000_000, 20_000);
    let node = L::node::<3>(None);
    let _other = L::downgrade(&node);
    while meter.more() {
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                black_box(L::downgrade(black_box(&node)));
            }
        });
    }
}
