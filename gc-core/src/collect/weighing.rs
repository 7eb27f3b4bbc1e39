//! Weighs a few objects, for the pace; see `weights`.

use crate::collect::activity::Activity;
use crate::collect::death::looking;
use crate::collect::schedule::Before;
use crate::collect::state::Collector;
use crate::memory::heap::Heap;
use crate::object::edges::LabelledEdges;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;

/// How many objects of each size class are weighed now and then.
const FEW: u32 = 8;

/// How many objects are weighed to find out what the whole heap owns.
const SAMPLE: usize = 64;

/// Weighs a few of the objects that were made last, unless the program has set the thresholds.
///
/// Runs user code: hand-written `trace` implementations.
pub(super) fn weigh_new(collector: &Collector) {
    let made = Heap::current().net_allocations();
    if let Some(weights) = collector.schedule.weights_in_use() {
        let place = weights.next_place();
        let (mut sum, mut count, mut least) = (0_usize, 0, None);
        weigh(|scale| {
            let heap = Heap::current();
            let now = heap.epochs().now();
            // The last one of its class may have been made long ago.
            let is_new = |object: ObjPtr| object.stamp().epoch() == Some(now);
            heap.for_objects_made_last(place, FEW, |object| {
                if is_new(object) {
                    sum = sum.saturating_add(scale.weigh(object));
                    count += 1;
                }
            });
            if count == 0 && weights.are_heavy() {
                heap.for_objects_made_last(place, 1, |object| {
                    let weight = scale.weigh(object);
                    least = Some(least.map_or(weight, |least: usize| least.min(weight)));
                });
            }
        });
        match (sum.checked_div(count), least) {
            (Some(mean), _) => weights.note_sample(mean),
            (None, Some(least)) => weights.note_older(least),
            (None, None) => {}
        }
    }
    collector.schedule.note_weighing(made);
}

/// Weighs more of the objects that were made last, since a collection seems to be due for what
/// they own: a few that are heavy by chance are not to be taken for all.
///
/// Runs user code: hand-written `trace` implementations.
pub(super) fn weigh_closely(collector: &Collector) {
    /// So many of each size class are weighed,
    const MOST: u32 = 64;
    /// and fewer than so many in all say no more than is known.
    const ENOUGH: usize = 16;
    let Some(weights) = collector.schedule.weights_in_use() else { return };
    let place = weights.next_place();
    let (mut sum, mut count) = (0_usize, 0);
    weigh(|scale| {
        let heap = Heap::current();
        let now = heap.epochs().now();
        heap.for_objects_made_last(place, MOST, |object| {
            if object.stamp().epoch() == Some(now) {
                sum = sum.saturating_add(scale.weigh(object));
                count += 1;
            }
        });
    });
    if count >= ENOUGH {
        weights.note_large_sample(sum / count);
        collector.schedule.update_trigger();
    }
}

/// Finds out what the heap owns after a full collection.
///
/// Runs user code: hand-written `trace` implementations.
pub(super) fn weigh_all(collector: &Collector, before: &Before) {
    let Some(weights) = collector.schedule.weights_in_use() else { return };
    let heap = Heap::current();
    if heap.is_ending() {
        return;
    }
    let owned = if weights.are_heavy() { owned_by_all(heap, weights.next_place()) } else { 0 };
    weights.note_full(before.due_bytes, collector.schedule.growth_since(before), owned);
    collector.schedule.update_trigger();
}

/// About what all tracked objects own together, rather too little than too much.
fn owned_by_all(heap: &'static Heap, place: u32) -> usize {
    let pages = heap.tracked_pages().count();
    let stride = pages / SAMPLE + 1;
    let mut weights = [0_usize; SAMPLE];
    let samples = heap.tracked_pages().step_by(stride).filter_map(|page| {
        let object = page.object_near(place)?;
        Some((object, page.used() as usize))
    });
    weigh(|scale| {
        for (weight, (object, stands_for)) in weights.iter_mut().zip(samples) {
            *weight = scale.weigh(object).saturating_mul(stands_for);
        }
    });
    weights.sort_unstable();
    // Two that are heavy by chance are no evidence.
    let most = if pages > 2 { SAMPLE - 2 } else { SAMPLE };
    let sum = weights[..most].iter().fold(0_usize, |sum, &weight| sum.saturating_add(weight));
    sum.saturating_mul(stride)
}

/// Weighs objects.
struct Scale(LabelledEdges);

impl Scale {
    /// The bytes that the value of `object` owns elsewhere in memory, as far as it is known.
    ///
    /// Runs user code: hand-written `trace` implementations.
    fn weigh(&mut self, object: ObjPtr) -> usize {
        Activity::current().look_at(object);
        object.weigh(&mut self.0)
    }
}

/// Lends a scale, while no object can die.
///
/// Runs user code: hand-written `trace` implementations. Their panics are reported by the
/// panic hook and not rethrown.
fn weigh(use_it: impl FnOnce(&mut Scale)) {
    let mut scale = Scale(LabelledEdges::weighing());
    drop(FirstPanic::of(|| looking(|| use_it(&mut scale))));
}
