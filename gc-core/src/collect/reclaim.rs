//! The last phase: the unreachable objects are dropped and freed.
//!
//! All of them are [marked DEAD](mark_dead) before the first value is dropped,
//! which also clears every weak reference to them: no code that runs from here
//! on can get hold of one. Each is held once, so that dropping the handles
//! between them frees nothing early. A slot is freed when no other value has a
//! handle to it: of many objects, part by part as far as that can be told from the
//! count, and the rest when the last value is gone.

use core::cell::Cell;
use core::ops::Range;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use super::death::{bury, give_up};
use super::ephemerons::Detached;
use super::state::Payload;
use crate::ephemeron;
use crate::flags::Flags;
use crate::object::ObjPtr;
use crate::page::Page;
use crate::watch::clear_watches;

/// So many objects are dropped before their slots are looked at again: they still lie
/// in the cache of the core then. Few where everything is checked.
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
pub(super) unsafe fn reclaim(objects: &mut [ObjPtr]) -> Option<Payload> {
    if !ephemeron::is_in_use() {
        // SAFETY: as promised by the caller; all are DEAD now.
        let (left, panic) = unsafe { reclaim_parts(objects) };
        // SAFETY: the values were dropped.
        unsafe { free_slots(&objects[..left]) };
        return panic;
    }
    // Entries end after all values; they look at their keys.
    let entries = Detached::from_keys(objects.iter().copied(), give_up);
    // SAFETY: as promised by the caller; all are DEAD now.
    let panic = unsafe { drop_values(objects) };
    let panic = panic.or(entries.release());
    // SAFETY: the values were dropped.
    unsafe { free_slots(objects) };
    panic
}

/// Drops the values of all `objects`, and frees those that are done with before the
/// last of them; leaves the others at the front, and returns how many those are.
///
/// # Safety
///
/// As for [`drop_values`], and no weak map has entries.
unsafe fn reclaim_parts(objects: &mut [ObjPtr]) -> (usize, Option<Payload>) {
    let mut first_panic = None;
    let (mut left, mut from, mut len) = (0, 0, PART);
    while from < objects.len() {
        let to = objects.len().min(from.saturating_add(len));
        // SAFETY: as promised by the caller.
        let panic = unsafe { drop_values(&objects[from..to]) };
        first_panic = first_panic.or(panic);
        if from == 0 && to == objects.len() {
            return (to, first_panic);
        }
        // SAFETY: the values of this part were dropped just now.
        left = unsafe { free_done_with(objects, left, from..to) };
        if left > to / 2 + PART {
            // Handles lead far: the others are one part.
            len = usize::MAX;
        }
        from = to;
    }
    (left, first_panic)
}

/// Frees the objects of a part that nothing has a handle to but their holder, and
/// moves the others behind those that are `left` of earlier parts; returns how many
/// are left then.
///
/// # Safety
///
/// The objects of the part are held once, and their values were dropped.
unsafe fn free_done_with(objects: &mut [ObjPtr], mut left: usize, part: Range<usize>) -> usize {
    const HELD: u32 = 1;
    let mut next = part.start;
    while next < part.end {
        let object = objects[next];
        let mut freed = 0;
        if object.strong() == HELD {
            let rest = &objects[next..part.end];
            // SAFETY: nobody but the holder has a handle, nobody can get one from a
            // dead object, and there are no weak references.
            freed = unsafe { Page::free_slots(rest, |object| object.strong() == HELD) };
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
/// their weak references.
///
/// # Safety
///
/// As for [`bury`], for each.
unsafe fn free_slots(mut objects: &[ObjPtr]) {
    while let Some(&first) = objects.first() {
        // SAFETY: as promised by the caller; there are no weak references.
        let freed = unsafe { Page::free_slots(objects, |_| true) };
        if freed == 0 {
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

/// Leaves an object for what comes before its end.
#[inline]
pub(super) fn unflag(object: ObjPtr, is_flagged: bool) {
    if is_flagged {
        object.clear(Flags::CANDIDATE);
    }
}

/// Takes an object off the lists that finalizers have put it on: those of the
/// candidates, and of what weak references with a callback look at. Such weak
/// references are cleared, and call nobody.
#[cold]
fn forget(object: ObjPtr) {
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    if object.has(Flags::OBSERVED) {
        drop(clear_watches(object));
    }
}

/// Drops the values one by one; a panic of one does not spare the others.
///
/// # Safety
///
/// The objects are DEAD, and nothing refers to them but their own values.
unsafe fn drop_values(objects: &[ObjPtr]) -> Option<Payload> {
    let mut first_panic = None;
    let dropped = Cell::new(0);
    while dropped.get() < objects.len() {
        let result = catch_unwind(AssertUnwindSafe(|| {
            // SAFETY: as promised by the caller; each is dropped once.
            unsafe { ObjPtr::drop_values(objects, &dropped) }
        }));
        first_panic = first_panic.or(result.err());
    }
    first_panic
}
