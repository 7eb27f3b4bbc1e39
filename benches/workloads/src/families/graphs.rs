//! Graphs: random ones, changed, collected and thrown away.

use std::hint::black_box;

use crate::library::Objects;
use crate::meter::Meter;

/// The seed of all random numbers, dumpster's.
pub(crate) const SEED: u64 = 12345;

/// A random graph in which each vertex has `degree` pointers.
pub(crate) fn random_graph<L: Objects>(vertices: usize, degree: usize) -> Vec<L::Vertex> {
    let mut random = fastrand::Rng::with_seed(SEED);
    let graph: Vec<_> = (0..vertices).map(|_| L::vertex()).collect();
    for from in &graph {
        L::with_edges(from, |edges| edges.reserve_exact(degree));
        for _ in 0..degree {
            let to = graph[random.usize(..vertices)].clone();
            L::with_edges(from, |edges| edges.push(to));
        }
    }
    graph
}

/// Ten thousand vertices, rewired at random; one in eight times a vertex is
/// replaced by a new one. What is replaced stays reachable as a rule, so that the heap
/// grows: a round is long enough for collections of the whole.
pub fn churn<L: Objects>(meter: &mut Meter) {
    let vertices = meter.size(10_000, 1000);
    let count = meter.size(1_000_000, 20_000);
    L::expect_live(vertices);
    while meter.more() {
        let mut graph = random_graph::<L>(vertices, 3);
        let mut random = fastrand::Rng::with_seed(SEED);
        meter.sample::<L, _>(count as u64, || {
            for _ in 0..count {
                let (from, to) = (random.usize(..vertices), random.usize(..vertices));
                if random.u8(..8) == 0 {
                    graph[from] = L::vertex();
                } else {
                    let target = graph[to].clone();
                    let gone = L::with_edges(&graph[from], |edges| {
                        if edges.len() < 3 {
                            edges.push(target);
                            None
                        } else {
                            let edge = random.usize(..3);
                            Some(std::mem::replace(&mut edges[edge], target))
                        }
                    });
                    drop(gone);
                }
                L::step();
            }
        });
        drop(graph);
        L::collect();
    }
}

/// The benchmark that comes with `dumpster`: a million random changes of a
/// graph whose handles come and go.
pub fn dumpster<L: Objects>(meter: &mut Meter) {
    let count = meter.size(1_000_000, 20_000);
    while meter.more() {
        let mut random = fastrand::Rng::with_seed(SEED);
        meter.sample::<L, _>(count as u64, || {
            let mut handles: Vec<_> = (0..50).map(|_| L::vertex()).collect();
            for _ in 0..count {
                if handles.is_empty() {
                    handles.push(L::vertex());
                    continue;
                }
                match random.u8(0..4) {
                    0 => handles.push(L::vertex()),
                    1 => {
                        if handles.len() > 1 {
                            let from = random.usize(0..handles.len());
                            let to = handles[random.usize(0..handles.len())].clone();
                            L::with_edges(&handles[from], |edges| edges.push(to));
                        }
                    }
                    2 => {
                        handles.swap_remove(random.usize(0..handles.len()));
                    }
                    _ => {
                        let from = random.usize(0..handles.len());
                        let gone = L::with_edges(&handles[from], |edges| {
                            (!edges.is_empty())
                                .then(|| edges.swap_remove(random.usize(0..edges.len())))
                        });
                        drop(gone);
                    }
                }
                L::step();
            }
            drop(handles);
            L::collect();
        });
    }
}

/// The stress test of `shredder`: 32,769 labelled vertices with as many random
/// edges; the roots go in 32 steps, and each step collects.
pub fn shredder<L: Objects>(meter: &mut Meter) {
    let step = meter.size(1024, 128);
    let vertices = 32 * step + 1;
    while meter.more() {
        let mut random = fastrand::Rng::with_seed(SEED);
        meter.sample::<L, _>(vertices as u64, || {
            let mut roots: Vec<_> =
                (0..vertices).map(|number| L::labelled(format!("Vertex {number}"))).collect();
            for _ in 0..vertices {
                let to = roots[random.usize(..vertices)].clone();
                L::link_labelled(&roots[random.usize(..vertices)], to);
            }
            for _ in 0..32 {
                roots.truncate(roots.len() - step);
                L::collect();
            }
        });
    }
}

/// Collects a random graph of 20,000 vertices with four pointers each, all
/// alive, each looked at by the mutator since the last collection.
pub fn collect_live<L: Objects>(meter: &mut Meter) {
    let vertices = meter.size(20_000, 2000);
    L::set_automatic(false);
    let graph = random_graph::<L>(vertices, 4);
    L::collect();
    while meter.more() {
        for vertex in &graph {
            drop(black_box(vertex).clone());
        }
        meter.sample::<L, _>(vertices as u64, || L::collect());
    }
    L::set_automatic(true);
}

/// Throws such a graph away and collects it.
pub fn reclaim<L: Objects>(meter: &mut Meter) {
    let vertices = meter.size(20_000, 2000);
    L::set_automatic(false);
    while meter.more() {
        let graph = random_graph::<L>(vertices, 4);
        meter.sample::<L, _>(vertices as u64, || {
            drop(graph);
            L::collect();
        });
    }
    L::set_automatic(true);
}
