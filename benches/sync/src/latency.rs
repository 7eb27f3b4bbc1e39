//! How long single operations take on one thread, while another makes, drops and collects graphs of
//! a million nodes.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use hdrhistogram::Histogram;

use crate::library::Library;
use crate::timing::Delays;
use crate::waits::{self, Waits, lock};
use crate::work::{graph, ring};

/// How many nodes the graph has that is used, and those that are collected.
const LIVE: usize = 10_000;
const GARBAGE: usize = 1_000_000;
/// How many nodes a ring has.
const RING: usize = 40;
/// How long an operation waits before the next, so that the memory is not all that is measured.
const REST: Duration = Duration::from_micros(5);

/// The shares of operations of which a row says how long they took at most.
pub(crate) const SHARES: [f64; 5] = [0.5, 0.99, 0.999, 0.9999, 1.0];

/// What another thread does meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Garbage {
    /// It makes rings.
    Rings,
    /// It makes one random graph.
    Graph,
    /// It makes rings, and does not collect them while the operations are timed.
    Uncollected,
}

/// The result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Microseconds, for each of [`SHARES`].
    pub(crate) pauses: [f64; 5],
    /// How many operations were timed.
    pub(crate) operations: u64,
    /// How many graphs were collected meanwhile.
    pub(crate) graphs: u64,
    /// What the thread waited for locks that the collection held.
    pub(crate) waits: Waits,
}

/// Times operations for so long.
pub(crate) fn run<L: Library>(garbage: Garbage, seconds: u64) -> Row {
    // The thread that makes the garbage collects it. A third thread for collections would have to take
    // turns with these two where there are two processors.
    L::set_automatic(false);
    let is_over = AtomicBool::new(false);
    let graphs = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                make::<L>(garbage);
                if garbage != Garbage::Uncollected {
                    L::collect();
                }
                graphs.fetch_add(1, Ordering::Relaxed);
            }
        });
        waits::take();
        let pauses = time::<L>(Duration::from_secs(seconds));
        let waits = waits::take();
        is_over.store(true, Ordering::Relaxed);
        Row {
            pauses: SHARES.map(|share| pauses.value_at_quantile(share) as f64 / 1e3),
            operations: pauses.len(),
            graphs: graphs.load(Ordering::Relaxed),
            waits,
        }
    })
}

/// Makes and drops a million nodes.
fn make<L: Library>(garbage: Garbage) {
    match garbage {
        Garbage::Graph => drop(graph::<L>(GARBAGE, &mut Rng::with_seed(42))),
        Garbage::Rings | Garbage::Uncollected => {
            let rings: Vec<L::Node> = (0..GARBAGE / RING).map(|_| ring::<L>(RING)).collect();
            drop(rings);
        }
    }
}

/// Times each operation, less the time in which the thread was ready and another program ran.
fn time<L: Library>(for_so_long: Duration) -> Histogram<u64> {
    let mut pauses = Histogram::<u64>::new(3).expect("three digits are possible");
    pauses.auto(true);
    let mut rng = Rng::with_seed(7);
    let nodes = graph::<L>(LIVE, &mut rng);
    let delays = Delays::open();
    let end = Instant::now() + for_so_long;
    let mut delayed = delays.so_far();
    let mut next = Instant::now();
    while next < end {
        let start = Instant::now();
        operate::<L>(&nodes, &mut rng);
        let taken = start.elapsed();
        let before = delayed;
        delayed = delays.so_far();
        let taken = taken.saturating_sub(delayed.saturating_sub(before));
        pauses.record(taken.as_nanos() as u64).expect("the histogram grows");
        next = Instant::now() + REST;
        while Instant::now() < next {}
    }
    pauses
}

/// What a mutator does: reads, clones, moves and drops handles, and replaces a ring.
fn operate<L: Library>(nodes: &[L::Node], rng: &mut Rng) {
    let [from, to] = [rng.usize(..nodes.len()), rng.usize(..nodes.len())].map(|at| &nodes[at]);
    let links: Vec<L::Node> = lock(L::links(from)).clone();
    for link in &links {
        black_box(lock(L::links(link)).len());
    }
    if let Some(last) = links.last() {
        let mut links = lock(L::links(to));
        let place = rng.usize(..links.len());
        let old = std::mem::replace(&mut links[place], last.clone());
        drop(links);
        drop(old);
    }
    let new = ring::<L>(4);
    let old = lock(L::next(from)).replace(new);
    drop(old);
}
