//! What is counted so that collections start in time: net allocations of tracked objects,
//! slots that were taken, and bytes that are known exactly.

use super::{Heap, NEVER_DUE};
use crate::memory::class::PAGE_SIZE;
use crate::memory::page::PageKind;
use crate::memory::segment::SegmentRef;

impl Heap {
    /// Counts a tracked object that is about to be allocated; `true` if a
    /// collection is due first.
    #[inline]
    pub(crate) fn count_allocation(&self) -> bool {
        !self.home.try_count_allocated(self.trigger.get()) && self.count_allocation_slowly()
    }

    /// It does not unwind, which who makes an object relies on for its speed.
    #[cold]
    #[inline(never)]
    extern "C" fn count_allocation_slowly(&self) -> bool {
        self.home.count_allocated();
        self.net_allocations() > self.trigger.get()
    }

    /// Takes back a count, for an allocation that does not happen.
    pub(crate) fn uncount_allocation(&self) {
        self.home.count_freed();
    }

    /// Tracked objects allocated minus freed since the last collection.
    pub(crate) fn net_allocations(&self) -> usize {
        self.home.net_allocations()
    }

    /// Starts counting anew and returns by how many the number of tracked
    /// objects changed meanwhile.
    pub(crate) fn reset_net_allocations(&self) -> isize {
        let growth = self.net_growth();
        self.home.start_over();
        growth
    }

    /// By how many the number of tracked objects changed since
    /// [`reset_net_allocations`](Heap::reset_net_allocations).
    pub(crate) fn net_growth(&self) -> isize {
        self.home.net_growth()
    }

    /// Sets the number of net allocations that may happen before a collection
    /// is due.
    pub(crate) fn set_trigger(&self, trigger: usize) {
        self.trigger.set(trigger);
    }

    /// About how many tracked objects were made since [`reset_taken`](Heap::reset_taken),
    /// those that died since included.
    pub(crate) fn taken(&self) -> usize {
        self.taken.get()
    }

    /// Starts counting anew.
    pub(crate) fn reset_taken(&self) {
        self.taken.set(0);
    }

    /// Sets the number of tracked objects that may be made before a collection is due,
    /// even if as many die.
    pub(crate) fn set_most_taken(&self, most: usize) {
        self.most_taken.set(most);
    }

    /// Counts slots that were taken from a page.
    pub(super) fn count_taken(&self, slots: u32) {
        let taken = self.taken.get().saturating_add(slots as usize);
        self.taken.set(taken);
        if taken >= self.most_taken.get() {
            self.ask_what_is_due();
        }
    }

    /// The next allocation asks what is due, unless automatic collection is off.
    fn ask_what_is_due(&self) {
        if self.trigger.get() != NEVER_DUE {
            self.trigger.set(0);
        }
    }

    // Bytes that are counted one by one.

    /// Counts the bytes of a page that comes into use. Tracked objects are counted themselves, unless
    /// one has the page alone.
    pub(super) fn count_page(&self, kind: PageKind, segment: SegmentRef) {
        match kind.class {
            Err(_) => self.add_external(segment.size()),
            Ok(_) if kind.is_tracked => self.shared_bytes.update(|bytes| bytes + PAGE_SIZE),
            Ok(_) => self.add_external(PAGE_SIZE),
        }
    }

    /// Counts the bytes of a page less that objects have shared.
    pub(super) fn discount_shared_page(&self, is_tracked: bool) {
        if is_tracked {
            self.shared_bytes.update(|bytes| bytes - PAGE_SIZE);
        } else {
            self.subtract_external(PAGE_SIZE);
        }
    }

    /// The bytes of the pages that tracked objects share, with the room that is left in them.
    pub(crate) fn shared_bytes(&self) -> usize {
        self.shared_bytes.get()
    }

    /// How many there are.
    pub(crate) fn external(&self) -> usize {
        self.external.get()
    }

    /// Sets the number that makes a collection due.
    pub(crate) fn set_most_external(&self, most: usize) {
        self.most_external.set(most);
    }

    /// Counts more of them.
    pub(crate) fn add_external(&self, bytes: usize) {
        let external = self.external.get().saturating_add(bytes);
        self.external.set(external);
        if external >= self.most_external.get() {
            self.ask_what_is_due();
        }
    }

    /// Counts less of them.
    pub(crate) fn subtract_external(&self, bytes: usize) {
        self.external.set(self.external.get().saturating_sub(bytes));
    }
}
