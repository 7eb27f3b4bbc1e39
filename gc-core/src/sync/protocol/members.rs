//! [`Members`]: objects with the edges among them, as flat arrays.
//!
//! To read an object that is in no cache takes longer than all that is done with it. So whoever goes
//! over many of them asks the processor for those that come next.

use core::ops::Range;

use crate::sync::protocol::object::Object;

/// The index of an object that was never in a set.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// How many objects ahead the processor is asked for one.
const AHEAD: usize = 8;

/// How many objects ahead it is asked for what one refers to.
const TARGETS_AHEAD: usize = 3;

/// Objects, and edges among them.
///
/// # Invariants
///
/// Each object is there once. As long as none of them is added to another set, its position is noted in it.
#[derive(Debug)]
pub(crate) struct Members<O> {
    objects: Vec<O>,
    edges: Edges,
    /// For each from `first_place` on, the address of a handle in its value that is not near the
    /// object, if there is one.
    places: Vec<usize>,
    first_place: usize,
}

/// The edges of objects, in the order of the objects.
///
/// # Invariants
///
/// `ends[i]` is where the edges of object `i` end. Objects for which there is none have no edges.
#[derive(Debug)]
pub(crate) struct Edges {
    targets: Vec<u32>,
    ends: Vec<usize>,
}

impl Edges {
    const fn new() -> Edges {
        Edges { targets: Vec::new(), ends: Vec::new() }
    }

    /// None, with room for as many as there are in `others`, of as many objects.
    fn as_many_as(others: &Edges) -> Edges {
        let targets = Vec::with_capacity(others.targets.len());
        Edges { targets, ends: Vec::with_capacity(others.ends.len()) }
    }

    /// Where the target of an edge is.
    pub(crate) fn target(&self, edge: usize) -> Option<usize> {
        self.targets.get(edge).map(|&target| target as usize)
    }

    /// Where the edges of an object begin.
    pub(crate) fn start_of(&self, position: usize) -> usize {
        position.checked_sub(1).map_or(0, |before| self.end_of(before))
    }

    fn end_of(&self, position: usize) -> usize {
        self.ends.get(position).copied().unwrap_or(self.targets.len())
    }

    fn range_of(&self, position: usize) -> Range<usize> {
        self.start_of(position)..self.end_of(position)
    }
}

impl<O: Object> Members<O> {
    /// None.
    pub(crate) const fn new() -> Members<O> {
        Members { objects: Vec::new(), edges: Edges::new(), places: Vec::new(), first_place: 0 }
    }

    /// None, with room for so many.
    pub(crate) fn with_capacity(objects: usize) -> Members<O> {
        let places = Vec::with_capacity(objects);
        let objects = Vec::with_capacity(objects);
        Members { objects, edges: Edges::new(), places, first_place: 0 }
    }

    /// The same objects without their edges, and these. There is room for as many again.
    pub(crate) fn take_edges(self) -> (Members<O>, Edges) {
        let edges = Edges::as_many_as(&self.edges);
        (Members { edges, ..self }, self.edges)
    }

    /// The objects.
    pub(crate) fn objects(&self) -> &[O] {
        &self.objects
    }

    /// Adds an object, and returns its position. The set is not full.
    #[expect(clippy::cast_possible_truncation, reason = "the set is not full")]
    pub(crate) fn add(&mut self, object: O) -> usize {
        let position = self.objects.len();
        object.set_index(position as u32);
        self.objects.push(object);
        position
    }

    /// Whether there are as many as there are indices.
    pub(crate) fn are_full(&self) -> bool {
        self.objects.len() >= NOWHERE as usize
    }

    /// Adds an edge of the next object.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more positions")]
    pub(crate) fn edge(&mut self, target: usize) {
        self.edges.targets.push(target as u32);
    }

    /// Notes that all edges of the next object were added, and returns how many have theirs now.
    pub(crate) fn end(&mut self) -> usize {
        self.edges.ends.push(self.edges.targets.len());
        self.edges.ends.len()
    }

    /// Notes where a handle in the value of the object at this position is. Once this was done for one, it
    /// is for each that comes next.
    pub(crate) fn place(&mut self, position: usize, place: usize) {
        if self.places.is_empty() {
            self.first_place = position;
        }
        self.places.push(place);
    }

    /// The place that was noted for an object.
    pub(crate) fn place_of(&self, position: usize) -> Option<usize> {
        self.places.get(position.checked_sub(self.first_place)?).copied()
    }

    /// Takes the edges of the next object away again.
    pub(crate) fn retract(&mut self) -> impl Iterator<Item = usize> {
        let start = self.edges.start_of(self.edges.ends.len());
        self.edges.targets.drain(start..).map(|target| target as usize)
    }

    /// Where the object is, if it is there. What is noted in an object may have come from another set, and
    /// then is not true here.
    pub(crate) fn position(&self, object: O) -> Option<usize> {
        let noted = object.index() as usize;
        self.is_at(noted, object).then_some(noted)
    }

    /// Whether the object is at this position.
    pub(crate) fn is_at(&self, position: usize, object: O) -> bool {
        self.objects.get(position).is_some_and(|there| there.address() == object.address())
    }

    /// The edges of the object.
    pub(crate) fn range_of(&self, position: usize) -> Range<usize> {
        self.edges.range_of(position)
    }

    /// The target of an edge that there is.
    pub(crate) fn target(&self, edge: usize) -> usize {
        self.edges.targets[edge] as usize
    }

    /// The targets of the edges of the object.
    pub(crate) fn targets_of(&self, position: usize) -> impl Iterator<Item = usize> {
        self.edges.targets[self.range_of(position)].iter().map(|&target| target as usize)
    }

    /// Asks the processor to fetch an object whose turn comes soon after the one at `position`, with
    /// the beginning of its value, and the handle farther away that was noted.
    #[inline]
    pub(crate) fn prefetch_after(&self, position: usize) {
        if let Some(object) = self.objects.get(position + AHEAD) {
            object.prefetch();
        }
        if let Some(place) = self.place_of(position + AHEAD) {
            O::prefetch_place(place);
        }
    }

    /// The same, without the value.
    #[inline]
    pub(crate) fn prefetch_header_after(&self, position: usize) {
        if let Some(object) = self.objects.get(position + AHEAD) {
            object.prefetch_header();
        }
    }

    /// The same for what such an object refers to.
    #[inline]
    pub(crate) fn prefetch_targets_after(&self, position: usize) {
        for target in self.targets_of(position + TARGETS_AHEAD) {
            self.objects[target].prefetch_header();
        }
    }
}
