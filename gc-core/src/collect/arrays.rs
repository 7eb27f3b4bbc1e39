//! The memory of a snapshot: flat arrays that are filled at high speed.
//!
//! Room is reserved for many entries at a time, and entries are then written without
//! looking whether there is room. The loops are written so that the common case of an
//! edge or an object needs few registers: unless the heap is larger than the caches, the
//! time of a collection depends on the number of instructions.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::mem::MaybeUninit;
use core::ops::Range;

use crate::memory::heap::entered::Members;
use crate::memory::page::candidates::Candidates;
use crate::object::edges::EdgeBuffer;
use crate::object::flags::Flags;
use crate::object::generation::{Epoch, Stamp, narrow};
use crate::object::header::ObjPtr;

/// The target of an edge that leads out of the snapshot: the index of no
/// object.
pub(super) const OUTSIDE: u32 = u32::MAX;

const _: () = assert!(Stamp::MAX_INDEX <= OUTSIDE as usize);

/// How many objects are traced before their edges are followed, so that the
/// headers of the targets are on their way from memory meanwhile.
pub(super) const BATCH: usize = 32;

/// Up to where in the buffer the edges of each object of a batch lie.
pub(super) type Ends = [usize; BATCH];

/// The memory of a snapshot, reused from one collection to the next.
#[derive(Debug, Default)]
pub(crate) struct Arrays {
    pub(super) objects: Vec<ObjPtr>,
    /// When each was born, unless all were born at once.
    pub(super) births: Vec<Epoch>,
    /// Whether births are noted.
    pub(super) has_births: bool,
    /// `gc_refs`: the counts, less one for each edge inside the set.
    pub(super) refs: Vec<u32>,
    /// The edges of object `i` are `edges[first_edge[i]..first_edge[i + 1]]`.
    pub(super) first_edge: Vec<u32>,
    /// Indices of the targets, or [`OUTSIDE`].
    pub(super) edges: Vec<u32>,
    /// What the batch at hand reported.
    pub(super) buffer: EdgeBuffer,
    /// Memory for objects that were found alive and are still to be looked at.
    pub(super) pending: Vec<u32>,
    /// Candidates that are still to be taken in.
    pub(super) listed: Vec<ObjPtr>,
    /// More objects than so many are not expected, so that room is not made for them.
    pub(super) most: usize,
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
            has_births: false,
            refs: Vec::new(),
            first_edge: Vec::new(),
            edges: Vec::new(),
            buffer: EdgeBuffer::new(),
            pending: Vec::new(),
            listed: Vec::new(),
            most: usize::MAX,
        }
    }

    /// Forgets the last snapshot and keeps its memory. The next one notes births
    /// only if it `has_births`.
    pub(super) fn start(&mut self, has_births: bool) {
        self.has_births = has_births;
        self.most = usize::MAX;
        self.objects.clear();
        self.births.clear();
        self.refs.clear();
        self.first_edge.clear();
        self.edges.clear();
        self.buffer.clear();
        self.listed.clear();
    }

    /// The bytes of their memory.
    pub(super) fn bytes(&self) -> usize {
        fn bytes<T>(vector: &Vec<T>) -> usize {
            vector.capacity() * size_of::<T>()
        }
        let Arrays { objects, births, refs, first_edge, edges, buffer, pending, listed, .. } = self;
        let numbers = [refs, first_edge, edges, pending].map(bytes);
        bytes(objects)
            + bytes(listed)
            + bytes(births)
            + numbers.iter().sum::<usize>()
            + buffer.bytes()
    }

    /// Whether the last snapshot took at least a quarter of it.
    pub(super) fn is_filled(&self) -> bool {
        self.refs.len() >= self.refs.capacity() / 4
    }

    /// Makes room for so many more objects.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        grow(&mut self.objects, more, self.most)?;
        self.reserve_columns(more)
    }

    /// Makes room for what is noted of so many more objects.
    #[inline]
    pub(super) fn reserve_columns(&mut self, more: usize) -> Result<(), TryReserveError> {
        if self.has_births {
            grow(&mut self.births, more, self.most)?;
        }
        grow(&mut self.refs, more, self.most)
    }

    /// Makes room for the edges of a batch.
    #[inline]
    pub(super) fn reserve_edges(&mut self, more: usize) -> Result<(), TryReserveError> {
        if self.edges.capacity() - self.edges.len() < more {
            self.enlarge_edges(more)?;
        }
        grow(&mut self.first_edge, BATCH, self.most)
    }

    /// Makes room for the edges of all objects that are known, as if each had as many as those
    /// that were traced. Two arrays that grow in turns would be copied each time, to memory
    /// that was not in use. The system moves larger ones without a copy.
    #[cold]
    #[inline(never)]
    fn enlarge_edges(&mut self, more: usize) -> Result<(), TryReserveError> {
        const LARGEST: usize = 1 << 18;
        let objects = self.objects.len();
        let traced = self.first_edge.len().saturating_sub(1).max(1);
        let expected = objects.saturating_mul(self.edges.len().div_ceil(traced)).min(LARGEST);
        let missing = expected.saturating_sub(self.edges.len());
        grow(&mut self.edges, more.max(missing), usize::MAX)?;
        let missing = (objects + BATCH).min(LARGEST).saturating_sub(self.first_edge.len());
        grow(&mut self.first_edge, BATCH.max(missing), self.most)
    }

    /// Forgets the objects from `start` on, which were traced.
    pub(super) fn truncate(&mut self, start: usize) {
        self.objects.truncate(start);
        self.births.truncate(start);
        self.refs.truncate(start);
        self.edges.truncate(self.first_edge[start] as usize);
        self.first_edge.truncate(start + 1);
    }

    /// Takes in an object; room was reserved.
    pub(super) fn admit(&mut self, object: ObjPtr, birth: Epoch) {
        let strong = object.strong();
        object.set_stamp(Stamp::at(self.objects.len()));
        push_reserved(&mut self.objects, object);
        if self.has_births {
            push_reserved(&mut self.births, birth);
        }
        push_reserved(&mut self.refs, strong);
    }

    /// Takes in the listed objects that `limits` allow, and calls `leave_out`
    /// with the others; room was reserved.
    #[inline]
    pub(super) fn admit_listed(
        &mut self,
        limits: Limits,
        mut leave_out: impl FnMut(ObjPtr, Epoch),
    ) {
        let most = self.objects.len().min(limits.budget);
        let noted = if self.has_births { most } else { 0 };
        let objects = &mut self.objects[..];
        let births = &mut self.births.spare_capacity_mut()[..noted];
        let refs = &mut self.refs.spare_capacity_mut()[..most];
        let unmoved = admit_first(objects, births, refs, limits.floor);
        let mut admitted = unmoved;
        for position in unmoved..objects.len() {
            fetch_ahead(objects, position);
            let object = objects[position];
            let birth = object.stamp().epoch().expect("no other snapshot is being taken");
            if birth > limits.floor
                && let Some(place) = refs.get_mut(admitted)
            {
                place.write(object.strong());
                if let Some(place) = births.get_mut(admitted) {
                    place.write(birth);
                }
                object.set_stamp(Stamp::at(admitted));
                objects[admitted] = object;
                admitted += 1;
            } else {
                leave_out(object, birth);
            }
        }
        self.objects.truncate(admitted);
        // SAFETY: so many elements were written, within the capacity.
        unsafe { self.births.set_len(noted.min(admitted)) };
        // SAFETY: as above.
        unsafe { self.refs.set_len(admitted) };
    }

    /// Takes in those of the listed objects in a `chunk` that were born after `floor`,
    /// and calls `other` with the others; room was reserved.
    #[inline]
    pub(super) fn admit_chunk(
        &mut self,
        chunk: Range<usize>,
        floor: Epoch,
        mut other: impl FnMut(ObjPtr),
    ) {
        let (count, listed) = (self.objects.len(), &self.listed[..]);
        let noted = if self.has_births { chunk.len() } else { 0 };
        let objects = &mut self.objects.spare_capacity_mut()[..chunk.len()];
        let births = &mut self.births.spare_capacity_mut()[..noted];
        let refs = &mut self.refs.spare_capacity_mut()[..chunk.len()];
        let mut admitted = 0;
        for position in chunk {
            fetch_ahead(listed, position);
            let object = listed[position];
            // Count and stamp of the dead mean nothing any more.
            let birth = object.stamp().epoch().filter(|&birth| birth > floor);
            if let Some(birth) = birth
                && !object.has(Flags::DEAD)
                && let (Some(place), Some(refs)) =
                    (objects.get_mut(admitted), refs.get_mut(admitted))
            {
                place.write(object);
                refs.write(object.strong());
                if let Some(place) = births.get_mut(admitted) {
                    place.write(birth);
                }
                object.set_stamp(Stamp::at(count + admitted));
                admitted += 1;
            } else {
                other(object);
            }
        }
        // SAFETY: so many elements more were written, within the capacity.
        unsafe { self.objects.set_len(count + admitted) };
        if noted > 0 {
            // SAFETY: as above.
            unsafe { self.births.set_len(count + admitted) };
        }
        // SAFETY: as above.
        unsafe { self.refs.set_len(count + admitted) };
    }

    /// Follows the edges in the buffer, which the objects of a batch reported up
    /// to `ends`; room was reserved. Edges to objects that `limits` do not allow
    /// lead [`OUTSIDE`]. Counts that fall below 0 wrap around.
    pub(super) fn follow(&mut self, ends: &[usize], limits: Limits) {
        let targets = self.buffer.targets();
        let places = &mut self.edges.spare_capacity_mut()[..targets.len()];
        let members = Members::current();
        let mut count = self.objects.len();
        // Each edge leads to one new object at most.
        let room = targets.len().min(limits.budget.saturating_sub(count));
        let noted = if self.has_births { room } else { 0 };
        let objects = &mut self.objects.spare_capacity_mut()[..room];
        let births = &mut self.births.spare_capacity_mut()[..noted];
        self.refs.resize(count + room, 0);
        let refs = &mut self.refs[..];
        let mut admitted = 0;
        let mut next = 0;
        loop {
            // Most edges lead to objects that are in the snapshot already.
            while next < targets.len() {
                let Some(index) = targets[next].stamp().index() else { break };
                places[next].write(index);
                if let Some(refs) = refs.get_mut(index as usize) {
                    *refs = refs.wrapping_sub(1);
                }
                next += 1;
            }
            let Some(&target) = targets.get(next) else { break };
            let birth = target.stamp().epoch();
            if birth.is_some_and(|birth| birth > limits.floor)
                && members.has(target)
                && let Some(place) = objects.get_mut(admitted)
            {
                place.write(target);
                if let (Some(place), Some(birth)) = (births.get_mut(admitted), birth) {
                    place.write(birth);
                }
                refs[count + admitted] = target.strong();
                target.set_stamp(Stamp::at(count + admitted));
                // The edge is followed in the next round.
                admitted += 1;
            } else {
                places[next].write(OUTSIDE);
                next += 1;
            }
        }
        count += admitted;
        self.refs.truncate(count);
        // SAFETY: so many elements more were written, within the capacity.
        unsafe { self.objects.set_len(count) };
        if noted > 0 {
            // SAFETY: as above.
            unsafe { self.births.set_len(count) };
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
    }
}

