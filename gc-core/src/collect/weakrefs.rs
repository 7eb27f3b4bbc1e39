//! Weak references with a callback, to objects that were found unreachable.
//!
//! All of them are cleared before any callback runs. A callback runs unless its weak
//! reference is itself garbage, that is, unless unreachable objects own all handles of
//! the watch, as their `trace` reports. Such weak references are cleared too, whatever
//! they refer to: the target may be an object that only unreachable objects keep alive,
//! without reporting it, and no callback may run when it dies with them. Weak references
//! without a callback are left alone here; they work until the objects are reclaimed.

use alloc::vec::Vec;

use super::activity::Activity;
use super::snapshot::set::OutOfMemory;
use super::state::Collector;
use crate::object::edges::EdgeBuffer;
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::watch::watches::{self, WatchRef, clear_watches, watches_of};

/// Clears the watches of the unreachable objects and calls the callbacks of
/// those that are not garbage themselves, newest first; returns the panic of a
/// `trace`. `has_watches` says whether the objects may own handles of watches.
/// Without memory nothing is changed.
///
/// Runs user code.
pub(super) fn call_weak_callbacks(
    collector: &Collector,
    has_watches: bool,
) -> Result<FirstPanic, OutOfMemory> {
    let mut observed = 0;
    Activity::current().for_each_unreachable(|object| {
        if object.has(Flags::OBSERVED) {
            observed += watches_of(object);
        }
    });
    if observed == 0 && !has_watches {
        return Ok(FirstPanic::none());
    }
    let mut objects = Vec::new();
    objects.try_reserve_exact(Activity::current().unreachable_len())?;
    Activity::current().for_each_unreachable(|object| objects.push(object));
    let mut callbacks = Vec::new();
    callbacks.try_reserve_exact(observed)?;

    let mut panics = FirstPanic::none();
    if has_watches {
        panics.catch(|| clear_trash(collector, &objects));
        // The hook of a panic may have let some of them go.
        objects.clear();
        Activity::current().for_each_unreachable(|object| objects.push(object));
    }
    for &object in objects.iter().filter(|object| object.has(Flags::OBSERVED)) {
        callbacks.extend(clear_watches(object).filter_map(WatchRef::take_callback));
    }
    watches::call_all(callbacks);
    Ok(panics)
}

/// Clears the watches all of whose handles the unreachable objects own. A
/// handle that there is no memory to remember seems to be owned by others.
fn clear_trash(collector: &Collector, objects: &[ObjPtr]) {
    let mut edges = EdgeBuffer::new();
    collector.tracing(|| {
        for object in objects {
            object.trace(&mut edges);
        }
        Activity::current().assert_nothing_was_allocated();
    });
    edges.sort_watches();
    for handles in edges.watches().chunk_by(|one, other| one == other) {
        // SAFETY: an object that is there reported a handle that it owns.
        let watch = unsafe { WatchRef::from_address(handles[0]) };
        if watch.handles() as usize == handles.len() {
            watch.clear();
        }
    }
}
