//! What is measured: small steps, each done so often by each thread.

use std::hint::black_box;
use std::time::Duration;

use fastrand::Rng;

use crate::document;
use crate::library::{Elements, Library};
use crate::timing::{each, processor_time};
use crate::waits::lock;

/// A workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Cloning a handle to a number of one's own, and dropping the clone.
    Clone,
    /// The same with a number that all threads share.
    CloneShared,
    /// Cloning a handle to a node of one's own, and dropping the clone.
    CloneNode,
    /// The same with a node that all threads share.
    CloneNodeShared,
    /// Reading a number that all threads share.
    Deref,
    /// Making a number and dropping it.
    New,
    /// Making a node and dropping it.
    NewNode,
    /// Making a node, cloning the handle, and dropping both.
    NewCloneNode,
    /// Making a ring of two nodes and dropping it.
    RingOfTwo,
    /// Making a ring of forty nodes and dropping it.
    RingOfForty,
    /// Finding and freeing a random graph, per node.
    DeadGraph,
    /// Finding out that a random graph is alive, per node.
    LiveGraph,
    /// Using a cache whose entries and listeners refer to each other.
    Cache,
    /// Searching and changing a document.
    Document,
}

/// How many nodes a random graph has, and how many links each of them.
const NODES: usize = 50_000;
const LINKS: usize = 3;
/// How many entries a cache has, and how many listeners each of them.
pub(crate) const ENTRIES: usize = 1000;
pub(crate) const LISTENERS: usize = 3;

impl Work {
    /// All of them.
    pub(crate) const ALL: [Work; 14] = [
        Work::Clone,
        Work::CloneShared,
        Work::CloneNode,
        Work::CloneNodeShared,
        Work::Deref,
        Work::New,
        Work::NewNode,
        Work::NewCloneNode,
        Work::RingOfTwo,
        Work::RingOfForty,
        Work::DeadGraph,
        Work::LiveGraph,
        Work::Cache,
        Work::Document,
    ];

    /// What the command line calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Work::Clone => "clone",
            Work::CloneShared => "clone-shared",
            Work::CloneNode => "clone-node",
            Work::CloneNodeShared => "clone-node-shared",
            Work::Deref => "deref",
            Work::New => "new",
            Work::NewNode => "new-node",
            Work::NewCloneNode => "new-clone-node",
            Work::RingOfTwo => "ring-2",
            Work::RingOfForty => "ring-40",
            Work::DeadGraph => "dead-graph",
            Work::LiveGraph => "live-graph",
            Work::Cache => "cache",
            Work::Document => "document",
        }
    }

    /// What the page calls it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Work::Clone => "clone a handle to a number, drop it",
            Work::CloneShared => "the same, all threads to one number",
            Work::CloneNode => "clone a handle to a node, drop it",
            Work::CloneNodeShared => "the same, all threads to one node",
            Work::Deref => "read a number that all threads share",
            Work::New => "make a number, drop it",
            Work::NewNode => "make a node, drop it",
            Work::NewCloneNode => "make a node, clone the handle, drop both",
            Work::RingOfTwo => "make a ring of 2 nodes, drop it",
            Work::RingOfForty => "make a ring of 40 nodes, drop it",
            Work::DeadGraph => "collect a dead random graph, per node",
            Work::LiveGraph => "collect a live random graph, per node",
            Work::Cache => "use a cache with listeners",
            Work::Document => "search and change a document",
        }
    }

    /// Whether it can be done without a collector.
    pub(crate) fn is_for_counts(self) -> bool {
        !matches!(self, Work::DeadGraph | Work::LiveGraph)
    }

    /// Whether it can be done without counts: the program knows what it retires, and who refers to it.
    pub(crate) fn is_for_epochs(self) -> bool {
        !matches!(self, Work::DeadGraph | Work::LiveGraph | Work::Document)
    }

    /// Whether several threads can do it at a time: there is one collection.
    pub(crate) fn is_for_threads(self) -> bool {
        self.is_for_counts()
    }

    /// How often a thread does it in one measurement.
    pub(crate) fn times(self) -> usize {
        match self {
            Work::RingOfTwo | Work::Cache => 20_000,
            Work::RingOfForty => 1000,
            Work::Document => 50_000,
            Work::DeadGraph | Work::LiveGraph => NODES,
            _ => 2_000_000,
        }
    }

    /// Measures it once: the nanoseconds that one step takes, if the threads ran at the same time.
    pub(crate) fn measure<L: Elements>(self, threads: usize) -> Option<f64> {
        let times = self.times();
        let taken = match self {
            Work::Clone => each(threads, |_| clone_number(&L::number(5), times)),
            Work::CloneShared => {
                let number = L::number(5);
                each(threads, |_| clone_number(&number, times))
            }
            Work::CloneNode => each(threads, |_| clone_number(&L::node(), times)),
            Work::CloneNodeShared => {
                let node = L::node();
                each(threads, |_| clone_number(&node, times))
            }
            Work::Deref => {
                let number = L::number(5);
                each(threads, |_| read(&number, times))
            }
            Work::New => each(threads, |_| repeat(times, |step| L::number(step as u64))),
            Work::NewNode => each(threads, |_| repeat(times, |_| L::node())),
            Work::NewCloneNode => each(threads, |_| {
                repeat(times, |_| {
                    let node = L::node();
                    drop(black_box(node.clone()));
                    node
                });
            }),
            Work::RingOfTwo => rings::<L>(2, threads, times),
            Work::RingOfForty => rings::<L>(40, threads, times),
            Work::DeadGraph => Some(collect_graph::<L>(true)),
            Work::LiveGraph => Some(collect_graph::<L>(false)),
            Work::Cache => use_cache::<L>(threads, times),
            Work::Document => document::edit::<L>(threads, times),
        };
        taken.map(|taken| taken.as_nanos() as f64 / times as f64)
    }
}

