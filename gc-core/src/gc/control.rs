//! The functions of the module: each asks the heap or the collector of this thread.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::introspect;
use crate::collect::activity::Activity;
use crate::collect::automatic;
use crate::collect::budget::Budget;
use crate::collect::callbacks::CallbackId;
use crate::collect::collection::{Reason, collect as run_collection, restart_epochs_in_time};
use crate::collect::debug::DebugFlags;
use crate::collect::in_slices::give_up;
use crate::collect::lifecycle;
use crate::collect::pace::Pace;
use crate::collect::state::Collector;
use crate::collect::stats::{CollectionInfo, GenerationStats, Phase, Progress};
use crate::memory::heap::Heap;
use crate::memory::heap::giving_back::Reserve;
use crate::memory::pressure::Pressure;
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

/// Switches automatic collection of this thread off, until [`enable`] is called. [`collect`],
/// [`collect_if_due`] and [`step`] still work, and objects whose count reaches zero are still
/// freed at once. For a scope, [`pause`] is safer: it ends with the scope, also if that panics.
pub fn disable() {
    Collector::current().schedule.set_enabled(false);
}

/// Whether automatic collection is on.
#[must_use]
pub fn is_enabled() -> bool {
    Collector::current().schedule.is_enabled()
}

/// Suspends automatic collection until the guard is dropped.
///
/// Guards nest, and are independent of [`enable`] and [`disable`]: a library can pause
/// collection without changing the program's own setting.
///
/// ```
/// use gcycle::gc;
///
/// let guard = gc::pause();
/// assert!(gc::is_enabled(), "the switch is as it was");
/// // ... build a large structure ...
/// drop(guard);
/// ```
#[must_use = "collection resumes when the guard is dropped"]
pub fn pause() -> PauseGuard {
    Collector::current().schedule.set_pauses(|pauses| pauses + 1);
    PauseGuard { of_this_thread: core::marker::PhantomData }
}

/// Suspends automatic collection while it exists; see [`pause`].
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
/// Afterwards, unused segments of memory are returned to the global allocator.
///
/// It returns 0 immediately if it is called from a finalizer or a `Drop` that a
/// collection runs, from a `trace`, or from the panic hook while a `trace` panics.
///
/// # Panics
///
/// If a `trace`, a finalizer or a drop panics, the collection ends first, and the panic
/// is then rethrown here.
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

/// Runs a collection if one is due, as the next allocation of a tracked object would; returns
/// the number of unreachable objects found, or `None` if none was due.
///
/// Call it where a pause does not disturb: at the end of a frame, or when an event loop has
/// nothing to do. Together with [`disable`], these are then the only places where collections
/// start, and the collector still decides how often and of which generation: this function
/// works while automatic collection is switched off. It does not run a collection that
/// [`pause`] suspends, nor if [`set_threshold`] set 0 for `young`.
///
/// It returns `None` immediately while a collection or a `trace` runs.
///
/// # Panics
///
/// As [`collect`].
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, Trace, gc};
/// use std::cell::RefCell;
///
/// #[derive(Trace)]
/// struct Particle {
///     buddy: RefCell<Option<Gc<Particle>>>,
/// }
///
/// gc::disable();
/// let mut found = 0;
/// for _frame in 0..100 {
///     for _ in 0..100 {
///         let particle = Gc::new(Particle { buddy: RefCell::new(None) });
///         *particle.buddy.borrow_mut() = Some(particle.clone());
///     }
///     // The frame was drawn; until the next one there is time.
///     found += gc::collect_if_due().unwrap_or(0);
/// }
/// assert!(found > 5_000);
/// # gc::enable();
/// ```
pub fn collect_if_due() -> Option<usize> {
    lifecycle::ensure_teardown();
    automatic::collect_if_due()
}