/// Makes room for so many more elements: at least twice the room there was, but not for
/// more than `most` without need.
#[inline]
fn grow<T>(vector: &mut Vec<T>, more: usize, most: usize) -> Result<(), TryReserveError> {
    if vector.capacity() - vector.len() >= more {
        return Ok(());
    }
    let needed = vector.len().saturating_add(more);
    let doubled = vector.capacity().saturating_mul(2).min(most);
    vector.try_reserve_exact(needed.max(doubled) - vector.len())
}

/// Takes in the first of `objects`, as many as there are that were born after
/// `floor`, one behind the other, and returns how many those are: most or all, as a
/// rule, and they need not be moved.
#[inline(never)]
fn admit_first(
    objects: &[ObjPtr],
    births: &mut [MaybeUninit<Epoch>],
    refs: &mut [MaybeUninit<u32>],
    floor: Epoch,
) -> usize {
    let has_births = !births.is_empty();
    let most = refs.len();
    for (position, (&object, place)) in objects.iter().zip(refs).enumerate() {
        fetch_ahead(objects, position);
        let Some(birth) = object.stamp().epoch().filter(|&birth| birth > floor) else {
            return position;
        };
        place.write(object.strong());
        if has_births {
            births[position].write(birth);
        }
        object.set_stamp(Stamp::at(position));
    }
    most
}

