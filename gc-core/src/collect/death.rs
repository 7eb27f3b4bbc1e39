//! What happens to an object when its count reaches zero.
//!
//! 1. It is finalized, once in its life, with a count of 1 to hold it. If
//!    another handle exists after that, it was resurrected and stays.
//! 2. It is no candidate any more, and invisible to every heap walk.
//! 3. Weak references to it do not upgrade any more; callbacks that wait for
//!    its death run, newest first.
//! 4. The value is dropped, and with it the handles that it held.
//! 5. The slot is freed, or kept while weak references look at it.
//!
//! Dropping a value may take the count of the next object to zero, and so on.
//! A [`Level`] counts how deep that goes; beyond a few levels objects queue up,
//! linked through their headers, and the outermost level drains the queue. So a
//! list of any length is dropped with a small stack, and without allocating.

use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use core::ptr::NonNull;
use std::panic::{catch_unwind, resume_unwind};

use super::state::{Collector, Payload};
use crate::generation::{Generation, Stamp};
use crate::heap::Heap;
use crate::object::{Flags, ObjPtr, Released};
use crate::page::Page;
use crate::watch::{self, WatchRef, clear_watches};

/// Objects that need more than steps 4 and 5.
const SPECIAL: Flags = Flags::UNFINALIZED.union(Flags::OBSERVED).union(Flags::UNREACHABLE);

/// How many drops may nest before objects are queued.
const MAX_DEPTH: u32 = 16;

/// The drops in progress on this thread.
struct Cascade {
    depth: Cell<u32>,
    /// Dead objects whose values are still to be dropped.
    queue: Cell<Option<ObjPtr>>,
}

std::thread_local! {
    static CASCADE: Cascade =
        const { Cascade { depth: Cell::new(0), queue: Cell::new(None) } };
}

/// One drop inside another; the outermost drains the queue when it ends.
struct Level {
    depth: u32,
}

impl Level {
    /// `None` if drops are nested too deep already.
    #[inline]
    fn enter() -> Option<Level> {
        CASCADE.with(|cascade| {
            let depth = cascade.depth.get();
            (depth < MAX_DEPTH).then(|| {
                cascade.depth.set(depth + 1);
                Level { depth }
            })
        })
    }
}

impl Drop for Level {
    #[inline]
    fn drop(&mut self) {
        CASCADE.with(|cascade| {
            if self.depth == 0 && cascade.queue.get().is_some() {
                drain(cascade);
            }
            cascade.depth.set(self.depth);
        });
    }
}

/// Drops what was queued. Every object gets its turn; then the first panic goes
/// on, unless one is on its way already.
#[cold]
fn drain(cascade: &Cascade) {
    let mut first_panic: Option<Payload> = None;
    while let Some(object) = cascade.queue.get() {
        // SAFETY: objects in the queue were linked by `defer`.
        cascade.queue.set(unsafe { object.take_link() });
        let result = catch_unwind(AssertUnwindSafe(|| {
            if object.has(SPECIAL) {
                object.clear(Flags::DEAD);
                die_specially(object);
            } else {
                // SAFETY: the last handle is gone, and nothing is special.
                unsafe { drop_and_bury(object) };
            }
        }));
        first_panic = first_panic.or(result.err());
    }
    if let Some(panic) = first_panic
        && !std::thread::panicking()
    {
        // The level is left before the panic goes on.
        cascade.depth.set(0);
        resume_unwind(panic);
    }
}

/// Lets a dead object wait for the outermost level.
#[cold]
fn defer(object: ObjPtr) {
    if object.has(Flags::UNREACHABLE) {
        Collector::current().forget_unreachable(object);
    }
    object.set(Flags::DEAD);
    CASCADE.with(|cascade| {
        let next = cascade.queue.replace(Some(object));
        // SAFETY: the object is DEAD, and `drain` takes the link before anyone
        // reads the count or the stamp.
        unsafe { object.set_link(next) };
    });
}

/// Frees the slot when a value is gone, even if dropping it panicked.
struct Grave(ObjPtr);

impl Drop for Grave {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: whoever made the grave dropped the value.
        unsafe { bury(self.0) }
    }
}

/// Frees the slot of a dead object, or leaves it to its weak references.
///
/// # Safety
///
/// The value was dropped or moved out, and the object has no bit as a
/// candidate.
#[inline]
pub(crate) unsafe fn bury(object: ObjPtr) {
    if object.has(Flags::HAS_WEAK) {
        return leave_to_weak(object);
    }
    // SAFETY: as promised by the caller; there are no weak references.
    unsafe { Page::free_slot(object) }
}

