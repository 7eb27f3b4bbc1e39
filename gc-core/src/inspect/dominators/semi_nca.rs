//! Nearest dominators in near linear time, whatever the graph.
//!
//! The algorithm is the semi-NCA variant of Lengauer and Tarjan's (Georgiadis,
//! Tarjan, Werneck: Finding Dominators in Practice), in arrays, without
//! recursion.

use alloc::vec::Vec;

use crate::inspect::graph::heap_graph::{Graph, Rows, narrow};
use crate::inspect::graph::numbering::{NOBODY, Numbering, garbage_entries};

/// The nearest dominators of the objects of `graph`.
pub(crate) fn find(graph: &Graph) -> Numbering {
    let search = DepthFirst::of(graph);
    let dominators = semi_nca(&search);
    let DepthFirst { order, garbage_entries, .. } = search;
    Numbering { order, dominators, garbage_entries }
}

/// The objects in the order in which a depth-first search finds them.
struct DepthFirst {
    /// Objects by number.
    order: Vec<u32>,
    /// The number of the object from which each was found, by number.
    parent: Vec<u32>,
    /// The numbers of the objects that refer to each, by number, without its
    /// parent and those that [do not matter](ENTERED).
    referrers: Rows,
    /// Objects that were entered though they are no roots.
    garbage_entries: Vec<u32>,
}

/// What the search looks up for the target of each edge, side by side, so that
/// it waits for memory once.
#[derive(Clone, Copy)]
struct Place {
    /// The number of the object, [`NEW`] or [`ENTERED`].
    number: u32,
    /// Where its edges start; they end where those of the next one start.
    first_edge: u32,
}

/// The number of an object that was not found yet.
const NEW: u32 = 0;

/// The number of an object that the imagined object refers to, which is therefore its
/// nearest dominator. Other edges to it change nothing, for any object: for each path
/// from the roots through such an edge there is a shorter one that starts behind the edge
/// and meets no other objects.
const ENTERED: u32 = u32::MAX;

/// A search under way.
struct Search<'a> {
    edges: &'a Rows,
    order: Vec<u32>,
    parent: Vec<u32>,
    places: Vec<Place>,
    /// Objects to look at, with the number of what refers to them. An object is
    /// found when it is taken from here, by the last that put it here: so the
    /// order is depth-first, and all edges of an object are looked at together.
    pending: Vec<Edge>,
    /// The edges to objects that another one led to before.
    others: Vec<Edge>,
}

/// A reference from an object that has a number.
#[derive(Clone, Copy)]
struct Edge {
    /// An object, or its number.
    target: u32,
    /// The number of the object that holds the reference.
    owner: u32,
}

impl DepthFirst {
    fn of(graph: &Graph) -> DepthFirst {
        let count = graph.records.len();
        let first_edges = graph.edges.first.iter();
        let mut search = Search {
            edges: &graph.edges,
            order: Vec::with_capacity(count + 1),
            parent: Vec::with_capacity(count + 1),
            places: first_edges.map(|&first_edge| Place { number: NEW, first_edge }).collect(),
            pending: Vec::new(),
            others: Vec::new(),
        };
        search.order.push(NOBODY);
        search.parent.push(0);
        search.enter_all(&graph.roots().collect::<Vec<u32>>());
        let mut garbage = Vec::new();
        if search.order.len() <= count {
            garbage = garbage_entries(&graph.edges, |object| search.number(object) == NEW);
            search.enter_all(&garbage);
        }
        let Search { order, parent, others, .. } = search;
        let referrers = owners_by_target(others, order.len());
        DepthFirst { order, parent, referrers, garbage_entries: garbage }
    }
}

impl Search<'_> {
    #[inline]
    fn number(&self, object: u32) -> u32 {
        self.places[object as usize].number
    }

    /// Finds what is reachable from `entries`, to which the imagined object
    /// refers, and was not found before.
    fn enter_all(&mut self, entries: &[u32]) {
        for &entry in entries {
            self.places[entry as usize].number = ENTERED;
        }
        for &entry in entries {
            self.find(entry, 0);
            self.run();
        }
    }

    /// Follows the pending edges, and those of what they lead to.
    fn run(&mut self) {
        while let Some(edge) = self.pending.pop() {
            match self.number(edge.target) {
                NEW => {
                    let number = self.find(edge.target, edge.owner);
                    self.places[edge.target as usize].number = number;
                }
                number => self.others.push(Edge { target: number, ..edge }),
            }
        }
    }

    /// Gives `object` its number and sorts its edges.
    #[inline]
    fn find(&mut self, object: u32, parent: u32) -> u32 {
        let owner = narrow(self.order.len());
        self.order.push(object);
        self.parent.push(parent);
        let (this, next) = (self.places[object as usize], self.places[object as usize + 1]);
        for &target in &self.edges.entries[this.first_edge as usize..next.first_edge as usize] {
            match self.number(target) {
                NEW => self.pending.push(Edge { target, owner }),
                ENTERED => {}
                number => self.others.push(Edge { target: number, owner }),
            }
        }
        owner
    }
}

