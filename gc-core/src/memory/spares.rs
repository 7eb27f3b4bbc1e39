//! Runs of large objects that died, kept for the next large objects.
//!
//! An object that is too large for a page has a run of its own. Fresh memory for it costs
//! more than most programs do with it: the system maps it, and clears it when it is touched.
//! So a few of the last runs are kept. To the rest of the heap they are unused segments, which
//! a collection or `gc::trim` may give back.

use core::alloc::Layout;
use core::cell::Cell;
use core::iter;

use crate::memory::page::Page;
use crate::memory::segment::{Run, SegmentRef};

/// So many bytes are kept at most.
const MOST_BYTES: usize = 4 << 20;

/// So many runs are kept at most; all are looked at for each large object.
const MOST_RUNS: usize = 16;

/// Runs without an object, linked through the headers of their pages.
#[derive(Debug)]
pub(super) struct Spares {
    /// The last one kept.
    first: Cell<Option<Page>>,
}

impl Spares {
    /// No runs.
    pub(super) const fn new() -> Spares {
        Spares { first: Cell::new(None) }
    }

    /// Whether a run of so many bytes can be kept.
    pub(super) fn have_room_for(bytes: usize) -> bool {
        bytes <= MOST_BYTES
    }

    /// Keeps the run of `page`, and returns the runs that are too many then. They are in no
    /// list.
    pub(super) fn keep(&self, page: Page) -> impl Iterator<Item = SegmentRef> + use<> {
        page.header().next.set(self.first.replace(Some(page)));
        let (mut bytes, mut last) = (0, None);
        for (count, page) in self.iter().enumerate() {
            bytes += page.segment().size();
            if bytes > MOST_BYTES || count >= MOST_RUNS {
                break;
            }
            last = Some(page);
        }
        let rest = match last {
            Some(last) => last.header().next.take(),
            None => self.first.take(),
        };
        pages(rest).map(Page::segment)
    }

    /// Takes a run for an object whose value has this layout: one that is not much longer
    /// than necessary.
    pub(super) fn take(&self, layout: Layout, header: usize) -> Option<(SegmentRef, usize)> {
        let wanted = Run::of(layout, header)?;
        let fits = |page: &Page| page.segment().is_spare_for(&wanted);
        let page = self.iter().find(fits)?;
        self.forget(|other| other == page);
        Some((page.segment(), wanted.object_in_page()))
    }

    /// Forgets some of the runs.
    pub(super) fn forget(&self, is_forgotten: impl Fn(Page) -> bool) {
        let mut link = &self.first;
        let mut next;
        while let Some(page) = link.get() {
            if is_forgotten(page) {
                link.set(page.header().next.take());
            } else {
                next = page;
                link = &next.header().next;
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = Page> + use<> {
        pages(self.first.get())
    }
}

/// The pages that are linked from `first` on.
fn pages(first: Option<Page>) -> impl Iterator<Item = Page> {
    let mut next = first;
    iter::from_fn(move || {
        let page = next?;
        next = page.header().next.get();
        Some(page)
    })
}
