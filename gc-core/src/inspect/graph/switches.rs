//! How automatic collections were set when a snapshot was taken.

use crate::collect::activity::Activity;
use crate::collect::state::Collector;
use crate::memory::heap::Heap;
use crate::object::generation::Generation;
#[cfg(all(feature = "sync", target_has_atomic = "64"))]
use crate::sync::gc;

/// What decides when the next automatic collection of a thread is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Switches {
    /// The program switched automatic collection on, which it is from the start.
    pub(crate) is_enabled: bool,
    /// A guard of the program suspends it.
    pub(crate) is_paused: bool,
    /// The objects that were made since the last one, less those that died.
    pub(crate) made: usize,
    /// After how many the next one is due at the earliest; 0 for never.
    pub(crate) due_after: u32,
    /// How many objects a collection of the young and one of the middle generation examines at
    /// most.
    pub(crate) most_examined: [usize; 2],
}

impl Switches {
    /// Those of this thread, as they are now.
    pub(crate) fn current() -> Switches {
        let schedule = &Collector::current().schedule;
        let [due_after, _, _] = schedule.thresholds();
        Switches {
            is_enabled: schedule.is_enabled(),
            is_paused: Activity::current().is_paused(),
            made: Heap::current().net_allocations(),
            due_after,
            most_examined: [Generation::Young, Generation::Middle]
                .map(|generation| schedule.most_examined(generation)),
        }
    }
}

/// What decides when the next automatic collection of objects that threads share is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SharedSwitches {
    /// Whether collections run without being asked for.
    pub(crate) is_automatic: bool,
    /// The candidates.
    pub(crate) candidates: usize,
    /// With how many of them the next one is due.
    pub(crate) due_with: usize,
    /// How many objects wait for a thread of their own to drop them.
    pub(crate) backlog: usize,
}

#[cfg(all(feature = "sync", target_has_atomic = "64"))]
impl SharedSwitches {
    /// Those of the process, as they are now.
    pub(crate) fn current() -> SharedSwitches {
        let due_with = gc::get_threshold();
        let is_left_to_program = gc::get_collection() == gc::Collection::Manual;
        SharedSwitches {
            is_automatic: gc::is_enabled() && !is_left_to_program && due_with > 0,
            candidates: gc::get_count(),
            due_with,
            backlog: gc::get_backlog(),
        }
    }
}
