//! What happens to an object when its count reaches zero.
//!
//! 1. It is finalized, once in its life, with a count of 1 to hold it. If
//!    another handle exists after that, it was resurrected and stays.
//! 2. It is no longer a candidate, and invisible to every heap walk.
//! 3. Weak references to it no longer upgrade; callbacks that wait for its death run,
//!    newest first.
//! 4. The value is dropped, and with it the handles that it held; then the
//!    entries of weak maps whose key it was.
//! 5. The slot is freed, or kept while weak references look at it.
//!
//! Dropping a value may take the count of the next object to zero, and so on: see
//! [`cascade`] for how deep that goes.

use core::iter;
use core::ptr::NonNull;

use super::activity::Activity;
use super::cascade::{self, Entered, Outer};
use super::ephemerons::Detached;
use super::state::Collector;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::{Generation, Stamp};
use crate::object::header::{ObjPtr, Released};
use crate::object::unwind::FirstPanic;
use crate::watch::watches;

/// Objects that need more than steps 4 and 5.
const SPECIAL: Flags = Flags::UNFINALIZED.union(Flags::OBSERVED).union(Flags::UNREACHABLE);

/// Objects whose death takes more than dropping the value and freeing the slot.
const UNUSUAL: Flags = SPECIAL.union(Flags::CANDIDATE).union(Flags::HAS_WEAK);

/// One drop inside another; the outermost that is not shallow drains the queue
/// when it ends.
struct Level {
    /// For that one.
    drains: Option<Outer>,
}

impl Level {
    /// `None` if drops are nested too deep already.
    fn enter() -> Option<Level> {
        match cascade::enter() {
            Entered::Shallow => Some(Level { drains: None }),
            Entered::Draining(outer) => Some(Level { drains: Some(outer) }),
            Entered::TooDeep => None,
        }
    }
}

impl Drop for Level {
    #[inline]
    fn drop(&mut self) {
        if let Some(outer) = self.drains {
            drain(outer);
        }
    }
}

/// Drops what was queued. Every object gets its turn; then the first panic is rethrown,
/// unless the thread is already unwinding.
fn drain(outer: Outer) {
    /// Leaves the level, whatever happens.
    struct Leave(Outer);
    impl Drop for Leave {
        fn drop(&mut self) {
            cascade::leave(self.0);
        }
    }

    if !cascade::start_to_drain(outer) {
        return;
    }
    let leave = Leave(outer);
    let mut panics = FirstPanic::none();
    while let Some(object) = cascade::next() {
        panics.catch(|| {
            if object.has(SPECIAL) {
                object.clear(Flags::DEAD);
                // Not asked how deep this is: it would have to wait for itself.
                die_at(Level { drains: None }, object);
            } else {
                // SAFETY: the last handle is gone, and nothing is special.
                unsafe { drop_and_bury(object) };
            }
        });
    }
    // The level is left before the panic goes on.
    drop(leave);
    panics.rethrow();
}

/// Lets a dead object wait for the outermost level. An object in the snapshot that is
/// being taken must not die: it gets a handle again, which the collector gives up with
/// [`let_die`]. The snapshot counts that handle in place of the one that was lost.
#[cold]
fn defer(object: ObjPtr) {
    if object.has(Flags::UNREACHABLE) {
        Activity::current().forget_unreachable(object);
    } else if object.stamp().index().is_some()
        || object.stamp().is_index() && Activity::current().is_tracing()
    {
        return Activity::current().withhold(object);
    }
    cascade::wait(object);
}

/// Lets the objects die whose death was [postponed](cascade::Postponed); returns the
/// first panic.
///
/// Runs user code.
pub(super) fn let_die() -> FirstPanic {
    let mut panics = FirstPanic::none();
    for object in Activity::current().take_withheld() {
        // SAFETY: the collector was given this handle, and has it no more.
        panics.catch(|| unsafe { give_up(object) });
    }
    panics.keep(watches::drop_late());
    if let Some(outer) = cascade::drain_here() {
        panics.catch(|| drain(outer));
    }
    panics
}

