//! The set of objects that a collection decides about, as flat arrays.
//!
//! The set starts as the candidates of the generations that are collected and
//! grows, breadth first, by all that they reach within these generations; many
//! candidates are taken in by chunks (`gather`). Each
//! object is traced **once**; its edges are kept as indices in one array
//! (compressed sparse rows). From then on the algorithm looks at the arrays
//! only: its passes cannot disagree about an edge, and the heap's memory is left
//! alone.
//!
//! While a snapshot is being taken, and until it is settled, the stamp of an
//! object in it is its index. If the snapshot cannot be completed, because
//! memory ran out or a hand-written `trace` panicked, dropping it puts
//! everything back.

mod early;
mod excess;
#[cfg(any(debug_assertions, gc_zeal))]
mod facts;
mod gather;
mod settle;

use alloc::vec::Vec;
use core::ops::Range;

use super::arrays::{Arrays, BATCH, Ends, Limits};
use super::ephemerons::{Conditions, conditional_entries, propagate_conditionally};
use super::reachability::propagate_liveness;
#[cfg(any(debug_assertions, gc_zeal))]
use super::reported::ReportedHandles;
use super::state::Collector;
use crate::ephemeron;
use crate::flags::Flags;
use crate::generation::{Epoch, Generation, Stamp, narrow};
use crate::heap::Heap;
use crate::object::ObjPtr;
pub(crate) use early::Garbage;
use excess::Excess;
#[cfg(any(debug_assertions, gc_zeal))]
pub(crate) use facts::Facts;
use gather::{Candidates, put_back};

/// The snapshot could not hold all of the set; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfMemory;

impl From<alloc::collections::TryReserveError> for OutOfMemory {
    fn from(_: alloc::collections::TryReserveError) -> Self {
        OutOfMemory
    }
}

/// The number of objects that a snapshot can hold.
#[cfg(not(test))]
fn most_objects() -> usize {
    Stamp::MAX_INDEX
}

#[cfg(test)]
fn most_objects() -> usize {
    MOST_OBJECTS.get()
}

#[cfg(test)]
std::thread_local! {
    static MOST_OBJECTS: core::cell::Cell<usize> =
        const { core::cell::Cell::new(Stamp::MAX_INDEX) };
}

/// Runs `test` while snapshots hold fewer objects.
#[cfg(test)]
pub(super) fn with_most_objects(most: usize, test: impl FnOnce()) {
    MOST_OBJECTS.set(most);
    test();
    MOST_OBJECTS.set(Stamp::MAX_INDEX);
}

/// The number of edges that a snapshot can hold: a count that all of them are
/// subtracted from does not fall so far below 0 that it looks like one above.
const MOST_EDGES: u32 = i32::MAX.cast_unsigned();

/// A snapshot in the making, or complete.
///
/// # Invariants
///
/// The stamp of `objects[i]` is the index `i`; before, it was the common birth,
/// or `births[i]` if there is none. `candidates` knows which objects are candidates:
/// they are flagged, and their bits were taken. So were those of the candidates that
/// are still listed.
#[derive(Debug)]
pub(crate) struct Snapshot {
    arrays: Arrays,
    /// When all of the objects were born, if that is known without noting it.
    common_birth: Option<Epoch>,
    /// The number of objects that are taken in at most. By T1 a set that was
    /// cut short is as good as any: what it leaves out counts as outside.
    budget: usize,
    candidates: Candidates,
    excess: Vec<Excess>,
    #[cfg(any(debug_assertions, gc_zeal))]
    handles: ReportedHandles,
    /// Which entries of weak maps depend on which keys; `None` if there are no
    /// weak maps.
    conditions: Option<Conditions>,
    /// Whether weak handles with a callback were reported.
    has_watches: bool,
    /// A number with each bit that any of the counts has once all edges were
    /// subtracted.
    all_refs: u32,
    /// How many objects are unreachable, once that is known.
    unreachable_count: usize,
    /// The flags that any of the objects had before it was traced, if it had a
    /// notable one.
    flags: Flags,
    heap: &'static Heap,
    /// Where candidates that survive are filed; `None` if they are none any
    /// more. They stay candidates until a full collection has cleared them, as
    /// an older object may hold them in a cycle that only a full one sees.
    retention: Option<Generation>,
    /// Objects born later belong to the generations that are collected.
    floor: Epoch,
    /// The birth of survivors: the generation they are promoted to.
    survivors_birth: Epoch,
}