/// Does what is due, within about this `budget`, a [number of objects or a time](Budget): for
/// programs with idle time, such as the rest of a frame. Call it until it returns
/// [`Progress::Done`], or until the time is up.
///
/// It is [`collect_if_due`] with a [budget](set_budget) of its own. A full collection of a heap
/// of more than four times as many objects runs in slices, one with each call; see
/// [`set_budget`] for what that means and where it is not possible. Slices also run at
/// allocations, as long as automatic collection is switched on.
///
/// # Panics
///
/// As [`collect`].
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
/// use gcycle::gc::{self, Progress};
///
/// let end_of_frame = Instant::now() + Duration::from_millis(2);
/// let slice = Duration::from_micros(200);
/// while gc::step(slice) == Progress::More && Instant::now() < end_of_frame {}
/// ```
pub fn step(budget: impl Into<Budget>) -> Progress {
    lifecycle::ensure_teardown();
    if automatic::step(budget.into()) { Progress::More } else { Progress::Done }
}

/// Sets the thresholds at which collections start:
///
/// * a young one starts when the number of tracked objects allocated minus those freed
///   since the last collection exceeds `young`;
/// * a middle one after more than `middle` young ones;
/// * a full one after more than `old` middle ones, if the heap has grown by a quarter
///   since the last full one.
///
/// 0 for `young` switches automatic collection off. The defaults are (700, 10, 10).
///
/// Until you call this, the thresholds are only where the collector starts: it adapts to
/// what its collections find, within the limits that [`set_pace`] sets. Once you have set
/// the thresholds, they are exact.
///
/// # Panics
///
/// If a collection runs in slices, what it has found to be garbage is dropped first. A panic of a
/// `Drop` in it goes on when everything is done.
pub fn set_threshold(young: u32, middle: u32, old: u32) {
    let collector = Collector::current();
    let panics = give_up(collector);
    collector.schedule.set_thresholds([young, middle, old]);
    panics.rethrow();
}

/// The thresholds, youngest first.
#[must_use]
pub fn get_threshold() -> (u32, u32, u32) {
    let [young, middle, old] = Collector::current().schedule.thresholds();
    (young, middle, old)
}

/// Sets the limits within which automatic collections adapt to what they find, and starts
/// adapting anew. It undoes [`set_threshold`]. The default is [`Pace::Balanced`].
///
/// A young collection starts after 700 to 44,800 net allocations, but never more than a
/// quarter of the number of tracked objects, or 16,384 if that is more: the interval grows
/// while such collections find little garbage. If they still examine much in vain, they
/// become samples, which examine only the last few of the objects that were made; the
/// others are left to full collections.
///
/// A full collection starts when the heap has grown by an allowance since the last one,
/// which [`Pace`] limits. The garbage on the heap is at most that. One also starts when the
/// heap does not grow, as soon as partial collections have examined as many objects as it
/// has, or eight times as many were made; and after up to 32 times that, if such
/// collections find nothing.
///
/// Whatever the pace, objects that own much memory make both kinds start earlier: see
/// [`add_pressure`].
///
/// ```
/// use gcycle::gc::{self, Pace};
///
/// // A compiler that builds its trees, writes its output, and ends.
/// gc::set_pace(Pace::SaveTime);
/// assert_eq!(gc::get_pace(), Some(Pace::SaveTime));
///
/// gc::set_threshold(700, 10, 10);
/// assert_eq!(gc::get_pace(), None, "the thresholds are exact");
/// # gc::set_pace(Pace::Balanced);
/// ```
pub fn set_pace(pace: Pace) {
    Collector::current().schedule.set_pace(pace);
}

/// The pace of automatic collections; `None` if [`set_threshold`] set exact thresholds.
#[must_use]
pub fn get_pace() -> Option<Pace> {
    Collector::current().schedule.pace()
}

/// Counts `bytes` of memory that the collector cannot know of, such as a texture of a graphics
/// card or a buffer of a C library, until the guard is dropped.
///
/// Put the guard beside the handle of that memory, in the object that owns it. An automatic
/// collection starts before the next object is made when too many such bytes were added:
/// 1 MiB, or half of what is in use if that is more, for a young collection, and as much as
/// was in use after the last full one for the next full one. Exact
/// [thresholds](crate::gc::set_threshold) are not affected.
///
/// The buffers of `Vec`, `String` and the other containers of std need no guard: a few objects
/// are weighed now and then to find out how much they own.
///
/// ```
/// use gcycle::{Gc, Trace, gc};
///
/// #[derive(Trace)]
/// struct Texture {
///     number: u32,
///     memory: gc::Pressure,
/// }
///
/// let texture = Gc::new(Texture { number: 7, memory: gc::add_pressure(4 << 20) });
/// assert_eq!(texture.memory.bytes(), 4 << 20);
/// # assert_eq!(texture.number, 7);
/// ```
#[must_use = "the bytes are counted until the guard is dropped"]
pub fn add_pressure(bytes: usize) -> Pressure {
    Pressure::new(bytes)
}

