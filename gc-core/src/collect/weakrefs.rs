//! Weak references with a callback, to objects that were found unreachable.
//!
//! All of them are cleared before any callback runs. A callback runs unless its
//! weak reference is itself garbage: unless all handles of the watch are owned
//! by unreachable objects, as their `trace` tells. Weak references without a
//! callback are left alone here; they work until the objects are reclaimed.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::panic::AssertUnwindSafe;
use core::ptr::NonNull;
use std::panic::catch_unwind;

use super::state::{Collector, Payload};
use crate::object::{EdgeBuffer, Flags, ObjPtr};
use crate::watch::{self, WatchRef, clear_watches};

/// Clears the watches of the unreachable objects and calls the callbacks of
/// those that are not garbage themselves, newest first; returns the panic of a
/// `trace`.
///
/// Runs user code.
pub(super) fn call_weak_callbacks(collector: &Collector) -> Option<Payload> {
    let objects = collector.all_unreachable();
    let observed = objects.iter().filter(|object| object.has(Flags::OBSERVED));
    let watches: Vec<WatchRef> = observed.flat_map(|&object| clear_watches(object)).collect();
    if watches.is_empty() {
        return None;
    }
    let counted = catch_unwind(AssertUnwindSafe(|| handles_in_garbage(&objects)));
    let (counts, panic) = match counted {
        Ok(counts) => (counts, None),
        Err(panic) => (BTreeMap::new(), Some(panic)),
    };
    let is_garbage = |watch: &WatchRef| counts.get(&watch.address()) == Some(&watch.handles());
    let survivors = watches.into_iter().filter(|watch| !is_garbage(watch));
    watch::call_all(survivors.filter_map(WatchRef::take_callback).collect());
    panic
}

/// How many handles of each watch the unreachable objects own.
fn handles_in_garbage(objects: &[ObjPtr]) -> BTreeMap<NonNull<()>, u32> {
    let mut edges = EdgeBuffer::new();
    for object in objects {
        object.trace(&mut edges);
    }
    let mut handles = BTreeMap::new();
    for &watch in edges.watches() {
        *handles.entry(watch).or_default() += 1;
    }
    handles
}
