//! A collection, phase by phase. Read [`run`] to see how it works; the phases
//! have a file each, and `docs/design.md` follows one graph through all of
//! them.
//!
//! 1. [`Snapshot::gather_candidates`]: the candidates of the generations that
//!    are collected.
//! 2. [`Snapshot::subtract_refs`]: all that they reach, each object traced once;
//!    `gc_refs` starts as the count and loses one for each edge. Objects that are known
//!    to be garbage before that is complete, and that no user code waits for, are
//!    [reclaimed](reclaim_early) immediately.
//! 3. [`Snapshot::propagate_liveness`]: objects that are held from outside are alive, and
//!    so is everything that they reach.
//! 4. Survivors are promoted by raising the watermarks.
//! 5. [`call_weak_callbacks`]: weak references with a callback are cleared,
//!    callbacks run.
//! 6. [`finalize_garbage`]: finalizers run, each once, on an intact graph.
//! 7. [`handle_resurrected`]: what user code made reachable again survives.
//! 8. [`reclaim`]: weak references are cleared, values dropped, slots freed.

use alloc::vec::Vec;

use super::clock::Stopwatch;
use super::death::let_die;
use super::debug::{DebugFlags, print_done, print_object, print_start, report_excess};
use super::finalize::{
    announce_unreachable, finalize_garbage, handle_resurrected, keep_unreachable, make_candidates,
};
use super::in_slices::{give_up, is_running_of};
use super::reclaim::{mark_dead, reclaim, reclaim_early, unflag};
use super::snapshot::early::Garbage;
use super::snapshot::set::{OutOfMemory, Snapshot};
use super::span::CollectionSpan;
use super::state::Collector;
#[cfg(any(debug_assertions, gc_zeal))]
use super::validate;
use super::weakrefs::call_weak_callbacks;
use super::weighing::weigh_all;
use crate::collect::stats::{CollectionInfo, Phase};
use crate::memory::heap::Heap;
use crate::memory::heap::giving_back::Reserve;
use crate::object::flags::Flags;
use crate::object::generation::{Epochs, Generation, Stamp};
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;

/// How much unused memory automatic full collections keep at least, in bytes. The
/// collector itself may keep as much for its next snapshot.
const RESERVE: usize = 4 << 20;

/// How much unused memory a full collection that the program requested keeps at most, in
/// bytes, if the program took such memory again before: as much as the default allocator
/// of Linux keeps in that case. The collector itself may keep as much, or three quarters
/// of the heap's memory, if one snapshot after the other fills it.
const TAKEN_AGAIN: usize = 32 << 20;

/// Objects that user code waits for, or that have such code themselves.
const CONCERNS_USER: Flags = Flags::UNFINALIZED.union(Flags::OBSERVED);

/// The reason for a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Too many objects have been allocated since the last one.
    Allocations,
    /// The program requested it.
    Request,
}

/// Collects `generation` and all younger ones; returns the number of objects
/// found unreachable, or 0 while another collection runs.
pub(crate) fn collect(generation: Generation, reason: Reason) -> usize {
    let collector = Collector::current();
    let Some(running) = collector.begin() else { return 0 };
    let mut panics = FirstPanic::none();
    if generation == Generation::Old || is_running_of(generation) {
        // It would look at the same objects.
        panics.keep(give_up(collector));
    }
    let mut info = CollectionInfo::start(generation);
    let span = CollectionSpan::enter(&info);
    collector.callbacks.call(Phase::Start, &info);
    let debug = collector.debug();
    if debug.contains(DebugFlags::STATS) {
        print_start(&info);
    }
    let stopwatch = Stopwatch::start();
    let before = collector.schedule.before();
    panics.keep(FirstPanic::of_all(|| run(collector, &mut info)));
    panics.keep(let_die());
    collector.schedule.note_survivors(generation, info.traced);
    if reason == Reason::Allocations {
        collector.schedule.adapt(&before, &info);
    }
    if generation == Generation::Old {
        give_memory_back(reason);
    }
    info.note_pause(stopwatch.elapsed());
    if debug.contains(DebugFlags::STATS) {
        print_done(&info);
    }
    collector.add_stats(&info);
    collector.callbacks.call(Phase::Stop, &info);
    // Whoever is told of the end of the span can ask for a collection: this one is to
    // be the only one as long.
    span.exit(&info);
    drop(running);
    if generation == Generation::Old {
        weigh_all(collector, &before);
    }
    panics.rethrow();
    info.collected + info.uncollectable
}

