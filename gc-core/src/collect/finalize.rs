//! Finalizers of unreachable objects, and what they bring back.
//!
//! While finalizers run, every unreachable object is flagged UNREACHABLE and its
//! stamp is its position in the collector's list: heap walks do not show it, and
//! an object that dies because a finalizer broke its cycle takes itself off the
//! list. Such objects are not counted as collected, nor are those that were
//! resurrected.

use alloc::vec::Vec;

use super::activity::Activity;
use super::death::{give_up, run_finalizer};
use super::debug::report_excess;
use super::reclaim::unflag;
use super::snapshot::early::Garbage;
use super::snapshot::set::{OutOfMemory, Snapshot};
use super::state::Collector;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::{Generation, Stamp};
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;

/// Makes `unreachable` known as such, before user code runs.
pub(super) fn announce_unreachable(unreachable: Vec<ObjPtr>) {
    for (position, &object) in unreachable.iter().enumerate() {
        object.set(Flags::UNREACHABLE);
        object.set_stamp(Stamp::at(position));
    }
    Activity::current().set_unreachable(unreachable.into_iter().map(Some).collect());
}

/// Runs the finalizers of the unreachable objects that did not run before, each
/// on a still intact graph; returns the first panic.
///
/// Runs user code.
pub(super) fn finalize_garbage() -> FirstPanic {
    let mut panics = FirstPanic::none();
    for position in 0..Activity::current().unreachable_len() {
        let object = Activity::current().unreachable(position);
        if let Some(object) = object.filter(|object| object.has(Flags::UNFINALIZED)) {
            object.retain();
            panics.catch(|| run_finalizer(object));
            // Not while a panic of the finalizer unwinds: if the cycle is broken, the
            // value is dropped here, and that may panic too.
            // SAFETY: the handle was counted above.
            panics.catch(|| unsafe { give_up(object) });
        }
    }
    panics
}

/// Looks again at what was unreachable: returns what still is.
///
/// The survivors belong to the generation after `generation`, and become
/// candidates there: the decrements that made them unreachable lie behind them.
pub(super) fn handle_resurrected(
    collector: &Collector,
    heap: &'static Heap,
    generation: Generation,
) -> Vec<ObjPtr> {
    let remaining = spare_unreachable(heap, generation);
    let mut unreachable = Vec::new();
    let found = find_unreachable(collector, heap, generation, &remaining, &mut unreachable);
    if found.is_err() {
        make_candidates(&remaining, generation);
    }
    unreachable
}

/// Lets all that was unreachable live: memory ran out before user code ran.
pub(super) fn keep_unreachable(heap: &'static Heap, generation: Generation) {
    make_candidates(&spare_unreachable(heap, generation), generation);
}

/// The next collection looks at what this one could not decide about.
pub(super) fn make_candidates(objects: &[ObjPtr], collected: Generation) {
    let lost = objects.iter().filter(|object| !object.has(Flags::CANDIDATE));
    lost.for_each(|&object| Page::add_candidate(object, collected.next()));
}

/// Moves the unreachable objects to the generation after `generation`, and
/// returns them.
fn spare_unreachable(heap: &'static Heap, generation: Generation) -> Vec<ObjPtr> {
    #[expect(clippy::filter_map_identity, reason = "`flatten` would allocate, this does not")]
    let remaining: Vec<ObjPtr> =
        Activity::current().take_unreachable().into_iter().filter_map(|object| object).collect();
    let survived = Stamp::born(heap.epochs().birth_in(generation.next()));
    for &object in &remaining {
        object.clear(Flags::UNREACHABLE);
        object.set_stamp(survived);
        if object.has(Flags::CANDIDATE) {
            Page::remove_candidate(object);
        }
    }
    remaining
}

fn find_unreachable(
    collector: &Collector,
    heap: &'static Heap,
    generation: Generation,
    remaining: &[ObjPtr],
    unreachable: &mut Vec<ObjPtr>,
) -> Result<(), OutOfMemory> {
    let arrays = collector.take_arrays();
    let objects = remaining.iter().copied();
    let mut snapshot = Snapshot::of_set(heap, generation.next(), objects, arrays)?;
    collector.tracing(|| snapshot.subtract_refs(None::<fn(Garbage<'_>)>))?;
    #[cfg(any(debug_assertions, gc_zeal))]
    collector.checks.snapshot(&snapshot.facts());
    for (owner, target) in snapshot.spare_excess() {
        report_excess(owner, target);
    }
    snapshot.propagate_liveness()?;
    #[cfg(any(debug_assertions, gc_zeal))]
    collector.checks.liveness(&snapshot.facts());
    collector.keep_arrays(snapshot.settle(unreachable, unflag)?);
    Ok(())
}
