//! Isolated heaps that nobody owns any more.
//!
//! What an isolate leaves is treated like what a thread leaves: the last collections run, and
//! then memory goes back as soon as its last object dies, and the heap with the last memory. That
//! may be late, since handles outside of the heap keep objects alive.
//!
//! An isolate can be dropped in the middle of a collection of another heap, for example because it
//! is part of a value that this one reclaims. Then its end waits until that collection is over. So
//! does the collection of what becomes garbage meanwhile in heaps that ended.

use super::activity::Activity;
use super::in_slices::give_up;
use super::isolated::{IsolatedHeap, for_each_waiting};
use super::lifecycle::{collect_to_the_end, collect_until_noticed, ensure_teardown};
use crate::object::unwind::FirstPanic;

/// Ends a heap that nobody owns any more. Panics of user code are reported by the panic hook and
/// not rethrown.
///
/// Runs user code: finalizers, callbacks, drops.
pub(crate) fn abandon(isolated: IsolatedHeap) {
    ensure_teardown();
    isolated.wait();
    let activity = Activity::current();
    activity.when_idle.set(Some(end_all));
    activity.do_what_waits();
}

/// Ends all that wait for it, and collects those that wait for that once more: they ended, and an
/// object in them became a candidate during a collection.
///
/// Runs user code.
fn end_all() {
    for_each_waiting(|isolated| {
        if isolated.is_over() {
            isolated.enter(collect_until_noticed);
        } else {
            end(isolated);
        }
    });
}

/// Collects what is left in it, and closes it. It goes when it is left, or later with its last
/// object.
fn end(isolated: IsolatedHeap) {
    isolated.enter(|| {
        isolated.set_over();
        drop(FirstPanic::of(|| {
            give_up(isolated.collector()).rethrow();
        }));
        collect_to_the_end(isolated.collector());
    });
}
