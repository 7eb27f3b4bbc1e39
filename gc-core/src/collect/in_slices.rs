//! The collection that runs in slices on this thread, while the program runs.

use core::cell::Cell;
use core::mem::ManuallyDrop;

use super::schedule::Before;
use super::sliced::Sliced;
use super::state::Collector;
use crate::collect::stats::{CollectionInfo, Phase};
use crate::memory::heap::Heap;
use crate::object::generation::Generation;

/// A collection, and what is told of it when it ends.
#[derive(Debug)]
pub(super) struct InSlices {
    pub(super) sliced: Sliced,
    pub(super) info: CollectionInfo,
    pub(super) before: Before,
}

std::thread_local! {
    /// Without `Drop`, as the heap.
    static RUNNING: ManuallyDrop<Cell<Option<InSlices>>> =
        const { ManuallyDrop::new(Cell::new(None)) };
}

/// Takes the collection that runs in slices, if there is one.
pub(super) fn take() -> Option<InSlices> {
    RUNNING.with(|running| running.take())
}

/// What is told so far of the one that runs, unless a slice works on it at the moment.
pub(super) fn info() -> Option<CollectionInfo> {
    let in_slices = take()?;
    let info = in_slices.info;
    put(in_slices);
    Some(info)
}

/// Whether there is one, which no slice works on at the moment.
pub(super) fn is_running() -> bool {
    info().is_some()
}

/// Whether there is one of `generation`, as above.
pub(super) fn is_running_of(generation: Generation) -> bool {
    info().is_some_and(|info| info.generation == generation)
}

/// It goes on later.
pub(super) fn put(in_slices: InSlices) {
    RUNNING.with(|running| running.set(Some(in_slices)));
}

/// Ends the collection that runs in slices, if there is one, as if it had not begun. A slice
/// that is running is not ended.
///
/// Runs user code: callbacks of collections.
pub(crate) fn abandon(collector: &Collector) {
    if let Some(in_slices) = take() {
        end_without_result(collector, in_slices);
    }
}

/// Ends it: what was a candidate is one again.
pub(super) fn end_without_result(collector: &Collector, in_slices: InSlices) {
    let InSlices { sliced, info, before, .. } = in_slices;
    collector.keep_lists(sliced.abandon(Heap::current()));
    collector.schedule.give_up_slices(info.generation, &before);
    collector.callbacks.call(Phase::Stop, &info);
}
