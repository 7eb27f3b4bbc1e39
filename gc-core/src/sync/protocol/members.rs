//! [`Members`]: objects with the edges among them, as flat arrays.
//!
//! To read an object that is in no cache takes longer than all that is done with it. So whoever goes
//! over many of them asks the processor for those that come next.

use core::ops::Range;

use crate::sync::protocol::object::Object;

/// The index of an object that was never in a set.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// How many objects ahead the processor is asked for one.
const AHEAD: usize = 16;

/// How many objects ahead it is asked for what one refers to.
const TARGETS_AHEAD: usize = 3;

/// Places are noted in so many bytes: several of these are in one line of a cache.
const GRAIN: usize = 16;

/// Objects, and edges among them.
///
/// # Invariants
///
/// Each object is there once. As long as none of them is added to another set, its position is noted in it.
#[derive(Debug)]
pub(crate) struct Members<O> {
    objects: Vec<O>,
    edges: Edges,
    /// For each from `first_place` on, how far from the object a handle in its value is, in [`GRAIN`]s, if
    /// there is one that is not near it.
    places: Vec<i32>,
    first_place: usize,
}

/// The edges of objects, in the order of the objects.
///
/// # Invariants
///
/// `ends[i]` is where the edges of object `i` end. Objects for which there is none have no edges.
#[derive(Debug)]
struct Edges {
    targets: Vec<u32>,
    ends: Vec<u32>,
}

impl Edges {
    const fn new() -> Edges {
        Edges { targets: Vec::new(), ends: Vec::new() }
    }

    /// Where the edges of an object begin.
    fn start_of(&self, position: usize) -> usize {
        position.checked_sub(1).map_or(0, |before| self.end_of(before))
    }

    fn end_of(&self, position: usize) -> usize {
        self.ends.get(position).map_or(self.targets.len(), |&end| end as usize)
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

    /// Whether there are as many edges as can be.
    pub(crate) fn are_edges_full(&self) -> bool {
        self.edges.targets.len() >= u32::MAX as usize
    }

    /// Adds an edge of the next object. They are not [full](Members::are_edges_full).
    #[expect(clippy::cast_possible_truncation, reason = "there are no more positions")]
    pub(crate) fn edge(&mut self, target: usize) {
        self.edges.targets.push(target as u32);
    }

    /// Notes that all edges of the next object were added.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more edges")]
    pub(crate) fn end(&mut self) {
        self.edges.ends.push(self.edges.targets.len() as u32);
    }

    /// Notes where a handle in the value of the object at this position is. Once this was done for one, it
    /// is for each that comes next.
    pub(crate) fn place(&mut self, position: usize, place: usize) {
        if self.places.is_empty() {
            self.first_place = position;
        }
        let far = place.wrapping_sub(self.address(position)).cast_signed() / GRAIN.cast_signed();
        self.places.push(i32::try_from(far).unwrap_or_default());
    }

    /// Near the place that was noted for an object.
    pub(crate) fn place_of(&self, position: usize) -> Option<usize> {
        let far = *self.places.get(position.checked_sub(self.first_place)?)? as isize;
        Some(self.address(position).wrapping_add_signed(far * GRAIN.cast_signed()))
    }

    fn address(&self, position: usize) -> usize {
        self.objects[position].address().addr().get()
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

    /// Where the edges of the object begin.
    pub(crate) fn start_of(&self, position: usize) -> usize {
        self.edges.start_of(position)
    }

    /// The edges of the object.
    pub(crate) fn range_of(&self, position: usize) -> Range<usize> {
        self.edges.range_of(position)
    }

    /// The target of an edge, if there are so many.
    pub(crate) fn target(&self, edge: usize) -> Option<usize> {
        self.edges.targets.get(edge).map(|&target| target as usize)
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
