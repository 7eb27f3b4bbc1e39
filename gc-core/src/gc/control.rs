//! The functions of the module: each asks the heap or the collector of this thread.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::introspect;
use crate::collect::callbacks::CallbackId;
use crate::collect::collection::{Reason, collect as run_collection, restart_epochs_in_time};
use crate::collect::debug::DebugFlags;
use crate::collect::lifecycle;
use crate::collect::state::Collector;
use crate::collect::stats::{CollectionInfo, GenerationStats, Phase};
use crate::memory::heap::Heap;
use crate::memory::heap::giving_back::Reserve;
use crate::memory::stats::MemoryStats;
use crate::memory::walk;
use crate::object::flags::Flags;
use crate::object::generation::Epochs;
use crate::object::generation::Generation;
use crate::pointer::erased::Object;
use crate::pointer::gc_ptr::Gc;

/// Switches automatic collection on. It is on when a thread starts.
pub fn enable() {
    Collector::current().schedule.set_enabled(true);
}

/// Switches automatic collection off. [`collect`] still works, and objects
/// whose count reaches zero are still freed at once.
pub fn disable() {
    Collector::current().schedule.set_enabled(false);
}

/// Whether automatic collection is on.
#[must_use]
pub fn is_enabled() -> bool {
    Collector::current().schedule.is_enabled()
}

/// Holds automatic collection off until the guard is dropped.
///
/// Guards nest, and leave the switch of [`enable`] and [`disable`] alone: a
/// library can pause collection without undoing what the program decided.
///
/// ```
/// use gcycle::gc;
///
/// let guard = gc::pause();
/// assert!(gc::is_enabled(), "the switch is as it was");
/// // ... build a large structure ...
/// drop(guard);
/// ```
#[must_use = "collection goes on when the guard is dropped"]
pub fn pause() -> PauseGuard {
    Collector::current().schedule.set_pauses(|pauses| pauses + 1);
    PauseGuard { of_this_thread: core::marker::PhantomData }
}

/// Holds automatic collection off; see [`pause`].
#[derive(Debug)]
pub struct PauseGuard {
    of_this_thread: core::marker::PhantomData<*const ()>,
}

impl Drop for PauseGuard {
    fn drop(&mut self) {
        Collector::current().schedule.set_pauses(|pauses| pauses - 1);
    }
}

/// Runs a full collection; returns the number of unreachable objects found.
///
/// Whole segments of memory that are unused go back to the global allocator.
/// Called from a finalizer, or from a `Drop` that a collection runs, it returns
/// 0 at once; so it does from a `trace`, and from the panic hook of one.
///
/// # Panics
///
/// Panics of `trace`, of finalizers and of drops go on here after the
/// collection ended.
pub fn collect() -> usize {
    collect_generation(Generation::Old)
}

/// Collects `generation` and all younger ones; returns the number of
/// unreachable objects found.
///
/// Survivors are promoted to the next generation.
///
/// # Panics
///
/// As [`collect`].
pub fn collect_generation(generation: Generation) -> usize {
    lifecycle::ensure_teardown();
    run_collection(generation, Reason::Request)
}

/// Sets when collections start: a young one when the number of tracked objects
/// allocated minus those freed since the last collection exceeds `young`, a
/// middle one after more than `middle` young ones, a full one after more than
/// `old` middle ones if the heap has grown by a quarter meanwhile.
///
/// 0 for `young` switches automatic collection off. The defaults are
/// (700, 10, 10). Until this is called the first one is a floor: while
/// collections find little the actual number grows, to at most a quarter of the
/// tracked objects (16,384 in a small heap, 44,800 in any), and it shrinks again
/// when they find some. Meanwhile a full collection is also due when the heap has
/// grown since the last one by an allowance, which lies between a sixteenth and
/// half of it and depends on what full collections find. Once set, thresholds are
/// exact.
pub fn set_threshold(young: u32, middle: u32, old: u32) {
    Collector::current().schedule.set_thresholds([young, middle, old]);
}

/// The thresholds, youngest first.
#[must_use]
pub fn get_threshold() -> (u32, u32, u32) {
    let [young, middle, old] = Collector::current().schedule.thresholds();
    (young, middle, old)
}

/// Bounds the pause of partial collections: none examines more than `objects`
/// objects. `None`, as at the start, is no bound.
///
/// At some tens of nanoseconds for each object, 10,000 keep a young collection
/// below a millisecond, plus what finalizers and drops take. What a collection
/// leaves out because of this is examined by the next one of the next
/// generation. Full collections are always complete.
///
/// ```
/// use gcycle::gc;
///
/// gc::set_budget(Some(10_000));
/// # gc::set_budget(None);
/// ```
pub fn set_budget(objects: Option<usize>) {
    Collector::current().schedule.set_budget(objects.unwrap_or(usize::MAX));
}

/// The counts that are compared with the thresholds, youngest first.
#[must_use]
pub fn get_count() -> (u32, u32, u32) {
    let (middle, old) = Collector::current().schedule.counts();
    let young = u32::try_from(Heap::current().net_allocations()).unwrap_or(u32::MAX);
    (young, middle, old)
}

/// What the collections of each generation did in total, youngest first.
///
/// ```
/// use gcycle::gc;
///
/// gc::collect();
/// let [_, _, full] = gc::get_stats();
/// println!("{} full collections, the longest took {:?}", full.collections, full.max_pause);
/// assert_eq!(full.max_pause, full.duration, "there was only one");
/// ```
#[must_use]
pub fn get_stats() -> [GenerationStats; 3] {
    Collector::current().stats()
}

