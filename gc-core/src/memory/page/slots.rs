//! The slots of a page: how they are taken for objects, and freed.

use core::ops::Range;
use core::ptr::NonNull;

use super::Page;
use crate::memory::at_hand::AtHand;
use crate::memory::free_list::FreeSlot;
use crate::object::flags::Flags;
use crate::object::generation::narrow;
use crate::object::header::{Header, ObjPtr};

const _: () = assert!(
    FreeSlot::COUNT_AT == Header::COUNT_AT,
    "free slots are told from objects by their count"
);

impl Page {
    /// Takes one free slot, in a page whose slots are not taken together.
    ///
    /// The slot is uninitialised memory; it counts as used from now on.
    pub(crate) fn take_slot(self) -> Option<NonNull<u8>> {
        let free = &self.header().free;
        if free.is_empty() {
            for index in self.carve().rev() {
                // SAFETY: the slot was not handed out yet.
                unsafe { free.push(self.slot(index)) };
            }
        }
        let slot = free.pop()?;
        self.set_used(self.used() + 1);
        Some(slot)
    }

    /// Takes all free slots, or carves some if there are none; they count as used.
    /// Returns how many there are, or `None` if there are none.
    pub(crate) fn take_slots(self, at_hand: &AtHand) -> Option<u32> {
        let header = self.header();
        let carved = header.carved.get();
        let used = self.used();
        if used == 0 && carved > 0 {
            header.free.take();
            self.give_run(0..carved, at_hand);
        } else if !header.free.is_empty() {
            at_hand.fill_with_list(&header.free.take());
        } else {
            let fresh = self.carve();
            if fresh.is_empty() {
                return None;
            }
            self.give_run(fresh, at_hand);
        }
        let carved = header.carved.get();
        self.set_used(carved);
        Some(carved - used)
    }

    fn give_run(self, slots: Range<u32>, at_hand: &AtHand) {
        // SAFETY: the slots are free, so that their counts are 0, and those of a range
        // lie side by side.
        unsafe { at_hand.fill_with_run(self.slot(slots.start), self.slot(slots.end)) };
    }

    /// Takes slots back that were [taken](Page::take_slots) and not used.
    pub(crate) fn return_slots(self, at_hand: &AtHand) {
        let slot_size = self.slot_bytes();
        // SAFETY: the slots of this page are of this size.
        while let Some(slot) = unsafe { at_hand.pop(slot_size) } {
            // SAFETY: a free slot of this page.
            unsafe { self.header().free.push(slot) };
            self.set_used(self.used() - 1);
        }
    }

    /// Carves free slots from memory that was not touched before; none if the whole page
    /// has been carved. Their counts are 0, and they are in no list yet.
    fn carve(self) -> Range<u32> {
        /// About one page of the operating system at a time.
        const BATCH: u32 = 4096;
        let header = self.header();
        let geometry = header.geometry.get();
        let (carved, capacity) = (header.carved.get(), geometry.capacity);
        let batch = (BATCH / geometry.slot_size.max(1)).max(1);
        let end = carved.saturating_add(batch).min(capacity);
        for index in carved..end {
            // SAFETY: the slot was not handed out yet.
            unsafe { FreeSlot::init_count(self.slot(index)) };
        }
        header.carved.set(end);
        carved..end
    }

    /// Where the slot of this number starts, or the one before it ends.
    pub(super) fn slot(self, index: u32) -> NonNull<u8> {
        let offset = self.header().geometry.get().slot_offset(index as usize);
        // SAFETY: slots lie in the page, and nobody asks for more than the capacity.
        unsafe { self.start().byte_add(offset) }
    }

    /// Frees the slot of `object`.
    ///
    /// # Safety
    ///
    /// The value was dropped or moved out, the object is not a candidate, and
    /// neither it nor a weak reference to it is used again.
    #[inline]
    pub(crate) unsafe fn free_slot(object: ObjPtr) {
        object.set_strong(0);
        // SAFETY: as promised by the caller.
        unsafe { Page::free_released_slot(object) }
    }

    /// Frees the slot of `object`, whose last handle was dropped.
    ///
    /// # Safety
    ///
    /// As for [`free_slot`](Page::free_slot), and the count is 0.
    #[inline]
    pub(crate) unsafe fn free_released_slot(object: ObjPtr) {
        debug_assert_eq!(object.strong(), 0);
        Page::count_freed(object);
        // SAFETY: as promised by the caller.
        unsafe { Page::free_counted_slot(object) }
    }

    /// Counts `object` as freed. An object that weak references still look at is counted
    /// too, though its slot is kept.
    #[inline]
    pub(crate) fn count_freed(object: ObjPtr) {
        Page::of(object).header().home.get().count_freed();
    }

    /// Frees the slot of `object`, which was counted as freed, or never is since it is
    /// untracked.
    ///
    /// # Safety
    ///
    /// As for [`free_released_slot`](Page::free_released_slot).
    #[inline]
    pub(crate) unsafe fn free_counted_slot(object: ObjPtr) {
        let page = Page::of(object);
        let header = page.header();
        #[cfg(any(debug_assertions, gc_zeal))]
        page.poison(object);
        // SAFETY: the slot is unused by the precondition, and the count is 0.
        unsafe { header.free.push_released(object.slot()) };
        let until_alert = header.until_alert.get().wrapping_sub(1);
        header.until_alert.set(until_alert);
        if until_alert == 0 {
            page.alert();
        }
    }

    /// Frees the slots of the first of `objects`, as many as lie in one page, have no
    /// weak references and are `done_with`, and returns how many those are.
    ///
    /// # Safety
    ///
    /// As for [`free_slot`](Page::free_slot), for each of them.
    #[inline]
    pub(crate) unsafe fn free_slots(
        objects: &[ObjPtr],
        done_with: impl Fn(ObjPtr) -> bool,
    ) -> usize {
        let Some(page) = objects.first().map(|&first| Page::of(first)) else { return 0 };
        let header = page.header();
        let free = header.free.take();
        let until_alert = header.until_alert.get();
        // Not 0: the page has objects, and is told of when the last of them dies.
        let most = objects.len().min(until_alert as usize);
        let mut freed = most;
        for (index, &object) in objects[..most].iter().enumerate() {
            if Page::of(object) != page || object.has(Flags::HAS_WEAK) || !done_with(object) {
                freed = index;
                break;
            }
            #[cfg(any(debug_assertions, gc_zeal))]
            page.poison(object);
            // SAFETY: the slot is unused by the precondition.
            unsafe { free.push(object.slot()) };
        }
        header.free.fill(&free);
        header.home.get().count_all_freed(freed);
        let until_alert = until_alert - narrow(freed);
        header.until_alert.set(until_alert);
        if freed > 0 && until_alert == 0 {
            page.alert();
        }
        freed
    }

    #[cold]
    fn alert(self) {
        (self.header().home.get().on_room)(self);
    }

    /// Overwrites a dead value, so that a use of it shows.
    #[cfg(any(debug_assertions, gc_zeal))]
    fn poison(self, object: ObjPtr) {
        const POISON: u8 = 0xDD;
        let slot_size = self.header().geometry.get().slot_size as usize;
        let bytes = slot_size.saturating_sub(Header::SIZE);
        // SAFETY: the value's part of the slot is as long, and is dead.
        unsafe { object.value().write_bytes(POISON, bytes) };
    }
}