/// The collection itself; returns the first panic of user code that the
/// collection outlived.
fn run(collector: &'static Collector, info: &mut CollectionInfo) -> FirstPanic {
    let heap = Heap::current();
    let generation = info.generation;
    restart_epochs_in_time(heap);
    #[cfg(any(debug_assertions, gc_zeal))]
    let is_walked = collector.checks.start(heap);
    #[cfg(any(debug_assertions, gc_zeal))]
    if is_walked {
        validate::heap(heap);
    }
    collector.schedule.count_collection(generation);

    let mut unreachable = Vec::new();
    let deduced = deduce_unreachable(collector, heap, info, &mut unreachable);
    let Ok(concern) = deduced else { return FirstPanic::none() };
    heap.with_epochs(|epochs| epochs.promote(generation));
    let panics = destroy(collector, heap, info, unreachable, concern);
    #[cfg(any(debug_assertions, gc_zeal))]
    {
        collector.checks.note(info.traced);
        if is_walked {
            validate::heap(heap);
        }
    }
    panics
}

/// Phases 5 to 8: destroys what is unreachable, unless user code brings it back. Returns the
/// first panic of user code.
fn destroy(
    collector: &'static Collector,
    heap: &'static Heap,
    info: &mut CollectionInfo,
    unreachable: Vec<ObjPtr>,
    concern: Concern,
) -> FirstPanic {
    let mut panics = FirstPanic::none();
    let mut dead = condemn(collector, heap, info, unreachable, concern, &mut panics);
    // SAFETY: trial deletion found no handle to these objects but those that
    // they own themselves; see the correctness argument (T1) in the design.
    panics.keep(unsafe { reclaim(&mut dead) });
    collector.keep_list(dead);
    panics
}

/// Phases 5 to 7, and the beginning of phase 8: runs the user code that waits for what is
/// unreachable, and marks what is unreachable after that. Returns it.
pub(super) fn condemn(
    collector: &'static Collector,
    heap: &'static Heap,
    info: &mut CollectionInfo,
    mut unreachable: Vec<ObjPtr>,
    concern: Concern,
    panics: &mut FirstPanic,
) -> Vec<ObjPtr> {
    let generation = info.generation;
    if collector.debug().contains(DebugFlags::COLLECTABLE) {
        for &object in &unreachable {
            print_object("collectable", object);
        }
    }
    if let Concern::User { has_watches } = concern
        && (has_watches || unreachable.iter().any(|object| object.has(CONCERNS_USER)))
    {
        announce_unreachable(unreachable);
        let Ok(first_panic) = call_weak_callbacks(collector, has_watches) else {
            keep_unreachable(heap, generation);
            return Vec::new();
        };
        panics.keep(first_panic);
        panics.keep(finalize_garbage());
        unreachable = handle_resurrected(collector, heap, generation);
    }
    if collector.debug().contains(DebugFlags::SAVEALL) {
        if collector.save_garbage(&unreachable) {
            info.collected += unreachable.len();
        } else {
            make_candidates(&unreachable, generation);
        }
        return Vec::new();
    }
    info.collected += unreachable.len();
    if !matches!(concern, Concern::Nobody) {
        #[cfg(any(debug_assertions, gc_zeal))]
        collector.checks.unreachable(unreachable.iter().copied());
        for &object in &unreachable {
            mark_dead(object, false);
        }
    }
    unreachable
}

/// What has to run before unreachable objects are reclaimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concern {
    /// Nothing: they are marked dead already.
    Nobody,
    /// Perhaps user code: finalizers, weak callbacks, debug output.
    User {
        /// Whether any object examined owns weak handles with a callback.
        has_watches: bool,
    },
}

