//! The data that a heap's collector keeps from one collection to the next.
//!
//! The algorithm is in `collect`; this is its state, low enough that the death
//! of an object can tell a running collection about it.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem::ManuallyDrop;

use crate::collect::activity::Activity;
use crate::collect::arrays::Arrays;
use crate::collect::callbacks::Callbacks;
use crate::collect::cascade::Postponed;
use crate::collect::debug::DebugFlags;
use crate::collect::schedule::Schedule;
use crate::collect::sliced::lists::Lists;
use crate::collect::stats::{CollectionInfo, GenerationStats};
#[cfg(any(debug_assertions, gc_zeal))]
use crate::collect::validate::Checks;
use crate::memory::heap::Heap;
use crate::object::header::ObjPtr;

/// The collector of one heap.
pub(crate) struct Collector {
    /// When collections run.
    pub(crate) schedule: Schedule,
    stats: Cell<[GenerationStats; 3]>,
    /// Memory for the next snapshot.
    arrays: Cell<Arrays>,
    /// Memory for the next collection in slices.
    lists: Cell<Lists>,
    /// Whether the last full collection filled more of it than is kept in any case.
    was_large: Cell<bool>,
    /// The callbacks that are told of collections.
    pub(crate) callbacks: Callbacks,
    debug: Cell<DebugFlags>,
    /// Objects that could not be reclaimed, or that `SAVEALL` kept.
    garbage: RefCell<Vec<ObjPtr>>,
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(super) checks: Checks,
    leaks_at_exit: Cell<bool>,
}

std::thread_local! {
    /// Without `Drop`, as the heap: it is used by other thread-locals' drops.
    static COLLECTOR: ManuallyDrop<Collector> =
        const { ManuallyDrop::new(Collector::new()) };
}

#[cfg(feature = "isolates")]
std::thread_local! {
    /// The collector of the heap that the thread is in, unless that is its own.
    static ENTERED: Cell<Option<&'static Collector>> = const { Cell::new(None) };
}

