//! The heap of a thread: pages by size class, in which objects are made and freed.
//!
//! The heap is a constant thread-local **without** `Drop`: reaching it costs one access
//! relative to the thread pointer, and it stays valid while other thread-local
//! destructors run. Tearing it down is the business of `lifecycle`.
//!
//! # Invariants
//!
//! Of each class and kind there is one list of the pages with room. Its first
//! page is the one that objects are allocated in; it stays there when it
//! becomes empty, so that a single object that comes and goes costs nothing;
//! the slots at hand are slots of this page, and the page counts them as used.
//! A full page is in no list. An empty page other than the first goes to the
//! pool, from where any class takes it.

mod contents;
mod due;
pub(crate) mod entered;
pub(crate) mod giving_back;

use core::alloc::Layout;
use core::cell::Cell;
use core::ptr::NonNull;

use crate::memory::at_hand::AtHand;
use crate::memory::class::{CLASS_COUNT, class_of, slot_size};
use crate::memory::page::{Alert, Home, LARGE_HEADER, LargeAt, Page, PageKind};
use crate::memory::segment::{MAX_PAGES, SegmentList, SegmentRef};
use crate::memory::spares::Spares;
use crate::memory::traffic::Traffic;
use crate::object::generation::{Epochs, Stamp};
use crate::object::header::{Counts, ObjPtr};

/// The pages of the first segment of a heap; later ones are larger.
const FIRST_SEGMENT_PAGES: u32 = 16;

type PageLists = [Cell<Option<Page>>; CLASS_COUNT];
type SlotLists = [AtHand; CLASS_COUNT];

/// After so many tracked objects a new heap asks what is due.
const FIRST_TRIGGER: usize = 1;

/// So many tracked objects may be made in a new heap before a collection is due, even if as
/// many die.
pub(crate) const MOST_TAKEN_AT_FIRST: usize = 128 << 10;

/// A trigger that is never reached.
pub(crate) const NEVER_DUE: usize = isize::MAX.cast_unsigned();

/// The objects of one thread, or of one isolate.
#[derive(Debug)]
pub(crate) struct Heap {
    home: Home,
    /// The same for untracked pages, whose counts are not read.
    untracked_home: Home,
    /// The next automatic collection starts when `Home::net_allocations`
    /// exceeds this.
    trigger: Cell<usize>,
    /// Slots of tracked objects that were taken from pages since the last full collection.
    taken: Cell<usize>,
    /// A collection is due when there are so many.
    most_taken: Cell<usize>,
    /// Bytes of the pages that tracked objects share.
    shared_bytes: Cell<usize>,
    /// Bytes that are counted one by one: those of large objects and of pages of untracked
    /// ones, and those that the program added.
    external: Cell<usize>,
    /// A collection is due when there are so many.
    most_external: Cell<usize>,
    /// Of each class, free slots of the page that objects are allocated in.
    at_hand: SlotLists,
    untracked_at_hand: SlotLists,
    tracked: PageLists,
    /// Bit n: there were pages of class n for tracked objects.
    classes_in_use: Cell<u64>,
    untracked: PageLists,
    /// Empty pages, linked through their headers.
    pool: Cell<Option<Page>>,
    /// The first and the last of those whose slots have to stay; see
    /// [`hold_slots`](Heap::hold_slots).
    held: Cell<Option<[Page; 2]>>,
    /// Runs of large objects that died.
    spares: Spares,
    /// The segment whose last pages were never used.
    untouched: Cell<Option<SegmentRef>>,
    segments: SegmentList,
    reserved: Cell<usize>,
    traffic: Traffic,
    peak: Cell<usize>,
    next_segment_pages: Cell<u32>,
    epochs: Cell<Epochs>,
    /// What the header of a tracked object starts with.
    newborn: Cell<Counts>,
    /// Objects whose finalizer did not run yet, or a few more.
    unfinalized: Cell<usize>,
    /// Whether a value was made whose drop may run user code.
    has_loud: Cell<bool>,
    stage: Cell<Stage>,
    /// What it is a part of, if that is not the thread.
    #[cfg(feature = "isolates")]
    pub(super) part_of: Cell<Option<Whole>>,
}

/// What a heap is a part of.
///
/// # Invariants
///
/// `tables` points at the `Tables` of this heap, which are there as long as the heap.
#[cfg(feature = "isolates")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole {
    pub(crate) address: NonNull<()>,
    pub(crate) tables: NonNull<()>,
    /// Called with the address when the heap may have lost its last memory; the heap may go.
    pub(crate) on_empty: fn(NonNull<()>),
}