impl Snapshot {
    /// Starts with the candidates of `generation` and the younger ones.
    pub(crate) fn gather_candidates(
        heap: &'static Heap,
        generation: Generation,
        budget: usize,
        mut arrays: Arrays,
    ) -> Result<Snapshot, OutOfMemory> {
        // What is young was born since the last collection, in one epoch.
        let common_birth = (generation == Generation::Young).then(|| heap.epochs().now());
        arrays.start(common_birth.is_none());
        let mut snapshot = Snapshot {
            arrays,
            common_birth,
            budget,
            candidates: Candidates::default(),
            excess: Vec::new(),
            #[cfg(any(debug_assertions, gc_zeal))]
            handles: ReportedHandles::default(),
            conditions: ephemeron::is_in_use().then(Conditions::default),
            has_watches: false,
            all_refs: 0,
            unreachable_count: 0,
            flags: Flags::NONE,
            heap,
            retention: (generation != Generation::Old).then(|| generation.next()),
            floor: heap.epochs().floor(generation),
            survivors_birth: heap.epochs().now(),
        };
        let gathered = snapshot.list_candidates(generation);
        if gathered.is_err() {
            snapshot.unlist_candidates();
        }
        gathered?;
        snapshot.admit_candidates();
        Ok(snapshot)
    }

    /// Starts with `objects`, which belong to `generation`, and takes in no
    /// others: what of them is reachable now? The survivors become candidates
    /// of the next collection of `generation`.
    pub(crate) fn of_set(
        heap: &'static Heap,
        generation: Generation,
        objects: impl Iterator<Item = ObjPtr>,
        mut arrays: Arrays,
    ) -> Result<Snapshot, OutOfMemory> {
        let birth = heap.epochs().birth_in(generation);
        arrays.start(false);
        let mut snapshot = Snapshot {
            arrays,
            common_birth: Some(birth),
            budget: usize::MAX,
            candidates: Candidates::default(),
            excess: Vec::new(),
            #[cfg(any(debug_assertions, gc_zeal))]
            handles: ReportedHandles::default(),
            conditions: ephemeron::is_in_use().then(Conditions::default),
            has_watches: false,
            all_refs: 0,
            unreachable_count: 0,
            flags: Flags::NONE,
            heap,
            retention: Some(generation),
            floor: Epoch::LAST,
            survivors_birth: birth,
        };
        for object in objects {
            snapshot.reserve(1)?;
            snapshot.arrays.admit(object, birth);
        }
        snapshot.candidates = Candidates::first(snapshot.len());
        Ok(snapshot)
    }

    /// What is taken in.
    fn limits(&self) -> Limits {
        Limits { floor: self.floor, budget: self.budget }
    }

