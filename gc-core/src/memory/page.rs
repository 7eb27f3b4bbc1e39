//! One page: 64 KiB, aligned to its size, cut into slots of one size.
//!
//! ```text
//!   | PageHeader | bitmap 0 | bitmap 1 | bitmap 2 | slot | slot | slot ...
//!   ^                                                    ^
//!   `-- address & !(64 KiB - 1) <------------------------'
//! ```
//!
//! The page of an object is found by masking its address, so that neither dropping a
//! handle nor freeing a slot looks at thread-local storage. Slots are carved lazily:
//! memory that was never used is never touched. A free slot differs from an object by its
//! count, which is 0.
//!
//! Three bitmaps hold the candidates, one for each generation whose next
//! collection is to look at them. Bits cannot dangle: freeing an object clears
//! its bit.

pub(crate) mod candidates;
mod dirty;
#[cfg(feature = "sites")]
mod sites;
mod slots;
mod weak_counts;

use core::cell::Cell;
use core::ops::Range;
#[cfg(feature = "sites")]
use core::panic::Location;
use core::ptr::NonNull;

use crate::memory::class::{CLASS_COUNT, Geometry, PAGE_SIZE, SITE_BYTES, WORD_BITS, geometries};
use crate::memory::free_list::{FreeList, FreeSlot};
use crate::memory::segment::SegmentRef;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;

/// The data that the pages of a heap share, and that they reach when an object dies.
#[derive(Debug)]
pub(crate) struct Home {
    /// Tracked objects allocated minus freed since the last collection: CPython's
    /// `count0`, which falls no lower than 0. This count may fall below 0, so that
    /// counting a freed object takes one instruction. The next allocation
    /// [settles](Home::settle) it, before anything can see the difference.
    net_allocations: Cell<isize>,
    /// Tracked objects freed while CPython's count was 0.
    shrunk_by: Cell<isize>,
    /// Pages with a bit set in the bitmap of a generation.
    dirty: [DirtyPages; BITMAPS],
    /// Called when a page becomes empty, or is no longer full.
    on_room: fn(Page),
    /// The heap that this is a part of, noted for its first page.
    #[cfg(feature = "isolates")]
    pub(super) heap: Cell<Option<NonNull<()>>>,
}

impl Home {
    /// The state of a heap without pages.
    pub(crate) const fn new(on_room: fn(Page)) -> Home {
        Home {
            net_allocations: Cell::new(0),
            shrunk_by: Cell::new(0),
            dirty: [const { DirtyPages::new() }; BITMAPS],
            on_room,
            #[cfg(feature = "isolates")]
            heap: Cell::new(None),
        }
    }

    /// Counts a tracked object that was freed, or is not allocated after all.
    #[inline]
    pub(crate) fn count_freed(&self) {
        self.count_all_freed(1);
    }

    /// Counts so many of them.
    #[inline]
    fn count_all_freed(&self, count: usize) {
        let net = self.net_allocations.get().wrapping_sub(count.cast_signed());
        self.net_allocations.set(net);
    }

    /// Counts a tracked object that is about to be allocated, if that makes no
    /// collection due and the count is not below 0.
    #[inline]
    pub(crate) fn try_count_allocated(&self, trigger: usize) -> bool {
        let count = self.net_allocations.get();
        let is_counted = count.cast_unsigned() < trigger;
        if is_counted {
            self.net_allocations.set(count.wrapping_add(1));
        }
        is_counted
    }

    /// Counts a tracked object that is about to be allocated.
    pub(crate) fn count_allocated(&self) {
        self.settle();
        self.net_allocations.set(self.net_allocations.get() + 1);
    }

    /// Raises a count below 0 to 0.
    fn settle(&self) {
        let missing = self.net_allocations.get().min(0);
        self.shrunk_by.set(self.shrunk_by.get() - missing);
        self.net_allocations.set(self.net_allocations.get() - missing);
    }

    /// The net allocations, at least 0.
    pub(crate) fn net_allocations(&self) -> usize {
        self.net_allocations.get().max(0).cast_unsigned()
    }

    /// By how many the number of tracked objects changed since
    /// [`start_over`](Home::start_over).
    pub(crate) fn net_growth(&self) -> isize {
        self.net_allocations.get() - self.shrunk_by.get()
    }