/// Asks for the header of the object that follows a batch later.
#[inline]
pub(super) fn fetch_ahead(objects: &[ObjPtr], position: usize) {
    if let Some(ahead) = objects.get(position + BATCH) {
        ahead.prefetch();
    }
}

/// Appends all candidates to a vector that has room for them.
#[inline]
pub(super) fn append_reserved(objects: &mut Vec<ObjPtr>, candidates: Candidates) {
    let count = candidates.count_left();
    let places = &mut objects.spare_capacity_mut()[..count];
    for (place, object) in places.iter_mut().zip(candidates) {
        place.write(object);
    }
    let length = objects.len() + count;
    // SAFETY: there are so many candidates, and as many places within the capacity.
    unsafe { objects.set_len(length) };
}

/// Appends the objects without references to a vector that has room for them, and
/// calls `condemn` with each. Not inlined: the loop needs its registers.
#[inline(never)]
pub(super) fn list_garbage(
    objects: &[ObjPtr],
    refs: &[u32],
    unreachable: &mut Vec<ObjPtr>,
    condemn: impl Fn(ObjPtr),
) {
    let places = unreachable.spare_capacity_mut();
    let mut listed = 0;
    for (&object, &refs) in objects.iter().zip(refs) {
        if refs == 0
            && let Some(place) = places.get_mut(listed)
        {
            place.write(object);
            listed += 1;
            condemn(object);
        }
    }
    let length = unreachable.len() + listed;
    // SAFETY: so many elements were written, within the capacity.
    unsafe { unreachable.set_len(length) };
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
