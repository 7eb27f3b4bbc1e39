//! Slots that hold no object, and the list that links them.
//!
//! A page has a list of its own free slots, and the heap takes all of it when it
//! allocates there next: giving out a slot is three instructions then, and
//! counts nothing.

use core::cell::Cell;
use core::ptr::{self, NonNull};

/// A slot that holds no object.
#[repr(C)]
struct FreeSlot {
    /// Null, where an object has its vtable.
    word: *const (),
    next: Option<NonNull<FreeSlot>>,
}

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
        let (slot, next) = (slot.cast(), self.0.get());
        // SAFETY: every slot is large enough for a `FreeSlot`, and nothing else
        // uses this one.
        unsafe { slot.write(FreeSlot { word: ptr::null(), next }) };
        self.0.set(Some(slot));
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
