//! Isolated heaps that nobody owns any more.
//!
//! What an isolate leaves is treated like what a thread leaves: the last collections run, and
//! then memory goes back as soon as its last object dies. That may be late, since handles outside
//! of the heap keep objects alive. Until then the heap stays in a list of its thread.
//!
//! An isolate can be dropped in the middle of a collection of another heap, for example because it
//! is part of a value that this one reclaims. Then its end waits until that collection is over.

use core::cell::Cell;

use super::activity::Activity;
use super::in_slices::give_up;
use super::isolated::IsolatedHeap;
use super::lifecycle::{collect_to_the_end, ensure_teardown};
use crate::object::unwind::FirstPanic;

std::thread_local! {
    /// The first of them. Without `Drop`, as the heap.
    static FIRST: Cell<Option<IsolatedHeap>> = const { Cell::new(None) };
}

/// Ends a heap that nobody owns any more. Panics of user code are reported by the panic hook and
/// not rethrown.
///
/// Runs user code: finalizers, callbacks, drops.
pub(crate) fn abandon(isolated: IsolatedHeap) {
    ensure_teardown();
    isolated.set_next(FIRST.replace(Some(isolated)));
    let activity = Activity::current();
    activity.waiting.set(Some(end_all));
    activity.do_what_waits();
}

/// Ends all that wait for it, and frees those that have become empty.
///
/// Runs user code.
fn end_all() {
    let mut next = FIRST.take();
    while let Some(isolated) = next {
        next = isolated.next();
        if !isolated.is_over() {
            end(isolated);
        }
        if isolated.is_empty() {
            // SAFETY: it is in no list, nobody owns it, and the thread is not in it.
            unsafe { isolated.free() };
        } else {
            isolated.set_next(FIRST.replace(Some(isolated)));
        }
    }
}

/// Collects what is left in it, and closes it.
fn end(isolated: IsolatedHeap) {
    isolated.set_over();
    isolated.enter(|| {
        drop(FirstPanic::of(|| {
            give_up(isolated.collector()).rethrow();
        }));
        collect_to_the_end(isolated.collector());
    });
}
