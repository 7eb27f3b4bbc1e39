//! The end of a process: what does it cost that many objects are alive?

use std::mem::forget;
use std::time::Duration;

use super::programs::grow;
use crate::library::Objects;
use crate::meter::{Meter, Sample};
use crate::process::{Ending, time_to_end};

/// How often each ending is timed. They take turns.
const ROUNDS: usize = 11;

/// Processes that build a tree of two million objects and end while all of them are alive, in
/// each of the three ways. Each object had a second handle, so that a collector has reason to
/// look at it. The samples are those of a `main` that returns; the
/// other figures are nanoseconds for each object, the building included.
pub fn exit<L: Objects>(meter: &mut Meter) {
    let count = meter.size(2_000_000, 20_000);
    let rounds = meter.size(ROUNDS, 1);
    let mut least = [Duration::MAX; Ending::ALL.len()];
    for _ in 0..rounds {
        for (least, ending) in least.iter_mut().zip(Ending::ALL) {
            let time = time_to_end(L::NAME, ending, count);
            *least = time.min(*least);
            if ending == Ending::Return {
                meter.record(Sample { time, operations: count as u64 });
            }
        }
    }
    for (name, time) in ["end_return_ns", "end_exit_ns", "end_at_once_ns"].into_iter().zip(least) {
        meter.remark(name, time.as_nanos() as f64 / count as f64);
    }
}

/// Builds the objects, and leaves them alive.
pub fn build<L: Objects>(count: usize) {
    let root = L::vertex();
    grow::<L>(&root, count);
    forget(root);
}