/// Sets how much automatic collections do in one go: a [number of objects or a time](Budget).
/// Initially that is one millisecond.
///
/// * A young collection examines no more objects. Those that it leaves out are examined by the
///   next collection of the next generation.
/// * A full collection of a heap of more than four times as many objects runs in slices, and so
///   does one of the middle generation that would have to examine as many. The program goes on
///   between them. All garbage that there was when it began is freed by the
///   time it ends, in slices as well; only garbage objects that refer to each other, however
///   many, are freed in one go. What became garbage meanwhile is left to the next collection.
///   Callbacks are told of its start and its end. The collections of
///   young objects go on meanwhile. Anything that needs all of a collection at once gives it up:
///   [`collect`], [`trim`], [`freeze`], [`set_threshold`], and the first entry of a weak map.
/// * A budget that is so small that a slice before each allocation would not be enough is exceeded.
/// * If you have set thresholds or debug flags, or a weak map has entries, automatic full
///   collections run in one go, as those that you [request](collect) always do.
///
/// Examining an object takes some tens of nanoseconds, and up to two hundred in a heap that is
/// much larger than the caches of the processor; freeing one takes about as long. Finalizers take
/// the time that they take. The guide [Latency] has measurements.
///
/// ```
/// use std::time::Duration;
/// use gcycle::gc::{self, Budget};
///
/// gc::set_budget(Duration::from_micros(200));
/// gc::set_budget(10_000);
/// gc::set_budget(Budget::Unlimited); // Each collection in one go.
/// # gc::set_budget(Budget::default());
/// ```
///
/// [Latency]: https://docs.rs/gcycle/latest/gcycle/guide/latency/index.html
pub fn set_budget(budget: impl Into<Budget>) {
    Collector::current().schedule.set_budget(budget.into());
}

/// How much automatic collections do in one go.
#[must_use]
pub fn get_budget() -> Budget {
    Collector::current().schedule.budget()
}

/// The counts that are compared with the thresholds, youngest first.
#[must_use]
pub fn get_count() -> (u32, u32, u32) {
    let (middle, old) = Collector::current().schedule.counts();
    let young = u32::try_from(Heap::current().net_allocations()).unwrap_or(u32::MAX);
    (young, middle, old)
}

/// The totals of the collections of each generation, youngest first.
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

/// The identity of an object: its address. It is unique while the object is alive.
#[must_use]
pub fn id<T: ?Sized>(gc: &Gc<T>) -> usize {
    Gc::as_ptr(gc).addr()
}

/// The memory and the number of objects of this thread's heap. Takes time proportional to
/// the number of pages.
#[must_use]
pub fn memory() -> MemoryStats {
    Heap::current().memory()
}

/// Returns all unused segments of memory to the global allocator, along with the memory
/// that the collector keeps for its next run. Returns the size of the segments in bytes.
///
/// [`collect`] returns unused segments too, unless the program was seen to need the memory
/// again immediately after the previous `collect`: then up to 32 MiB stay, because a
/// program that collects after every task would pay each time for touching fresh memory.
///
/// # Panics
///
/// If a collection runs in slices, what it has found to be garbage is dropped first. A panic of a
/// `Drop` in it goes on when everything is done.
pub fn trim() -> usize {
    if Activity::current().is_tracing() {
        // Somebody walks over the pages.
        return 0;
    }
    let collector = Collector::current();
    let panics = give_up(collector);
    collector.trim();
    let given_back = Heap::current().trim(Reserve::Nothing);
    panics.rethrow();
    given_back
}