/// The identity of an object: its address. It is unique as long as the object
/// lives.
#[must_use]
pub fn id<T: ?Sized>(gc: &Gc<T>) -> usize {
    Gc::as_ptr(gc).addr()
}

/// What this thread's heap holds. Takes time in proportion to the number of
/// pages.
#[must_use]
pub fn memory() -> MemoryStats {
    Heap::current().memory()
}

/// Gives all segments that are unused back to the global allocator; returns
/// their size in bytes. What the collector keeps for its next run goes back too.
///
/// [`collect`] does so too, unless the program was seen to take it again right
/// after the last `collect`, and that were not more than 32 MiB: one that collects after
/// each of its tasks would pay for the first use of memory every time.
pub fn trim() -> usize {
    if Collector::current().is_tracing() {
        // Somebody walks over the pages.
        return 0;
    }
    Collector::current().trim();
    Heap::current().trim(Reserve::Nothing)
}

/// The tracked objects of one generation, or of all three if it is `None`.
///
/// Objects that are not fully built, that are dying, that the running
/// collection found unreachable, and permanent ones are not among them. The
/// handles keep the objects alive.
///
/// ```
/// use gcycle::{Gc, gc::{self, Generation, Object}};
///
/// let list = Gc::new(vec![Gc::new(1)]);
/// assert!(gc::get_objects(Some(Generation::Young)).contains(&Object::from(&list)));
/// ```
#[must_use]
pub fn get_objects(generation: Option<Generation>) -> Vec<Object> {
    introspect::objects_in(generation)
}

/// The tracked objects that refer to any of `targets`.
///
/// Looks at every tracked object. Permanent ones are not looked at, and what an
/// object in exclusive use or a mutably borrowed cell refers to is not seen.
///
/// # Panics
///
/// If a hand-written `trace` does.
#[must_use]
pub fn get_referrers(targets: &[Object]) -> Vec<Object> {
    introspect::referrers(targets)
}

/// The objects that `owners` refer to, one entry for each edge.
///
/// # Panics
///
/// If a hand-written `trace` does.
#[must_use]
pub fn get_referents(owners: &[Object]) -> Vec<Object> {
    introspect::referents(owners)
}

/// Whether the collector examines this object; it does not if its type cannot
/// be part of a cycle.
///
/// ```
/// use gcycle::{Gc, gc};
///
/// assert!(!gc::is_tracked(&Gc::new("text")));
/// assert!(gc::is_tracked(&Gc::new(vec![Gc::new("text")])));
/// ```
#[must_use]
pub fn is_tracked<T: ?Sized>(gc: &Gc<T>) -> bool {
    !gc.object().has(Flags::UNTRACKED)
}

/// Whether the object was finalized, and resurrected then.
#[must_use]
pub fn is_finalized<T: ?Sized>(gc: &Gc<T>) -> bool {
    gc.object().is_finalized()
}

/// Moves all tracked objects out of the generations: they are permanent, and no
/// collection examines them. Takes constant time.
///
/// After a program has built what it keeps for good, this makes collections
/// cheaper. Counting goes on: permanent objects whose count reaches zero die.
pub fn freeze() {
    restart_epochs_in_time(Heap::current());
    Heap::current().with_epochs(Epochs::freeze);
    Collector::current().schedule.reset_counts();
}

/// Moves all permanent objects to the old generation.
///
/// Looks at every tracked object. The next full collection examines all that
/// were permanent: what is in a cycle with one of them could not be found
/// before.
pub fn unfreeze() {
    Heap::current().unfreeze();
}

/// The number of permanent objects. Looks at every tracked object.
#[must_use]
pub fn get_freeze_count() -> usize {
    walk::count_by_generation().1
}

/// Calls `callback` when a collection starts and when it is done.
///
/// It may allocate; collections that it asks for return 0 at once. A panic is
/// reported and goes no further.
///
/// ```
/// use gcycle::gc::{self, Phase};
///
/// let id = gc::add_callback(|phase, info| {
///     if phase == Phase::Stop {
///         println!("collected {} in {:?}", info.collected, info.duration);
///     }
/// });
/// gc::collect();
/// assert!(gc::remove_callback(id));
/// ```
pub fn add_callback(callback: impl FnMut(Phase, &CollectionInfo) + 'static) -> CallbackId {
    lifecycle::ensure_teardown();
    Collector::current().callbacks.add(Box::new(callback))
}

/// Removes a callback; `false` if it was removed before.
pub fn remove_callback(id: CallbackId) -> bool {
    Collector::current().callbacks.remove(id)
}

/// Sets the debug flags.
pub fn set_debug(flags: DebugFlags) {
    Collector::current().set_debug(flags);
}

/// The debug flags.
#[must_use]
pub fn get_debug() -> DebugFlags {
    Collector::current().debug()
}

/// The objects that were unreachable and could not be reclaimed, or were not to
/// be because of [`DebugFlags::SAVEALL`].
///
/// The list keeps them alive; see [`take_garbage`].
#[must_use]
pub fn garbage() -> Vec<Object> {
    Collector::current().garbage().into_iter().map(Object::new).collect()
}

/// Empties the list of [`garbage`] and returns what was in it.
pub fn take_garbage() -> Vec<Object> {
    let garbage = Collector::current().take_garbage();
    garbage.into_iter().map(Object::from_counted).collect()
}
