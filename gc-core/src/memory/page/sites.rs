//! Where a page's objects were made, in a table that is made for the first that is to know it.

use alloc::alloc::{alloc_zeroed, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::ptr::NonNull;

use super::Page;
use crate::object::header::ObjPtr;

impl Page {
    /// The number of the site where `object` was made; 0 if it is not known.
    pub(crate) fn site(object: ObjPtr) -> u32 {
        let page = Page::of(object);
        let Some(table) = page.header().sites.get() else { return 0 };
        // SAFETY: the table has one entry for each slot of the page.
        let site = unsafe { table.add(page.slot_index(object)) };
        // SAFETY: the table was zeroed when it was made.
        unsafe { site.read() }
    }

    /// Notes the site where `object` was made, be it known or not: another object may have been
    /// in its slot before.
    #[inline]
    pub(crate) fn set_site(object: ObjPtr, site: u32) {
        let page = Page::of(object);
        let table = match page.header().sites.get() {
            Some(table) => table,
            None if site == 0 => return,
            None => page.make_sites(),
        };
        // SAFETY: the table has one entry for each slot of the page.
        let entry = unsafe { table.add(page.slot_index(object)) };
        // SAFETY: the entry is part of the table's allocation.
        unsafe { entry.write(site) };
    }

    #[cold]
    fn make_sites(self) -> NonNull<u32> {
        let layout = layout(self.header().geometry.get().capacity as usize);
        // SAFETY: a page has at least one slot, so the size is not zero.
        let table = unsafe { alloc_zeroed(layout) };
        let table = NonNull::new(table.cast()).unwrap_or_else(|| handle_alloc_error(layout));
        self.header().sites.set(Some(table));
        table
    }

    /// Gives the table back.
    pub(super) fn forget_sites(self) {
        if let Some(table) = self.header().sites.take() {
            let layout = layout(self.header().geometry.get().capacity as usize);
            // SAFETY: allocated by `make_sites` with this layout.
            unsafe { dealloc(table.as_ptr().cast(), layout) };
        }
    }
}

fn layout(capacity: usize) -> Layout {
    Layout::array::<u32>(capacity).expect("a page has few slots")
}