/// The tracked objects of one generation, or of all three if it is `None`.
///
/// Permanent objects are not included, nor are objects that are not fully built, that are
/// dying, or that the running collection has found unreachable. The handles that it
/// returns keep the objects alive. For their number alone, see
/// [`MemoryStats::tracked`](crate::gc::MemoryStats::tracked).
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
/// Examines every tracked object except permanent ones, however few are found: to ask about
/// many objects, pass them all at once. It does not see the references of an object in
/// exclusive use, nor those in a mutably borrowed cell.
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

/// Whether the collector examines this object. It does not if the type cannot be part of
/// a cycle.
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

/// Whether the object was finalized and then resurrected.
#[must_use]
pub fn is_finalized<T: ?Sized>(gc: &Gc<T>) -> bool {
    gc.object().is_finalized()
}

/// Makes all tracked objects permanent: they leave the generations, and no collection
/// examines them. Takes constant time.
///
/// Call it after the program has built the objects that it needs until the end;
/// collections are cheaper from then on. Reference counting continues: permanent objects
/// whose count reaches zero die.
///
/// # Panics
///
/// If a collection runs in slices, what it has found to be garbage is dropped first. A panic of a
/// `Drop` in it goes on when everything is done.
pub fn freeze() {
    let panics = give_up(Collector::current());
    restart_epochs_in_time(Heap::current());
    Heap::current().with_epochs(Epochs::freeze);
    Collector::current().schedule.reset_counts();
    panics.rethrow();
}

/// Moves all permanent objects to the old generation.
///
/// Takes time proportional to the number of tracked objects. The next full collection
/// examines all objects that were permanent, and can find the garbage cycles that they
/// are part of.
///
/// # Panics
///
/// If a collection runs in slices, what it has found to be garbage is dropped first. A panic of a
/// `Drop` in it goes on when everything is done.
pub fn unfreeze() {
    // It did not count on these objects.
    let panics = give_up(Collector::current());
    Heap::current().unfreeze();
    panics.rethrow();
}

/// Leaves everything on the heap as it is when this thread ends: no collection runs, no
/// object dies, and no finalizer, no callback and no `Drop` is called.
///
/// It is for the main thread of a program that has nothing to clean up, so that the program
/// ends at once; the system takes the memory. The memory of any other thread leaks. Call it
/// after the first use of thread-locals that hold handles: those that the program uses
/// first after this call are dropped as always, since that happens before the heap's turn.
///
/// Without it, the main thread's heap is left to the system all the same if nobody can tell:
/// if no finalizer and no callback is left to run, and no value on the heap has a `Drop` of
/// the program's. Otherwise, and on other threads, a last collection runs.
///
/// ```
/// use gcycle::gc;
///
/// fn main() {
///     gc::leak_at_exit();
///     // ...
/// }
/// ```
pub fn leak_at_exit() {
    lifecycle::ensure_teardown();
    Collector::current().leak_at_exit();
}

/// The number of permanent objects. Takes time proportional to the number of tracked
/// objects.
#[must_use]
pub fn get_freeze_count() -> usize {
    walk::count_by_generation().1
}

/// Registers a callback that is called when a collection starts and when it is done.
///
/// The callback may allocate; if it calls [`collect`], that returns 0 immediately. A
/// panic of the callback is reported by the panic hook, and is not rethrown. Handles that it
/// captured keep their objects alive until it is removed or the thread ends, and in an isolate
/// until that is dropped. A callback that is added later is dropped immediately.
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

/// Removes a callback; returns `false` if it was removed before.
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

/// Unreachable objects that could not be reclaimed, or that [`DebugFlags::SAVEALL`] kept.
///
/// The list keeps them alive; see [`take_garbage`].
#[must_use]
pub fn garbage() -> Vec<Object> {
    Collector::current().garbage().into_iter().map(Object::new).collect()
}

/// Empties the list of [`garbage`] and returns the objects that were in it.
pub fn take_garbage() -> Vec<Object> {
    let garbage = Collector::current().take_garbage();
    garbage.into_iter().map(Object::from_counted).collect()
}
