//! [`Graph`]: a set of objects with their edges, as flat arrays.
//!
//! What is left of the counts when the edges inside the set are subtracted came from outside.
//! Objects with such a rest are reachable, and so is what they refer to. Nothing here is shared
//! with other threads but the word of an object, through which it is pinned.

use core::ops::Range;

use crate::sync::protocol::components::Components;
use crate::sync::protocol::object::Object;

/// The index of an object that is in no set.
pub(crate) const NOWHERE: u32 = u32::MAX;

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
    edges: Vec<u32>,
    ends: Vec<usize>,
    /// Reachable objects that have not spread it yet.
    pending: Vec<usize>,
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
            pending: Vec::new(),
            grows: true,
        }
    }

    /// A set of `members` of another, which are pinned. Once they were traced, it takes no memory.
    pub(crate) fn of(members: Vec<O>) -> Graph<O> {
        let mut graph = Graph { grows: false, ..Graph::growing() };
        graph.objects.reserve_exact(members.len());
        graph.rest.reserve_exact(members.len());
        graph.pending.reserve_exact(members.len());
        for member in members {
            graph.add(member, 0);
        }
        graph
    }

    /// The members.
    pub(crate) fn objects(&self) -> &[O] {
        &self.objects
    }

    /// Asks the processor to fetch the object that is traced soon after the one at `index`.
    #[inline]
    pub(crate) fn prefetch_after(&self, index: usize) {
        const AHEAD: usize = 4;
        if let Some(object) = self.objects.get(index + AHEAD) {
            object.prefetch();
        }
    }

    /// Whether there are as many members as there are indices.
    pub(crate) fn is_full(&self) -> bool {
        self.objects.len() >= NOWHERE as usize
    }

    /// Adds a pinned object with so many handles, if the set is not [full](Graph::is_full).
    pub(crate) fn add(&mut self, object: O, handles: u64) -> usize {
        let index = self.objects.len();
        #[expect(clippy::cast_possible_truncation, reason = "the set is not full")]
        object.set_index(index as u32);
        self.objects.push(object);
        self.rest.push(i64::try_from(handles).unwrap_or(i64::MAX));
        index
    }

    /// Notes that the object whose edges are being reported has a handle to `target`. The handle
    /// cannot be dropped before this returns, so that there is time to pin its target.
    ///
    /// An edge to a leaf is none: no cycle leads through it, and it dies with its last handle.
    pub(crate) fn edge(&mut self, target: O) {
        if target.word().is_leaf() {
            return;
        }
        let index = match target.index() {
            NOWHERE if !self.grows || self.is_full() => return,
            NOWHERE => {
                let handles = target.word().pin();
                self.add(target, handles)
            }
            index => index as usize,
        };
        self.rest[index] -= 1;
        #[expect(clippy::cast_possible_truncation, reason = "there are no more indices")]
        self.edges.push(index as u32);
    }

    /// Notes that all edges of the next object were reported.
    pub(crate) fn end(&mut self) {
        self.ends.push(self.edges.len());
    }

    /// Forgets the edges of the next object that were reported so far.
    pub(crate) fn retract(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        for target in self.edges.drain(start..) {
            self.rest[target as usize] += 1;
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

    /// Notes that the object is reachable, if it was not known.
    pub(crate) fn hold(&mut self, index: usize) {
        self.rest[index] = i64::MAX;
        self.pending.push(index);
    }

    /// Notes that all objects are reachable that have handles from outside.
    pub(crate) fn hold_roots(&mut self) {
        let is_root = |&index: &usize| !self.is_held_by_members(index);
        self.pending = (0..self.objects.len()).filter(is_root).collect();
    }

    /// Where the edges of the object are.
    fn range_of(&self, index: usize) -> Range<usize> {
        index.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[index]
    }

    /// The targets of the edges of the object.
    fn edges_of(&self, index: usize) -> &[u32] {
        &self.edges[self.range_of(index)]
    }

    /// Notes that what the reachable objects refer to is reachable.
    pub(crate) fn propagate(&mut self) {
        while let Some(index) = self.pending.pop() {
            for edge in self.range_of(index) {
                let target = self.edges[edge] as usize;
                if self.is_held_by_members(target) {
                    self.hold(target);
                }
            }
        }
    }

    /// The members that are reachable, and those that are not, in parts of at least so many that no
    /// edge leads into from another one.
    pub(crate) fn divide_in_parts(self, least: usize) -> (Vec<O>, Vec<Vec<O>>) {
        if self.objects.len() <= least {
            let (reachable, unreachable) = self.divide();
            let parts = if unreachable.is_empty() { Vec::new() } else { vec![unreachable] };
            return (reachable, parts);
        }
        let mut components = Components::new(self.objects.len());
        let mut reachable = Vec::new();
        let mut unreachable = Vec::new();
        for (index, &object) in self.objects.iter().enumerate() {
            object.set_index(NOWHERE);
            if !self.is_held_by_members(index) {
                reachable.push(object);
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "there are no more indices")]
            unreachable.push(index as u32);
            // What is reachable connects nothing: it lets nobody into a suspect.
            let targets = self.edges_of(index).iter().map(|&target| target as usize);
            for target in targets.filter(|&target| self.is_held_by_members(target)) {
                components.join(index, target);
            }
        }
        (reachable, self.parts(components, &unreachable, least))
    }

    /// These members, in such parts.
    fn parts(&self, components: Components, members: &[u32], least: usize) -> Vec<Vec<O>> {
        let (ordered, ends) = components.parts(members, least);
        let mut start = 0;
        let part = |end| {
            let part = ordered[start..end].iter().map(|&member| self.objects[member as usize]);
            start = end;
            part.collect()
        };
        ends.into_iter().map(part).collect()
    }

    /// Divides the members into those that are reachable and those that are not.
    pub(crate) fn divide(self) -> (Vec<O>, Vec<O>) {
        let mut reachable = Vec::new();
        let mut unreachable = Vec::new();
        for (index, &object) in self.objects.iter().enumerate() {
            object.set_index(NOWHERE);
            let side =
                if self.is_held_by_members(index) { &mut unreachable } else { &mut reachable };
            side.push(object);
        }
        (reachable, unreachable)
    }
}
