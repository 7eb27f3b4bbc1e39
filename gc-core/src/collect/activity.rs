//! What the collector of a thread is doing at the moment, whichever heap it concerns.
//!
//! A thread may have several heaps, but it does one thing at a time: while one of them is
//! collected, no collection of another begins on this thread, and objects whose handles are
//! dropped meanwhile find what they have to tell here.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem::ManuallyDrop;
use core::num::NonZeroU64;

use crate::object::flags::Flags;
use crate::object::header::ObjPtr;

/// What a thread is doing.
pub(crate) struct Activity {
    /// `PauseGuard`s in existence.
    pauses: Cell<u32>,
    is_collecting: Cell<bool>,
    /// How many collections began.
    begun: Cell<u64>,
    /// Whether `trace` implementations run, which must not allocate.
    pub(super) is_tracing: Cell<bool>,
    /// Whether a tracked object was allocated meanwhile.
    pub(super) has_allocated: Cell<bool>,
    /// The object that a heap tool is tracing without holding a handle to it.
    pub(super) traced: Cell<Option<ObjPtr>>,
    /// The objects that the running collection found unreachable, while user code runs;
    /// `None` for those that have died since. The stamp of each is its position.
    pub(super) unreachable: RefCell<Vec<Option<ObjPtr>>>,
    /// Objects that lost their last handle while a snapshot had them.
    pub(super) withheld: RefCell<Vec<ObjPtr>>,
    /// Whether something waits until no collection runs,
    #[cfg(feature = "isolates")]
    pub(super) is_waited_for: Cell<bool>,
    /// and what does it then.
    #[cfg(feature = "isolates")]
    pub(super) when_idle: Cell<Option<fn()>>,
}

std::thread_local! {
    /// Without `Drop`, as the heap: it is used by other thread-locals' drops.
    static ACTIVITY: ManuallyDrop<Activity> = const { ManuallyDrop::new(Activity::new()) };
}

impl Activity {
    const fn new() -> Activity {
        Activity {
            pauses: Cell::new(0),
            is_collecting: Cell::new(false),
            begun: Cell::new(0),
            is_tracing: Cell::new(false),
            has_allocated: Cell::new(false),
            traced: Cell::new(None),
            unreachable: RefCell::new(Vec::new()),
            withheld: RefCell::new(Vec::new()),
            #[cfg(feature = "isolates")]
            is_waited_for: Cell::new(false),
            #[cfg(feature = "isolates")]
            when_idle: Cell::new(None),
        }
    }

    /// That of the current thread.
    #[inline]
    pub(crate) fn current() -> &'static Activity {
        ACTIVITY.with(|activity| {
            let activity: *const Activity = &raw const **activity;
            // SAFETY: a thread-local without `Drop` is valid as long as its thread runs code,
            // and `Activity` is not `Sync`, so that the reference does not leave the thread.
            unsafe { &*activity }
        })
    }

    /// Notes that a collection starts, unless one runs.
    pub(super) fn begin(&self) -> bool {
        let begins = !self.is_collecting.replace(true);
        if begins {
            self.begun.set(self.begun.get() + 1);
        }
        begins
    }

    /// Notes that the collection ended.
    pub(super) fn end(&self) {
        self.is_collecting.set(false);
    }

    /// Whether a collection runs.
    pub(crate) fn is_collecting(&self) -> bool {
        self.is_collecting.get()
    }

    /// Does what waits until nothing else is going on, if that is so.
    ///
    /// Runs user code.
    #[cfg(feature = "isolates")]
    pub(super) fn do_what_waits(&self) {
        if self.is_idle()
            && self.is_waited_for.take()
            && let Some(work) = self.when_idle.get()
        {
            work();
        }
    }

    /// Whether no collection runs and no `trace`.
    pub(crate) fn is_idle(&self) -> bool {
        !self.is_collecting() && !self.is_tracing.get()
    }

    /// How many collections began.
    pub(super) fn begun(&self) -> u64 {
        self.begun.get()
    }

    /// The interval between two collections that lasts now; `None` while a collection runs.
    ///
    /// A candidate stays one from the beginning of an interval to its end: nothing but a
    /// collection, and the end of the object, makes it none.
    pub(crate) fn interval(&self) -> Option<NonZeroU64> {
        if self.is_collecting.get() { None } else { NonZeroU64::new(self.begun.get() + 1) }
    }

    /// Counts one more (or one less) guard that holds automatic collection.
    pub(super) fn set_pauses(&self, change: impl FnOnce(u32) -> u32) {
        self.pauses.set(change(self.pauses.get()));
    }

    /// Whether a guard holds automatic collection.
    pub(crate) fn is_paused(&self) -> bool {
        self.pauses.get() > 0
    }

    /// Whether `trace` implementations run.
    pub(crate) fn is_tracing(&self) -> bool {
        self.is_tracing.get()
    }

    /// Notes that a tracked object is allocated while `trace` implementations run. The
    /// panic hook may do that, or code that ends the process: neither must panic.
    pub(crate) fn note_allocation(&self) {
        self.has_allocated.set(true);
    }

    /// # Panics
    ///
    /// If a `trace` implementation allocated.
    #[inline]
    pub(crate) fn assert_nothing_was_allocated(&self) {
        let has_allocated = self.has_allocated.get();
        assert!(!has_allocated, "`Trace::trace` must not allocate a `Gc`");
    }

    /// A tool traces `object` next, to which it holds no handle.
    pub(crate) fn look_at(&self, object: ObjPtr) {
        self.traced.set(Some(object));
    }

    /// Whether a `trace` may be looking at the value of `object` right now, or a collection has
    /// listed it as a candidate and will look at it: then it must neither change nor move.
    #[inline]
    pub(crate) fn is_looked_at(&self, object: ObjPtr) -> bool {
        self.is_tracing()
            && (object.stamp().is_index()
                || object.has(Flags::CANDIDATE)
                || self.traced.get() == Some(object))
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

    /// Whether there are any.
    #[cfg(feature = "isolates")]
    pub(crate) fn has_withheld(&self) -> bool {
        !self.withheld.borrow().is_empty()
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
