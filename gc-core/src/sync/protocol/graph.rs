//! [`Graph`]: a set of objects, and which of them others hold.
//!
//! What is left of the counts when the edges inside the set are subtracted came from outside.
//! Objects with such a rest are reachable, and so is what they refer to. Nothing here is shared
//! with other threads but the word of an object, through which it is pinned.

use crate::sync::protocol::components::Components;
use crate::sync::protocol::generation::Generation;
use crate::sync::protocol::members::Members;
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
    /// The handles from outside, as far as is known: counts, less the edges. No count has more than 31 bits.
    rest: Vec<i32>,
    /// Reachable objects that have not spread it yet.
    pending: Vec<u32>,
    /// If an earlier look has seen the edges of the members: what this one has seen. It takes in no others.
    again: Option<Again>,
    /// Whether what is reported is not taken in.
    puts_off: bool,
    /// What was reported and is not yet taken in.
    reported: Reported<O>,
    /// Where the first and the last handle was of those that the object has reported so far.
    places: Option<(usize, usize)>,
}

/// The targets of edges, one object after the other.
#[derive(Debug)]
struct Reported<O> {
    targets: Vec<O>,
    ends: Vec<usize>,
}

/// What a second look has seen.
///
/// Most often these are the edges that the members have from the first. One that is not there any more makes
/// only an object reachable that may not be.
///
/// # Invariants
///
/// The edges of the next object that were reported are those from where its edges begin to `next`, and those of
/// the `others` that come from it.
#[derive(Debug)]
struct Again {
    /// The object whose edges are reported next.
    position: u32,
    /// The edge that is likely to be reported next, if it comes before `end`.
    next: usize,
    /// Where the edges of the object end that the first look has seen. An edge of another one to the same
    /// target says nothing about this object.
    end: usize,
    /// Edges that the first look has not seen: from where to where, in the order of the objects.
    others: Vec<(u32, u32)>,
}

impl Again {
    /// Where those of the `others` begin that come from an object.
    fn first_other_of(&self, from: u32) -> usize {
        self.others.partition_point(|&(before, _)| before < from)
    }

    /// The target of this one of the `others`, if it comes from the object.
    fn other_of(&self, from: u32, other: usize) -> Option<usize> {
        let &(its, target) = self.others.get(other)?;
        (its == from).then_some(target as usize)
    }
}

impl<O: Object> Graph<O> {
    /// A set that takes in what its members refer to, as far as it belongs to this generation.
    pub(crate) const fn growing(generation: Generation) -> Graph<O> {
        Graph {
            members: Members::new(),
            generation,
            rest: Vec::new(),
            pending: Vec::new(),
            again: None,
            puts_off: false,
            reported: Reported { targets: Vec::new(), ends: Vec::new() },
            places: None,
        }
    }

    /// The same objects, for a second look, with no handles counted. Once they were traced, it takes no
    /// memory.
    pub(crate) fn again(mut self) -> Graph<O> {
        let len = self.objects().len();
        self.rest.clear();
        self.rest.resize(len, 0);
        self.pending.clear();
        self.pending.reserve(len);
        let end = self.members.range_of(0).end;
        Graph { again: Some(Again { position: 0, next: 0, end, others: Vec::new() }), ..self }
    }

    /// The members.
    pub(crate) fn members(&self) -> &Members<O> {
        &self.members
    }

    /// The same, when nothing is asked of the graph any more.
    pub(crate) fn into_members(self) -> Members<O> {
        self.members
    }

    /// Asks the processor to fetch what is noted of those that an object refers to whose turn comes soon after the one
    /// at `position`, as far as a first look has seen.
    #[inline]
    pub(crate) fn prefetch_notes_after(&self, position: usize) {
        const AHEAD: usize = 2;
        for target in self.members.targets_of(position + AHEAD) {
            O::prefetch_place((&raw const self.rest[target]).addr());
            O::prefetch_place((&raw const self.objects()[target]).addr());
        }
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
        self.rest.push(i32::try_from(handles).unwrap_or(i32::MAX));
        self.members.add(object)
    }

    /// Notes that the object whose edges are being reported has a handle to `target`. The handle
    /// cannot be dropped before this returns, or before the graph [catches up](Graph::catch_up) if that was
    /// [put off](Graph::put_off), so that there is time to pin its target.
    ///
    /// `place` is where the handle is.
    pub(crate) fn edge(&mut self, target: O, place: usize) {
        if self.puts_off {
            self.places = Some((self.places.map_or(place, |(first, _)| first), place));
            target.prefetch_header();
            self.reported.targets.push(target);
        } else {
            self.take_in(target);
        }
    }

    /// From now on edges are not taken in.
    pub(crate) fn put_off(&mut self) {
        self.puts_off = true;
    }

    /// Whether those that were not are so many that no more objects should be traced.
    pub(crate) fn has_put_off_many(&self) -> bool {
        self.reported.targets.len() >= MANY
    }

    /// Takes them in.
    pub(crate) fn catch_up(&mut self) {
        self.puts_off = false;
        let mut start = 0;
        for object in 0..self.reported.ends.len() {
            let end = self.reported.ends[object];
            for edge in start..end {
                self.take_in(self.reported.targets[edge]);
            }
            self.end_taken_in();
            start = end;
        }
        self.reported.targets.clear();
        self.reported.ends.clear();
    }

    /// Takes in an edge of the next object.
    ///
    /// An edge to a leaf is none: no cycle leads through it, and it dies with its last handle.
    fn take_in(&mut self, target: O) {
        if let Some(index) = self.expected(target) {
            self.count_edge(index);
        } else if let Some(index) = self.members.position(target) {
            self.edge_to(index);
        } else {
            self.edge_out(target);
        }
    }

