//! Weak references with a callback, to objects that were found unreachable.
//!
//! All of them are cleared before any callback runs. A callback runs unless its
//! weak reference is itself garbage: unless all handles of the watch are owned
//! by unreachable objects, as their `trace` tells. Such weak references are
//! cleared too, whatever they refer to: their target may be an object that only
//! unreachable objects keep alive without telling, and must not call anyone
//! when it dies with them. Weak references without a callback are left alone
//! here; they work until the objects are reclaimed.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use super::state::{Collector, Payload};
use crate::object::{EdgeBuffer, Flags, ObjPtr};
use crate::watch::{self, WatchRef, clear_watches};

/// Clears the watches of the unreachable objects and calls the callbacks of
/// those that are not garbage themselves, newest first; returns the panic of a
/// `trace`. `has_watches` says whether the objects may own handles of watches.
///
/// Runs user code.
pub(super) fn call_weak_callbacks(collector: &Collector, has_watches: bool) -> Option<Payload> {
    let objects = collector.all_unreachable();
    let (in_garbage, panic) = if has_watches {
        let count = || collector.tracing(|| handles_in_garbage(&objects));
        match catch_unwind(AssertUnwindSafe(count)) {
            Ok(in_garbage) => (in_garbage, None),
            Err(panic) => (BTreeMap::new(), Some(panic)),
        }
    } else {
        (BTreeMap::new(), None)
    };
    let is_trash = |watch: &WatchRef| in_garbage.get(watch) == Some(&watch.handles());
    for watch in in_garbage.keys().filter(|&watch| is_trash(watch)) {
        watch.clear();
    }

    let observed = objects.iter().filter(|object| object.has(Flags::OBSERVED));
    let watches: Vec<WatchRef> = observed.flat_map(|&object| clear_watches(object)).collect();
    let callbacks = watches.into_iter().filter_map(WatchRef::take_callback);
    watch::call_all(callbacks.collect());
    panic
}

/// How many handles of each watch the unreachable objects own.
fn handles_in_garbage(objects: &[ObjPtr]) -> BTreeMap<WatchRef, u32> {
    let mut edges = EdgeBuffer::new();
    for object in objects {
        object.trace(&mut edges);
    }
    let mut handles = BTreeMap::new();
    for &watch in edges.watches() {
        // SAFETY: an object that is there reported a handle that it owns.
        let watch = unsafe { WatchRef::from_address(watch) };
        *handles.entry(watch).or_default() += 1;
    }
    handles
}
