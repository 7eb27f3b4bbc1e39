//! The set of objects that a collection decides about, as flat arrays.
//!
//! The set starts as the candidates of the generations that are collected and grows,
//! breadth first, by all that they reach within these generations; many candidates are
//! taken in by chunks (`gather`). Each object is traced **once**; its edges are kept as
//! indices in one array (compressed sparse rows). From then on the algorithm works only
//! on the arrays: its passes cannot disagree about an edge, and they do not touch the
//! heap's memory.
//!
//! While a snapshot is being taken, and until it is settled, the stamp of an
//! object in it is its index. If the snapshot cannot be completed, because
//! memory ran out or a hand-written `trace` panicked, dropping it puts
//! everything back.

pub(super) mod candidates;
pub(super) mod early;
mod excess;
#[cfg(any(debug_assertions, gc_zeal))]
pub(super) mod facts;
mod gather;
pub(super) mod set;
mod settle;

use core::ops::Range;

use super::activity::Activity;
use super::arrays::{Arrays, BATCH, Ends};
use super::ephemerons::{conditional_entries, propagate_conditionally};
use super::reachability::propagate_liveness;
use crate::memory::heap::Heap;
use crate::memory::heap::entered::Members;
use crate::object::flags::Flags;
use crate::object::generation::{Epoch, Generation, narrow};
use crate::object::header::ObjPtr;
use candidates::Candidates;
use early::Garbage;
use set::{MOST_EDGES, OutOfMemory, Snapshot};

impl Snapshot {
    /// Starts with the candidates of `generation` and the younger ones.
    pub(crate) fn gather_candidates(
        heap: &'static Heap,
        generation: Generation,
        budget: usize,
        mut arrays: Arrays,
    ) -> Result<Snapshot, OutOfMemory> {
        let epochs = heap.epochs();
        // What is young was born since the last collection, in one epoch.
        let is_young = generation == Generation::Young || epochs.is_all_young();
        let common_birth = is_young.then(|| epochs.now());
        arrays.start(common_birth.is_none());
        let mut snapshot = Snapshot::empty(heap, arrays, epochs.floor(generation), epochs.now());
        snapshot.common_birth = common_birth;
        snapshot.budget = budget;
        snapshot.retention = (generation != Generation::Old).then(|| generation.next());
        let gathered = snapshot.list_candidates(generation);
        if gathered.is_err() {
            snapshot.unlist_candidates();
        }
        gathered?;
        snapshot.admit_candidates();
        Ok(snapshot)
    }

    /// Starts with `objects`, which belong to `generation`, and takes in no others, to
    /// find out which of them are reachable now. None is a candidate. The survivors become
    /// candidates of the next collection of `generation`.
    pub(crate) fn of_set(
        heap: &'static Heap,
        generation: Generation,
        objects: impl Iterator<Item = ObjPtr>,
        mut arrays: Arrays,
    ) -> Result<Snapshot, OutOfMemory> {
        let birth = heap.epochs().birth_in(generation);
        let least = objects.size_hint().0;
        arrays.start(false);
        let mut snapshot = Snapshot::empty(heap, arrays, Epoch::LAST, birth);
        snapshot.common_birth = Some(birth);
        snapshot.retention = Some(generation);
        snapshot.reserve(least)?;
        for (index, object) in objects.enumerate() {
            if index >= least {
                snapshot.reserve(1)?;
            }
            debug_assert!(!object.has(Flags::CANDIDATE));
            // A handle that is dropped meanwhile must not make it one.
            object.set(Flags::CANDIDATE);
            snapshot.arrays.admit(object, birth);
            snapshot.candidates = Candidates::first(snapshot.len());
        }
        Ok(snapshot)
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
        Activity::current().assert_nothing_was_allocated();
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

    /// Takes in the entries of weak maps that depend on the objects at `keys`. Those of other heaps have
    /// ages of their own, and are removed when the key dies.
    fn follow_keys(&mut self, keys: Range<usize>) -> Result<(), OutOfMemory> {
        let members = Members::current();
        for key in keys {
            let object = self.arrays.objects[key];
            if !object.has(Flags::OBSERVED) {
                continue;
            }
            for entry in conditional_entries(object).filter(|&entry| members.has(entry)) {
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

    /// Finds out which objects are alive; the count of all others is 0 afterwards.
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
