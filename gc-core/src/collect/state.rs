//! What a thread's collector remembers from one collection to the next.
//!
//! The algorithm is in `collect`; this is its state, low enough that the death
//! of an object can tell a running collection about it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::Any;
use core::cell::{Cell, RefCell};
use core::mem::ManuallyDrop;

use crate::collect::arrays::Arrays;
use crate::collect::callbacks::Callbacks;
use crate::collect::debug::DebugFlags;
use crate::collect::pace::Pace;
use crate::flags::Flags;
use crate::generation::{DEFAULT_THRESHOLDS, Generation};
use crate::heap::{Heap, NEVER_DUE};
use crate::object::ObjPtr;
use crate::stats::{CollectionInfo, GenerationStats};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// The collector of one thread.
pub(crate) struct Collector {
    is_enabled: Cell<bool>,
    /// `PauseGuard`s in existence.
    pauses: Cell<u32>,
    is_collecting: Cell<bool>,
    /// Whether `trace` implementations run, which must not allocate.
    is_tracing: Cell<bool>,
    thresholds: Cell<[u32; 3]>,
    /// What stands for the thresholds until the program sets them.
    pace: Cell<Option<Pace>>,
    /// The number of objects a partial collection examines at most.
    budget: Cell<usize>,
    /// Collections of the next younger generation since a generation's own
    /// last one; the heap counts for the youngest.
    counts: Cell<[u32; 3]>,
    stats: Cell<[GenerationStats; 3]>,
    /// Tracked objects when net allocations were last counted.
    tracked: Cell<isize>,
    /// Tracked objects after the last full collection.
    tracked_after_full: Cell<isize>,
    /// Tracked objects after the last collection that was not a young one.
    tracked_after_middle: Cell<isize>,
    /// Memory for the next snapshot.
    arrays: Cell<Arrays>,
    /// Whether the last full collection filled more of it than is kept in any case.
    was_large: Cell<bool>,
    /// What the running collection found unreachable, while user code runs;
    /// `None` for what has died since. The stamp of each is its position.
    unreachable: RefCell<Vec<Option<ObjPtr>>>,
    /// Who is told of collections.
    pub(crate) callbacks: Callbacks,
    debug: Cell<DebugFlags>,
    /// Objects that could not be reclaimed, or were not to be.
    garbage: RefCell<Vec<ObjPtr>>,
    /// Objects that lost their last handle while a snapshot had them.
    withheld: RefCell<Vec<ObjPtr>>,
}

std::thread_local! {
    /// Without `Drop`, as the heap: it is used by other thread-locals' drops.
    static COLLECTOR: ManuallyDrop<Collector> =
        const { ManuallyDrop::new(Collector::new()) };
}

impl Collector {
    const fn new() -> Collector {
        Collector {
            is_enabled: Cell::new(true),
            pauses: Cell::new(0),
            is_collecting: Cell::new(false),
            is_tracing: Cell::new(false),
            thresholds: Cell::new(DEFAULT_THRESHOLDS),
            pace: Cell::new(Some(Pace::new())),
            budget: Cell::new(usize::MAX),
            counts: Cell::new([0; 3]),
            stats: Cell::new([const { GenerationStats::new() }; 3]),
            tracked: Cell::new(0),
            tracked_after_full: Cell::new(0),
            tracked_after_middle: Cell::new(0),
            arrays: Cell::new(Arrays::new()),
            was_large: Cell::new(false),
            unreachable: RefCell::new(Vec::new()),
            callbacks: Callbacks::new(),
            debug: Cell::new(DebugFlags::empty()),
            garbage: RefCell::new(Vec::new()),
            withheld: RefCell::new(Vec::new()),
        }
    }

