//! A collection in slices, step by step; see [`sliced`](super::sliced) for the idea.

use alloc::vec::Vec;
use core::hint::black_box;

use super::clock::Stopwatch;
use super::collection::{
    Concern, Reason, condemn, decide, give_memory_back, is_debugging, most_kept,
    restart_epochs_in_time,
};
use super::death::let_die;
use super::debug::DebugFlags;
use super::finalize::make_candidates;
use super::in_slices::{InSlices, end_without_result, info, is_elsewhere, is_running, put, take};
use super::reclaim::{Reclaiming, reclaim, reclaim_early};
use super::sliced::Sliced;
use super::snapshot::early::Garbage;
use super::snapshot::set::{OutOfMemory, Snapshot};
use super::span::CollectionSpan;
use super::state::Collector;
use super::weighing::weigh_all;
use crate::collect::stats::{CollectionInfo, Phase, Progress};
use crate::memory::heap::Heap;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::watch::ephemeron;

/// Whether a collection of `generation` that is due is to run in slices: it would take long in
/// one go. If one runs, it is too slow for what objects own.
///
/// Weak maps make edges that depend on what is alive, which is known only in one go. Whoever
/// debugs wants to see a collection as a whole.
pub(super) fn fits(collector: &Collector, generation: Generation) -> bool {
    collector.schedule.is_large(generation)
        && !is_running()
        && !is_elsewhere()
        && !ephemeron::is_in_use()
        && collector.debug() == DebugFlags::empty()
}

/// Starts a collection in slices.
///
/// Runs user code: callbacks of collections.
pub(super) fn start(collector: &'static Collector, generation: Generation) {
    let Some(running) = collector.begin() else { return };
    let info = CollectionInfo::start(generation);
    collector.callbacks.call(Phase::Start, &info);
    let heap = Heap::current();
    restart_epochs_in_time(heap);
    let before = collector.schedule.before();
    collector.schedule.count_collection(generation);
    let expected = collector.schedule.tracked_in(generation);
    let objects = collector.schedule.tracked_in(Generation::Old);
    if let Ok(sliced) = Sliced::start(heap, generation, expected, objects, collector.take_lists()) {
        collector.schedule.start_slices(generation);
        let dead = Reclaiming::default();
        put(InSlices { sliced, info, before, dead, is_given_up: false });
    } else {
        collector.callbacks.call(Phase::Stop, &info);
    }
    drop(running);
}

/// Goes on with the collection that runs in slices, if there is one, for about as much
/// work as tracing so many `objects`. Returns the number of objects found unreachable if it
/// ended.
///
/// Runs user code: hand-written `trace` implementations, and at the end all that a collection
/// runs.
pub(super) fn go_on(collector: &'static Collector, objects: usize) -> Option<usize> {
    let running = collector.begin()?;
    // Whoever is told of the slice may do what gives the collection up.
    let span = CollectionSpan::enter_slice(&info()?);
    let mut in_slices = take()?;
    if in_slices.is_given_up || ephemeron::is_in_use() {
        // If there are weak maps since it began, what they hold may be what their keys hold, which
        // no slice can know. All that was listed is left to a collection in one go.
        end_without_result(collector, in_slices).rethrow();
        return None;
    }
    let stopwatch = Stopwatch::start();
    let mut panics = FirstPanic::none();
    let progress = advance(collector, &mut in_slices, objects, &mut panics);
    panics.keep(let_die());
    let_allocator_settle();
    let mut found = None;
    match progress {
        Ok(Progress::More) => {
            in_slices.info.note_pause(stopwatch.elapsed());
            let info = in_slices.info;
            put(in_slices);
            collector.schedule.end_slice();
            span.exit(&info);
            drop(running);
        }
        Ok(Progress::Done) => {
            let (before, generation) = (in_slices.before, in_slices.info.generation);
            found = Some(finish(collector, in_slices, &stopwatch, span));
            drop(running);
            if generation == Generation::Old {
                weigh_all(collector, &before);
            }
        }
        Err(OutOfMemory) => {
            let info = in_slices.info;
            panics.keep(end_without_result(collector, in_slices));
            span.exit(&info);
            drop(running);
        }
    }
    panics.rethrow();
    found
}

/// Some allocators put off half of the work of freeing small blocks until somebody asks for a large
/// one. Asks for one, so that what slices freed does not add up: with that of two million objects the
/// first large request of a later slice took 31 milliseconds (glibc).
fn let_allocator_settle() {
    const LARGE: usize = 4096;
    let mut block = Vec::<u8>::new();
    // Without memory there is nothing to wait for either.
    let _ = block.try_reserve_exact(LARGE);
    black_box(block);
}

