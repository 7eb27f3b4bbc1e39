//! What is done when something is due: before an object is allocated, or where the program asks
//! for it.

use core::mem::ManuallyDrop;

use super::activity::Activity;
use super::budget::Budget;
use super::collection::{Reason, collect, restart_epochs_in_time};
use super::in_slices::is_running;
use super::schedule::Due;
use super::slices::{fits, go_on, start};
use super::state::Collector;
use super::weighing::{weigh_closely, weigh_new};
use crate::memory::heap::Heap;

/// The heap asks what is due, before an object is allocated.
#[cold]
pub(crate) fn collect_automatically() {
    /// Takes the count of the allocation back if it does not happen.
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            Heap::current().uncount_allocation();
        }
    }

    let collector = Collector::current();
    if Activity::current().is_tracing() {
        return Activity::current().note_allocation();
    }
    let counted = Counted;
    let is_weighed = weigh_in_time(collector);
    if let Outcome::Nothing = do_what_is_due(collector, Slices::IfLarge)
        && !is_weighed
    {
        weigh_new(collector);
    }
    let _counted = ManuallyDrop::new(counted);
}

/// Does what is due as a whole, whether automatic collection is on or not: a collection that runs
/// in slices comes to its end. Returns the number of objects found unreachable, if a collection
/// was due.
pub(crate) fn collect_if_due() -> Option<usize> {
    let collector = Collector::current();
    if cannot_collect(collector) {
        return None;
    }
    if is_running() {
        return end_slices(collector);
    }
    weigh_in_time(collector);
    match do_what_is_due(collector, Slices::Never) {
        Outcome::Collected(found) => Some(found),
        Outcome::Nothing | Outcome::Other => None,
    }
}

/// Goes on with the collection that runs in slices until it ends.
fn end_slices(collector: &'static Collector) -> Option<usize> {
    let mut found = None;
    while is_running() {
        found = go_on(collector, usize::MAX);
    }
    found
}

/// Does what the next allocation would do with this `budget`. Goes on with a collection that runs in
/// slices in any case. Returns whether one runs then.
pub(crate) fn step(budget: Budget) -> bool {
    let collector = Collector::current();
    if cannot_collect(collector) {
        return false;
    }
    if is_running() {
        go_on(collector, collector.schedule.slice_of(budget));
    } else {
        weigh_in_time(collector);
        collector.schedule.with_budget(budget, || do_what_is_due(collector, Slices::IfLarge));
        if is_running() {
            go_on(collector, collector.schedule.slice_of(budget));
        }
    }
    is_running()
}

/// Whether no collection may start.
fn cannot_collect(collector: &Collector) -> bool {
    Activity::current().is_tracing()
        || Activity::current().is_collecting()
        || Activity::current().is_paused()
        || collector.schedule.is_never_due()
}

/// What came of it.
enum Outcome {
    Nothing,
    /// A collection ended, which found so many objects unreachable.
    Collected(usize),
    /// New objects were passed over, or a collection goes on in slices.
    Other,
}

/// Which collections run in slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slices {
    Never,
    IfLarge,
}

/// Runs user code: all that a collection runs.
fn do_what_is_due(collector: &'static Collector, slices: Slices) -> Outcome {
    match collector.schedule.due() {
        Due::Collection(generation) if slices == Slices::IfLarge && fits(collector, generation) => {
            start(collector, generation);
            Outcome::Other
        }
        Due::Collection(generation) => Outcome::Collected(collect(generation, Reason::Allocations)),
        Due::Slice => {
            let found = go_on(collector, collector.schedule.slice());
            found.map_or(Outcome::Other, Outcome::Collected)
        }
        Due::PassOver => {
            pass_over(collector);
            Outcome::Other
        }
        Due::Weighing => Outcome::Nothing,
    }
}

/// Weighs objects if it is time; returns whether new ones were weighed. What is due may depend
/// on it, so that collections must not keep it from happening.
fn weigh_in_time(collector: &'static Collector) -> bool {
    let is_weighed = collector.schedule.is_weighing_due();
    if is_weighed {
        weigh_new(collector);
    }
    if collector.schedule.is_due_for_weight() {
        weigh_closely(collector);
    }
    is_weighed
}

/// Makes new objects old without looking at them; see `pace`.
fn pass_over(collector: &'static Collector) {
    if !Activity::current().is_collecting() {
        restart_epochs_in_time(Heap::current());
        collector.schedule.pass_over();
    }
}
