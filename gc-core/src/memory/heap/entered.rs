//! Which heap a thread is in, and which heap an object lies in.
//!
//! A thread has a heap of its own, and without the feature `isolates` there is no other. With it,
//! a thread may [enter](Heap::enter) others. Objects are made in the heap that the thread is in; what
//! becomes of them is the business of the heap that they lie in, which their page knows.

#[cfg(feature = "isolates")]
use core::cell::Cell;
use core::ptr::NonNull;

use super::Heap;
#[cfg(feature = "isolates")]
use super::Whole;
use crate::memory::page::Page;
use crate::object::header::ObjPtr;

#[cfg(feature = "isolates")]
std::thread_local! {
    /// How many heaps the thread has beside its own.
    static OTHERS: Cell<usize> = const { Cell::new(0) };
}

/// The thread has one more heap (or one less) beside its own.
#[cfg(feature = "isolates")]
pub(crate) fn count_others(change: impl FnOnce(usize) -> usize) {
    OTHERS.set(change(OTHERS.get()));
}

impl Heap {
    /// A heap that is no thread's, for an isolate. It begins with little memory: there may be
    /// many.
    #[cfg(feature = "isolates")]
    pub(crate) fn isolated() -> Heap {
        /// The pages of its first segment.
        const FEW: u32 = 2;
        let heap = Heap::new();
        heap.next_segment_pages.set(FEW);
        heap
    }

    /// What it is a part of; `None` for that of a thread.
    #[cfg(feature = "isolates")]
    pub(crate) fn part_of(&self) -> Option<NonNull<()>> {
        self.part_of.get().map(|whole| whole.address)
    }

    /// Its tables, see [`Whole`]; `None` for those of the thread.
    #[cfg_attr(not(feature = "isolates"), expect(clippy::unused_self, reason = "no other heaps"))]
    pub(crate) fn tables(&self) -> Option<NonNull<()>> {
        #[cfg(feature = "isolates")]
        return self.part_of.get().map(|whole| whole.tables);
        #[cfg(not(feature = "isolates"))]
        None
    }

    /// Sets it.
    #[cfg(feature = "isolates")]
    pub(crate) fn set_part_of(&self, whole: Whole) {
        self.part_of.set(Some(whole));
    }

    /// The heap that `page` belongs to.
    pub(super) fn of_page(page: Page) -> &'static Heap {
        #[cfg(feature = "isolates")]
        if let Some(heap) = page.home().heap.get() {
            // SAFETY: `make_page` noted there the heap, which outlives its pages.
            return unsafe { heap.cast().as_ref() };
        }
        let _ = page;
        Heap::current()
    }

    /// The heap that `object` lies in.
    pub(crate) fn of(object: ObjPtr) -> &'static Heap {
        Heap::of_page(Page::of(object))
    }
}

/// Which objects lie in the heap that the thread is in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Members {
    /// That heap, if the thread has others.
    #[cfg(feature = "isolates")]
    heap: Option<&'static Heap>,
}

impl Members {
    /// Those of the heap that the thread is in.
    #[inline]
    pub(crate) fn current() -> Members {
        Members {
            #[cfg(feature = "isolates")]
            heap: (OTHERS.get() > 0).then(Heap::current),
        }
    }

    /// Whether `object` is one of them.
    #[inline]
    pub(crate) fn has(self, object: ObjPtr) -> bool {
        let Members {
            #[cfg(feature = "isolates")]
            heap,
        } = self;
        #[cfg(feature = "isolates")]
        if let Some(heap) = heap {
            return core::ptr::eq(heap, Heap::of(object));
        }
        let _ = object;
        true
    }
}
