//! The search for the ways on which roots hold objects.
//!
//! Two paths go the same way if they lead through the same fields and types, whatever the
//! positions, and however often the same step is taken in a row: all objects of a list hang
//! on one way.
//!
//! The ways are found backward. A *spot* is where the search stands: on an object, with the
//! steps that lead on from there. Steps are kept in a tree, whose root is the end of the way,
//! so a spot is an object and a node. From each spot the search goes to all owners that are
//! one edge nearer to a root, until it is at roots. How many objects hang on a way is then
//! counted forward, from the roots where it begins, along the edges by which it was found.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::collections::HashMap;

use crate::inspect::graph::breadth_first::{Forest, UNREACHED};
use crate::inspect::graph::heap_graph::{Reversed, narrow};
use crate::inspect::reports::way::{Beginning, Way, WayStep};
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;

/// Of a longer way the beginning is left out.
const MOST_STEPS: u32 = 24;

/// The search ends after so many spots.
const MOST_SPOTS: usize = 1 << 21;

/// A node in the tree of steps.
///
/// # Invariants
///
/// Its parent was made before it. `key.step` is `None` if and only if it has no parent.
struct Node {
    key: NodeKey,
    /// Some path takes its step several times in a row.
    is_repeated: bool,
    /// The number of steps from here to the end.
    depth: u32,
}

/// What tells nodes from each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct NodeKey {
    /// The node that the step leads to; [`NONE`] at the end of the way.
    parent: u32,
    /// The label without positions, and the type that it leads to.
    step: Option<(u32, u32)>,
    /// The type of the objects that stand here.
    type_index: u32,
}

const NONE: u32 = u32::MAX;

/// Where the search stands.
struct Spot {
    object: u32,
    node: u32,
    /// The spots that it was reached from, which are one edge nearer to the end.
    onward: Vec<u32>,
}

/// The search for the ways to some objects.
pub(crate) struct Search<'a> {
    snapshot: &'a HeapSnapshot,
    reversed: &'a Reversed,
    distances: Vec<u32>,
    nodes: Vec<Node>,
    known_nodes: HashMap<NodeKey, u32>,
    spots: Vec<Spot>,
    known_spots: HashMap<(u32, u32), u32>,
    /// Labels without positions, and their numbers.
    labels: Vec<String>,
    known_labels: HashMap<String, u32>,
    /// The numbers of labels, by what [`Labels::way`](crate::object::label::Labels::way) says.
    label_of_way: HashMap<u32, u32>,
}

impl<'a> Search<'a> {
    /// A search that has found nothing yet.
    pub(crate) fn new(snapshot: &'a HeapSnapshot) -> Self {
        let graph = snapshot.graph();
        Search {
            snapshot,
            reversed: snapshot.reversed(),
            distances: Forest::distances(&graph.edges, graph.roots()),
            nodes: Vec::new(),
            known_nodes: HashMap::new(),
            spots: Vec::new(),
            known_spots: HashMap::new(),
            labels: Vec::new(),
            known_labels: HashMap::new(),
            label_of_way: HashMap::new(),
        }
    }

    /// Finds all spots from which `objects` are reached; returns whether it found all.
    pub(crate) fn run(&mut self, objects: &[u32]) -> bool {
        for &object in objects {
            if self.distances[object as usize] == UNREACHED {
                continue;
            }
            let type_index = self.type_of(object);
            let node = self.node(NodeKey { parent: NONE, step: None, type_index });
            self.spot(object, node);
        }
        let mut next = 0;
        while next < self.spots.len() {
            if self.spots.len() > MOST_SPOTS {
                return false;
            }
            self.go_back(next);
            next += 1;
        }
        true
    }

    /// Goes from a spot to all owners that are nearer to a root.
    fn go_back(&mut self, spot: usize) {
        let Spot { object, node, .. } = self.spots[spot];
        if self.is_beginning(object, node) {
            return;
        }
        let nearer = self.distances[object as usize] - 1;
        for place in self.reversed.rows.range(object) {
            let owner = self.reversed.rows.entries[place];
            if self.distances[owner as usize] == nearer {
                let label = self.label(self.reversed.positions[place] as usize);
                let before = self.step_back(node, label, owner);
                let before = self.spot(owner, before);
                let onward = &mut self.spots[before as usize].onward;
                // An owner may hold the object in several places of one field.
                if onward.last() != Some(&narrow(spot)) {
                    onward.push(narrow(spot));
                }
            }
        }
    }

    /// Whether a way begins here: at a root, or since it has become too long.
    fn is_beginning(&self, object: u32, node: u32) -> bool {
        self.distances[object as usize] == 0 || self.nodes[node as usize].depth == MOST_STEPS
    }

    /// The node of `owner`, whose field with this label leads to an object at `node`.
    fn step_back(&mut self, node: u32, label: u32, owner: u32) -> u32 {
        let key = self.nodes[node as usize].key;
        let (step, type_index) = (Some((label, key.type_index)), self.type_of(owner));
        if key.step != step {
            return self.node(NodeKey { parent: node, step, type_index });
        }
        // The same step once more.
        let before = self.node(NodeKey { type_index, ..key });
        self.nodes[before as usize].is_repeated = true;
        before
    }