    /// The collector of the current thread.
    pub(crate) fn current() -> &'static Collector {
        COLLECTOR.with(|collector| {
            let collector: *const Collector = &raw const **collector;
            // SAFETY: a thread-local without `Drop` is valid as long as its
            // thread runs code, and `Collector` is not `Sync`, so that the
            // reference does not leave the thread.
            unsafe { &*collector }
        })
    }

    // Switches.

    /// Whether automatic collection is on.
    pub(crate) fn is_enabled(&self) -> bool {
        self.is_enabled.get()
    }

    /// Switches automatic collection on or off.
    pub(crate) fn set_enabled(&self, is_enabled: bool) {
        self.is_enabled.set(is_enabled);
        self.update_trigger();
    }

    /// Counts one more (or one less) guard that holds automatic collection.
    pub(crate) fn set_pauses(&self, change: impl FnOnce(u32) -> u32) {
        self.pauses.set(change(self.pauses.get()));
        self.update_trigger();
    }

    /// The thresholds of the three generations.
    pub(crate) fn thresholds(&self) -> [u32; 3] {
        self.thresholds.get()
    }

    /// Sets the thresholds, which are exact from now on.
    pub(crate) fn set_thresholds(&self, thresholds: [u32; 3]) {
        self.thresholds.set(thresholds);
        self.pace.set(None);
        self.update_trigger();
    }

    /// Makes automatic collections rarer or more frequent, unless the program has
    /// set the thresholds: of `allocated` objects, the collection that ended found
    /// what `info` says.
    pub(crate) fn adapt(&self, allocated: usize, info: &CollectionInfo) {
        let Some(mut pace) = self.pace.get() else { return };
        let tracked = self.tracked_now().max(0).cast_unsigned();
        if info.generation == Generation::Old {
            pace.note_full(info.traced, info.collected, tracked);
        } else {
            pace.note_partial(allocated, info.collected, tracked);
        }
        self.pace.set(Some(pace));
    }

    /// The number of objects that a collection of `generation` examines at
    /// most. A full collection is always complete.
    pub(crate) fn budget(&self, generation: Generation) -> usize {
        if generation == Generation::Old { usize::MAX } else { self.budget.get() }
    }

    /// Sets the number of objects that a partial collection examines at most.
    pub(crate) fn set_budget(&self, objects: usize) {
        self.budget.set(objects);
    }

    /// Tells the heap when the next automatic collection is due.
    fn update_trigger(&self) {
        let is_off = !self.is_enabled.get() || self.pauses.get() > 0 || self.is_collecting.get();
        let paced = self.pace.get().map(|pace| pace.trigger(self.growth()));
        let trigger = match paced.unwrap_or(self.thresholds.get()[0] as usize) {
            0 => NEVER_DUE,
            _ if is_off => NEVER_DUE,
            _ if cfg!(gc_zeal) => 0,
            threshold => threshold,
        };
        Heap::current().set_trigger(trigger);
    }

    /// The debug flags.
    pub(crate) fn debug(&self) -> DebugFlags {
        self.debug.get()
    }

    /// Sets the debug flags.
    pub(crate) fn set_debug(&self, flags: DebugFlags) {
        self.debug.set(flags);
    }

    // Collections.

    /// Starts a collection; `None` while another runs.
    pub(crate) fn begin(&'static self) -> Option<Running> {
        (!self.is_collecting.replace(true)).then(|| {
            self.update_trigger();
            Running { collector: self }
        })
    }

    /// Calls `trace`, which runs hand-written `Trace` implementations: the
    /// allocation of a tracked object panics meanwhile.
    pub(crate) fn tracing<R>(&self, trace: impl FnOnce() -> R) -> R {
        struct Tracing<'a>(&'a Collector);
        impl Drop for Tracing<'_> {
            fn drop(&mut self) {
                self.0.is_tracing.set(false);
                self.0.update_trigger();
            }
        }
        self.is_tracing.set(true);
        // Every allocation asks for a collection, and is noticed there.
        Heap::current().set_trigger(0);
        let _tracing = Tracing(self);
        trace()
    }

    /// Whether `trace` implementations run.
    pub(crate) fn is_tracing(&self) -> bool {
        self.is_tracing.get()
    }

    /// Counts a collection of `generation` that starts.
    pub(crate) fn count_collection(&self, generation: Generation) {
        self.settle_growth();
        let mut counts = self.counts.get();
        counts[..=generation.index()].fill(0);
        if let Some(count) = counts.get_mut(generation.index() + 1) {
            *count += 1;
        }
        self.counts.set(counts);
    }

    fn settle_growth(&self) {
        self.tracked.set(self.tracked.get() + Heap::current().reset_net_allocations());
    }

    /// Collections of the middle and old generations' next younger ones since
    /// their own last ones.
    pub(crate) fn counts(&self) -> (u32, u32) {
        let [_, middle, old] = self.counts.get();
        (middle, old)
    }

    /// The oldest generation whose threshold is exceeded. A full collection
    /// also waits until the heap has grown by a quarter since the last one, so
    /// that its cost stays linear in the number of allocations.
    pub(crate) fn due_generation(&self) -> Generation {
        let ([_, middle, old], [_, max_middle, max_old]) =
            (self.counts.get(), self.thresholds.get());
        let is_full_one_due = old > max_old && self.has_grown_by_a_quarter();
        let has_outgrown = |pace: Pace| pace.is_full_one_due(self.growth());
        if is_full_one_due || self.pace.get().is_some_and(has_outgrown) {
            Generation::Old
        } else if middle > max_middle {
            Generation::Middle
        } else {
            Generation::Young
        }
    }

    /// By how many tracked objects the heap has grown since the last full
    /// collection.
    fn growth(&self) -> isize {
        self.tracked_now() - self.tracked_after_full.get()
    }

    /// As in CPython: only objects that survived a collection of the middle
    /// generation count as growth.
    fn has_grown_by_a_quarter(&self) -> bool {
        let before = self.tracked_after_full.get();
        self.tracked_after_middle.get() - before >= before / 4
    }

    /// The number of tracked objects.
    fn tracked_now(&self) -> isize {
        self.tracked.get() + Heap::current().net_growth()
    }

    /// Notes how many objects a collection of the middle generation or of all
    /// of them left.
    pub(crate) fn note_survivors(&self, generation: Generation) {
        let now = self.tracked_now();
        if generation != Generation::Young {
            self.tracked_after_middle.set(now);
        }
        if generation == Generation::Old {
            self.tracked_after_full.set(now);
        }
    }

    /// The totals of the collections of each generation.
    pub(crate) fn stats(&self) -> [GenerationStats; 3] {
        self.stats.get()
    }

    /// Adds what one collection did.
    pub(crate) fn add_stats(&self, info: &CollectionInfo) {
        let mut stats = self.stats.get();
        stats[info.generation.index()].add(info);
        self.stats.set(stats);
    }

    /// Lends the memory of the last snapshot.
    pub(crate) fn take_arrays(&self) -> Arrays {
        self.arrays.take()
    }

    /// Keeps the memory of a snapshot for the next one.
    pub(crate) fn keep_arrays(&self, arrays: Arrays) {
        if !Heap::current().is_closed() {
            self.arrays.set(arrays);
        }
    }

    /// Keeps the memory of a list for the objects of the next snapshot, if it is
    /// more than there is.
    pub(crate) fn keep_list(&self, mut list: Vec<ObjPtr>) {
        let mut arrays = self.take_arrays();
        if list.capacity() > arrays.objects.capacity() {
            list.clear();
            arrays.objects = list;
        }
        self.keep_arrays(arrays);
    }

    /// After a full collection, frees the memory kept for the next snapshot if it is
    /// more than `most` bytes; but not up to `most_again` if full collections fill it
    /// one after the other.
    pub(crate) fn trim_after_collection(&self, most: usize, most_again: usize) {
        let arrays = self.arrays.take();
        let bytes = arrays.bytes();
        let is_large = bytes > most && arrays.is_filled();
        let is_filled_again = self.was_large.replace(is_large) && is_large;
        if bytes <= most || is_filled_again && bytes <= most_again {
            self.arrays.set(arrays);
        }
    }

    /// Frees the memory kept for the next snapshot.
    pub(crate) fn trim(&self) {
        self.was_large.set(false);
        self.arrays.set(Arrays::new());
    }

    /// Frees all memory that the collector keeps: the thread ends.
    pub(crate) fn forget_memory(&self) {
        self.arrays.set(Arrays::new());
        self.unreachable.take();
    }

    /// Counts as if every generation had just been collected.
    pub(crate) fn reset_counts(&self) {
        self.settle_growth();
        self.counts.set([0; 3]);
    }

    // Garbage.

    /// Keeps an object in the list of garbage, which holds it.
    pub(crate) fn add_garbage(&self, object: ObjPtr) {
        object.retain();
        self.garbage.borrow_mut().push(object);
    }

    /// The list of garbage.
    pub(crate) fn garbage(&self) -> Vec<ObjPtr> {
        self.garbage.borrow().clone()
    }

    /// Takes the list of garbage, with the handles that it holds.
    pub(crate) fn take_garbage(&self) -> Vec<ObjPtr> {
        self.garbage.take()
    }

    // Objects that must not die while a snapshot has them.

    /// Holds an object without handles until its death can go on. Without memory
    /// to remember it, it stays.
    #[cold]
    pub(crate) fn withhold(&self, object: ObjPtr) {
        object.set_strong(1);
        let mut withheld = self.withheld.borrow_mut();
        if withheld.try_reserve(1).is_ok() {
            withheld.push(object);
        }
    }

    /// Takes all of those, with the handles.
    pub(crate) fn take_withheld(&self) -> Vec<ObjPtr> {
        self.withheld.take()
    }

    // Unreachable objects while user code runs.

    /// Makes `objects` known as unreachable.
    pub(crate) fn set_unreachable(&self, objects: Vec<Option<ObjPtr>>) {
        *self.unreachable.borrow_mut() = objects;
    }

    /// Calls `look` with each unreachable object that did not die; it runs no
    /// user code.
    pub(crate) fn for_each_unreachable(&self, look: impl FnMut(ObjPtr)) {
        self.unreachable.borrow().iter().copied().flatten().for_each(look);
    }

    /// The number of unreachable objects, those that died included.
    pub(crate) fn unreachable_len(&self) -> usize {
        self.unreachable.borrow().len()
    }

    /// Number `position` of the unreachable objects, unless it died.
    pub(crate) fn unreachable(&self, position: usize) -> Option<ObjPtr> {
        self.unreachable.borrow()[position]
    }

    /// Ends the time in which unreachable objects may die.
    pub(crate) fn take_unreachable(&self) -> Vec<Option<ObjPtr>> {
        self.unreachable.take()
    }

    /// An unreachable object died of its own, since a finalizer broke its
    /// cycle.
    pub(crate) fn forget_unreachable(&self, object: ObjPtr) {
        let position = object.stamp().index().expect("unreachable objects are numbered");
        self.unreachable.borrow_mut()[position as usize] = None;
        object.clear(Flags::UNREACHABLE);
    }
}

/// A collection is running; automatic ones do not start.
pub(crate) struct Running {
    collector: &'static Collector,
}

impl Drop for Running {
    /// Also when the collection panicked: there is always a next one.
    fn drop(&mut self) {
        self.collector.is_collecting.set(false);
        self.collector.update_trigger();
    }
}
