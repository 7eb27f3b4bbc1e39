//! The slots that objects are made in next, of one class.
//!
//! The heap takes all free slots of a page at once, so that giving one out needs no
//! counting. If the slots lie side by side, as in a page without objects, the next one is
//! a step forward. In a list, the next one is known only when the one before has been
//! loaded.

use core::cell::Cell;
use core::ptr::{NonNull, null_mut};

use crate::memory::free_list::FreeList;
use crate::object::prefetch::prefetch;

/// How far ahead the memory of a run is fetched, in bytes. The memory of a list is
/// fetched when its links are read.
const AHEAD: usize = 256;

/// Free slots of one page, side by side. They are not linked.
///
/// # Invariants
///
/// `next` and `end` lie in one page, a multiple of the slot size apart. The counts
/// of the slots between them are 0, and nobody else uses them. Or both are null.
#[derive(Debug)]
struct Run {
    next: Cell<*mut u8>,
    end: Cell<*mut u8>,
}

impl Run {
    /// No slots.
    const fn new() -> Run {
        Run { next: Cell::new(null_mut()), end: Cell::new(null_mut()) }
    }

    /// Whether there is no slot.
    fn is_empty(&self) -> bool {
        self.next.get() == self.end.get()
    }

    /// Takes the first slot; it is uninitialised memory then.
    ///
    /// # Safety
    ///
    /// The slots are of this size.
    #[inline]
    unsafe fn pop(&self, slot_size: usize) -> Option<NonNull<u8>> {
        let slot = self.next.get();
        if slot == self.end.get() {
            return None;
        }
        prefetch(slot.wrapping_byte_add(AHEAD));
        // SAFETY: by the type invariant of `Run` there is a slot, of this size.
        self.next.set(unsafe { slot.byte_add(slot_size) });
        // SAFETY: slots do not lie at address 0.
        Some(unsafe { NonNull::new_unchecked(slot) })
    }
}

/// Free slots of the page that objects are allocated in: a run, or else a list.
#[derive(Debug)]
pub(crate) struct AtHand {
    run: Run,
    list: FreeList,
}

impl AtHand {
    /// No slots.
    pub(crate) const fn new() -> AtHand {
        AtHand { run: Run::new(), list: FreeList::new() }
    }

    fn is_empty(&self) -> bool {
        self.run.is_empty() && self.list.is_empty()
    }

    /// Takes a slot; it is uninitialised memory then.
    ///
    /// # Safety
    ///
    /// The slots are of this size.
    #[inline]
    pub(crate) unsafe fn pop(&self, slot_size: usize) -> Option<NonNull<u8>> {
        // SAFETY: as promised by the caller.
        unsafe { self.run.pop(slot_size) }.or_else(|| self.list.pop())
    }

    /// Where the run starts, if there is one: the slot before it was the last that was taken.
    pub(crate) fn run_start(&self) -> Option<NonNull<u8>> {
        NonNull::new(self.run.next.get())
    }

    /// Takes over the slots of a list; there were none.
    pub(crate) fn fill_with_list(&self, slots: &FreeList) {
        debug_assert!(self.is_empty(), "slots are never forgotten");
        // The run is over: where it ended says no more which slot was taken last.
        self.run.next.set(null_mut());
        self.run.end.set(null_mut());
        self.list.fill(slots);
    }

    /// Takes over the slots from `start` to `end`; there were none.
    ///
    /// # Safety
    ///
    /// `start` and `end` lie in one page, a multiple of the slot size apart. The
    /// counts of the slots between them are 0, and nobody else uses them.
    pub(crate) unsafe fn fill_with_run(&self, start: NonNull<u8>, end: NonNull<u8>) {
        debug_assert!(self.is_empty(), "slots are never forgotten");
        self.run.next.set(start.as_ptr());
        self.run.end.set(end.as_ptr());
    }
}
