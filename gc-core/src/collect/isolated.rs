//! A heap with its collector that belongs to no thread: what an isolate owns.

use alloc::boxed::Box;
use core::cell::Cell;
use core::ptr::NonNull;

use super::activity::Activity;
use super::in_slices;
use super::state::{self, Collector};
use crate::memory::heap::entered::count_others;
use crate::memory::heap::{Heap, Whole};
use crate::watch::tables::Tables;

/// What such a heap consists of. It does not move: the pages refer to the heap.
struct Contents {
    heap: Heap,
    collector: Collector,
    tables: Tables,
    /// Whether a thread has taken it over.
    is_taken: Cell<bool>,
    /// How many times the thread is in it.
    entered: Cell<u32>,
    /// Whether the last collection before a move found garbage.
    had_garbage: Cell<bool>,
    /// Whether nobody will enter it any more but to free what is left.
    is_over: Cell<bool>,
    /// Whether it is in the list of those that wait to be collected for the last time, or once more.
    is_listed: Cell<bool>,
    /// The next in that list.
    next: Cell<Option<IsolatedHeap>>,
}

std::thread_local! {
    /// The first of those that wait. Without `Drop`, as the heap.
    static WAITING: Cell<Option<IsolatedHeap>> = const { Cell::new(None) };
}

/// Calls `work` with each of those that [wait](IsolatedHeap::wait) now.
pub(super) fn for_each_waiting(work: impl Fn(IsolatedHeap)) {
    let mut next = WAITING.take();
    while let Some(isolated) = next {
        next = isolated.get().next.get();
        isolated.get().is_listed.set(false);
        work(isolated);
    }
}

/// A heap that belongs to no thread.
///
/// # Invariants
///
/// Points at initialised [`Contents`], which are [freed](IsolatedHeap::free_if_over) when
/// nobody refers to them. Only one thread uses them at a time: the one that
/// [took them over](IsolatedHeap::take_over).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct IsolatedHeap(NonNull<Contents>);

impl IsolatedHeap {
    /// A heap without objects, of this thread for the time being.
    pub(crate) fn new() -> IsolatedHeap {
        let contents = Box::new(Contents {
            heap: Heap::isolated(),
            collector: Collector::new(),
            tables: Tables::new(),
            is_taken: Cell::new(false),
            entered: Cell::new(0),
            had_garbage: Cell::new(false),
            is_over: Cell::new(false),
            is_listed: Cell::new(false),
            next: Cell::new(None),
        });
        let isolated = IsolatedHeap(NonNull::from(Box::leak(contents)));
        let on_empty = |address: NonNull<()>| IsolatedHeap(address.cast()).free_if_over();
        let tables = NonNull::from(&isolated.get().tables).cast();
        isolated.heap().set_part_of(Whole { address: isolated.0.cast(), tables, on_empty });
        isolated.take_over();
        isolated
    }

    /// The isolated heap that `heap` is a part of; `None` if it is a thread's own.
    pub(super) fn of(heap: &Heap) -> Option<IsolatedHeap> {
        heap.part_of().map(|whole| IsolatedHeap(whole.cast()))
    }

    fn get(&self) -> &Contents {
        // SAFETY: by the type invariant; all that changes is in cells.
        unsafe { self.0.as_ref() }
    }

    /// The heap.
    pub(crate) fn heap(self) -> &'static Heap {
        let heap = &raw const self.get().heap;
        // SAFETY: the contents are freed only when nobody refers to them any more.
        unsafe { &*heap }
    }

    /// Its collector.
    pub(crate) fn collector(self) -> &'static Collector {
        let collector = &raw const self.get().collector;
        // SAFETY: as for the heap.
        unsafe { &*collector }
    }

    /// From now on this thread uses it, and no other does.
    pub(crate) fn take_over(self) {
        let was_taken = self.get().is_taken.replace(true);
        debug_assert!(!was_taken, "one thread uses it at a time");
        count_others(|count| count + 1);
    }

    /// From now on this thread does not use it any more.
    pub(crate) fn let_go(self) {
        let was_taken = self.get().is_taken.replace(false);
        debug_assert!(was_taken, "only who took it lets it go");
        count_others(|count| count - 1);
    }

    /// Calls `work` while the thread is in this heap.
    pub(crate) fn enter<R>(self, work: impl FnOnce() -> R) -> R {
        /// Goes back to where the thread was.
        struct Leave {
            isolated: IsolatedHeap,
            heap: Option<&'static Heap>,
            collector: Option<&'static Collector>,
        }
        impl Drop for Leave {
            fn drop(&mut self) {
                let entered = &self.isolated.get().entered;
                entered.set(entered.get() - 1);
                Heap::enter(self.heap);
                state::enter(self.collector);
                Collector::current().arrive();
                self.isolated.free_if_over();
            }
        }
        let entered = &self.get().entered;
        entered.set(entered.get() + 1);
        let _leave = Leave {
            isolated: self,
            heap: Heap::enter(Some(self.heap())),
            collector: state::enter(Some(self.collector())),
        };
        // What the thread does meanwhile may have changed since it was here.
        self.collector().arrive();
        work()
    }

    /// Whether the thread is in it.
    pub(crate) fn is_entered(self) -> bool {
        self.get().entered.get() > 0
    }

    /// Whether the last collection before a move found garbage.
    pub(crate) fn had_garbage(self) -> bool {
        self.get().had_garbage.get()
    }

    /// A collection before a move found garbage, or none.
    pub(crate) fn note_garbage(self, was_found: bool) {
        self.get().had_garbage.set(was_found);
    }

    // The end.

    /// Nobody enters it any more but to free what is left.
    pub(super) fn set_over(self) {
        self.get().is_over.set(true);
    }

    /// Whether that was said.
    pub(super) fn is_over(self) -> bool {
        self.get().is_over.get()
    }

    /// Lets it wait until no collection runs.
    pub(super) fn wait(self) {
        if !self.get().is_listed.replace(true) {
            self.get().next.set(WAITING.replace(Some(self)));
        }
        Activity::current().is_waited_for.set(true);
    }

    /// Frees it, if it [is over](IsolatedHeap::set_over), does not wait, the thread is not in it, and it
    /// has no memory for objects, so that there are none. Whoever calls this does not use it again.
    fn free_if_over(self) {
        let contents = self.get();
        let is_in_use = contents.is_listed.get() || self.is_entered();
        if !contents.is_over.get() || is_in_use || contents.heap.reserved() > 0 {
            return;
        }
        in_slices::forget(self.heap());
        self.let_go();
        // SAFETY: `new` leaked this box. Nobody owns it, nobody is in it, and no page refers to it.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
