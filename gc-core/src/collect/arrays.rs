//! The memory of a snapshot: flat arrays that are filled at high speed.
//!
//! Room is reserved for many entries at a time, and entries are then written
//! without looking whether there is room. The loops are written so that what
//! happens to most edges and objects needs few registers: collections are bound
//! by the number of instructions unless the heap is larger than the caches.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use crate::generation::{Epoch, Stamp, narrow};
use crate::object::{EdgeBuffer, ObjPtr};

/// The target of an edge that leads out of the snapshot: the index of no
/// object.
pub(super) const OUTSIDE: u32 = u32::MAX;

const _: () = assert!(Stamp::MAX_INDEX <= OUTSIDE as usize);

/// How many objects are traced before their edges are followed, so that the
/// headers of the targets are on their way from memory meanwhile.
pub(super) const BATCH: usize = 16;

/// Up to where in the buffer the edges of each object of a batch lie.
pub(super) type Ends = [usize; BATCH];

/// The memory of a snapshot, reused from one collection to the next.
#[derive(Debug, Default)]
pub(crate) struct Arrays {
    pub(super) objects: Vec<ObjPtr>,
    pub(super) births: Vec<Epoch>,
    /// `gc_refs`: the counts, less one for each edge inside the set.
    pub(super) refs: Vec<u32>,
    /// The edges of object `i` are `edges[first_edge[i]..first_edge[i + 1]]`.
    pub(super) first_edge: Vec<u32>,
    /// Indices of the targets, or [`OUTSIDE`].
    pub(super) edges: Vec<u32>,
    /// What the batch at hand reported.
    pub(super) buffer: EdgeBuffer,
    /// Objects that were found alive and are still to be looked at.
    pub(super) pending: Vec<u32>,
}

/// Which objects are taken in when an edge leads to them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Those born later than this.
    pub(super) floor: Epoch,
    /// As long as there are not so many.
    pub(super) budget: usize,
}

impl Arrays {
    /// Arrays without memory.
    pub(crate) const fn new() -> Arrays {
        Arrays {
            objects: Vec::new(),
            births: Vec::new(),
            refs: Vec::new(),
            first_edge: Vec::new(),
            edges: Vec::new(),
            buffer: EdgeBuffer::new(),
            pending: Vec::new(),
        }
    }

