//! Finalizers of unreachable objects, and what they bring back.
//!
//! While finalizers run, every unreachable object is flagged UNREACHABLE and its
//! stamp is its position in the collector's list: heap walks do not show it, and
//! an object that dies because a finalizer broke its cycle takes itself off the
//! list. Such objects are not counted as collected, nor are those that were
//! resurrected.

use alloc::vec::Vec;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use super::death::die_erased;
use super::snapshot::{OutOfMemory, Snapshot};
use super::state::{Collector, Payload};
use crate::generation::{Generation, Stamp};
use crate::heap::Heap;
use crate::object::{Flags, ObjPtr, Released};
use crate::page::Page;

/// Makes `unreachable` known as such, before user code runs.
pub(super) fn announce_unreachable(collector: &Collector, unreachable: Vec<ObjPtr>) {
    for (position, &object) in unreachable.iter().enumerate() {
        object.set(Flags::UNREACHABLE);
        object.set_stamp(Stamp::at(position));
    }
    collector.set_unreachable(unreachable.into_iter().map(Some).collect());
}

/// Runs the finalizers of the unreachable objects that did not run before, each
/// on a still intact graph; returns the first panic.
///
/// Runs user code.
pub(super) fn finalize_garbage(collector: &Collector) -> Option<Payload> {
    let mut first_panic = None;
    for position in 0..collector.unreachable_len() {
        let object = collector.unreachable(position);
        if let Some(object) = object.filter(|object| object.has(Flags::UNFINALIZED)) {
            let result = catch_unwind(AssertUnwindSafe(|| finalize_held(object)));
            first_panic = first_panic.or(result.err());
        }
    }
    first_panic
}

/// Finalizes `object` while holding a handle to it.
fn finalize_held(object: ObjPtr) {
    struct Hold(ObjPtr);
    impl Drop for Hold {
        fn drop(&mut self) {
            match self.0.release() {
                Released::Shared => {}
                Released::Candidate => Page::add_candidate(self.0, Generation::Young),
                // SAFETY: the finalizer broke the cycle, and this was the last
                // handle.
                Released::Last => unsafe { die_erased(self.0) },
            }
        }
    }
    object.retain();
    let _hold = Hold(object);
    object.finalize();
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
    let remaining: Vec<ObjPtr> = collector.take_unreachable().into_iter().flatten().collect();
    let survived = Stamp::born(heap.epochs().birth_in(generation.next()));
    for &object in &remaining {
        object.clear(Flags::UNREACHABLE);
        object.set_stamp(survived);
        if object.has(Flags::CANDIDATE) {
            Page::remove_candidate(object);
        }
    }
    let mut unreachable = Vec::new();
    let found = find_unreachable(collector, heap, generation, &remaining, &mut unreachable);
    if found.is_err() {
        for &object in remaining.iter().filter(|object| !object.has(Flags::CANDIDATE)) {
            Page::add_candidate(object, generation.next());
        }
    }
    unreachable
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
    collector.tracing(|| snapshot.subtract_refs())?;
    snapshot.propagate_liveness()?;
    collector.keep_arrays(snapshot.settle(unreachable)?);
    Ok(())
}
