//! Memory from the global allocator and back to it.
//!
//! A segment is one allocation that is cut into pages, or holds one object that is too
//! large or too aligned to share a page. It is returned as a whole, when none of its
//! pages is in use; until then it keeps track of which pages are.

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use alloc::boxed::Box;
use core::alloc::Layout;
use core::cell::Cell;
use core::iter;
use core::ptr::NonNull;

use crate::memory::class::PAGE_SIZE;
use crate::object::header::Header;

/// The most pages in a segment: one bit of a word for each.
pub(crate) const MAX_PAGES: u32 = u64::BITS;

/// Whether somebody still looks at the slots of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// Nobody does.
    None,
    /// The memory stays, and no page is cut into slots of another size.
    Held,
    /// As above. Its only object died, so that the memory can go back once nobody does.
    Waiting,
}

/// One allocation of the global allocator.
struct Segment {
    base: NonNull<u8>,
    layout: Layout,
    /// Bytes from `base` to the first page.
    first_page: usize,
    pages: u32,
    /// The number of pages that were handed out at least once.
    touched: Cell<u32>,
    /// Bit n: page n is in use.
    used: Cell<u64>,
    /// Whether a page came into use since [`SegmentRef::take_was_used`].
    was_used: Cell<bool>,
    /// About to be given back.
    is_doomed: Cell<bool>,
    hold: Cell<Hold>,
    previous: Cell<Option<SegmentRef>>,
    next: Cell<Option<SegmentRef>>,
}

/// How one large object lies in an allocation of its own.
#[derive(Debug)]
pub(crate) struct Run {
    layout: Layout,
    /// Bytes from the start to the page.
    first_page: usize,
    /// Bytes from the start to the object.
    object_at: usize,
}

impl Run {
    /// For a value of this layout in a page whose header takes `header` bytes; `None` if it
    /// is too large for any memory. The length is a multiple of 8: where lengths of slices
    /// are noted at the end, they are aligned.
    pub(crate) fn of(value: Layout, header: usize) -> Option<Run> {
        let value_at = (header + Header::SIZE).next_multiple_of(value.align());
        let object_at = value_at - Header::SIZE;
        // The page of an object starts where its header's address is masked to.
        let first_page = object_at & !(PAGE_SIZE - 1);
        let size = value_at.checked_add(value.size())?.checked_next_multiple_of(8)?;
        let layout = Layout::from_size_align(size, value.align().max(PAGE_SIZE)).ok()?;
        Some(Run { layout, first_page, object_at })
    }

    /// Bytes from the start of the page to the object.
    pub(crate) fn object_in_page(&self) -> usize {
        self.object_at - self.first_page
    }
}

/// A segment of the current thread's heap.
///
/// # Invariants
///
/// Points at an initialised [`Segment`] that was not
/// [freed](SegmentRef::free).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct SegmentRef(NonNull<Segment>);

impl SegmentRef {
    /// Allocates a segment of so many pages.
    pub(crate) fn allocate(pages: u32) -> SegmentRef {
        debug_assert!((1..=MAX_PAGES).contains(&pages));
        let layout = Layout::from_size_align(pages as usize * PAGE_SIZE, PAGE_SIZE)
            .expect("a segment is a few megabytes long");
        SegmentRef::allocate_as(layout, 0, pages)
    }

    /// Allocates a run of its own for a value of this layout, whose page header
    /// takes `header` bytes; returns where in the page the object starts.
    pub(crate) fn allocate_large(value: Layout, header: usize) -> (SegmentRef, usize) {
        let Some(run) = Run::of(value, header) else { handle_alloc_error(value) };
        (SegmentRef::allocate_as(run.layout, run.first_page, 1), run.object_in_page())
    }

    /// Whether this run, which has no object, can be used as the one that is `wanted`, and is
    /// not more than half as long again.
    pub(crate) fn is_spare_for(self, wanted: &Run) -> bool {
        let Segment { layout, first_page, .. } = self.get();
        let sizes =
            wanted.layout.size()..=wanted.layout.size().saturating_add(wanted.layout.size() / 2);
        *first_page == wanted.first_page
            && layout.align() >= wanted.layout.align()
            && sizes.contains(&layout.size())
    }

    /// The first page, which was handed out before and is not in use.
    pub(crate) fn first_page(self) -> NonNull<u8> {
        debug_assert!(self.is_unused() && self.get().touched.get() > 0);
        self.page(0)
    }

    fn allocate_as(layout: Layout, first_page: usize, pages: u32) -> SegmentRef {
        // SAFETY: the layouts of both callers have a size above zero.
        let base = unsafe { alloc(layout) };
        let Some(base) = NonNull::new(base) else { handle_alloc_error(layout) };
        let segment = Segment {
            base,
            layout,
            first_page,
            pages,
            touched: Cell::new(0),
            used: Cell::new(0),
            was_used: Cell::new(false),
            is_doomed: Cell::new(false),
            hold: Cell::new(Hold::None),
            previous: Cell::new(None),
            next: Cell::new(None),
        };
        SegmentRef(NonNull::from(Box::leak(Box::new(segment))))
    }

