//! The collection that runs in slices on this thread, while the program runs.

use core::cell::Cell;
use core::mem::ManuallyDrop;

use super::activity::Activity;
use super::reclaim::Reclaiming;
use super::schedule::Before;
use super::sliced::Sliced;
use super::state::Collector;
use crate::collect::stats::{CollectionInfo, Phase};
use crate::memory::heap::Heap;
use crate::object::generation::Generation;
use crate::object::unwind::FirstPanic;

/// A collection, and what is told of it when it ends.
#[derive(Debug)]
pub(super) struct InSlices {
    pub(super) sliced: Sliced,
    pub(super) info: CollectionInfo,
    pub(super) before: Before,
    /// What was found to be garbage and is still to be reclaimed.
    pub(super) dead: Reclaiming,
    /// Whether the next slice is to end it.
    pub(super) is_given_up: bool,
}

std::thread_local! {
    /// Without `Drop`, as the heap.
    static RUNNING: ManuallyDrop<Cell<Option<InSlices>>> =
        const { ManuallyDrop::new(Cell::new(None)) };
}

#[cfg(feature = "isolates")]
std::thread_local! {
    /// The heap that it collects. A thread has one such collection at most, because the stamps of
    /// objects do not tell which one they belong to.
    static HEAP: Cell<Option<&'static Heap>> = const { Cell::new(None) };
}

/// Whether one runs that collects another heap than the one that the thread is in.
pub(super) fn is_elsewhere() -> bool {
    #[cfg(feature = "isolates")]
    if let Some(heap) = HEAP.get() {
        return !core::ptr::eq(heap, Heap::current());
    }
    false
}

/// Takes the collection that runs in slices, if there is one.
pub(super) fn take() -> Option<InSlices> {
    if is_elsewhere() {
        return None;
    }
    #[cfg(feature = "isolates")]
    HEAP.set(None);
    RUNNING.with(|running| running.take())
}

/// Forgets the collection that runs in slices, if it is one of `heap`, which goes and has no objects.
#[cfg(feature = "isolates")]
pub(super) fn forget(heap: &Heap) {
    if HEAP.get().is_some_and(|collected| core::ptr::eq(collected, heap)) {
        HEAP.set(None);
        drop(RUNNING.with(|running| running.take()));
    }
}

/// What is told so far of the one that runs, unless a slice works on it at the moment.
pub(super) fn info() -> Option<CollectionInfo> {
    let in_slices = take()?;
    let info = in_slices.info;
    put(in_slices);
    Some(info)
}

/// Whether there is one, which no slice works on at the moment.
pub(crate) fn is_running() -> bool {
    info().is_some()
}

/// Whether there is one of `generation`, as above.
pub(super) fn is_running_of(generation: Generation) -> bool {
    info().is_some_and(|info| info.generation == generation)
}

/// It goes on later.
pub(super) fn put(in_slices: InSlices) {
    #[cfg(feature = "isolates")]
    HEAP.set(Some(Heap::current()));
    RUNNING.with(|running| running.set(Some(in_slices)));
}

/// Ends the collection that runs in slices, if there is one, as if it had not begun; but what it
/// has found to be garbage is reclaimed. A slice that is running is not ended; while a tool looks at
/// the heap, the next slice ends it. Returns the first panic.
///
/// Runs user code: callbacks of collections, and the `Drop` of what is reclaimed.
pub(crate) fn give_up(collector: &'static Collector) -> FirstPanic {
    let Some(mut in_slices) = take() else { return FirstPanic::none() };
    if Activity::current().is_tracing() {
        // Somebody walks over the pages: none is to go back to the system meanwhile.
        in_slices.is_given_up = true;
        put(in_slices);
        return FirstPanic::none();
    }
    // No other one begins before whoever gives this one up has done what it is for.
    let _running = collector.begin();
    end_without_result(collector, in_slices)
}

/// Ends it: what was a candidate is one again, unless it is garbage. Returns the first panic.
pub(super) fn end_without_result(collector: &Collector, in_slices: InSlices) -> FirstPanic {
    let InSlices { sliced, info, before, mut dead, .. } = in_slices;
    collector.keep_lists(sliced.abandon(Heap::current()));
    collector.schedule.give_up_slices(info.generation, &before);
    let panics = dead.finish();
    collector.keep_list(dead.into_list());
    collector.callbacks.call(Phase::Stop, &info);
    panics
}
