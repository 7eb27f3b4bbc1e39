//! [`Graph`]: a set of objects, and which of them others hold.
//!
//! What is left of the counts when the edges inside the set are subtracted came from outside.
//! Objects with such a rest are reachable, and so is what they refer to. Nothing here is shared
//! with other threads but the word of an object, through which it is pinned.

use crate::sync::protocol::components::Components;
use crate::sync::protocol::generation::Generation;
use crate::sync::protocol::members::{Edges, Members};
use crate::sync::protocol::object::Object;

/// So many edges that were put off are many.
const MANY: usize = 64;

/// Objects, the edges among them, and what is left of their counts.
///
/// # Invariants
///
/// Each member is pinned, and its position is noted in it.
#[derive(Debug)]
pub(crate) struct Graph<O> {
    members: Members<O>,
    /// What it takes in.
    generation: Generation,
    /// The handles from outside, as far as is known: counts, less the edges.
    rest: Vec<i64>,
    /// Reachable objects that have not spread it yet.
    pending: Vec<usize>,
    /// The edges that an earlier look has seen, if this is not the first; then it takes in no others.
    earlier: Option<Earlier>,
    /// What was reported and is not yet taken in, if that is put off.
    put_off: Option<Reported<O>>,
    /// Where the first and the last handle was of those that the object has reported so far.
    places: Option<(usize, usize)>,
}

/// The targets of edges, one object after the other.
#[derive(Debug)]
struct Reported<O> {
    targets: Vec<O>,
    ends: Vec<usize>,
}

/// Edges that an earlier look has seen.
#[derive(Debug)]
struct Earlier {
    edges: Edges,
    /// The one that is likely to be reported next.
    next: usize,
}

impl<O: Object> Graph<O> {
    /// A set that takes in what its members refer to, as far as it belongs to this generation.
    pub(crate) const fn growing(generation: Generation) -> Graph<O> {
        Graph {
            members: Members::new(),
            generation,
            rest: Vec::new(),
            pending: Vec::new(),
            earlier: None,
            put_off: None,
            places: None,
        }
    }

    /// A set of objects that an earlier look has seen, and which are pinned. Once they were traced, it
    /// takes no memory.
    pub(crate) fn again(members: Members<O>) -> Graph<O> {
        let (members, edges) = members.take_edges();
        let len = members.objects().len();
        Graph {
            members,
            generation: Generation::All,
            rest: vec![0; len],
            pending: Vec::with_capacity(len),
            earlier: Some(Earlier { edges, next: 0 }),
            put_off: None,
            places: None,
        }
    }

    /// The members.
    pub(crate) fn members(&self) -> &Members<O> {
        &self.members
    }

    /// The same, when nothing is asked of the graph any more.
    pub(crate) fn into_members(self) -> Members<O> {
        self.members
    }

    /// The members.
    pub(crate) fn objects(&self) -> &[O] {
        self.members.objects()
    }

    /// Whether there are as many members as there are indices.
    pub(crate) fn is_full(&self) -> bool {
        self.members.are_full()
    }

    /// Adds a pinned object with so many handles, if the set is not [full](Graph::is_full).
    pub(crate) fn add(&mut self, object: O, handles: u64) -> usize {
        self.rest.push(i64::try_from(handles).unwrap_or(i64::MAX));
        self.members.add(object)
    }

    /// Notes that the object whose edges are being reported has a handle to `target`. The handle
    /// cannot be dropped before this returns, or before the graph [catches up](Graph::catch_up) if that was
    /// [put off](Graph::put_off), so that there is time to pin its target.
    ///
    /// `place` is where the handle is.
    pub(crate) fn edge(&mut self, target: O, place: usize) {
        match &mut self.put_off {
            Some(reported) => {
                self.places = Some((self.places.map_or(place, |(first, _)| first), place));
                target.prefetch_header();
                reported.targets.push(target);
            }
            None => self.take_in(target),
        }
    }

    /// From now on edges are not taken in.
    pub(crate) fn put_off(&mut self) {
        // A bit more than are many.
        let targets = Vec::with_capacity(2 * MANY);
        self.put_off = Some(Reported { targets, ends: Vec::new() });
    }

    /// Whether those that were not are so many that no more objects should be traced.
    pub(crate) fn has_put_off_many(&self) -> bool {
        self.put_off.as_ref().is_some_and(|reported| reported.targets.len() >= MANY)
    }

    /// Takes them in.
    pub(crate) fn catch_up(&mut self) {
        let Some(Reported { targets, ends }) = self.put_off.take() else { return };
        let mut start = 0;
        for end in ends {
            targets[start..end].iter().for_each(|&target| self.take_in(target));
            self.end_taken_in();
            start = end;
        }
    }

    /// Takes in an edge of the next object.
    ///
    /// An edge to a leaf is none: no cycle leads through it, and it dies with its last handle.
    fn take_in(&mut self, target: O) {
        let Some(index) = self.expected(target).or_else(|| self.members.position(target)) else {
            return self.edge_out(target);
        };
        self.edge_to(index);
    }

    /// Where `target` is, if the earlier look has seen the same edge. Then the target need not be
    /// looked at, which may be far away.
    fn expected(&mut self, target: O) -> Option<usize> {
        let earlier = self.earlier.as_mut()?;
        let index = earlier.edges.target(earlier.next)?;
        let is_same = self.members.is_at(index, target);
        earlier.next += usize::from(is_same);
        is_same.then_some(index)
    }