/// Phases 1 to 3: puts into `unreachable` the objects that only they themselves keep
/// alive.
fn deduce_unreachable(
    collector: &Collector,
    heap: &'static Heap,
    info: &mut CollectionInfo,
    unreachable: &mut Vec<ObjPtr>,
) -> Result<Concern, OutOfMemory> {
    let arrays = collector.take_arrays();
    let budget = collector.schedule.most_examined(info.generation);
    let mut snapshot = Snapshot::gather_candidates(heap, info.generation, budget, arrays)?;
    #[cfg(any(debug_assertions, gc_zeal))]
    collector.checks.candidates(&snapshot.facts());
    // Whoever debugs wants to see everything that is unreachable together.
    let reclaim = (!is_debugging(collector)).then_some(|mut garbage: Garbage<'_>| {
        #[cfg(any(debug_assertions, gc_zeal))]
        collector.checks.early(&garbage);
        info.candidates += garbage.candidates;
        info.traced += garbage.objects.len();
        info.collected += garbage.objects.len();
        // SAFETY: the snapshot found no handle to these objects but their own, nobody
        // can get one, and their drops are quiet; see (T1) and (T4) in the design.
        unsafe { reclaim_early(&mut garbage) }
    });
    collector.tracing(|| snapshot.subtract_refs(reclaim))?;
    info.candidates += snapshot.candidates();
    info.traced += snapshot.len();
    decide(collector, snapshot, info, unreachable)
}

/// Phase 3, for a snapshot whose edges were subtracted.
pub(super) fn decide(
    collector: &Collector,
    mut snapshot: Snapshot,
    info: &mut CollectionInfo,
    unreachable: &mut Vec<ObjPtr>,
) -> Result<Concern, OutOfMemory> {
    #[cfg(any(debug_assertions, gc_zeal))]
    collector.checks.snapshot(&snapshot.facts());
    for (owner, target) in snapshot.spare_excess() {
        info.uncollectable += 1;
        report_excess(owner, target);
        collector.save_garbage(&[target]);
        if collector.debug().contains(DebugFlags::UNCOLLECTABLE) {
            print_object("uncollectable", target);
        }
    }
    snapshot.propagate_liveness()?;
    #[cfg(any(debug_assertions, gc_zeal))]
    collector.checks.liveness(&snapshot.facts());
    let has_watches = snapshot.has_watches();
    let is_of_concern = has_watches || snapshot.has(CONCERNS_USER) || is_debugging(collector);
    if is_of_concern {
        collector.keep_arrays(snapshot.settle(unreachable, unflag)?);
        return Ok(Concern::User { has_watches });
    }
    #[cfg(any(debug_assertions, gc_zeal))]
    collector.checks.unreachable(snapshot.unreachable());
    collector.keep_arrays(snapshot.settle(unreachable, mark_dead)?);
    Ok(Concern::Nobody)
}

/// Whether something has to see the unreachable objects.
pub(super) fn is_debugging(collector: &Collector) -> bool {
    let looked_at = DebugFlags::COLLECTABLE | DebugFlags::SAVEALL;
    collector.debug().intersects(looked_at)
}

/// Epochs are 32-bit numbers: before they run out every object is stamped
/// anew, in the generation it is in.
pub(crate) fn restart_epochs_in_time(heap: &'static Heap) {
    if !heap.epochs().is_exhausted() {
        return;
    }
    give_up(Collector::current()).rethrow();
    let before = heap.epochs();
    let epoch_of = heap.with_epochs(Epochs::restart);
    for object in heap.collectable_objects() {
        if let Some(birth) = object.stamp().epoch() {
            object.set_stamp(Stamp::born(epoch_of(before.generation_of(birth))));
        }
    }
}

/// After a full collection whole segments are returned to the global allocator. If the
/// program requested the collection these are all unused segments, unless the program
/// took such segments again before; otherwise they are most of the unused ones.
pub(super) fn give_memory_back(reason: Reason) {
    let heap = Heap::current();
    heap.trim(match reason {
        Reason::Request => Reserve::TakenAgain(TAKEN_AGAIN),
        Reason::Allocations => Reserve::Bytes(RESERVE.max(heap.reserved() / 4)),
    });
    let most = most_kept(heap);
    let most_again = TAKEN_AGAIN.max(heap.reserved() / 4 * 3);
    Collector::current().trim_after_collection(most, most_again);
}

/// So many bytes the collector keeps for its next collection.
pub(super) fn most_kept(heap: &Heap) -> usize {
    RESERVE.max(heap.reserved() / 2)
}