/// How many targets are sorted together: their counts stay in the nearest cache.
const TARGETS: usize = 1 << 12;

/// The owners of the edges that lead to each of `count` targets.
///
/// Sorts by counting, twice: into runs of [`TARGETS`] targets, then each run by
/// target. In one step every edge would wait for memory somewhere else.
fn owners_by_target(edges: Vec<Edge>, count: usize) -> Rows {
    let run_of = |edge: &Edge| edge.target as usize / TARGETS;
    let mut ends = alloc::vec![0; count.div_ceil(TARGETS) + 1];
    for edge in &edges {
        ends[run_of(edge) + 1] += 1;
    }
    for run in 1..ends.len() {
        ends[run] += ends[run - 1];
    }
    let mut by_run = alloc::vec![Edge { target: 0, owner: 0 }; edges.len()];
    for edge in edges {
        let place = &mut ends[run_of(&edge)];
        by_run[*place] = edge;
        *place += 1;
    }
    let mut first = alloc::vec![0; count + 1];
    let mut entries = alloc::vec![0; by_run.len()];
    let mut start = 0;
    for (run, &end) in ends[..ends.len() - 1].iter().enumerate() {
        let targets = run * TARGETS..count.min((run + 1) * TARGETS);
        let next = &mut first[targets];
        let edges = &by_run[start..end];
        for edge in edges {
            next[edge.target as usize % TARGETS] += 1;
        }
        // Where the owners end, then, one by one, where they start.
        let mut sum = start;
        for next in &mut *next {
            sum += *next as usize;
            *next = narrow(sum);
        }
        for edge in edges {
            let place = &mut next[edge.target as usize % TARGETS];
            *place -= 1;
            entries[*place as usize] = edge.owner;
        }
        start = end;
    }
    first[count] = narrow(start);
    Rows { first, entries }
}

/// What the algorithm keeps of an object, by number.
#[derive(Clone, Copy)]
struct Vertex {
    /// An object further up; every object between was looked past.
    ancestor: u32,
    /// The least semidominator of this object and those looked past; before it
    /// is linked, its own.
    least: u32,
}

/// The nearest dominator of each object, in numbers.
fn semi_nca(search: &DepthFirst) -> Vec<u32> {
    let count = narrow(search.order.len());
    let mut vertices: Vec<Vertex> = (0..count)
        .zip(&search.parent)
        .map(|(number, &parent)| Vertex { ancestor: parent, least: number })
        .collect();
    let mut semis = alloc::vec![0; search.order.len()];
    let mut path = Vec::new();
    for number in (1..count).rev() {
        if number % AHEAD == 0 {
            fetch(&vertices, &search.referrers, number);
        }
        let mut semi = search.parent[number as usize];
        for &referrer in search.referrers.row(number) {
            // What was found before is not linked yet: it stands for itself.
            semi = semi.min(if referrer <= number {
                referrer
            } else {
                evaluate(&mut vertices, &mut path, referrer, number)
            });
        }
        vertices[number as usize].least = semi;
        semis[number as usize] = semi;
    }
    let mut dominators = search.parent.clone();
    for number in 1..count as usize {
        let semi = semis[number];
        let mut candidate = dominators[number];
        while candidate > semi {
            candidate = dominators[candidate as usize];
        }
        dominators[number] = candidate;
    }
    dominators
}

/// For how many objects memory is fetched at once.
const AHEAD: u32 = 16;

/// Looks at what the objects before `last` will look at first: none of these
/// looks waits for another one, so that the memory comes all at once.
fn fetch(vertices: &[Vertex], referrers: &Rows, last: u32) {
    let rows = referrers.range(last.saturating_sub(AHEAD)).start..referrers.range(last).end;
    let ancestor = |number: u32| vertices[number as usize].ancestor;
    let later = referrers.entries[rows].iter().filter(|&&referrer| referrer > last);
    let sum = later.fold(0_u32, |sum, &referrer| sum.wrapping_add(ancestor(ancestor(referrer))));
    core::hint::black_box(sum);
}

/// The least semidominator on the way from `number` up to, but without, the
/// first that is not linked yet; those after `last` are linked.
fn evaluate(vertices: &mut [Vertex], path: &mut Vec<u32>, number: u32, last: u32) -> u32 {
    let vertex = vertices[number as usize];
    if vertex.ancestor <= last {
        return vertex.least;
    }
    let mut at = number;
    while vertices[at as usize].ancestor > last {
        path.push(at);
        at = vertices[at as usize].ancestor;
    }
    // From the top down, each looks past what the one above it looked past.
    let mut above = vertices[at as usize];
    while let Some(number) = path.pop() {
        let vertex = &mut vertices[number as usize];
        vertex.ancestor = above.ancestor;
        vertex.least = vertex.least.min(above.least);
        above = *vertex;
    }
    above.least
}