    /// Notes an edge to what is no member.
    fn edge_out(&mut self, target: O) {
        if target.word().is_leaf() {
            return;
        }
        if self.earlier.is_some() || self.is_full() || !self.generation.contains(target) {
            return;
        }
        let handles = target.word().pin();
        let index = self.add(target, handles);
        self.edge_to(index);
    }

    fn edge_to(&mut self, index: usize) {
        self.rest[index] -= 1;
        self.members.edge(index);
    }

    /// Notes that all edges of the object at this position, which is the next one, were reported.
    pub(crate) fn end(&mut self, position: usize) {
        let Some(reported) = &mut self.put_off else { return self.end_taken_in() };
        reported.ends.push(reported.targets.len());
        let place = self.far_place(position);
        self.members.place(position, place);
        self.places = None;
    }

    /// Where one of the handles was that the object has reported, better one that is not near it.
    fn far_place(&self, position: usize) -> usize {
        const NEAR: usize = 128;
        let Some((first, last)) = self.places else { return 0 };
        let object = self.objects()[position].address().addr().get();
        if last.wrapping_sub(object) < NEAR { first } else { last }
    }

    /// Notes that all edges of the next object were taken in.
    fn end_taken_in(&mut self) {
        let ended = self.members.end();
        if let Some(earlier) = &mut self.earlier {
            earlier.next = earlier.edges.start_of(ended);
        }
    }

    /// Forgets the edges of the next object that were reported so far.
    pub(crate) fn retract(&mut self) {
        if let Some(reported) = &mut self.put_off {
            return reported.targets.truncate(reported.ends.last().copied().unwrap_or(0));
        }
        for target in self.members.retract() {
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

    /// Notes that the object is reachable, if it was not known.
    pub(crate) fn hold(&mut self, index: usize) {
        self.rest[index] = i64::MAX;
        self.pending.push(index);
    }

    /// Notes that all objects are reachable that have handles from outside.
    pub(crate) fn hold_roots(&mut self) {
        let is_root = |&index: &usize| !self.is_held_by_members(index);
        self.pending = (0..self.objects().len()).filter(is_root).collect();
    }

    /// Notes that what the reachable objects refer to is reachable.
    pub(crate) fn propagate(&mut self) {
        while let Some(index) = self.pending.pop() {
            for edge in self.members.range_of(index) {
                let target = self.members.target(edge);
                if self.is_held_by_members(target) {
                    self.hold(target);
                }
            }
        }
    }

    /// The members that are reachable.
    pub(crate) fn reachable(&self) -> Vec<O> {
        let objects = self.objects().iter().enumerate();
        let is_reachable = |&(index, _): &(usize, &O)| !self.is_held_by_members(index);
        let mut reachable = Vec::with_capacity(self.objects().len());
        reachable.extend(objects.filter(is_reachable).map(|(_, &object)| object));
        reachable
    }

    /// The members that are not reachable, in parts of at least so many that no edge leads into from
    /// another one. If they are not more than `undivided`, they are one.
    pub(crate) fn into_parts(self, least: usize, undivided: usize) -> Vec<Members<O>> {
        let suspects = self.suspects();
        if suspects.is_empty() {
            return Vec::new();
        }
        let (ordered, ends) = if suspects.len() <= undivided {
            let end = suspects.len();
            (suspects, vec![end])
        } else {
            self.components(&suspects).parts(&suspects, least)
        };
        if ends[0] == self.objects().len() {
            // Nothing has to be numbered anew.
            return vec![self.members];
        }
        let mut places = vec![0; self.objects().len()];
        let starts = core::iter::once(0).chain(ends.iter().copied());
        let ranges = starts.zip(ends.iter().copied());
        ranges.map(|(start, end)| self.part(&ordered[start..end], &mut places)).collect()
    }

    /// Where the members are that are not reachable.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more indices")]
    fn suspects(&self) -> Vec<u32> {
        let is_suspect = |&index: &u32| self.is_held_by_members(index as usize);
        (0..self.objects().len() as u32).filter(is_suspect).collect()
    }

    /// What connects them. What is reachable connects nothing: it lets nobody into a suspect.
    fn components(&self, suspects: &[u32]) -> Components {
        let mut components = Components::new(self.objects().len());
        for index in suspects.iter().map(|&suspect| suspect as usize) {
            let targets = self.members.targets_of(index);
            for target in targets.filter(|&target| self.is_held_by_members(target)) {
                components.join(index, target);
            }
        }
        components
    }

    /// These members, with the edges among them. `places` is room for where each of them is.
    fn part(&self, indices: &[u32], places: &mut [usize]) -> Members<O> {
        for (place, &index) in indices.iter().enumerate() {
            places[index as usize] = place;
        }
        let mut part = Members::with_capacity(indices.len());
        for index in indices.iter().map(|&index| index as usize) {
            let position = part.add(self.objects()[index]);
            let targets = self.members.targets_of(index);
            for target in targets.filter(|&target| self.is_held_by_members(target)) {
                part.edge(places[target]);
            }
            part.end();
            part.place(position, self.members.place_of(index).unwrap_or_default());
        }
        part
    }
}
