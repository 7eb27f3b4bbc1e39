//! The weak counts of a page's objects, in a table that is made for the first.

use alloc::alloc::{alloc_zeroed, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::ptr::NonNull;

use super::Page;
use crate::object::header::ObjPtr;

impl Page {
    /// The number of weak handles to `object`, plus one while its value is
    /// there; 0 if there never was a weak handle.
    pub(crate) fn weak_count(object: ObjPtr) -> u32 {
        let page = Page::of(object);
        let Some(table) = page.header().weak_counts.get() else { return 0 };
        // SAFETY: the table has one entry for each slot of the page.
        let count = unsafe { table.add(page.slot_index(object)) };
        // SAFETY: the table was zeroed when it was made.
        unsafe { count.read() }
    }

    /// The same for a slot that ever held an object.
    #[cfg(feature = "isolates")]
    pub(super) fn weak_count_of(self, slot: u32) -> u32 {
        debug_assert!(slot < self.carved());
        let Some(table) = self.header().weak_counts.get() else { return 0 };
        // SAFETY: the table has one entry for each slot of the page.
        let count = unsafe { table.add(slot as usize) };
        // SAFETY: the table was zeroed when it was made.
        unsafe { count.read() }
    }

    /// Sets the weak count of `object`, in a table made for the first one of
    /// the page.
    pub(crate) fn set_weak_count(object: ObjPtr, count: u32) {
        let page = Page::of(object);
        let header = page.header();
        let table = header.weak_counts.get().unwrap_or_else(|| {
            let table = new_weak_counts(header.geometry.get().capacity as usize);
            header.weak_counts.set(Some(table));
            table
        });
        // SAFETY: the table has one entry for each slot of the page.
        let entry = unsafe { table.add(page.slot_index(object)) };
        // SAFETY: the entry is part of the table's allocation.
        unsafe { entry.write(count) };
    }

    /// Gives the table back.
    pub(super) fn forget_weak_counts(self) {
        if let Some(table) = self.header().weak_counts.take() {
            let layout = weak_counts_layout(self.header().geometry.get().capacity as usize);
            // SAFETY: allocated by `new_weak_counts` with this layout.
            unsafe { dealloc(table.as_ptr().cast(), layout) };
        }
    }
}

fn weak_counts_layout(capacity: usize) -> Layout {
    Layout::array::<u32>(capacity).expect("a page has few slots")
}

#[cold]
fn new_weak_counts(capacity: usize) -> NonNull<u32> {
    let layout = weak_counts_layout(capacity);
    // SAFETY: a page has at least one slot, so the size is not zero.
    let table = unsafe { alloc_zeroed(layout) };
    NonNull::new(table.cast()).unwrap_or_else(|| handle_alloc_error(layout))
}
