//! [`Graph`]: a set of objects with their edges, as flat arrays.
//!
//! What is left of the counts when the edges inside the set are subtracted came from outside.
//! Objects with such a rest are reachable, and so is what they refer to. Nothing here is shared
//! with other threads but the word of an object, through which it is pinned.

use core::sync::atomic::Ordering::Relaxed;

use crate::sync::protocol::object::Object;

/// The index of an object that is in no set.
pub(crate) const NOWHERE: usize = usize::MAX;

/// Objects and the edges among them.
///
/// # Invariants
///
/// Each object is pinned, and its index is its position. `ends[i]` is where the edges of object
/// `i` end; those of an object that was not traced are empty.
#[derive(Debug)]
pub(crate) struct Graph<O> {
    objects: Vec<O>,
    /// The handles from outside, as far as is known: counts, less the edges.
    rest: Vec<i64>,
    edges: Vec<usize>,
    ends: Vec<usize>,
    /// Whether targets of edges that are in no set are added.
    grows: bool,
}

impl<O: Object> Graph<O> {
    /// A set that takes in what its members refer to.
    pub(crate) fn growing() -> Graph<O> {
        Graph {
            objects: Vec::new(),
            rest: Vec::new(),
            edges: Vec::new(),
            ends: Vec::new(),
            grows: true,
        }
    }

    /// A set of `members`, which are pinned.
    pub(crate) fn of(members: Vec<O>) -> Graph<O> {
        for (index, member) in members.iter().enumerate() {
            member.index().store(index, Relaxed);
        }
        let rest = members.iter().map(|_| 0).collect();
        Graph { objects: members, rest, edges: Vec::new(), ends: Vec::new(), grows: false }
    }

    /// The members.
    pub(crate) fn objects(&self) -> &[O] {
        &self.objects
    }

    /// Adds a pinned object with so many handles.
    pub(crate) fn add(&mut self, object: O, handles: u64) -> usize {
        let index = self.objects.len();
        object.index().store(index, Relaxed);
        self.objects.push(object);
        self.rest.push(i64::try_from(handles).unwrap_or(i64::MAX));
        index
    }

    /// Notes that the object whose edges are being reported has a handle to `target`. The handle
    /// cannot be dropped before this returns, so that there is time to pin its target.
    pub(crate) fn edge(&mut self, target: O) {
        let mut index = target.index().load(Relaxed);
        if index == NOWHERE {
            if !self.grows {
                return;
            }
            let handles = target.word().pin();
            index = self.add(target, handles);
        }
        self.rest[index] -= 1;
        self.edges.push(index);
    }

    /// Notes that all edges of the next object were reported.
    pub(crate) fn end(&mut self) {
        self.ends.push(self.edges.len());
    }

    /// Forgets the edges of the next object that were reported so far.
    pub(crate) fn retract(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        for target in self.edges.drain(start..) {
            self.rest[target] += 1;
        }
    }

    /// Whether each handle of the object is an edge of the set. After a racy look the rest may
    /// also be below 0: an edge was seen, and not yet the count of its handle.
    pub(crate) fn is_held_by_members(&self, index: usize) -> bool {
        self.rest[index] <= 0
    }

    /// How many edges of the set lead to the object, if its handles were not counted.
    pub(crate) fn edges_to(&self, index: usize) -> u64 {
        self.rest[index].unsigned_abs()
    }

    /// Notes that the object is reachable.
    pub(crate) fn hold(&mut self, index: usize) {
        self.rest[index] = i64::MAX;
    }

    /// Divides the members into those that are reachable and those that are not.
    pub(crate) fn divide(mut self) -> (Vec<O>, Vec<O>) {
        self.propagate();
        let mut reachable = Vec::new();
        let mut unreachable = Vec::new();
        for (index, &object) in self.objects.iter().enumerate() {
            object.index().store(NOWHERE, Relaxed);
            let side =
                if self.is_held_by_members(index) { &mut unreachable } else { &mut reachable };
            side.push(object);
        }
        (reachable, unreachable)
    }

    /// What a reachable object refers to is reachable.
    fn propagate(&mut self) {
        let is_reachable = |&index: &usize| !self.is_held_by_members(index);
        let mut reachable: Vec<usize> = (0..self.objects.len()).filter(is_reachable).collect();
        while let Some(index) = reachable.pop() {
            let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
            for edge in start..self.ends[index] {
                let target = self.edges[edge];
                if self.is_held_by_members(target) {
                    self.hold(target);
                    reachable.push(target);
                }
            }
        }
    }
}