    /// Where `target` is, if the earlier look has seen the same edge. Then the target need not be
    /// looked at, which may be far away.
    fn expected(&mut self, target: O) -> Option<usize> {
        let again = self.again.as_mut()?;
        if again.next == again.end {
            return None;
        }
        let index = self.members.target(again.next)?;
        let is_same = self.members.is_at(index, target);
        again.next += usize::from(is_same);
        is_same.then_some(index)
    }

    /// Notes an edge to what is no member.
    fn edge_out(&mut self, target: O) {
        if target.word().is_leaf() {
            return;
        }
        if self.again.is_some() || self.is_full() || !self.generation.contains(target) {
            return;
        }
        let handles = target.word().pin();
        let index = self.add(target, handles);
        self.edge_to(index);
    }

    /// Notes an edge of the next object that was not seen before. If there are as many as can be, its handle
    /// seems to lie outside.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more indices")]
    fn edge_to(&mut self, index: usize) {
        match &mut self.again {
            Some(again) => again.others.push((again.position, index as u32)),
            None if self.members.are_edges_full() => return,
            None => self.members.edge(index),
        }
        self.count_edge(index);
    }

    fn count_edge(&mut self, index: usize) {
        // A racy look may find one handle in many places.
        self.rest[index] = self.rest[index].saturating_sub(1);
    }

    /// Notes that all edges of the object at this position, which is the next one, were reported.
    pub(crate) fn end(&mut self, position: usize) {
        if !self.puts_off {
            return self.end_taken_in();
        }
        self.reported.ends.push(self.reported.targets.len());
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
        let Some(again) = &mut self.again else { return self.members.end() };
        again.position += 1;
        again.next = again.end;
        again.end = self.members.range_of(again.position as usize).end;
    }

    /// Forgets the edges of the next object that were reported so far.
    pub(crate) fn retract(&mut self) {
        if self.puts_off {
            let Reported { targets, ends } = &mut self.reported;
            return targets.truncate(ends.last().copied().unwrap_or(0));
        }
        let Some(again) = &mut self.again else {
            return self.members.retract().for_each(|target| self.rest[target] += 1);
        };
        for edge in self.members.start_of(again.position as usize)..again.next {
            if let Some(target) = self.members.target(edge) {
                self.rest[target] += 1;
            }
        }
        let position = again.position;
        while let Some((_, target)) = again.others.pop_if(|&mut (from, _)| from == position) {
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
        self.rest[index].unsigned_abs().into()
    }

    /// Notes that the object is reachable, if it was not known.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more indices")]
    pub(crate) fn hold(&mut self, index: usize) {
        self.rest[index] = i32::MAX;
        self.pending.push(index as u32);
    }

    /// Notes that all objects are reachable that have handles from outside.
    pub(crate) fn hold_roots(&mut self) {
        self.pending = self.those(false);
    }

    /// Notes that what the reachable objects refer to is reachable.
    pub(crate) fn propagate(&mut self) {
        while let Some(index) = self.pending.pop() {
            for edge in self.members.range_of(index as usize) {
                self.hold_target(self.members.target(edge));
            }
            self.hold_others_of(index);
        }
    }

    /// The same for the edges of an object that the first look has not seen.
    fn hold_others_of(&mut self, index: u32) {
        let mut next = self.again.as_ref().map_or(0, |again| again.first_other_of(index));
        while let Some(target) = self.again.as_ref().and_then(|again| again.other_of(index, next)) {
            self.hold_target(Some(target));
            next += 1;
        }
    }

    fn hold_target(&mut self, target: Option<usize>) {
        if let Some(target) = target.filter(|&target| self.is_held_by_members(target)) {
            self.hold(target);
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
    pub(crate) fn into_parts(self, least: usize, undivided: usize) -> Vec<Graph<O>> {
        let suspects = self.those(true);
        if suspects.is_empty() {
            return Vec::new();
        }
        let (ordered, ends) = if suspects.len() <= undivided {
            let end = suspects.len();
            (suspects, vec![end])
        } else {
            self.components(&suspects).parts(suspects, least)
        };
        if ends[0] == self.objects().len() {
            // Nothing has to be numbered anew.
            return vec![self.again()];
        }
        let mut places = vec![0; self.objects().len()];
        let starts = core::iter::once(0).chain(ends.iter().copied());
        let ranges = starts.zip(ends.iter().copied());
        ranges.map(|(start, end)| self.part(&ordered[start..end], &mut places)).collect()
    }

    /// Where the members are that seem reachable, or not.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more indices")]
    fn those(&self, are_held_by_members: bool) -> Vec<u32> {
        let indices = 0..self.objects().len() as u32;
        let is_one = |&index: &u32| self.is_held_by_members(index as usize) == are_held_by_members;
        indices.filter(is_one).collect()
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
    #[expect(clippy::cast_possible_truncation, reason = "there are no more indices")]
    fn part(&self, indices: &[u32], places: &mut [u32]) -> Graph<O> {
        for (place, &index) in indices.iter().enumerate() {
            places[index as usize] = place as u32;
        }
        let mut part = Members::with_capacity(indices.len());
        for index in indices.iter().map(|&index| index as usize) {
            let position = part.add(self.objects()[index]);
            let targets = self.members.targets_of(index);
            for target in targets.filter(|&target| self.is_held_by_members(target)) {
                part.edge(places[target] as usize);
            }
            part.end();
            part.place(position, self.members.place_of(index).unwrap_or_default());
        }
        Graph { members: part, ..Graph::growing(Generation::All) }.again()
    }
}
