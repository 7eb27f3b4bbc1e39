//! Checks between the phases of a collection, in debug builds and under `cfg(gc_zeal)`:
//! everything that the phases rely on, computed again in the simplest way.
//!
//! A violation is a bug of this library and panics, before anything is freed.
//! What is *not* a bug of the library, a hand-written `trace` that reports one
//! handle twice, is found by `reported` and handled by the collection: both
//! objects are kept alive.

use alloc::vec::Vec;
use core::cell::Cell;

use super::arrays::OUTSIDE;
use super::snapshot::early::Garbage;
use super::snapshot::facts::Facts;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::Epoch;
use crate::object::header::ObjPtr;

/// Whether every collection is checked in full, however large the heap is: in the tests of
/// this library.
const CHECKS_ALL: bool = cfg!(any(gc_zeal, gc_checks));

/// Collections in heaps of up to so many objects are checked in full. Of larger sets so many
/// objects are checked in every collection.
const ALWAYS_CHECKED: usize = if cfg!(gc_zeal) { usize::MAX } else { 4096 };

/// How much is checked. A program that depends on this library waits for the checks in its
/// debug builds. So a collection in a larger heap is checked in full only when many times as
/// many objects were made and examined since the last one as the heap has.
#[derive(Debug)]
pub(super) struct Checks {
    /// How many objects were made and examined since the last full check.
    work: Cell<usize>,
    /// Whether the collection that runs is checked in full.
    is_full: Cell<bool>,
}

impl Checks {
    pub(super) const fn new() -> Checks {
        Checks { work: Cell::new(0), is_full: Cell::new(true) }
    }

    /// Decides how much of the collection that starts is checked. Returns whether the
    /// heap is walked before and after it.
    pub(super) fn start(&self, heap: &'static Heap) -> bool {
        /// A full check takes about as long as a collection.
        const RARELY: usize = if CHECKS_ALL { 1 } else { 8 };
        self.note(heap.net_allocations());
        let objects = heap.tracked_slots();
        let is_walked =
            objects <= ALWAYS_CHECKED || self.work.get() >= objects.saturating_mul(RARELY);
        if is_walked {
            self.work.set(0);
        }
        self.is_full.set(is_walked || CHECKS_ALL);
        is_walked
    }

    /// Notes that so many objects were made or examined.
    pub(super) fn note(&self, objects: usize) {
        self.work.set(self.work.get().saturating_add(objects));
    }

    /// Of so many objects, how many are checked.
    fn most(&self) -> usize {
        if self.is_full.get() { usize::MAX } else { ALWAYS_CHECKED }
    }

    /// Whether a set of so many objects is checked as a whole.
    fn covers(&self, objects: usize) -> bool {
        objects <= self.most()
    }

    /// Checks what a snapshot of a generation starts with.
    pub(super) fn candidates(&self, facts: &Facts<'_>) {
        for object in facts.objects.iter().chain(facts.listed).take(self.most()) {
            assert!(object.has(Flags::CANDIDATE), "{object:?} starts the set, and is no candidate");
        }
    }

    /// Checks what is to be reclaimed while the snapshot is being taken: every handle to it
    /// is its own.
    pub(super) fn early(&self, garbage: &Garbage<'_>) {
        self.unreachable(garbage.objects.iter().copied());
        if self.covers(garbage.objects.len()) {
            own_handles(garbage);
        }
    }

    /// Checks a snapshot whose edges were followed.
    pub(super) fn snapshot(&self, facts: &Facts<'_>) {
        if facts.objects.is_empty() {
            return;
        }
        columns(facts);
        members(facts, self.most());
        if self.covers(facts.objects.len()) && !facts.has_excess {
            counts(facts);
        }
    }

    /// Checks what the second pass said: what is reachable reaches only reachable
    /// objects, and every handle to an unreachable one belongs to another.
    ///
    /// An entry of a weak map is reachable only if its key is. If the key is not, the
    /// map may be: the handle that it has to the entry is taken out of it then.
    pub(super) fn liveness(&self, facts: &Facts<'_>) {
        if self.covers(facts.objects.len()) {
            reachability(facts);
        }
    }

    /// Checks what is about to be reclaimed.
    pub(super) fn unreachable(&self, objects: impl Iterator<Item = ObjPtr>) {
        for object in objects.take(self.most()) {
            let wrong = Flags::UNREACHABLE.union(Flags::DEAD).union(Flags::UNTRACKED);
            assert!(!object.has(wrong), "{object:?} is reclaimed");
            assert!(object.strong() > 0, "{object:?} is in a cycle without handles");
            assert!(!object.is_immortal(), "{object:?} is immortal");
        }
    }
}