/// Calls `look`, which traces objects for a tool that looks at the heap, and then lets
/// the objects die that lost their last handle meanwhile.
///
/// Runs user code: hand-written `trace` implementations, and what their panics call.
pub(crate) fn looking<R>(look: impl FnOnce() -> R) -> R {
    /// Also if a `trace` panicked.
    struct LetDie;
    impl Drop for LetDie {
        fn drop(&mut self) {
            // A collection that runs does so at its end.
            if Activity::current().is_idle() {
                let_die().rethrow();
            }
        }
    }

    let _let_die = LetDie;
    Collector::current().tracing(look)
}

/// The same; `None` if objects died afterwards, whose drops may have run code of the program.
#[cfg(feature = "isolates")]
pub(crate) fn looking_undisturbed<R>(look: impl FnOnce() -> R) -> Option<R> {
    looking(|| {
        let result = look();
        let is_quiet =
            !Activity::current().has_withheld() && !watches::has_late() && !cascade::has_waiting();
        is_quiet.then_some(result)
    })
}

/// The thread ends, perhaps in the middle of a drop or of a collection, to which it does
/// not return: objects that die from here on do not wait for those to end. Objects that
/// waited die now. Panics are reported by the panic hook and not rethrown.
///
/// Runs user code.
pub(crate) fn start_over_at_exit() {
    cascade::start_over();
    if let Some(outer) = cascade::drain_here() {
        drop(FirstPanic::of(|| drain(outer)));
    }
}

/// From now on no object of this thread dies.
pub(crate) fn postpone_forever() {
    cascade::Postponed::new().last();
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
    // Who asks whether a heap may move asks the count whether there is a value.
    #[cfg(feature = "isolates")]
    object.set_strong(0);
    Page::count_freed(object);
    release_weak(object);
}

/// Counts one more weak reference.
///
/// A count that reaches the largest number never changes again: the slot leaks, so that
/// it is not freed under a weak reference that was not counted.
pub(crate) fn retain_weak(object: ObjPtr) {
    Page::set_weak_count(object, Page::weak_count(object).saturating_add(1));
}

/// Gives up one weak reference, or the one that all handles hold together; the
/// last one frees the slot.
pub(crate) fn release_weak(object: ObjPtr) {
    let count = Page::weak_count(object);
    if count == u32::MAX {
        return;
    }
    let count = count - 1;
    Page::set_weak_count(object, count);
    if count == 0 {
        object.set_strong(0);
        // SAFETY: the handles' common weak reference is gone, so the value is
        // too, and this was the last weak reference; the count is 0.
        unsafe { Page::free_counted_slot(object) }
    }
}

/// Ends the life of an object whose count is zero and whose value is `value`.
///
/// # Safety
///
/// No handle to `object` is left, and the death of it was not begun before.
#[inline]
pub(crate) unsafe fn die<T: ?Sized>(object: ObjPtr, value: NonNull<T>) {
    if core::mem::needs_drop::<T>() {
        // SAFETY: as promised by the caller.
        unsafe { die_with_value(value) }
    } else if object.flags() == Flags::UNTRACKED {
        // The handle's type does not tell that it is untracked: the object may have been
        // made as a larger type, or become tracked as the key of a weak map.
        // SAFETY: the value needs no drop; the object is no candidate, and has
        // no weak references. The last handle is gone, so the count is 0.
        unsafe { Page::free_counted_slot(object) }
    } else {
        // SAFETY: as promised by the caller.
        unsafe { die_erased(object) }
    }
}

/// [`die`], for a value that needs to be dropped. Not inlined, so that giving up
/// a handle is a few instructions.
///
/// # Safety
///
/// As for [`die`].
#[inline(never)]
unsafe fn die_with_value<T: ?Sized>(value: NonNull<T>) {
    /// Frees the slot, even if dropping the value panicked.
    struct Grave(ObjPtr);
    impl Drop for Grave {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: the value was dropped; the object is not unusual, and its
            // count is 0.
            unsafe { Page::free_released_slot(self.0) }
        }
    }

    // SAFETY: as promised by the caller, it is the value of an object. To pass that
    // too would need a register more.
    let object = unsafe { ObjPtr::from_value(value.cast()) };
    if object.has(UNUSUAL) || !cascade::is_shallow() {
        // SAFETY: as promised by the caller.
        return unsafe { die_erased(object) };
    }
    // A count of zero makes the object dead enough for everyone. Nobody can
    // make a weak reference to it any more.
    let _grave = Grave(object);
    // SAFETY: the value is initialised, and unreachable from now on.
    unsafe { value.drop_in_place() };
}