    /// Gives the memory back.
    ///
    /// # Safety
    ///
    /// No page of the segment is in use, and neither they nor the segment are
    /// used again.
    pub(crate) unsafe fn free(self) {
        // SAFETY: `allocate_as` leaked this box, and it is given up only here.
        let segment = unsafe { Box::from_raw(self.0.as_ptr()) };
        // SAFETY: `allocate_as` allocated it with this layout.
        unsafe { dealloc(segment.base.as_ptr(), segment.layout) };
    }

    fn get(&self) -> &Segment {
        // SAFETY: by the type invariant of `SegmentRef`; everything that
        // changes is a cell.
        unsafe { self.0.as_ref() }
    }

    /// The size in bytes.
    pub(crate) fn size(self) -> usize {
        self.get().layout.size()
    }

    /// One past the last byte.
    pub(crate) fn end(self) -> NonNull<u8> {
        // SAFETY: the segment is one allocation of this size.
        unsafe { self.get().base.byte_add(self.size()) }
    }

    /// Hands out a page that was never used.
    pub(crate) fn take_untouched(self) -> Option<NonNull<u8>> {
        let segment = self.get();
        let index = segment.touched.get();
        if index == segment.pages {
            return None;
        }
        segment.touched.set(index + 1);
        Some(self.page(index))
    }

    fn page(self, index: u32) -> NonNull<u8> {
        let offset = self.get().first_page + index as usize * PAGE_SIZE;
        // SAFETY: the page lies in the segment's allocation.
        unsafe { self.get().base.byte_add(offset) }
    }

    /// Notes whether the page that starts at `page` is in use.
    pub(crate) fn set_used(self, page: NonNull<u8>, is_used: bool) {
        let segment = self.get();
        let offset = page.addr().get() - segment.base.addr().get() - segment.first_page;
        let bit = 1 << (offset / PAGE_SIZE);
        let used = segment.used.get();
        segment.used.set(if is_used { used | bit } else { used & !bit });
        segment.was_used.set(segment.was_used.get() | is_used);
    }

    /// Whether a page came into use since this was asked last.
    pub(crate) fn take_was_used(self) -> bool {
        self.get().was_used.take()
    }

    /// Whether no page is in use.
    pub(crate) fn is_unused(self) -> bool {
        self.get().used.get() == 0
    }

    /// Marks the segment as about to be given back.
    pub(crate) fn doom(self) {
        debug_assert!(self.is_unused());
        self.get().is_doomed.set(true);
    }

    /// Whether the segment is about to be given back.
    pub(crate) fn is_doomed(self) -> bool {
        self.get().is_doomed.get()
    }

    /// From now on the memory stays, and its slots stay where they are.
    pub(crate) fn hold(self) {
        if !self.is_held() {
            self.get().hold.set(Hold::Held);
        }
    }

    /// Whether it has to stay.
    pub(crate) fn is_held(self) -> bool {
        self.get().hold.get() != Hold::None
    }

    /// Leaves a run whose object died to [`let_go`](SegmentRef::let_go), if it has to stay.
    pub(crate) fn wait_if_held(self) -> bool {
        let is_held = self.is_held();
        if is_held {
            self.get().hold.set(Hold::Waiting);
        }
        is_held
    }

    /// It does not have to stay any more. Returns whether its object died meanwhile, so that it
    /// is a run in no list.
    pub(crate) fn let_go(self) -> bool {
        self.get().hold.replace(Hold::None) == Hold::Waiting
    }

    /// The pages in use, by address.
    pub(crate) fn used_pages(self) -> impl Iterator<Item = NonNull<u8>> {
        let mut used = self.get().used.get();
        iter::from_fn(move || {
            let index = used.trailing_zeros();
            if index == u64::BITS {
                return None;
            }
            used &= used - 1;
            Some(self.page(index))
        })
    }
}

/// The segments of a heap.
#[derive(Debug)]
pub(crate) struct SegmentList {
    first: Cell<Option<SegmentRef>>,
}

impl SegmentList {
    /// A list without segments.
    pub(crate) const fn new() -> Self {
        SegmentList { first: Cell::new(None) }
    }

    /// Adds a segment.
    pub(crate) fn add(&self, segment: SegmentRef) {
        let next = self.first.replace(Some(segment));
        segment.get().next.set(next);
        if let Some(next) = next {
            next.get().previous.set(Some(segment));
        }
    }

    /// Removes a segment.
    pub(crate) fn remove(&self, segment: SegmentRef) {
        let (previous, next) = (segment.get().previous.take(), segment.get().next.take());
        match previous {
            Some(previous) => previous.get().next.set(next),
            None => self.first.set(next),
        }
        if let Some(next) = next {
            next.get().previous.set(previous);
        }
    }

    /// All segments; the one that was returned last may be removed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = SegmentRef> + use<> {
        let mut next = self.first.get();
        iter::from_fn(move || {
            let segment = next?;
            next = segment.get().next.get();
            Some(segment)
        })
    }
}