    fn node(&mut self, key: NodeKey) -> u32 {
        let nodes = &mut self.nodes;
        *self.known_nodes.entry(key).or_insert_with(|| {
            let depth = nodes.get(key.parent as usize).map_or(0, |parent| parent.depth + 1);
            nodes.push(Node { key, is_repeated: false, depth });
            narrow(nodes.len() - 1)
        })
    }

    fn spot(&mut self, object: u32, node: u32) -> u32 {
        let spots = &mut self.spots;
        *self.known_spots.entry((object, node)).or_insert_with(|| {
            spots.push(Spot { object, node, onward: Vec::new() });
            narrow(spots.len() - 1)
        })
    }

    fn type_of(&self, object: u32) -> u32 {
        self.snapshot.graph().kind(object).type_index
    }

    /// The number of the label of the edge at `position`, without positions.
    fn label(&mut self, position: usize) -> u32 {
        let graph = self.snapshot.graph();
        let label = graph.edge_labels[position];
        let (labels, known) = (&mut self.labels, &mut self.known_labels);
        *self.label_of_way.entry(graph.labels.way(label)).or_insert_with(|| {
            let text = graph.labels.show_starred(label).to_string();
            *known.entry(text).or_insert_with_key(|text| {
                labels.push(text.clone());
                narrow(labels.len() - 1)
            })
        })
    }

    /// The ways that lead through the spots, sorted by where they begin.
    pub(crate) fn finish(self) -> Vec<Way<'a>> {
        let mut beginnings: BTreeMap<(u32, Beginning<'a>), Vec<u32>> = BTreeMap::new();
        for (number, spot) in self.spots.iter().enumerate() {
            if self.is_beginning(spot.object, spot.node) {
                let beginning = self.beginning(spot);
                beginnings.entry((spot.node, beginning)).or_default().push(narrow(number));
            }
        }
        let ways = beginnings
            .into_iter()
            .map(|((node, beginning), spots)| self.way(node, beginning, &spots));
        merge_alike(ways)
    }

    fn beginning(&self, spot: &Spot) -> Beginning<'a> {
        let object = self.snapshot.object_at(spot.object);
        let is_cut = self.distances[spot.object as usize] > 0;
        let name = object.name().filter(|_| !is_cut);
        Beginning { name, type_name: object.type_name(), is_cut }
    }

    /// The way that begins at these spots, which all have this node.
    fn way(&self, node: u32, beginning: Beginning<'a>, spots: &[u32]) -> Way<'a> {
        let path = core::iter::successors(self.nodes.get(node as usize), |node| {
            self.nodes.get(node.key.parent as usize)
        });
        let steps = path.filter_map(|node| {
            let (label, type_index) = node.key.step?;
            Some(WayStep {
                label: self.labels[label as usize].clone(),
                type_name: self.snapshot.graph().types[type_index as usize].name,
                is_repeated: node.is_repeated,
            })
        });
        let objects_at = |spots: &mut dyn Iterator<Item = u32>| {
            let objects: BTreeSet<u32> =
                spots.map(|spot| self.spots[spot as usize].object).collect();
            objects.into_iter().map(|index| self.snapshot.object_at(index)).collect()
        };
        Way {
            beginning,
            steps: steps.collect(),
            roots: objects_at(&mut spots.iter().copied()),
            ends: objects_at(&mut self.ends_from(spots).into_iter()),
        }
    }

    /// The spots at the ends of the way that begins at these.
    fn ends_from(&self, spots: &[u32]) -> Vec<u32> {
        let mut seen: BTreeSet<u32> = spots.iter().copied().collect();
        let mut pending = spots.to_vec();
        let mut ends = Vec::new();
        while let Some(spot) = pending.pop() {
            let Spot { node, onward, .. } = &self.spots[spot as usize];
            if self.nodes[*node as usize].key.step.is_none() {
                ends.push(spot);
            }
            pending.extend(onward.iter().filter(|&&next| seen.insert(next)));
        }
        ends
    }
}

/// Types of one name are one to a reader, and so are ways that read the same.
fn merge_alike<'a>(ways: impl Iterator<Item = Way<'a>>) -> Vec<Way<'a>> {
    type Key<'a> = (Beginning<'a>, Vec<(String, &'static str)>);
    let mut merged: BTreeMap<Key<'a>, Way<'a>> = BTreeMap::new();
    for way in ways {
        let steps = way.steps.iter().map(|step| (step.label.clone(), step.type_name));
        let same = merged.entry((way.beginning, steps.collect())).or_insert_with(|| Way {
            roots: Vec::new(),
            ends: Vec::new(),
            ..way.clone()
        });
        for (known, step) in same.steps.iter_mut().zip(&way.steps) {
            known.is_repeated |= step.is_repeated;
        }
        for (known, more) in [(&mut same.roots, way.roots), (&mut same.ends, way.ends)] {
            known.extend(more);
            known.sort_unstable_by_key(|object| object.index());
            known.dedup_by_key(|object| object.index());
        }
    }
    merged.into_values().collect()
}
