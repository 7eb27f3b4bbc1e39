//! Walks over the contents of containers, shared by the macros of `shapes`.
//!
//! The labels are the same everywhere: `[i]` for the i-th thing in the order of
//! iteration, and `[i].key` and `[i].value` in a map.

use core::mem::needs_drop;

use crate::trace::contract::Trace;
use crate::trace::manner::Briefly;
use crate::trace::tracer::{Contain, LabelTracer, Tracer};

/// Reports the edges of all values in `container`, which are of type `T`, unless that
/// type has none to report. Contents that are plain are not deep either.
#[inline]
pub(super) fn trace_container<T: Trace, C: Contain>(container: &C, tracer: &mut Tracer<'_>) {
    if T::traces_plainly(Briefly::TRACES) {
        container.trace_contents(tracer);
    } else if T::reports() {
        tracer.descend(container);
    }
}

/// Lets `tracer` keep the guard through which a `T` was traced, if it may need it.
#[inline]
pub(super) fn keep<T: Trace, G>(guard: G, tracer: &mut Tracer<'_>) {
    if needs_drop::<G>() && !T::traces_plainly(Briefly::TRACES) {
        tracer.keep(guard);
    }
}

/// Reports the edges of all `items`, unless their type has none to report.
#[inline]
pub(super) fn trace_items<'a, T: Trace + 'a>(
    items: impl IntoIterator<Item = &'a T>,
    tracer: &mut Tracer<'_>,
) {
    if T::reports() && size_of::<T>() > 0 {
        for item in items {
            item.trace(tracer);
        }
    }
}

/// Reports the edges of all `items` with their positions.
pub(super) fn label_items<'a, T: Trace + 'a>(
    items: impl IntoIterator<Item = &'a T>,
    tracer: &mut LabelTracer<'_>,
) {
    if !needs_drop::<T>() || size_of::<T>() == 0 {
        // They own nothing, and there may be any number of them.
        return;
    }
    label_each(items.into_iter(), tracer, T::trace_labelled);
}

/// Of the items of a container inside a container that is weighed, so many times fewer are.
const FEWER: usize = 8;

/// Calls `label` with each of `items` and a tracer for its position. If only their weight is of
/// interest, a few items stand for all.
fn label_each<I: Iterator>(
    mut items: I,
    tracer: &mut LabelTracer<'_>,
    label: impl Fn(I::Item, &mut LabelTracer<'_>),
) {
    let sample = tracer.sample();
    let most = sample.unwrap_or(usize::MAX);
    let before = tracer.weight();
    tracer.set_sample(most / FEWER);
    for (index, item) in items.by_ref().take(most).enumerate() {
        label(item, &mut tracer.index(index));
    }
    if let Some(sample) = sample {
        let rest = items.size_hint().0;
        let each = (tracer.weight() - before) / sample;
        tracer.owns(each.saturating_mul(rest));
        tracer.set_sample(sample);
    }
}

/// Reports the edges of all `entries`, unless their types have none to report.
#[inline]
pub(super) fn trace_entries<'a, K: Trace + 'a, V: Trace + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    tracer: &mut Tracer<'_>,
) {
    if K::reports() || V::reports() {
        for (key, value) in entries {
            key.trace(tracer);
            value.trace(tracer);
        }
    }
}

/// Reports the edges of all `entries` with their positions and sides.
pub(super) fn label_entries<'a, K: Trace + 'a, V: Trace + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    tracer: &mut LabelTracer<'_>,
) {
    if !needs_drop::<K>() && !needs_drop::<V>() {
        return;
    }
    label_each(entries.into_iter(), tracer, |(key, value), entry| {
        key.trace_labelled(&mut entry.field("key"));
        value.trace_labelled(&mut entry.field("value"));
    });
}

/// The bytes that so many items take, side by side.
pub(super) fn items<T>(count: usize) -> usize {
    count.saturating_mul(size_of::<T>())
}