/// How far the life of a heap has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The thread runs.
    Open,
    /// The process ends, and the heap is left to the system.
    Left,
    /// After the thread's teardown memory is returned immediately.
    Closed,
}

std::thread_local! {
    static HEAP: Heap = const { Heap::new() };
}

#[cfg(feature = "isolates")]
std::thread_local! {
    /// The heap that the thread is in, unless that is its own.
    static ENTERED: Cell<Option<&'static Heap>> = const { Cell::new(None) };
}

const _: () = assert!(CLASS_COUNT <= u64::BITS as usize, "there is a bit for each class");
const _: () = assert!(!core::mem::needs_drop::<Heap>(), "the heap outlives thread-local drops");

impl Heap {
    const fn new() -> Heap {
        Heap {
            home: Home::new(on_room),
            untracked_home: Home::new(on_room),
            trigger: Cell::new(if cfg!(gc_zeal) { 0 } else { FIRST_TRIGGER }),
            taken: Cell::new(0),
            most_taken: Cell::new(MOST_TAKEN_AT_FIRST),
            shared_bytes: Cell::new(0),
            external: Cell::new(0),
            most_external: Cell::new(1 << 20),
            at_hand: [const { AtHand::new() }; CLASS_COUNT],
            untracked_at_hand: [const { AtHand::new() }; CLASS_COUNT],
            tracked: [const { Cell::new(None) }; CLASS_COUNT],
            classes_in_use: Cell::new(0),
            untracked: [const { Cell::new(None) }; CLASS_COUNT],
            pool: Cell::new(None),
            held: Cell::new(None),
            spares: Spares::new(),
            untouched: Cell::new(None),
            segments: SegmentList::new(),
            reserved: Cell::new(0),
            traffic: Traffic::new(),
            peak: Cell::new(0),
            next_segment_pages: Cell::new(FIRST_SEGMENT_PAGES),
            epochs: Cell::new(Epochs::new()),
            newborn: Cell::new(Counts::new(Stamp::born(Epochs::new().now()))),
            unfinalized: Cell::new(0),
            has_loud: Cell::new(false),
            stage: Cell::new(Stage::Open),
            #[cfg(feature = "isolates")]
            part_of: Cell::new(None),
        }
    }

