//! Returns memory to the global allocator, a segment at a time.

use super::{Heap, Stage};
use crate::memory::class::CLASS_COUNT;
use crate::memory::page::{Alert, Page};
use crate::memory::segment::SegmentRef;
use crate::memory::spares::Spares;

/// Which unused segments are not given back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reserve {
    /// All are.
    Nothing,
    /// Of the segments that were in use a moment ago, as many bytes as the program took
    /// again right after they were last returned, if those are not more than this.
    TakenAgain(usize),
    /// So many bytes of them.
    Bytes(usize),
}

impl Heap {
    /// An empty page, in no list, goes to the pool.
    pub(super) fn retire(&self, page: Page) {
        page.retire();
        let segment = page.segment();
        segment.set_used(page.start(), false);
        self.discount_shared_page(page.is_tracked());
        if segment.is_held() {
            let held = self.held.get();
            page.header().next.set(held.map(|[first, _]| first));
            self.held.set(Some(held.map_or([page, page], |[_, last]| [page, last])));
        } else {
            page.header().next.set(self.pool.replace(Some(page)));
        }
        if self.is_closed() && segment.is_unused() {
            self.release_unused(Reserve::Nothing);
        }
    }

    pub(super) fn retire_large(&self, page: Page) {
        page.retire();
        let segment = page.segment();
        segment.set_used(page.start(), false);
        self.subtract_external(segment.size());
        if segment.wait_if_held() {
            return;
        }
        if self.is_closed() || !Spares::have_room_for(segment.size()) {
            return self.release(segment);
        }
        for segment in self.spares.keep(page) {
            self.release(segment);
        }
    }

    /// Retires the empty pages that were kept at the head of their lists.
    fn retire_empty_heads(&self) {
        self.return_slots();
        for class in 0..CLASS_COUNT {
            for is_tracked in [false, true] {
                let head = self.lists(is_tracked)[class].get();
                if let Some(page) = head.filter(|page| page.used() == 0) {
                    self.unlist(page, class);
                    self.retire(page);
                }
            }
        }
    }

    /// Gives unused segments back, but for those in `reserve`; returns the
    /// bytes given back.
    pub(crate) fn trim(&self, reserve: Reserve) -> usize {
        self.retire_empty_heads();
        self.release_unused(reserve)
    }

    fn release_unused(&self, reserve: Reserve) -> usize {
        let (mut room, only_recent) = match reserve {
            Reserve::Nothing => (0, true),
            Reserve::TakenAgain(most) => {
                (Some(self.traffic.taken_again()).filter(|&bytes| bytes <= most).unwrap_or(0), true)
            }
            Reserve::Bytes(bytes) => (bytes, false),
        };
        let (mut kept, mut is_any_doomed) = (0, false);
        for segment in self.segments.iter() {
            let was_used = segment.take_was_used();
            if !segment.is_unused() || segment.is_held() {
                continue;
            }
            if room >= segment.size() && (was_used || !only_recent) {
                room -= segment.size();
                kept += segment.size();
            } else {
                segment.doom();
                is_any_doomed = true;
            }
        }
        if is_any_doomed {
            self.forget_doomed_pages();
        }
        let before = self.reserved.get();
        for segment in self.segments.iter().filter(|segment| segment.is_doomed()) {
            self.release(segment);
        }
        let given_back = before - self.reserved.get();
        // What the program itself gave back is not missed.
        let missed = if matches!(reserve, Reserve::Nothing) { 0 } else { given_back };
        self.traffic.note_trim(kept, missed);
        given_back
    }

    /// Takes the pages of doomed segments out of every list.
    fn forget_doomed_pages(&self) {
        self.spares.forget(|page| page.segment().is_doomed());
        let mut next = self.pool.take();
        while let Some(page) = next {
            next = page.header().next.get();
            if !page.segment().is_doomed() {
                page.header().next.set(self.pool.replace(Some(page)));
            }
        }
        if self.untouched.get().is_some_and(SegmentRef::is_doomed) {
            self.untouched.set(None);
        }
    }

    fn release(&self, segment: SegmentRef) {
        self.segments.remove(segment);
        self.reserved.set(self.reserved.get() - segment.size());
        // SAFETY: no page of the segment is in use, and none is in a list.
        unsafe { segment.free() };
    }

    /// Until [`let_slots_go`](Heap::let_slots_go), the memory of all objects that there are
    /// stays: their slots hold them, or others of the same size class, or are free, which
    /// shows in their counts. Pages that become empty are not used again before.
    pub(crate) fn hold_slots(&self) {
        self.segments.iter().for_each(SegmentRef::hold);
    }

    /// Slots may go back again.
    pub(crate) fn let_slots_go(&self) {
        for segment in self.segments.iter() {
            if segment.let_go() {
                self.release(segment);
            }
        }
        if let Some([first, last]) = self.held.take() {
            last.header().next.set(self.pool.replace(Some(first)));
        }
    }

    /// From now on memory is returned as soon as its last object dies, because nothing
    /// will need it.
    pub(crate) fn close(&self) {
        self.stage.set(Stage::Closed);
        self.return_slots();
        for class in 0..CLASS_COUNT {
            for is_tracked in [false, true] {
                if let Some(head) = self.lists(is_tracked)[class].get() {
                    head.set_alert(Alert::WhenEmpty);
                }
            }
        }
        self.trim(Reserve::Nothing);
    }
}