    /// Forgets the last snapshot and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.objects.clear();
        self.births.clear();
        self.refs.clear();
        self.first_edge.clear();
        self.edges.clear();
        self.buffer.clear();
        self.pending.clear();
    }

    /// The bytes of their memory.
    pub(super) fn bytes(&self) -> usize {
        fn bytes<T>(vector: &Vec<T>) -> usize {
            vector.capacity() * size_of::<T>()
        }
        let Arrays { objects, births, refs, first_edge, edges, buffer, pending } = self;
        let numbers = [refs, first_edge, edges, pending].map(bytes);
        bytes(objects) + bytes(births) + numbers.iter().sum::<usize>() + buffer.bytes()
    }

    /// Makes room for so many more objects.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        self.objects.try_reserve(more)?;
        self.births.try_reserve(more)?;
        self.refs.try_reserve(more)
    }

    /// Makes room for the edges of a batch.
    pub(super) fn reserve_edges(&mut self, more: usize) -> Result<(), TryReserveError> {
        self.edges.try_reserve(more)?;
        self.first_edge.try_reserve(BATCH)
    }

    /// Takes in an object and returns its count; room was reserved.
    #[inline]
    pub(super) fn admit(&mut self, object: ObjPtr, birth: Epoch) -> u64 {
        admit(object, birth, (&mut self.objects, &mut self.births, &mut self.refs))
    }

    /// Makes room for objects that are listed already.
    pub(super) fn reserve_listed(&mut self) -> Result<(), TryReserveError> {
        self.births.try_reserve(self.objects.len())?;
        self.refs.try_reserve(self.objects.len())
    }

    /// Takes in the listed objects that `limits` allow, and calls `leave_out`
    /// with the others; room was reserved. Returns the sum of the counts.
    #[inline]
    pub(super) fn admit_listed(
        &mut self,
        limits: Limits,
        mut leave_out: impl FnMut(ObjPtr, Epoch),
    ) -> u64 {
        let count = self.objects.len();
        let objects = &mut self.objects[..];
        let births = &mut self.births.spare_capacity_mut()[..count];
        let refs = &mut self.refs.spare_capacity_mut()[..count];
        let mut admitted = 0;
        let mut strong_sum = 0;
        for position in 0..count {
            if let Some(ahead) = objects.get(position + BATCH) {
                ahead.prefetch();
            }
            let object = objects[position];
            let birth = object.stamp().epoch().expect("no other snapshot is being taken");
            if birth > limits.floor && admitted < limits.budget {
                let strong = object.strong();
                object.set_stamp(Stamp::at(admitted));
                objects[admitted] = object;
                births[admitted].write(birth);
                refs[admitted].write(strong);
                strong_sum += u64::from(strong);
                admitted += 1;
            } else {
                leave_out(object, birth);
            }
        }
        self.objects.truncate(admitted);
        // SAFETY: so many elements were written, within the capacity.
        unsafe { self.births.set_len(admitted) };
        // SAFETY: as above.
        unsafe { self.refs.set_len(admitted) };
        strong_sum
    }

    /// Follows the edges in the buffer, which the objects of a batch reported up
    /// to `ends`; room was reserved. Edges to objects that `limits` do not allow
    /// lead [`OUTSIDE`]; `note_excess` is called with the positions and targets of
    /// edges to objects with fewer handles. Returns the sum of the counts of those
    /// taken in, and how many edges lead outside.
    pub(super) fn follow(
        &mut self,
        ends: &[usize],
        limits: Limits,
        mut note_excess: impl FnMut(usize, u32),
    ) -> (u64, usize) {
        let targets = self.buffer.targets();
        let places = &mut self.edges.spare_capacity_mut()[..targets.len()];
        let (mut strong_sum, mut outside) = (0, 0);
        let mut next = 0;
        loop {
            // Most edges lead to objects that are in the snapshot already.
            let refs = &mut self.refs[..];
            while next < targets.len() {
                let Some(index) = targets[next].stamp().index() else { break };
                places[next].write(index);
                match refs.get_mut(index as usize) {
                    Some(refs) if *refs > 0 => *refs -= 1,
                    _ => note_excess(next, index),
                }
                next += 1;
            }
            let Some(&target) = targets.get(next) else { break };
            match target.stamp().epoch() {
                Some(birth) if birth > limits.floor && self.objects.len() < limits.budget => {
                    let columns = (&mut self.objects, &mut self.births, &mut self.refs);
                    strong_sum += admit(target, birth, columns);
                }
                _ => {
                    places[next].write(OUTSIDE);
                    outside += 1;
                    next += 1;
                }
            }
        }
        let first = self.edges.len();
        let last = first + targets.len();
        // SAFETY: one element was written for each target, within the capacity.
        unsafe { self.edges.set_len(last) };
        let places = &mut self.first_edge.spare_capacity_mut()[..ends.len()];
        for (place, &end) in places.iter_mut().zip(ends) {
            place.write(narrow(first + end));
        }
        let traced = self.first_edge.len() + ends.len();
        // SAFETY: one element was written for each object, within the capacity.
        unsafe { self.first_edge.set_len(traced) };
        (strong_sum, outside)
    }
}

/// Objects, births, and counts.
type Columns<'a> = (&'a mut Vec<ObjPtr>, &'a mut Vec<Epoch>, &'a mut Vec<u32>);

/// Takes an object in and returns its count.
#[inline]
fn admit(object: ObjPtr, birth: Epoch, (objects, births, refs): Columns<'_>) -> u64 {
    let strong = object.strong();
    object.set_stamp(Stamp::at(objects.len()));
    push_reserved(objects, object);
    push_reserved(births, birth);
    push_reserved(refs, strong);
    u64::from(strong)
}

/// Appends to a vector that has room, without code for the case that it has
/// not.
#[inline]
pub(super) fn push_reserved<T: Copy>(vector: &mut Vec<T>, value: T) {
    let room = vector.spare_capacity_mut();
    debug_assert!(!room.is_empty(), "room was reserved");
    let Some(place) = room.first_mut() else { return };
    place.write(value);
    let length = vector.len() + 1;
    // SAFETY: the element was written, and lies within the capacity.
    unsafe { vector.set_len(length) };
}
