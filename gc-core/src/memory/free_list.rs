//! Slots that hold no object, and the list that links them.
//!
//! Objects are made in the slots [at hand](crate::memory::at_hand), which are all the
//! slots that a page had free when it was asked.

use core::cell::Cell;
use core::mem::offset_of;
use core::ptr::NonNull;

/// A slot that holds no object.
#[repr(C, align(8))]
pub(crate) struct FreeSlot {
    next: Option<NonNull<FreeSlot>>,
    /// Always 0. An object has the number of its handles in this place. When an object
    /// dies that number is 0 already, so it need not be written.
    count: u32,
}

impl FreeSlot {
    /// Where the count lies.
    pub(crate) const COUNT_AT: usize = offset_of!(FreeSlot, count);

    /// Makes the count 0.
    ///
    /// # Safety
    ///
    /// `slot` is a slot, and nobody uses it.
    pub(crate) unsafe fn init_count(slot: NonNull<u8>) {
        // SAFETY: every slot is large enough for a `FreeSlot`.
        let count = unsafe { slot.byte_add(FreeSlot::COUNT_AT) }.cast::<u32>();
        // SAFETY: nothing else uses the slot.
        unsafe { count.write(0) };
    }
}

const _: () = assert!(offset_of!(FreeSlot, next) == 0);

/// Free slots of one page, the one that was freed last first.
///
/// # Invariants
///
/// Each links to the next with an initialised [`FreeSlot`], and nobody else uses
/// it.
#[derive(Debug)]
pub(crate) struct FreeList(Cell<Option<NonNull<FreeSlot>>>);

impl FreeList {
    /// No slots.
    pub(crate) const fn new() -> FreeList {
        FreeList(Cell::new(None))
    }

    /// Whether there is no slot.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }

    /// Takes a slot; it is uninitialised memory then.
    #[inline]
    pub(crate) fn pop(&self) -> Option<NonNull<u8>> {
        let slot = self.0.get()?;
        // SAFETY: by the type invariant of `FreeList`.
        let free = unsafe { slot.as_ref() };
        self.0.set(free.next);
        Some(slot.cast())
    }

    /// Adds a slot.
    ///
    /// # Safety
    ///
    /// `slot` is a slot of the page whose list this is, and nobody uses it.
    #[inline]
    pub(crate) unsafe fn push(&self, slot: NonNull<u8>) {
        // SAFETY: as promised by the caller.
        unsafe { FreeSlot::init_count(slot) };
        // SAFETY: as promised by the caller; the count was written.
        unsafe { self.push_released(slot) };
    }

    /// Adds a slot whose count is 0.
    ///
    /// # Safety
    ///
    /// As for [`push`](FreeList::push), and the count that lies at
    /// [`FreeSlot::COUNT_AT`] is 0.
    #[inline]
    pub(crate) unsafe fn push_released(&self, slot: NonNull<u8>) {
        let next = slot.cast::<Option<NonNull<FreeSlot>>>();
        // SAFETY: `next` is the first field; nothing else uses the slot.
        unsafe { next.write(self.0.get()) };
        self.0.set(Some(slot.cast()));
    }

    /// Takes over the slots of another list of the page; there were none.
    pub(crate) fn fill(&self, slots: &FreeList) {
        debug_assert!(self.is_empty(), "slots are never forgotten");
        self.0.set(slots.0.take());
    }

    /// Takes all slots.
    pub(crate) fn take(&self) -> FreeList {
        FreeList(Cell::new(self.0.take()))
    }
}
