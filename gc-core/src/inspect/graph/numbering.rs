//! Objects by the number under which a search found them, and what both ways to
//! find dominators share.

use alloc::vec::Vec;

use crate::inspect::graph::components::Components;
use crate::inspect::graph::heap_graph::{Rows, narrow};

/// The imagined object that holds all roots, which has no index.
pub(crate) const NOBODY: u32 = u32::MAX;

/// The nearest dominators of all objects.
///
/// An object's *number* is its place in the order in which a search found them;
/// the imagined object has 0.
///
/// # Invariants
///
/// The number of a dominator is below those of the objects that it dominates.
#[derive(Debug)]
pub(crate) struct Numbering {
    /// Objects by number.
    pub(crate) order: Vec<u32>,
    /// The numbers of the nearest dominators, by number; 0 for number 0.
    pub(crate) dominators: Vec<u32>,
    /// Objects that were entered though they are no roots.
    pub(crate) garbage_entries: Vec<u32>,
}

/// The members of those components of garbage that no other component of it
/// refers to.
pub(crate) fn garbage_entries(edges: &Rows, is_garbage: impl Fn(u32) -> bool) -> Vec<u32> {
    let components = Components::find(edges, &is_garbage);
    let objects = || (0..narrow(edges.len())).filter(|&object| is_garbage(object));
    // Component numbers count down from the top.
    let mut is_entered = alloc::vec![false; edges.len() + 1];
    let place = |component: u32| (u32::MAX - component) as usize;
    for owner in objects() {
        for &target in edges.row(owner) {
            if let (from, Some(to)) = (components.of(owner), components.of(target))
                && from != Some(to)
            {
                is_entered[place(to)] = true;
            }
        }
    }
    objects()
        .filter(|&object| {
            components.of(object).is_some_and(|component| !is_entered[place(component)])
        })
        .collect()
}