/// Makes `collector` the current one, or with `None` the thread's own; returns which it was.
#[cfg(feature = "isolates")]
pub(super) fn enter(collector: Option<&'static Collector>) -> Option<&'static Collector> {
    ENTERED.replace(collector)
}

impl Collector {
    pub(super) const fn new() -> Collector {
        Collector {
            schedule: Schedule::new(),
            stats: Cell::new([const { GenerationStats::new() }; 3]),
            arrays: Cell::new(Arrays::new()),
            lists: Cell::new(Lists::new()),
            was_large: Cell::new(false),
            callbacks: Callbacks::new(),
            debug: Cell::new(DebugFlags::empty()),
            garbage: RefCell::new(Vec::new()),
            #[cfg(any(debug_assertions, gc_zeal))]
            checks: Checks::new(),
            leaks_at_exit: Cell::new(false),
        }
    }

    /// The collector of the heap that the thread is in.
    pub(crate) fn current() -> &'static Collector {
        #[cfg(feature = "isolates")]
        if let Some(collector) = ENTERED.get() {
            return collector;
        }
        COLLECTOR.with(|collector| {
            let collector: *const Collector = &raw const **collector;
            // SAFETY: a thread-local without `Drop` is valid as long as its
            // thread runs code, and `Collector` is not `Sync`, so that the
            // reference does not leave the thread.
            unsafe { &*collector }
        })
    }

    /// The thread comes into the heap. What it did elsewhere may decide when something is due here.
    #[cfg(feature = "isolates")]
    pub(super) fn arrive(&self) {
        if Activity::current().is_tracing() {
            Heap::current().set_trigger(0);
        } else {
            self.schedule.update_trigger();
        }
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

    /// Starts a collection; `None` while another runs, or a heap tool looks at the heap.
    pub(crate) fn begin(&'static self) -> Option<Running> {
        (!Activity::current().is_tracing() && self.schedule.begin())
            .then(|| Running { collector: self })
    }

    /// Calls `trace`, which runs hand-written `Trace` implementations, and the panic hook
    /// inside them if they panic. So any code of the program may run.
    ///
    /// Meanwhile no object dies, so that the objects that are looked at are not freed; no
    /// code gets a `&mut` to them, see [`is_looked_at`](Collector::is_looked_at); and
    /// allocations are noticed.
    pub(crate) fn tracing<R>(&self, trace: impl FnOnce() -> R) -> R {
        /// Restores what was before: the hook may use a heap tool.
        struct Tracing<'a> {
            collector: &'a Collector,
            before: (bool, bool, Option<ObjPtr>),
            _postponed: Postponed,
        }
        impl Drop for Tracing<'_> {
            fn drop(&mut self) {
                let (was_tracing, had_allocated, traced) = self.before;
                let activity = Activity::current();
                activity.is_tracing.set(was_tracing);
                activity.has_allocated.set(had_allocated);
                activity.traced.set(traced);
                if was_tracing {
                    Heap::current().set_trigger(0);
                } else {
                    self.collector.schedule.update_trigger();
                }
            }
        }
        let activity = Activity::current();
        let before = (
            activity.is_tracing.replace(true),
            activity.has_allocated.take(),
            activity.traced.take(),
        );
        let _tracing = Tracing { collector: self, before, _postponed: Postponed::new() };
        // Every allocation asks for a collection, and is noticed there.
        Heap::current().set_trigger(0);
        trace()
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

    /// Lends the memory of the last collection in slices.
    pub(crate) fn take_lists(&self) -> Lists {
        self.lists.take()
    }

    /// Keeps the memory of a collection in slices for the next one.
    pub(crate) fn keep_lists(&self, lists: Lists) {
        if !Heap::current().is_closed() {
            self.lists.set(lists);
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
        let lists = self.lists.take();
        if lists.bytes() <= most {
            self.lists.set(lists);
        }
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
        self.lists.set(Lists::new());
    }

    /// Frees all memory that the collector keeps: the thread ends.
    pub(crate) fn forget_memory(&self) {
        self.arrays.set(Arrays::new());
        self.lists.set(Lists::new());
        Activity::current().unreachable.take();
    }

    // Garbage.

    /// Keeps objects in the list of garbage, which holds them; `false` if there is no memory
    /// for them.
    pub(crate) fn save_garbage(&self, objects: &[ObjPtr]) -> bool {
        let mut garbage = self.garbage.borrow_mut();
        let has_room = garbage.try_reserve(objects.len()).is_ok();
        if has_room {
            for object in objects {
                object.retain();
            }
            garbage.extend(objects);
        }
        has_room
    }

    /// Whether what the thread leaves is not freed when it ends.
    pub(crate) fn leaks_at_exit(&self) -> bool {
        self.leaks_at_exit.get()
    }

    /// Sets it.
    pub(crate) fn leak_at_exit(&self) {
        self.leaks_at_exit.set(true);
    }

    /// Whether somebody is told of collections, or of what the list of garbage holds.
    pub(crate) fn has_something_to_report(&self) -> bool {
        !self.callbacks.is_empty()
            || self.debug.get() != DebugFlags::empty()
            || !self.garbage.borrow().is_empty()
    }

    /// The list of garbage.
    pub(crate) fn garbage(&self) -> Vec<ObjPtr> {
        self.garbage.borrow().clone()
    }

    /// Takes the list of garbage, with the handles that it holds.
    pub(crate) fn take_garbage(&self) -> Vec<ObjPtr> {
        self.garbage.take()
    }
}

/// A collection is running; automatic ones do not start.
pub(crate) struct Running {
    collector: &'static Collector,
}

impl Drop for Running {
    /// Also when the collection panicked: there is always a next one.
    ///
    /// Runs user code if heaps were given up meanwhile.
    fn drop(&mut self) {
        self.collector.schedule.end();
        #[cfg(feature = "isolates")]
        Activity::current().do_what_waits();
    }
}