    /// Makes room for so many more objects.
    #[inline]
    fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.arrays.objects.len() + more > most_objects() {
            return Err(OutOfMemory);
        }
        self.arrays.reserve(more)?;
        Ok(())
    }

    /// Traces the set until it contains all that it reaches within the
    /// generations, and subtracts the edges found from the counts. Calls `reclaim`
    /// with garbage that can leave before the set is complete.
    ///
    /// Runs user code: hand-written `trace` implementations.
    pub(crate) fn subtract_refs(
        &mut self,
        mut reclaim: Option<impl FnMut(Garbage<'_>)>,
    ) -> Result<(), OutOfMemory> {
        if self.arrays.objects.is_empty() && self.arrays.listed.is_empty() {
            // No memory either: the thread may have no heap that gives it back.
            return Ok(());
        }
        self.arrays.first_edge.try_reserve(1)?;
        self.arrays.first_edge.push(0);
        let mut next = 0;
        loop {
            if next == self.len() {
                if let Some(reclaim) = &mut reclaim {
                    self.release_garbage(reclaim);
                }
                next = self.len();
                if !self.admit_more()? {
                    break;
                }
            } else if self.ends_chunks() {
                self.admit_more()?;
            }
            let end = self.len().min(next + BATCH);
            self.trace_batch(next, end)?;
            next = end;
        }
        // Without a way out of the loop, which would be slower.
        self.all_refs = self.arrays.refs.iter().fold(0, |all, refs| all | refs);
        if self.all_refs > MOST_EDGES {
            self.list_excess()?;
        }
        #[cfg(any(debug_assertions, gc_zeal))]
        self.note_duplicates();
        Ok(())
    }

    /// Traces objects `start..end`, then follows their edges: subtracts those whose
    /// targets are in the generations collected.
    fn trace_batch(&mut self, start: usize, end: usize) -> Result<(), OutOfMemory> {
        let mut ends: Ends = [0; BATCH];
        let Arrays { buffer, objects, .. } = &mut self.arrays;
        buffer.clear();
        let flags = ObjPtr::trace_all(&objects[start..end], buffer, &mut ends[..end - start]);
        Collector::current().assert_nothing_was_allocated();
        self.flags = self.flags.union(flags);
        self.has_watches |= !buffer.watches().is_empty();
        if !buffer.is_complete() {
            return Err(OutOfMemory);
        }
        let reported = buffer.len();
        self.reserve(reported)?;
        self.arrays.reserve_edges(reported)?;
        if self.arrays.edges.len() + reported > MOST_EDGES as usize {
            return Err(OutOfMemory);
        }
        self.arrays.follow(&ends[..end - start], self.limits());
        #[cfg(any(debug_assertions, gc_zeal))]
        self.note_handles(start..end);
        if self.conditions.is_some() {
            self.follow_keys(start..end)?;
        }
        Ok(())
    }

    /// Takes in the entries of weak maps that depend on the objects at `keys`.
    fn follow_keys(&mut self, keys: Range<usize>) -> Result<(), OutOfMemory> {
        for key in keys {
            let object = self.arrays.objects[key];
            if !object.has(Flags::OBSERVED) {
                continue;
            }
            for entry in conditional_entries(object) {
                let stamp = entry.stamp();
                let index = match (stamp.index(), stamp.epoch()) {
                    (Some(index), _) => index,
                    (None, Some(birth)) if birth > self.floor && self.len() < self.budget => {
                        self.reserve(1)?;
                        self.arrays.admit(entry, birth);
                        narrow(self.len() - 1)
                    }
                    _ => continue,
                };
                if let Some(conditions) = &mut self.conditions {
                    conditions.add(narrow(key), index)?;
                }
            }
        }
        Ok(())
    }

    /// The number of objects.
    pub(crate) fn len(&self) -> usize {
        self.arrays.objects.len()
    }

    /// The number of candidates among them.
    pub(crate) fn candidates(&self) -> usize {
        self.candidates.count()
    }

    /// Whether anything in the set owns weak handles with a callback.
    pub(crate) fn has_watches(&self) -> bool {
        self.has_watches
    }

    /// Whether anything in the set had one of these flags, which are notable.
    pub(crate) fn has(&self, flags: Flags) -> bool {
        self.flags.intersects(flags)
    }

    /// Finds out what is alive; the count of all else is 0 then.
    pub(crate) fn propagate_liveness(&mut self) -> Result<(), OutOfMemory> {
        self.unreachable_count = self.len();
        if !self.has_external_refs() {
            return Ok(());
        }
        let Arrays { refs, first_edge, edges, pending, .. } = &mut self.arrays;
        self.unreachable_count = match &self.conditions {
            None => propagate_liveness(refs, first_edge, edges, pending)?,
            Some(conditions) => {
                propagate_conditionally(refs, first_edge, edges, pending, conditions)?
            }
        };
        Ok(())
    }

    /// Whether handles from outside the set keep anything in it alive.
    fn has_external_refs(&self) -> bool {
        self.all_refs != 0 || !self.excess.is_empty()
    }
}

impl Drop for Snapshot {
    /// Puts everything back if the snapshot was not settled.
    fn drop(&mut self) {
        let objects = core::mem::take(&mut self.arrays.objects);
        for (index, object) in objects.iter().enumerate() {
            let noted = self.arrays.births.get(index).copied();
            let birth = noted.or(self.common_birth).unwrap_or(Epoch::NEVER);
            object.set_stamp(Stamp::born(birth));
            if self.candidates.is_flagged(index) {
                put_back(self.heap, *object);
            }
        }
        let reached = self.candidates.reached().iter();
        let reached = reached.filter_map(|&index| objects.get(index as usize));
        // One that lost a handle since is one again.
        let lost = reached.filter(|object| !object.has(Flags::CANDIDATE));
        lost.for_each(|&object| put_back(self.heap, object));
        self.put_back_listed();
    }
}