    /// The heap that the thread is in: its own, or that of an isolate.
    #[inline]
    pub(crate) fn current() -> &'static Heap {
        #[cfg(feature = "isolates")]
        if let Some(heap) = ENTERED.get() {
            return heap;
        }
        Heap::own()
    }

    /// Goes into `heap`, or with `None` into the thread's own; returns where it was.
    #[cfg(feature = "isolates")]
    pub(crate) fn enter(heap: Option<&'static Heap>) -> Option<&'static Heap> {
        ENTERED.replace(heap)
    }

    /// The thread's own.
    #[inline]
    fn own() -> &'static Heap {
        HEAP.with(|heap| {
            let heap: *const Heap = heap;
            // SAFETY: a thread-local without `Drop` is valid as long as its
            // thread runs code, and `Heap` is not `Sync`, so that the
            // reference does not leave the thread.
            unsafe { &*heap }
        })
    }

    /// The epochs.
    pub(crate) fn epochs(&self) -> Epochs {
        self.epochs.get()
    }

    /// Count and stamp of a tracked object that is born now.
    #[inline]
    pub(crate) fn newborn(&self) -> Counts {
        self.newborn.get()
    }

    /// Changes the epochs.
    pub(crate) fn with_epochs<R>(&self, change: impl FnOnce(&mut Epochs) -> R) -> R {
        let mut epochs = self.epochs.get();
        let result = change(&mut epochs);
        self.epochs.set(epochs);
        self.newborn.set(Counts::new(Stamp::born(epochs.now())));
        result
    }

    /// Counts an object that has a finalizer.
    #[inline]
    pub(crate) fn count_unfinalized(&self) {
        self.unfinalized.set(self.unfinalized.get() + 1);
    }

    /// Counts one less: its finalizer runs now, or never.
    pub(crate) fn uncount_unfinalized(&self) {
        self.unfinalized.set(self.unfinalized.get().saturating_sub(1));
    }

    /// Whether any object may have a finalizer that did not run yet.
    pub(crate) fn has_unfinalized(&self) -> bool {
        self.unfinalized.get() > 0
    }

    /// Notes that a value is made whose drop may run user code.
    #[inline]
    pub(crate) fn note_loud(&self) {
        self.has_loud.set(true);
    }

    /// Whether there may be a value on the heap whose drop runs user code.
    pub(crate) fn may_have_loud(&self) -> bool {
        self.has_loud.get()
    }

    /// Whether there is one.
    ///
    /// Takes time proportional to the size of the heap if there ever was one.
    pub(crate) fn has_loud(&self) -> bool {
        let mut quiet = 0;
        let is_loud = |object: ObjPtr| {
            let is_known = object.vtable_address() == quiet;
            quiet = object.vtable_address();
            !is_known && !object.drops_quietly()
        };
        if self.has_loud.get() && !self.pages().flat_map(Page::objects).any(is_loud) {
            self.has_loud.set(false);
        }
        self.has_loud.get()
    }

    // Allocation.

    fn lists(&self, is_tracked: bool) -> &PageLists {
        if is_tracked { &self.tracked } else { &self.untracked }
    }

    fn at_hand(&self, is_tracked: bool) -> &SlotLists {
        if is_tracked { &self.at_hand } else { &self.untracked_at_hand }
    }

    /// A slot of this [class](class_of), if there is one for the object and a slot is at hand.
    #[inline]
    pub(crate) fn allocate_fast(
        &self,
        class: Option<usize>,
        is_tracked: bool,
    ) -> Option<NonNull<u8>> {
        let class = class?;
        // SAFETY: the slots of a class are of its size.
        unsafe { self.at_hand(is_tracked)[class].pop(slot_size(class)) }
    }

    /// A slot for an object whose value has this layout; none is at hand.
    #[cold]
    pub(crate) fn allocate_slow(&'static self, layout: Layout, is_tracked: bool) -> NonNull<u8> {
        let Some(class) = class_of(layout) else {
            let page = self.large_page(layout, is_tracked);
            if is_tracked {
                self.count_taken(1);
            }
            return page.take_slot().expect("the page is new");
        };
        if self.is_closed() {
            // The page is to go back when its last object dies.
            return self.take_from_pages(class, is_tracked, Page::take_slot);
        }
        let at_hand = &self.at_hand(is_tracked)[class];
        let taken = self.take_from_pages(class, is_tracked, |page| page.take_slots(at_hand));
        if is_tracked {
            self.count_taken(taken);
        }
        // SAFETY: the slots of a class are of its size.
        unsafe { at_hand.pop(slot_size(class)) }.expect("slots were taken")
    }

    /// Returns the slots at hand to their pages.
    pub(crate) fn return_slots(&self) {
        for is_tracked in [false, true] {
            for (slots, head) in self.at_hand(is_tracked).iter().zip(self.lists(is_tracked)) {
                if let Some(page) = head.get() {
                    page.return_slots(slots);
                }
            }
        }
    }

    /// A slot of the first page that has room, which becomes the head of its class's
    /// list.
    fn take_from_pages<R>(
        &'static self,
        class: usize,
        is_tracked: bool,
        take: impl Fn(Page) -> Option<R>,
    ) -> R {
        let head = &self.lists(is_tracked)[class];
        while let Some(page) = head.get() {
            if let Some(taken) = take(page) {
                return taken;
            }
            // The page is full: it comes back when a slot is freed.
            let next = page.header().next.take();
            page.set_alert(Alert::WhenNotFull);
            head.set(next);
            if let Some(next) = next {
                next.header().previous.set(None);
                next.set_alert(self.head_alert());
            }
        }
        let page = self.new_page(class, is_tracked);
        page.set_alert(self.head_alert());
        head.set(Some(page));
        take(page).expect("the page has a free slot")
    }

    fn new_page(&'static self, class: usize, is_tracked: bool) -> Page {
        let kind = PageKind { is_tracked, class: Ok(class) };
        if is_tracked {
            self.classes_in_use.set(self.classes_in_use.get() | 1 << class);
        }
        if let Some(page) = self.pool.get() {
            self.pool.set(page.header().next.take());
            if page.is_of(kind) {
                // As it was when it became empty, slots included.
                page.segment().set_used(page.start(), true);
                self.count_page(kind, page.segment());
                return page;
            }
            return self.make_page(page.start(), kind, Page::segment(page));
        }
        let (memory, segment) = self.untouched_page();
        self.make_page(memory, kind, segment)
    }

    fn make_page(&'static self, memory: NonNull<u8>, kind: PageKind, segment: SegmentRef) -> Page {
        segment.set_used(memory, true);
        self.count_page(kind, segment);
        let home = if kind.is_tracked { &self.home } else { &self.untracked_home };
        #[cfg(feature = "isolates")]
        home.heap.set(Some(NonNull::from(self).cast()));
        // SAFETY: the memory is a page of the segment that is not in use.
        unsafe { Page::make(memory, kind, segment, home) }
    }

    fn untouched_page(&self) -> (NonNull<u8>, SegmentRef) {
        if let Some(segment) = self.untouched.get()
            && let Some(memory) = segment.take_untouched()
        {
            return (memory, segment);
        }
        let pages = self.next_segment_pages.get();
        self.next_segment_pages.set((pages * 2).min(MAX_PAGES));
        let segment = SegmentRef::allocate(pages);
        self.add_segment(segment);
        self.traffic.note_taken(segment.size());
        self.untouched.set(Some(segment));
        let memory = segment.take_untouched().expect("a new segment has pages");
        (memory, segment)
    }

    fn large_page(&'static self, layout: Layout, is_tracked: bool) -> Page {
        let (segment, memory, first) =
            if let Some((segment, first)) = self.spares.take(layout, LARGE_HEADER) {
                (segment, segment.first_page(), first)
            } else {
                let (segment, first) = SegmentRef::allocate_large(layout, LARGE_HEADER);
                self.add_segment(segment);
                let memory = segment.take_untouched().expect("a new segment has a page");
                (segment, memory, first)
            };
        let kind = PageKind { is_tracked, class: Err(LargeAt(first)) };
        let page = self.make_page(memory, kind, segment);
        page.set_alert(Alert::WhenEmpty);
        page
    }

    fn add_segment(&self, segment: SegmentRef) {
        self.segments.add(segment);
        self.reserved.set(self.reserved.get() + segment.size());
        self.peak.set(self.peak.get().max(self.reserved.get()));
    }

    // Pages that get room.

    /// A page that was full has a free slot: objects may be allocated there.
    fn relist(&self, page: Page, class: usize) {
        let head = &self.lists(page.is_tracked())[class];
        let Some(first) = head.get() else {
            page.set_alert(self.head_alert());
            head.set(Some(page));
            return;
        };
        page.set_alert(Alert::WhenEmpty);
        let next = first.header().next.replace(Some(page));
        page.header().previous.set(Some(first));
        page.header().next.set(next);
        if let Some(next) = next {
            next.header().previous.set(Some(page));
        }
    }

    /// A page that is not the first of its list became empty.
    fn unlist(&self, page: Page, class: usize) {
        let header = page.header();
        let (previous, next) = (header.previous.take(), header.next.take());
        if let Some(previous) = previous {
            previous.header().next.set(next);
        } else {
            self.lists(page.is_tracked())[class].set(next);
        }
        if let Some(next) = next {
            next.header().previous.set(previous);
            if previous.is_none() {
                next.set_alert(self.head_alert());
            }
        }
    }

    /// Whether the thread's teardown has run.
    pub(crate) fn is_closed(&self) -> bool {
        self.stage.get() == Stage::Closed
    }

    /// Whether the thread's teardown has run, or was not necessary.
    pub(crate) fn is_ending(&self) -> bool {
        self.stage.get() != Stage::Open
    }

    /// Whether the system is to take the memory as it is.
    pub(crate) fn is_left(&self) -> bool {
        self.stage.get() == Stage::Left
    }

    /// The process ends: the system takes the memory as it is.
    pub(crate) fn leave(&self) {
        self.stage.set(Stage::Left);
    }

    fn head_alert(&self) -> Alert {
        if self.is_closed() { Alert::WhenEmpty } else { Alert::Never }
    }
}

/// A page became empty, or is no longer full.
fn on_room(page: Page) {
    let heap = Heap::of_page(page);
    match page.class() {
        None => heap.retire_large(page),
        Some(class) if page.used() == 0 => {
            heap.unlist(page, class);
            heap.retire(page);
        }
        Some(class) => heap.relist(page, class),
    }
    // Here, where nobody has the heap as an argument any more: it may go.
    #[cfg(feature = "isolates")]
    if heap.reserved.get() == 0
        && let Some(whole) = heap.part_of.get()
    {
        (whole.on_empty)(whole.address);
    }
}