#[cold]
fn leave_to_weak(object: ObjPtr) {
    // The collector flags what it reclaims, without a bit.
    object.clear(Flags::CANDIDATE);
    object.set_stamp(Stamp::NEVER);
    release_weak(object);
}

/// Gives up one weak reference, or the one that all handles hold together; the
/// last one frees the slot.
pub(crate) fn release_weak(object: ObjPtr) {
    let count = Page::weak_count(object) - 1;
    Page::set_weak_count(object, count);
    if count == 0 {
        // SAFETY: the handles' common weak reference is gone, so the value is
        // too, and this was the last weak reference.
        unsafe { Page::free_slot(object) }
    }
}

/// Ends the life of an object whose count is zero, of which `value` is the
/// value.
///
/// # Safety
///
/// No handle to `object` is left, and the death of it was not begun before.
#[inline]
pub(crate) unsafe fn die<T: ?Sized>(object: ObjPtr, value: NonNull<T>) {
    if object.has(SPECIAL) {
        return die_specially(object);
    }
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    if core::mem::needs_drop::<T>() || object.has(Flags::HAS_WEAK) {
        let Some(_level) = Level::enter() else { return defer(object) };
        object.set(Flags::DEAD);
        let _grave = Grave(object);
        // SAFETY: the value is initialised, and unreachable from now on.
        unsafe { value.drop_in_place() };
    } else {
        // SAFETY: the value needs no drop, and the object is no candidate.
        unsafe { Page::free_slot(object) };
    }
}

/// As [`die`], for an object of any type.
///
/// # Safety
///
/// As for [`die`].
pub(crate) unsafe fn die_erased(object: ObjPtr) {
    if object.has(SPECIAL) {
        return die_specially(object);
    }
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    let Some(_level) = Level::enter() else { return defer(object) };
    object.set(Flags::DEAD);
    // SAFETY: no handle is left, and nothing is special.
    unsafe { drop_and_bury(object) };
}

/// # Safety
///
/// No handle to the DEAD object is left, it is no candidate, and its value was
/// not dropped.
unsafe fn drop_and_bury(object: ObjPtr) {
    let _grave = Grave(object);
    // SAFETY: as promised by the caller.
    unsafe { object.drop_value() };
}

/// The count is zero, and there is a finalizer to run, a callback that waits
/// for it, or a collection that knows the object.
#[cold]
fn die_specially(object: ObjPtr) {
    let level = Level::enter();
    if level.is_none() {
        if object.has(Flags::CANDIDATE) {
            Page::remove_candidate(object);
        }
        return defer(object);
    }
    let panic = match finalize(object) {
        Finalized::Resurrected(panic) => {
            drop(level);
            return rethrow(panic);
        }
        Finalized::Unreferenced(panic) => panic,
    };
    if object.has(Flags::UNREACHABLE) {
        Collector::current().forget_unreachable(object);
    }
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    object.set(Flags::DEAD);
    if object.has(Flags::OBSERVED) {
        let callbacks = clear_watches(object).filter_map(WatchRef::take_callback);
        watch::call_all(callbacks.collect());
    }
    // SAFETY: no handle is left, and the object is no candidate.
    unsafe { drop_and_bury(object) };
    drop(level);
    rethrow(panic);
}

fn rethrow(panic: Option<Payload>) {
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
}

/// What finalizing an object without handles came to, and whether its
/// finalizer panicked.
enum Finalized {
    Resurrected(Option<Payload>),
    Unreferenced(Option<Payload>),
}

/// Runs the finalizer if there is one.
fn finalize(object: ObjPtr) -> Finalized {
    if !object.has(Flags::UNFINALIZED) {
        return Finalized::Unreferenced(None);
    }
    object.set_strong(1);
    if object.stamp() == Stamp::NEVER && !object.has(Flags::UNTRACKED) {
        // It waited in the queue, which took its stamp.
        make_young(object);
    }
    let panic = catch_unwind(AssertUnwindSafe(|| object.finalize())).err();
    if object.release() == Released::Last {
        return Finalized::Unreferenced(panic);
    }
    if !object.has(Flags::UNTRACKED.union(Flags::UNREACHABLE)) {
        make_young(object);
        Page::remove_candidate(object);
        Page::add_candidate(object, Generation::Young);
    }
    Finalized::Resurrected(panic)
}

/// A resurrected object starts over in the young generation, as in CPython.
fn make_young(object: ObjPtr) {
    object.set_stamp(Stamp::born(Heap::current().epochs().now()));
}