/// As [`die`], for an object of any type.
///
/// # Safety
///
/// As for [`die`].
#[inline(never)]
pub(crate) unsafe fn die_erased(object: ObjPtr) {
    if object.has(SPECIAL) {
        return die_specially(object);
    }
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    let Some(_level) = Level::enter() else { return defer(object) };
    // SAFETY: no handle is left, and nothing is special.
    unsafe { drop_and_bury(object) };
}

/// # Safety
///
/// No handle to the dead object is left, it is no candidate, and its value was
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
    if let Some(level) = Level::enter() {
        return die_at(level, object);
    }
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    defer(object);
}

/// [`die_specially`], at a level that was entered.
fn die_at(level: Level, object: ObjPtr) {
    let mut panics = match finalize(object) {
        Finalized::Resurrected(mut panics) => {
            panics.catch(|| drop(level));
            return panics.rethrow();
        }
        Finalized::Unreferenced(panics) => panics,
    };
    if object.has(Flags::UNREACHABLE) {
        Activity::current().forget_unreachable(object);
    }
    if object.has(Flags::CANDIDATE) {
        Page::remove_candidate(object);
    }
    let entries = Detached::from_keys(iter::once(object), give_up);
    if object.has(Flags::OBSERVED) {
        watches::notify(object);
    }
    // SAFETY: no handle is left, and the object is no candidate.
    unsafe { drop_and_bury(object) };
    panics.keep(entries.release());
    panics.catch(|| drop(level));
    panics.rethrow();
}

/// Gives up one handle to `object`.
///
/// # Safety
///
/// The handle is not used again.
pub(crate) unsafe fn give_up(object: ObjPtr) {
    match object.release() {
        Released::Shared => {}
        Released::Candidate => Page::add_candidate(object, Generation::Young),
        // SAFETY: that was the last handle; the rest is promised by the caller.
        Released::Last => unsafe { die_erased(object) },
    }
}

/// What finalizing an object without handles came to, and whether its
/// finalizer panicked.
enum Finalized {
    Resurrected(FirstPanic),
    Unreferenced(FirstPanic),
}

/// Runs the finalizer if there is one.
fn finalize(object: ObjPtr) -> Finalized {
    if !object.has(Flags::UNFINALIZED) {
        return Finalized::Unreferenced(FirstPanic::none());
    }
    object.set_strong(1);
    // A guard may have been forgotten. It borrowed a handle, and there is none any more.
    object.clear(Flags::EXCLUSIVE);
    if object.stamp() == Stamp::NEVER && !object.has(Flags::UNTRACKED) {
        // It waited in the queue, which took its stamp.
        make_young(object);
    }
    let panics = FirstPanic::of(|| run_finalizer(object));
    if object.release() == Released::Last {
        return Finalized::Unreferenced(panics);
    }
    if !object.has(Flags::UNTRACKED.union(Flags::UNREACHABLE)) {
        make_young(object);
        Page::remove_candidate(object);
        Page::add_candidate(object, Generation::Young);
    }
    Finalized::Resurrected(panics)
}

/// Runs the finalizer of an object that is held, if there is one and it did not run
/// before.
///
/// Runs user code.
pub(super) fn run_finalizer(object: ObjPtr) {
    if object.take_finalizer() {
        Heap::of(object).uncount_unfinalized();
        object.run_finalizer();
    }
}

/// A resurrected object starts over in the young generation, as in CPython.
fn make_young(object: ObjPtr) {
    object.set_stamp(Stamp::born(Heap::of(object).epochs().now()));
}
