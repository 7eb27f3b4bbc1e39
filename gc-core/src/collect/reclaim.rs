//! The last phase: the unreachable objects are dropped and freed.
//!
//! All of them are [marked DEAD](mark_dead) before the first value is dropped, which also
//! clears every weak reference to them: no code that runs from here on can get hold of
//! one. Each is held once, so that dropping the handles between them frees nothing early.
//! A slot is freed when no other value has a handle to it. If there are many objects,
//! slots are freed part by part, as far as the counts tell that; the rest are freed when
//! the last value has been dropped.

use alloc::vec::Vec;
use core::cell::Cell;
use core::ops::Range;

use super::cascade::Postponed;
use super::death::{bury, give_up};
use super::ephemerons::Detached;
use super::snapshot::early::Garbage;
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::Stamp;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::watch::ephemeron;
use crate::watch::watches::{self, Muted};

/// So many objects are dropped before their slots are looked at again, so that they are
/// still in the cache of the core. It is a small number where everything is checked.
const PART: usize = if cfg!(any(debug_assertions, gc_zeal)) { 3 } else { 2048 };

/// Drops and frees `objects`, which were [marked](mark_dead); returns the first
/// panic of a value's `Drop`.
///
/// Runs user code: the `Drop` of foreign values.
///
/// # Safety
///
/// Every handle to one of `objects` is owned by the value of one of them, or is
/// that of a weak map to an entry whose key is one of them.
pub(super) unsafe fn reclaim(objects: &mut [ObjPtr]) -> FirstPanic {
    if !ephemeron::is_in_use() {
        // SAFETY: as promised by the caller; all are DEAD now.
        return unsafe { reclaim_parts(objects, |_| false) };
    }
    // Entries end after all values; they look at their keys.
    let entries = Detached::from_keys(objects.iter().copied(), give_up);
    // SAFETY: as promised by the caller; all are DEAD now.
    let mut panics = unsafe { drop_values(objects) };
    panics.keep(entries.release());
    // SAFETY: the values were dropped.
    unsafe { free_slots(objects, |_| false) };
    panics
}

/// Drops and frees what a snapshot found to be garbage before it was complete. A slot
/// that is still listed as that of a candidate is left to the list.
///
/// Runs no user code: nothing dies but these, and they drop quietly.
///
/// # Safety
///
/// Every handle to one of the objects is owned by the value of one of them, and no
/// weak reference leads to them. Their drop is quiet.
pub(super) unsafe fn reclaim_early(garbage: &mut Garbage<'_>) {
    for (index, &object) in garbage.objects.iter().enumerate() {
        let is_own = index < garbage.candidates;
        let is_listed = !is_own && object.has(Flags::CANDIDATE) && !Page::has_candidate_bit(object);
        object.set_stamp(if is_listed { LISTED } else { garbage.survived });
        mark_dead(object, is_own || is_listed);
    }
    let _postponed = Postponed::new();
    let _muted = Muted::new();
    // SAFETY: as promised by the caller; all are DEAD now.
    let panics = unsafe { reclaim_parts(garbage.objects, |object| object.stamp() == LISTED) };
    debug_assert!(!panics.is_some(), "nobody's code ran");
}

/// The stamp of an object that was reclaimed while it was still listed as a candidate.
const LISTED: Stamp = Stamp::NEVER;

/// Drops the values of all `objects` and frees their slots, of many part by part as
/// far as they are done with; not those that are to be `kept`.
///
/// # Safety
///
/// As for [`drop_values`], and no weak map has entries.
unsafe fn reclaim_parts(
    objects: &mut [ObjPtr],
    is_kept: impl Fn(ObjPtr) -> bool + Copy,
) -> FirstPanic {
    let mut panics = FirstPanic::none();
    let (mut left, mut from, mut len) = (0, 0, PART);
    while from < objects.len() {
        let to = objects.len().min(from.saturating_add(len));
        // SAFETY: as promised by the caller.
        panics.keep(unsafe { drop_values(&objects[from..to]) });
        if from == 0 && to == objects.len() {
            left = to;
            break;
        }
        // SAFETY: the values of this part were dropped just now.
        left = unsafe { free_done_with(objects, left, from..to, is_kept) };
        if left > to / 2 + PART {
            // Handles lead far: the others are one part.
            len = usize::MAX;
        }
        from = to;
    }
    // SAFETY: the values were dropped.
    unsafe { free_slots(&objects[..left], is_kept) };
    panics
}

/// Garbage that is dropped and freed while the program runs.
///
/// # Invariants
///
/// All `objects` were [marked](mark_dead), and every handle to one of them is owned by the value of
/// one of them. The values of the first `dropped` were dropped. Of these, the slots of
/// `freed..left` are still to be freed.
#[derive(Debug, Default)]
pub(super) struct Reclaiming {
    objects: Vec<ObjPtr>,
    left: usize,
    dropped: usize,
    freed: usize,
}

impl Reclaiming {
    /// Begins with `objects`, which were [marked](mark_dead).
    ///
    /// # Safety
    ///
    /// As for [`reclaim`], and none of the objects is the key of a weak map's entry.
    pub(super) unsafe fn new(objects: Vec<ObjPtr>) -> Reclaiming {
        Reclaiming { objects, ..Reclaiming::default() }
    }

