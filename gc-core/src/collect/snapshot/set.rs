//! [`Snapshot`]: the data about the set that a collection decides about. Each step of the
//! algorithm has a file of its own.

use alloc::vec::Vec;

use super::candidates::{Candidates, put_back};
use crate::collect::arrays::{Arrays, Limits};
use crate::collect::ephemerons::Conditions;
#[cfg(any(debug_assertions, gc_zeal))]
use crate::collect::reported::ReportedHandles;
use crate::memory::heap::Heap;
use crate::object::flags::Flags;
use crate::object::generation::{Epoch, Generation, Stamp};
use crate::watch::ephemeron;

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
pub(super) fn most_objects() -> usize {
    Stamp::MAX_INDEX
}

#[cfg(test)]
pub(super) fn most_objects() -> usize {
    MOST_OBJECTS.get()
}

#[cfg(test)]
std::thread_local! {
    static MOST_OBJECTS: core::cell::Cell<usize> =
        const { core::cell::Cell::new(Stamp::MAX_INDEX) };
}

/// Runs `test` while snapshots hold fewer objects.
#[cfg(test)]
pub(crate) fn with_most_objects(most: usize, test: impl FnOnce()) {
    MOST_OBJECTS.set(most);
    test();
    MOST_OBJECTS.set(Stamp::MAX_INDEX);
}

/// The number of edges that a snapshot can hold: a count that all of them are
/// subtracted from does not fall so far below 0 that it looks like one above.
pub(super) const MOST_EDGES: u32 = i32::MAX.cast_unsigned();

/// An edge that was reported more often than its target has handles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Excess {
    /// The object whose `trace` reported it.
    pub(super) owner: u32,
    /// What it reported.
    pub(super) target: u32,
}

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
    pub(super) arrays: Arrays,
    /// When all of the objects were born, if that is known without noting it.
    pub(super) common_birth: Option<Epoch>,
    /// The number of objects that are taken in at most. By T1 a set that was
    /// cut short is as good as any: what it leaves out counts as outside.
    pub(super) budget: usize,
    pub(super) candidates: Candidates,
    pub(super) excess: Vec<Excess>,
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(super) handles: ReportedHandles,
    /// Which entries of weak maps depend on which keys; `None` if there are no
    /// weak maps.
    pub(super) conditions: Option<Conditions>,
    /// Whether weak handles with a callback were reported.
    pub(super) has_watches: bool,
    /// A number with each bit that any of the counts has once all edges were
    /// subtracted.
    pub(super) all_refs: u32,
    /// How many objects are unreachable, once that is known.
    pub(super) unreachable_count: usize,
    /// The flags that any of the objects had before it was traced, if it had a
    /// notable one.
    pub(super) flags: Flags,
    pub(super) heap: &'static Heap,
    /// Where candidates that survive are filed; `None` if they are none any
    /// more. They stay candidates until a full collection has cleared them, as
    /// an older object may hold them in a cycle that only a full one sees.
    pub(super) retention: Option<Generation>,
    /// Objects born later belong to the generations that are collected.
    pub(super) floor: Epoch,
    /// The birth of survivors: the generation they are promoted to.
    pub(super) survivors_birth: Epoch,
}

impl Snapshot {
    /// A set without objects yet, which is to take in what was born after `floor`, and
    /// whose survivors are born at `survivors_birth`.
    pub(super) fn empty(
        heap: &'static Heap,
        arrays: Arrays,
        floor: Epoch,
        survivors_birth: Epoch,
    ) -> Snapshot {
        Snapshot {
            arrays,
            common_birth: None,
            budget: usize::MAX,
            candidates: Candidates::default(),
            excess: Vec::new(),
            #[cfg(any(debug_assertions, gc_zeal))]
            handles: ReportedHandles::new(survivors_birth.number() as usize),
            conditions: ephemeron::is_in_use().then(Conditions::default),
            has_watches: false,
            all_refs: 0,
            unreachable_count: 0,
            flags: Flags::NONE,
            heap,
            retention: None,
            floor,
            survivors_birth,
        }
    }

    /// The number of objects.
    pub(crate) fn len(&self) -> usize {
        self.arrays.objects.len()
    }

    /// What is taken in.
    pub(super) fn limits(&self) -> Limits {
        Limits { floor: self.floor, budget: self.budget }
    }

    /// Makes room for so many more objects.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.arrays.objects.len() + more > most_objects() {
            return Err(OutOfMemory);
        }
        self.arrays.reserve(more)?;
        Ok(())
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