#[inline(never)]
fn repeat<T>(times: usize, make: impl Fn(usize) -> T) {
    for step in 0..times {
        drop(black_box(make(step)));
    }
}

#[inline(never)]
fn clone_number<T: Clone>(handle: &T, times: usize) {
    for _ in 0..times {
        drop(black_box(handle.clone()));
    }
}

#[inline(never)]
fn read<T: std::ops::Deref<Target = u64>>(number: &T, times: usize) {
    for _ in 0..times {
        black_box(**black_box(number));
    }
}

/// A ring, and a handle to its first node.
pub(crate) fn ring<L: Library>(nodes: usize) -> L::Node {
    let first = L::node();
    let mut last = first.clone();
    for _ in 1..nodes {
        let next = L::node();
        *lock(L::next(&last)) = Some(next.clone());
        last = next;
    }
    L::refer_back(&last, &first);
    first
}

/// Makes rings and drops them; what was not collected in between is collected in the end.
fn rings<L: Library>(nodes: usize, threads: usize, times: usize) -> Option<Duration> {
    each(threads, |_| {
        repeat(times, |_| ring::<L>(nodes));
        L::collect();
    })
}

/// Nodes with links to random others.
pub(crate) fn graph<L: Library>(nodes: usize, rng: &mut Rng) -> Vec<L::Node> {
    let nodes: Vec<L::Node> = (0..nodes).map(|_| L::node()).collect();
    for node in &nodes {
        let targets = (0..LINKS).map(|_| nodes[rng.usize(..nodes.len())].clone());
        lock(L::links(node)).extend(targets);
    }
    nodes
}

/// How long a collection takes that finds a whole graph dead or alive.
fn collect_graph<L: Library>(is_dead: bool) -> Duration {
    L::set_automatic(false);
    let mut nodes = graph::<L>(NODES, &mut Rng::with_seed(42));
    L::collect();
    // Each node is a candidate.
    for node in &nodes {
        drop(black_box(node.clone()));
    }
    if is_dead {
        nodes.clear();
    }
    let start = processor_time();
    L::collect();
    let taken = processor_time().saturating_sub(start);
    drop(nodes);
    L::collect();
    L::set_automatic(true);
    taken
}

/// An entry with listeners that know it.
fn entry<L: Library>() -> L::Node {
    let entry = L::node();
    let listeners = (0..LISTENERS).map(|_| {
        let listener = L::node();
        L::refer_back(&listener, &entry);
        listener
    });
    lock(L::links(&entry)).extend(listeners);
    entry
}

fn use_cache<L: Library>(threads: usize, times: usize) -> Option<Duration> {
    let cache = L::node();
    lock(L::links(&cache)).extend((0..ENTRIES).map(|_| entry::<L>()));
    let taken = each(threads, |thread| {
        let mut rng = Rng::with_seed(thread);
        for _ in 0..times {
            let place = rng.usize(..ENTRIES);
            if rng.u8(..8) == 0 {
                let new = entry::<L>();
                let old = std::mem::replace(&mut lock(L::links(&cache))[place], new);
                drop(old);
            } else {
                let entry = lock(L::links(&cache))[place].clone();
                for listener in &*lock(L::links(&entry)) {
                    black_box(lock(L::next(listener)).is_some());
                }
            }
        }
        L::collect();
    });
    drop(cache);
    L::collect();
    taken
}