/// One slice. After a panic of a `trace` there is no result.
fn advance(
    collector: &'static Collector,
    in_slices: &mut InSlices,
    objects: usize,
    panics: &mut FirstPanic,
) -> Result<Progress, OutOfMemory> {
    let heap = Heap::current();
    let InSlices { sliced, info, dead, .. } = in_slices;
    let mut left = objects;
    panics.keep(dead.go_on(&mut left));
    if !dead.is_done() {
        return Ok(Progress::More);
    }
    let mut is_known = Err(OutOfMemory);
    // Whoever debugs wants to see everything that is unreachable.
    let reclaim = (!is_debugging(collector)).then_some(|mut garbage: Garbage<'_>| {
        #[cfg(any(debug_assertions, gc_zeal))]
        collector.checks.early(&garbage);
        info.collected += garbage.objects.len();
        // SAFETY: in one go, no handles to these objects were found but their own, nobody can get
        // one, and their drops are quiet; see (T1) and (T4) in the design.
        unsafe { reclaim_early(&mut garbage) }
    });
    panics.catch(|| is_known = collector.tracing(|| sliced.advance(heap, &mut left, reclaim)));
    // What lost its last handle to garbage that left must not hold others when these are looked
    // at again.
    panics.keep(let_die());
    if !is_known? {
        return Ok(Progress::More);
    }
    let mut suspects = Vec::new();
    let taken = sliced.take_suspects(&mut left, &mut suspects);
    if !suspects.is_empty() {
        let found = look_again(collector, heap, &suspects, info, panics);
        collector.keep_list(core::mem::replace(dead, found).into_list());
        panics.keep(dead.go_on(&mut left));
    }
    taken?;
    let is_done = dead.is_done()
        && sliced.is_decided()
        && sliced.retain_candidates(heap, left)
        && sliced.give_back(most_kept(heap), left);
    Ok(if is_done { Progress::Done } else { Progress::More })
}

/// The end, when all suspects were looked at again. Returns how many objects were found
/// unreachable.
fn finish(
    collector: &'static Collector,
    mut in_slices: InSlices,
    stopwatch: &Stopwatch,
    span: CollectionSpan,
) -> usize {
    in_slices.info.candidates = in_slices.sliced.candidates();
    in_slices.info.traced = in_slices.sliced.traced();
    collector.schedule.note_sliced(&in_slices.info);
    collector.schedule.adapt(&in_slices.before, &in_slices.info);
    let InSlices { sliced, mut info, dead, .. } = in_slices;
    collector.keep_list(dead.into_list());
    collector.keep_lists(sliced.finish(Heap::current()));
    if info.generation == Generation::Old {
        give_memory_back(Reason::Allocations);
    }
    info.note_pause(stopwatch.elapsed());
    collector.add_stats(&info);
    collector.callbacks.call(Phase::Stop, &info);
    span.exit(&info);
    info.collected + info.uncollectable
}

/// Decides about the suspects as about any set. Returns what is garbage, to be reclaimed.
fn look_again(
    collector: &'static Collector,
    heap: &'static Heap,
    suspects: &[ObjPtr],
    info: &mut CollectionInfo,
    panics: &mut FirstPanic,
) -> Reclaiming {
    let mut dead = Vec::new();
    panics.keep(FirstPanic::of_all(|| {
        let mut panics = FirstPanic::none();
        let mut unreachable = Vec::new();
        match find_unreachable(collector, heap, suspects, info, &mut unreachable) {
            Ok(concern) => {
                dead = condemn(collector, heap, info, unreachable, concern, &mut panics);
            }
            Err(OutOfMemory) => make_candidates(suspects, Generation::Old),
        }
        panics
    }));
    if ephemeron::is_in_use() {
        // User code made weak maps just now: entries end after all values.
        // SAFETY: the second look found no handle to these objects but those that they own
        // themselves (T1).
        panics.keep(unsafe { reclaim(&mut dead) });
        dead.clear();
    }
    // SAFETY: as above. There are no weak maps, and what is dead does not become a key any more.
    unsafe { Reclaiming::new(dead) }
}

fn find_unreachable(
    collector: &'static Collector,
    heap: &'static Heap,
    suspects: &[ObjPtr],
    info: &mut CollectionInfo,
    unreachable: &mut Vec<ObjPtr>,
) -> Result<Concern, OutOfMemory> {
    info.suspected += suspects.len();
    let (objects, arrays) = (suspects.iter().copied(), collector.take_arrays());
    let mut snapshot = Snapshot::of_set(heap, Generation::Old, objects, arrays)?;
    collector.tracing(|| snapshot.subtract_refs(None::<fn(Garbage<'_>)>))?;
    let concern = decide(collector, snapshot, info, unreachable)?;
    info.refuted += suspects.len() - unreachable.len();
    Ok(concern)
}