    /// Whether nothing is left to do.
    pub(super) fn is_done(&self) -> bool {
        self.dropped == self.objects.len() && self.freed == self.left
    }

    /// Drops about as many objects as there is work `left`, and takes it off. Returns the first
    /// panic of a value's `Drop`.
    ///
    /// Runs user code: the `Drop` of foreign values.
    pub(super) fn go_on(&mut self, work: &mut usize) -> FirstPanic {
        /// Slots are freed in the time in which one object is dropped.
        const PER_OBJECT: usize = 4;
        let mut panics = FirstPanic::none();
        while *work > 0 && self.dropped < self.objects.len() {
            let part = self.dropped..self.objects.len().min(self.dropped + PART.min(*work));
            self.dropped = part.end;
            *work -= part.len();
            // SAFETY: by the invariants; these are dropped once.
            panics.keep(unsafe { drop_values(&self.objects[part.clone()]) });
            // SAFETY: the values of this part were dropped just now.
            self.left = unsafe { free_done_with(&mut self.objects, self.left, part, |_| false) };
        }
        while *work > 0 && !self.is_done() {
            let part =
                self.freed..self.left.min(self.freed + PART.min(work.saturating_mul(PER_OBJECT)));
            self.freed = part.end;
            *work -= part.len().div_ceil(PER_OBJECT);
            // SAFETY: all values were dropped.
            unsafe { free_slots(&self.objects[part], |_| false) };
        }
        panics
    }

    /// Drops and frees all that is left, as [`go_on`](Reclaiming::go_on).
    pub(super) fn finish(&mut self) -> FirstPanic {
        let mut work = usize::MAX;
        self.go_on(&mut work)
    }

    /// Ends it: the memory of the list.
    pub(super) fn into_list(self) -> Vec<ObjPtr> {
        debug_assert!(self.is_done());
        self.objects
    }
}

/// Frees the objects of a part that nothing has a handle to but their holder, unless
/// they are to be kept, and moves the others behind those that are `left` of earlier
/// parts; returns how many are left then.
///
/// # Safety
///
/// The objects of the part are held once, and their values were dropped.
unsafe fn free_done_with(
    objects: &mut [ObjPtr],
    mut left: usize,
    part: Range<usize>,
    is_kept: impl Fn(ObjPtr) -> bool,
) -> usize {
    const HELD: u32 = 1;
    let is_done_with = |object: ObjPtr| object.strong() == HELD && !is_kept(object);
    let mut next = part.start;
    while next < part.end {
        let object = objects[next];
        let mut freed = 0;
        if is_done_with(object) {
            let rest = &objects[next..part.end];
            // SAFETY: nobody but the holder has a handle, nobody can get one from a
            // dead object, and there are no weak references.
            freed = unsafe { Page::free_slots(rest, is_done_with) };
        }
        if freed == 0 {
            objects[left] = object;
            left += 1;
        }
        next += freed.max(1);
    }
    left
}

/// Frees the slots of `objects`, those of neighbours together, or leaves them to
/// their weak references; not those that are to be kept.
///
/// # Safety
///
/// As for [`bury`], for each.
unsafe fn free_slots(mut objects: &[ObjPtr], is_kept: impl Fn(ObjPtr) -> bool + Copy) {
    while let Some(&first) = objects.first() {
        // SAFETY: as promised by the caller; there are no weak references.
        let freed = unsafe { Page::free_slots(objects, |object| !is_kept(object)) };
        if freed == 0 && !is_kept(first) {
            // SAFETY: as promised by the caller.
            unsafe { bury(first) };
        }
        objects = &objects[freed.max(1)..];
    }
}

/// Makes an object unusable and holds it. Whether it `is_flagged` as a candidate
/// though it has no bit is known.
///
/// It is flagged as a candidate so that losing its other handles does not make
/// it one.
#[inline]
pub(super) fn mark_dead(object: ObjPtr, is_flagged: bool) {
    let lists = if is_flagged { Flags::NONE } else { Flags::CANDIDATE };
    if object.has(lists.union(Flags::OBSERVED)) {
        forget(object);
    }
    object.set(Flags::DEAD.union(Flags::CANDIDATE));
    object.set_strong(object.strong() + 1);
}

/// Leaves an object for the steps that precede its end.
#[inline]
pub(super) fn unflag(object: ObjPtr, is_flagged: bool) {
    if is_flagged {
        object.clear(Flags::CANDIDATE);
    }
}

/// Takes an object off the lists that finalizers have put it on: those of the candidates,
/// and those of objects that weak references with a callback look at. Such weak
/// references are cleared without calling their callbacks.
#[cold]
fn forget(object: ObjPtr) {
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    if object.has(Flags::OBSERVED) {
        drop(watches::forget(object));
    }
}

/// Drops the values one by one; a panic of one does not spare the others.
///
/// # Safety
///
/// The objects are DEAD, and nothing refers to them but their own values.
unsafe fn drop_values(objects: &[ObjPtr]) -> FirstPanic {
    let mut panics = FirstPanic::none();
    let dropped = Cell::new(0);
    while dropped.get() < objects.len() {
        // SAFETY: as promised by the caller; each is dropped once.
        panics.catch(|| unsafe { ObjPtr::drop_values(objects, &dropped) });
    }
    panics
}
