//! Shortest paths from the roots to everything that they reach.

use alloc::vec::Vec;

use crate::inspect::graph::heap_graph::{Rows, narrow};

/// For each object the last edge of a shortest path from a root.
#[derive(Debug)]
pub(crate) struct Forest {
    /// Positions of edges, or one of the constants.
    via: Vec<u32>,
}

/// No root reaches the object.
pub(crate) const UNREACHED: u32 = u32::MAX;
/// The object is a root.
const ROOT: u32 = u32::MAX - 1;

impl Forest {
    /// Walks `edges` from `roots`, nearest first.
    pub(crate) fn grow(edges: &Rows, roots: impl Iterator<Item = u32>) -> Forest {
        let mut via = alloc::vec![UNREACHED; edges.len()];
        let mut reached: Vec<u32> = roots.collect();
        for &root in &reached {
            via[root as usize] = ROOT;
        }
        let mut next = 0;
        while let Some(&object) = reached.get(next) {
            next += 1;
            for position in edges.range(object) {
                let target = edges.entries[position];
                if via[target as usize] == UNREACHED {
                    via[target as usize] = narrow(position);
                    reached.push(target);
                }
            }
        }
        Forest { via }
    }

    /// How many edges a shortest path to each object has; [`UNREACHED`] if there is none.
    pub(crate) fn distances(edges: &Rows, roots: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut distances = alloc::vec![UNREACHED; edges.len()];
        let mut reached: Vec<u32> = roots.collect();
        for &root in &reached {
            distances[root as usize] = 0;
        }
        let mut next = 0;
        while let Some(&object) = reached.get(next) {
            next += 1;
            let distance = distances[object as usize] + 1;
            for &target in edges.row(object) {
                if distances[target as usize] == UNREACHED {
                    distances[target as usize] = distance;
                    reached.push(target);
                }
            }
        }
        distances
    }

    /// Whether a root reaches `object`.
    pub(crate) fn is_reached(&self, object: u32) -> bool {
        self.via[object as usize] != UNREACHED
    }

    /// The position of the edge that a shortest path to `object` ends with;
    /// `None` if it is a root or is not reached.
    pub(crate) fn last_edge(&self, object: u32) -> Option<usize> {
        let via = self.via[object as usize];
        (via < ROOT).then_some(via as usize)
    }
}