    /// Counts from 0.
    pub(crate) fn start_over(&self) {
        self.net_allocations.set(0);
        self.shrunk_by.set(0);
    }
}

/// What a page has noted that is in no list.
const IN_NO_LIST: u32 = 0;

/// The pages with candidates of one generation.
///
/// # Invariants
///
/// A page in the list that starts with `first` has noted the present `round`; one in the list that
/// starts with `passed_over` an earlier one, and any other page [`IN_NO_LIST`]. All of them are in
/// use, by the heap whose `Home` this is.
#[derive(Debug)]
struct DirtyPages {
    first: Cell<Option<Page>>,
    last: Cell<Option<Page>>,
    /// Those whose candidates are left to the next full collection, though their bits are where
    /// they were.
    passed_over: Cell<Option<Page>>,
    /// The number of the present list.
    round: Cell<u32>,
}

/// The place of a page in the lists of each generation.
#[derive(Debug)]
struct DirtyLinks {
    /// Which list of the generation, by its number.
    rounds: [Cell<u32>; BITMAPS],
    previous: [Cell<Option<Page>>; BITMAPS],
    next: [Cell<Option<Page>>; BITMAPS],
}

impl DirtyPages {
    /// No pages.
    const fn new() -> DirtyPages {
        DirtyPages {
            first: Cell::new(None),
            last: Cell::new(None),
            passed_over: Cell::new(None),
            round: Cell::new(IN_NO_LIST + 1),
        }
    }
}

impl DirtyLinks {
    /// The page is in no list.
    const fn new() -> DirtyLinks {
        DirtyLinks {
            rounds: [const { Cell::new(IN_NO_LIST) }; BITMAPS],
            previous: [const { Cell::new(None) }; BITMAPS],
            next: [const { Cell::new(None) }; BITMAPS],
        }
    }
}

/// A place in the program where objects are made.
#[cfg(feature = "sites")]
pub(crate) type Site = &'static Location<'static>;

/// The start of every page. Aligned like the bitmaps that follow it, whose words may need
/// more alignment than a pointer.
#[repr(C, align(8))]
pub(crate) struct PageHeader {
    /// Carved slots without an object, except those that the heap has at hand.
    free: FreeList,
    /// How many more slots have to be freed before `Home::on_room` is called.
    until_alert: Cell<u32>,
    /// How many are used then.
    alert_at: Cell<u32>,
    home: Cell<&'static Home>,
    carved: Cell<u32>,
    is_tracked: Cell<bool>,
    class: Cell<u8>,
    geometry: Cell<Geometry>,
    segment: Cell<SegmentRef>,
    /// Neighbours in the list of the class's pages with room, or in the pool.
    pub(crate) previous: Cell<Option<Page>>,
    pub(crate) next: Cell<Option<Page>>,
    dirty: DirtyLinks,
    /// One weak count for each slot, made for the first weak reference.
    weak_counts: Cell<Option<NonNull<u32>>>,
    /// Where the object was made, if it has the page to itself.
    #[cfg(feature = "sites")]
    site: Cell<Option<Site>>,
}

const _: () = assert!(align_of::<PageHeader>() >= align_of::<u64>(), "bitmaps follow it");

const BITMAPS: usize = Generation::ALL.len();
const GEOMETRIES: [Geometry; CLASS_COUNT] = geometries::<{ size_of::<PageHeader>() }, BITMAPS>();
/// The class of a page run that one object has to itself.
const LARGE: u8 = u8::MAX;
const _: () = assert!(CLASS_COUNT < LARGE as usize);

/// Bytes from the start of a large run to its object, for a value of small
/// alignment.
pub(crate) const LARGE_HEADER: usize = size_of::<PageHeader>() + BITMAPS * (WORD_BITS / 8);

/// What the slots of a page are for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageKind {
    /// Whether the objects are tracked.
    pub(crate) is_tracked: bool,
    /// The size class; `None` for one large object at this offset.
    pub(crate) class: Result<usize, LargeAt>,
}

/// The offset of a large object from the start of its page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LargeAt(pub(crate) usize);

/// A page of the current thread's heap.
///
/// # Invariants
///
/// Points at an initialised [`PageHeader`] that starts a page of a live
/// segment, with permission to access the whole segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub(crate) struct Page(NonNull<PageHeader>);