/// Checks every object that a collection may examine, while no collection decides about any.
pub(super) fn heap(heap: &'static Heap) {
    let now = heap.epochs().now();
    let mut candidates = 0;
    for object in heap.collectable_objects() {
        assert!(!object.has(Flags::UNREACHABLE), "{object:?} is flagged UNREACHABLE");
        assert!(!object.has(Flags::UNTRACKED), "{object:?} has an epoch but is untracked");
        assert!(object.strong() > 0, "{object:?} has no handle");
        let birth = object.stamp().epoch();
        assert!(birth.is_some(), "{object:?} has the index of a snapshot that is over");
        let is_born = birth.is_some_and(|birth| birth > Epoch::NEVER && birth <= now);
        assert!(is_born, "{object:?} was born at {birth:?}, and now is {now:?}");
        let bits = Page::candidate_bits(object);
        let expected = u32::from(object.has(Flags::CANDIDATE));
        assert_eq!(bits, expected, "candidate bits of {object:?} (left) and its flag (right)");
        candidates += bits;
    }
    // A bit of a dead object or of a free slot would be one too many.
    let bits: u32 = heap.pages().map(Page::all_candidate_bits).sum();
    assert_eq!(bits, candidates, "candidate bits on the heap (left) and of objects (right)");
}

/// So many zeros; `None` if memory ran out, which no check may change the
/// outcome of.
fn zeros(count: usize) -> Option<Vec<u32>> {
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(count).ok()?;
    zeros.resize(count, 0);
    Some(zeros)
}

/// The columns of a snapshot are of one length.
fn columns(facts: &Facts<'_>) {
    let count = facts.objects.len();
    assert!(facts.births.is_empty() || facts.births.len() == count);
    assert_eq!(facts.refs.len(), count);
    assert_eq!(facts.first_edge.len(), count + 1, "every object was traced");
    assert_eq!(facts.first_edge.last().copied(), u32::try_from(facts.edges.len()).ok());
}

/// The first objects of a snapshot know that they are in it.
fn members(facts: &Facts<'_>, most: usize) {
    for (index, &object) in facts.objects.iter().enumerate().take(most) {
        assert_eq!(object.stamp().index(), u32::try_from(index).ok(), "stamp of {object:?}");
        assert!(!object.has(Flags::UNTRACKED.union(Flags::DEAD)), "{object:?} in a snapshot");
        if facts.candidates.is_flagged(index) {
            assert_eq!(Page::candidate_bits(object), 0, "the bits of {object:?} were taken");
        }
    }
}

/// Each count of a snapshot is the object's, less one for each edge.
fn counts(facts: &Facts<'_>) {
    let count = facts.objects.len();
    assert!(facts.first_edge.is_sorted());
    let is_known = |&target: &u32| (target as usize) < count || target == OUTSIDE;
    assert!(facts.edges.iter().all(is_known));
    let Some(mut expected) = zeros(count) else { return };
    for (expected, object) in expected.iter_mut().zip(facts.objects) {
        *expected = object.strong();
    }
    for &target in facts.edges.iter().filter(|&&target| target != OUTSIDE) {
        expected[target as usize] -= 1;
    }
    assert_eq!(facts.refs, expected, "the counts, less one for each edge");
}

/// Every handle to garbage that leaves early is its own.
fn own_handles(garbage: &Garbage<'_>) {
    let Some(mut handles) = zeros(garbage.objects.len()) else { return };
    (garbage.edges)(&mut |target| {
        if target != OUTSIDE
            && let Some(own) = (target as usize).checked_sub(garbage.start)
        {
            handles[own] += 1;
        }
    });
    for (object, handles) in garbage.objects.iter().zip(handles) {
        assert_eq!(object.strong(), handles, "handles to {object:?} (left) and its own (right)");
    }
}

/// See [`Checks::liveness`].
fn reachability(facts: &Facts<'_>) {
    let Some(mut handles) = zeros(facts.objects.len()) else { return };
    let Some(mut is_released) = zeros(facts.objects.len()) else { return };
    for &(key, entry) in facts.conditions.iter().flat_map(|conditions| conditions.pairs()) {
        let is_dying = facts.refs[key as usize] == 0;
        assert!(!is_dying || facts.refs[entry as usize] == 0, "an entry outlives its key");
        is_released[entry as usize] = u32::from(is_dying);
    }
    for owner in 0..facts.objects.len() {
        let edges = facts.first_edge[owner] as usize..facts.first_edge[owner + 1] as usize;
        for &target in facts.edges[edges].iter().filter(|&&target| target != OUTSIDE) {
            let target = target as usize;
            if facts.refs[owner] == 0 {
                handles[target] += 1;
            } else if is_released[target] == 0 {
                assert_ne!(facts.refs[target], 0, "reached, but not alive");
            }
        }
    }
    for (index, &object) in facts.objects.iter().enumerate() {
        if facts.refs[index] == 0 {
            if handles[index] == 0 {
                handles[index] = is_released[index];
            }
            assert_eq!(
                object.strong(),
                handles[index],
                "handles to the unreachable {object:?} (left) and those that are unreachable \
                 themselves (right)",
            );
        }
    }
}
