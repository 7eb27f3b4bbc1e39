//! Weak handles.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::library::{Watched, Weaks};
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

/// A million handles with callbacks to one object, given up in the order in which they were
/// made.
pub fn oldest_first<L: Watched>(meter: &mut Meter) {
    give_up::<L>(meter, |_| {});
}

/// The same in the opposite order.
pub fn newest_first<L: Watched>(meter: &mut Meter) {
    give_up::<L>(meter, <[_]>::reverse);
}

/// The same in no order.
pub fn shuffled<L: Watched>(meter: &mut Meter) {
    let mut random = fastrand::Rng::with_seed(12345);
    give_up::<L>(meter, move |handles| random.shuffle(handles));
}

/// The figure is how many times as long all take as half as many: about 2 if what one costs
/// does not depend on how many there are.
fn give_up<L: Watched>(meter: &mut Meter, mut order: impl FnMut(&mut [L::Weak])) {
    let count = meter.size(1_000_000, 20_000);
    let node = L::node::<3>(None);
    let calls = Rc::new(Cell::new(0));
    let mut handles = |count| {
        let mut handles = watch::<L>(&node, count, &calls);
        order(&mut handles);
        handles
    };
    let mut least = [Duration::MAX; 2];
    while meter.more() {
        let half = handles(count / 2);
        least[0] = least[0].min(timed(|| drop(half)));
        let all = handles(count);
        let time = meter.sample::<L, _>(count as u64, || timed(|| drop(all)));
        least[1] = least[1].min(time);
    }
    drop(node);
    assert_eq!(calls.get(), 0, "what was given up is not called");
    let [half, all] = least.map(|time| time.as_secs_f64());
    meter.remark("growth_when_doubled", all / half);
}

/// So many handles, oldest first. Each has a callback of its own, which owns something.
fn watch<L: Watched>(node: &L::Node<3>, count: usize, calls: &Rc<Cell<u64>>) -> Vec<L::Weak> {
    let callback = || {
        let calls = Rc::clone(calls);
        move || calls.set(calls.get() + 1)
    };
    (0..count).map(|_| L::watch(node, callback())).collect()
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = ThreadTime::now();
    work();
    started.elapsed()
}