impl Page {
    /// The page that `object` lies in.
    #[inline]
    pub(crate) fn of(object: ObjPtr) -> Page {
        let start = object.slot().as_ptr().map_addr(|address| address & !(PAGE_SIZE - 1));
        // SAFETY: objects lie in pages, and pages do not start at address 0.
        Page(unsafe { NonNull::new_unchecked(start) }.cast())
    }

    /// Makes a page of `memory`.
    ///
    /// # Safety
    ///
    /// `memory` is aligned to [`PAGE_SIZE`], is part of `segment` with
    /// permission to access all of it, and holds no objects. It is
    /// [`PAGE_SIZE`] bytes long, or as long as the large object needs.
    pub(crate) unsafe fn make(
        memory: NonNull<u8>,
        kind: PageKind,
        segment: SegmentRef,
        home: &'static Home,
    ) -> Page {
        let page = Page(memory.cast());
        let (class, geometry) = match kind.class {
            Ok(class) => (u8::try_from(class).expect("few classes"), GEOMETRIES[class]),
            Err(LargeAt(first)) => (LARGE, Geometry::single(first)),
        };
        let header = PageHeader {
            free: FreeList::new(),
            until_alert: Cell::new(0),
            alert_at: Cell::new(0),
            home: Cell::new(home),
            carved: Cell::new(0),
            is_tracked: Cell::new(kind.is_tracked),
            class: Cell::new(class),
            geometry: Cell::new(geometry),
            segment: Cell::new(segment),
            previous: Cell::new(None),
            next: Cell::new(None),
            dirty: DirtyLinks::new(),
            weak_counts: Cell::new(None),
            #[cfg(feature = "sites")]
            site: Cell::new(None),
        };
        // SAFETY: by the precondition the memory is writable and aligned.
        unsafe { page.0.write(header) };
        let words = BITMAPS * geometry.words as usize;
        // SAFETY: `Geometry` leaves room for the bitmaps before the first slot.
        unsafe { page.bits().write_bytes(0, words) };
        page
    }

    #[inline]
    pub(crate) fn header(&self) -> &PageHeader {
        // SAFETY: by the type invariant of `Page`; the header consists of
        // cells, so other pointers to it may write through them.
        unsafe { self.0.as_ref() }
    }

    /// What the pages of its heap share.
    #[cfg(feature = "isolates")]
    #[inline]
    pub(super) fn home(self) -> &'static Home {
        self.header().home.get()
    }

    /// The segment that the page is a part of.
    pub(crate) fn segment(self) -> SegmentRef {
        self.header().segment.get()
    }

    /// The start of the page.
    pub(crate) fn start(self) -> NonNull<u8> {
        self.0.cast()
    }

    /// The page that starts at `memory`.
    ///
    /// # Safety
    ///
    /// The invariants of the type hold for `memory`.
    pub(crate) unsafe fn from_start(memory: NonNull<u8>) -> Page {
        Page(memory.cast())
    }

    /// The size class; `None` for a large object's run.
    pub(crate) fn class(self) -> Option<usize> {
        let class = self.header().class.get();
        (class != LARGE).then_some(class as usize)
    }

    /// Whether its slots are for this use.
    pub(crate) fn is_of(self, kind: PageKind) -> bool {
        self.is_tracked() == kind.is_tracked && self.class() == kind.class.ok()
    }

    /// Whether the objects of this page are tracked.
    pub(crate) fn is_tracked(self) -> bool {
        self.header().is_tracked.get()
    }

    /// The number of slots with an object, with the remains of one that weak
    /// references still look at, or at hand for the next ones.
    pub(crate) fn used(self) -> u32 {
        self.header().until_alert.get().wrapping_add(self.header().alert_at.get())
    }

    fn set_used(self, used: u32) {
        self.header().until_alert.set(used.wrapping_sub(self.header().alert_at.get()));
    }

    /// The bytes that each slot takes.
    pub(crate) fn slot_bytes(self) -> usize {
        match self.header().class.get() {
            LARGE => self.segment().size(),
            _ => self.header().geometry.get().slot_size as usize,
        }
    }

    /// One past the last byte of the slot of `object` that is the value's: a multiple of 8,
    /// unless a large object ends elsewhere.
    pub(crate) fn slot_end(object: ObjPtr) -> NonNull<u8> {
        let page = Page::of(object);
        match page.class() {
            // SAFETY: the slot is so long.
            Some(_) => unsafe { object.slot().byte_add(page.slot_bytes() - SITE_BYTES) },
            None => page.segment().end(),
        }
    }

    /// Whether `Home::on_room` is to be called for this page, and when.
    pub(crate) fn set_alert(self, alert: Alert) {
        let used = self.used();
        let at = match alert {
            Alert::Never => u32::MAX,
            Alert::WhenEmpty => 0,
            Alert::WhenNotFull => self.header().geometry.get().capacity - 1,
        };
        self.header().alert_at.set(at);
        self.set_used(used);
    }

    /// Every object in the page with a count above 0: there may be dead ones among
    /// them, and those that are not built yet.
    pub(crate) fn objects(self) -> impl Iterator<Item = ObjPtr> {
        self.objects_of(0..u32::MAX).flatten()
    }

    /// The same of some of the slots, with `None` for each that has no object.
    fn objects_of(self, slots: Range<u32>) -> impl DoubleEndedIterator<Item = Option<ObjPtr>> {
        let end = slots.end.min(self.header().carved.get());
        (slots.start..end).map(move |index| {
            let slot = self.slot(index);
            // SAFETY: the count lies in the slot.
            let count = unsafe { slot.byte_add(FreeSlot::COUNT_AT) }.cast::<u32>();
            // SAFETY: carved slots have one, which no reference points at.
            let count = unsafe { count.read() };
            // SAFETY: a slot whose count is not 0 holds an object.
            (count != 0).then(|| unsafe { ObjPtr::from_header(slot.cast()) })
        })
    }

    /// The number of the slot before the one that starts at `slot`, which may be the end of
    /// the page; `None` if there is none.
    pub(crate) fn slot_before(self, slot: NonNull<u8>) -> Option<u32> {
        let offset = slot.addr().get().checked_sub(self.0.addr().get())?;
        let geometry = self.header().geometry.get();
        let is_inside = (geometry.slot_offset(1)..=PAGE_SIZE).contains(&offset);
        let before =
            is_inside.then(|| geometry.slot_index(offset - geometry.slot_size as usize))?;
        u32::try_from(before).ok()
    }

    /// The objects in the slot of this number and in those before it, up to `most` slots.
    pub(crate) fn objects_up_to(self, last: u32, most: u32) -> impl Iterator<Item = ObjPtr> {
        let slots = self.objects_of((last + 1).saturating_sub(most)..last + 1);
        slots.rev().flatten().filter(|object| !object.is_dead())
    }

    /// The number of slots that ever held an object; the others lie behind
    /// them.
    pub(crate) fn carved(self) -> u32 {
        self.header().carved.get()
    }

    /// One of the objects, that of a slot soon before number `start`; `None` if there is none
    /// nearby.
    pub(crate) fn object_near(self, start: u32) -> Option<ObjPtr> {
        /// So many slots are looked at.
        const NEAR: u32 = 8;
        self.objects_up_to(start % self.carved().max(1), NEAR).next()
    }

    /// The object and the weak count of each slot that ever held one.
    #[cfg(feature = "isolates")]
    pub(crate) fn counts(self) -> impl Iterator<Item = (Option<ObjPtr>, u32)> {
        let weak = (0..self.carved()).map(move |slot| self.weak_count_of(slot));
        self.objects_of(0..u32::MAX).zip(weak)
    }

    /// How the page is cut into slots.
    #[cfg(any(feature = "inspect", feature = "isolates"))]
    pub(crate) fn geometry(self) -> Geometry {
        self.header().geometry.get()
    }

    fn slot_index(self, object: ObjPtr) -> usize {
        let offset = object.slot().addr().get() - self.0.addr().get();
        self.header().geometry.get().slot_index(offset)
    }

    /// Takes the page, which has no objects, out of the lists of pages with candidates, and frees
    /// the memory that it owns beside its own.
    pub(crate) fn retire(self) {
        debug_assert_eq!(self.used(), 0);
        self.header().home.get().forget_dirty(self);
        self.forget_weak_counts();
    }
}

/// When a page tells its heap that it has room.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Alert {
    /// It is the page that objects are allocated in.
    Never,
    /// It has free slots, but another page is preferred.
    WhenEmpty,
    /// It is full.
    WhenNotFull,
}
