//! The object: a header, and the value right behind it.
//!
//! ```text
//!            Gc<T> ---------------.
//!                                 v
//!   | word : 8 | strong : 4 | stamp : 4 | value ...
//!   ^
//!   `-- ObjPtr
//!
//!   word   = address of the type's VTable | Flags in its low bits
//!   strong = number of Gc handles; saturates, see `ObjPtr::retain`
//!   stamp  = birth epoch, or the index in the running snapshot
//! ```
//!
//! `Gc<T>` points at the value, so that reading through it costs nothing and a
//! conversion to `Gc<dyn Trait>` is a pointer cast. Everything that works on
//! objects of any type works on [`ObjPtr`], which points at the header.
//!
//! This is the lowest file that knows memory: it reads and writes headers and
//! knows nothing of pages, heaps or collections.

use alloc::vec::Vec;
use core::any::TypeId;
use core::cell::Cell;
use core::fmt;
use core::mem::offset_of;
use core::ptr::NonNull;

use crate::generation::Stamp;
use crate::label::{Label, LabelBuilder};

/// What is true of an object beyond its count; kept in the low bits of
/// [`Header::word`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flags(usize);

impl Flags {
    /// No flag.
    pub(crate) const NONE: Flags = Flags(0);
    /// The count fell to non-zero since the last collection that cleared this:
    /// a candidate root, whose bit stands in its page's bitmap.
    pub(crate) const CANDIDATE: Flags = Flags(1 << 0);
    /// The type owns no edges: never a candidate, never in a snapshot of a
    /// collection.
    pub(crate) const UNTRACKED: Flags = Flags(1 << 1);
    /// There is no value to use, whatever the count says; see
    /// [`ObjPtr::is_dead`].
    pub(crate) const DEAD: Flags = Flags(1 << 2);
    /// The type has a finalizer, and it did not run yet.
    pub(crate) const UNFINALIZED: Flags = Flags(1 << 3);
    /// The page counts weak references to this object.
    pub(crate) const HAS_WEAK: Flags = Flags(1 << 4);
    /// A `GcMut` guard gives out `&mut` to the value: it must not be read.
    pub(crate) const EXCLUSIVE: Flags = Flags(1 << 5);
    /// A running collection found it unreachable and has not reclaimed it yet.
    pub(crate) const UNREACHABLE: Flags = Flags(1 << 6);
    /// Its death is waited for: weak callbacks hang on it, or entries of weak
    /// maps.
    pub(crate) const OBSERVED: Flags = Flags(1 << 7);

    /// Those that a collection has to know of before it frees the object, or
    /// that forbid to look at the value.
    pub(crate) const NOTABLE: Flags =
        Flags::UNFINALIZED.union(Flags::OBSERVED).union(Flags::DEAD).union(Flags::EXCLUSIVE);

    const MASK: usize = (1 << 8) - 1;

    /// The union of both.
    pub(crate) const fn union(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// Whether the two have a flag in common.
    #[inline]
    pub(crate) const fn intersects(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
}

/// The first of several objects, which share a vtable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// How many they are.
    pub(crate) count: usize,
    /// The flags that any of them had before it was looked at, if it had a
    /// [notable](Flags::NOTABLE) one.
    pub(crate) flags: Flags,
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#010b})", self.0)
    }
}

/// What the runtime can do with a value whose type it does not know.
///
/// Aligned so that a header can keep [`Flags`] in the low bits of its address.
#[repr(align(256))]
pub(crate) struct VTable {
    /// Reports the edges of the values of the first objects, as many as share the
    /// vtable, none of those that are not [readable](ObjPtr::is_readable), and
    /// notes up to where in the buffer the edges of each lie.
    ///
    /// # Safety
    ///
    /// The value of the first object is of the vtable's type, and those that are
    /// readable are initialised.
    pub(crate) trace_all: unsafe fn(&[ObjPtr], &mut EdgeBuffer, &mut [usize]) -> Run,
    /// Reports the edges of the value with their names.
    ///
    /// # Safety
    ///
    /// The object's value is of the vtable's type, is initialised, and nobody
    /// holds `&mut` to it.
    #[cfg_attr(not(feature = "inspect"), expect(dead_code, reason = "heap tools call it"))]
    pub(crate) trace_labelled: unsafe fn(ObjPtr, &mut LabelledEdges),
    /// Runs the finalizer of the value.
    ///
    /// # Safety
    ///
    /// As `trace_labelled`.
    pub(crate) finalize: unsafe fn(ObjPtr),
    /// Whether the type has a finalizer.
    pub(crate) has_finalizer: fn() -> bool,
    /// Drops the value in place.
    ///
    /// # Safety
    ///
    /// As `trace_labelled`, and the value is not used again.
    pub(crate) drop_value: unsafe fn(ObjPtr),
    /// Drops the values of the first objects in place, as many as share the
    /// vtable, and counts each before it is dropped.
    ///
    /// # Safety
    ///
    /// As `drop_value`, for each.
    pub(crate) drop_all: unsafe fn(&[ObjPtr], &Cell<usize>),
    /// The size of the value in bytes.
    ///
    /// # Safety
    ///
    /// The object's value is of the vtable's type.
    pub(crate) size_of_value: unsafe fn(ObjPtr) -> usize,
    /// The name that heap tools show.
    pub(crate) type_name: fn() -> &'static str,
    /// The identity of the type.
    pub(crate) type_id: fn() -> TypeId,
}

const _: () = assert!(align_of::<VTable>() > Flags::MASK, "flags fit below a vtable's address");

/// The sixteen bytes before every value.
#[repr(C, align(8))]
pub(crate) struct Header {
    word: Cell<*const VTable>,
    strong: Cell<u32>,
    stamp: Cell<Stamp>,
}

/// What the count and the stamp of a new object are. Aligned so that both are
/// written as one word: how fast objects are made is bound by the number of
/// stores.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(crate) struct Counts {
    strong: u32,
    stamp: Stamp,
}

impl Counts {
    /// Of an object with one handle.
    pub(crate) const fn new(stamp: Stamp) -> Counts {
        Counts { strong: 1, stamp }
    }
}

impl Header {
    /// The bytes from a header to its value.
    pub(crate) const SIZE: usize = size_of::<Header>();

    /// Makes the header of an object of the vtable's type at `place`.
    ///
    /// # Safety
    ///
    /// `place` is aligned and writable.
    #[inline]
    pub(crate) unsafe fn init(
        place: NonNull<Header>,
        vtable: &'static VTable,
        flags: Flags,
        counts: Counts,
    ) {
        let vtable: *const VTable = vtable;
        let word = vtable.map_addr(|address| address | flags.0);
        // SAFETY: the word is the first field, and `place` is writable.
        unsafe { place.cast::<*const VTable>().write(word) };
        // SAFETY: the offset lies inside the header.
        let second = unsafe { place.byte_add(offset_of!(Header, strong)) }.cast::<Counts>();
        // SAFETY: count and stamp lie as in `Counts`, asserted below.
        unsafe { second.write(counts) };
    }
}

const _: () = assert!(Header::SIZE == 16, "the size classes count on it");
const _: () = assert!(
    offset_of!(Header, stamp) - offset_of!(Header, strong) == offset_of!(Counts, stamp),
    "count and stamp lie as in `Counts`"
);
const _: () = assert!(offset_of!(Header, strong) + size_of::<Counts>() <= Header::SIZE);

/// What became of an object when one of its handles was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Released {
    /// Other handles remain and the object already is a candidate, or never
    /// will be.
    Shared,
    /// Other handles remain; the object must become a candidate.
    Candidate,
    /// That was the last handle; the count is zero.
    Last,
}

/// An object of any type.
///
/// # Invariants
///
/// Points at an initialised [`Header`] whose slot has not been freed, with
/// permission to access the header and the value. Whoever keeps an `ObjPtr`
/// makes sure that the slot is not freed meanwhile. Only the thread whose heap
/// the object belongs to has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub(crate) struct ObjPtr(NonNull<Header>);

impl fmt::Debug for ObjPtr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:p}", self.type_name(), self.value())
    }
}

impl ObjPtr {
    /// A count from which no handle is ever counted again.
    const IMMORTAL: u32 = 0xC000_0000;

    /// The object whose header is at `header`.
    ///
    /// # Safety
    ///
    /// The invariants of the type hold for `header`.
    #[inline]
    pub(crate) unsafe fn from_header(header: NonNull<Header>) -> ObjPtr {
        ObjPtr(header)
    }

    /// The object whose value is at `value`.
    ///
    /// # Safety
    ///
    /// `value` came from [`ObjPtr::value`] of an object that still meets the
    /// invariants of the type.
    #[inline]
    pub(crate) unsafe fn from_value(value: NonNull<u8>) -> ObjPtr {
        // SAFETY: by the precondition the header lies right before the value,
        // in the same allocation.
        ObjPtr(unsafe { value.byte_sub(Header::SIZE) }.cast())
    }

    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: by the type invariant of `ObjPtr`; the header consists of
        // cells, so other pointers to it may write through them.
        unsafe { self.0.as_ref() }
    }

    /// The address of the header, which is the start of the slot.
    #[inline]
    pub(crate) fn slot(self) -> NonNull<u8> {
        self.0.cast()
    }

    /// The address of the value.
    #[inline]
    pub(crate) fn value(self) -> NonNull<u8> {
        // SAFETY: the value lies in the same allocation right after the header.
        unsafe { self.0.add(1) }.cast()
    }

    // Flags and type.

    /// The flags that are set.
    #[inline]
    pub(crate) fn flags(self) -> Flags {
        Flags(self.header().word.get().addr() & Flags::MASK)
    }

    /// Whether any of `flags` is set.
    #[inline]
    pub(crate) fn has(self, flags: Flags) -> bool {
        self.flags().intersects(flags)
    }

    /// Sets `flags`.
    #[inline]
    pub(crate) fn set(self, flags: Flags) {
        let word = &self.header().word;
        word.set(word.get().map_addr(|address| address | flags.0));
    }

    /// Clears `flags`.
    #[inline]
    pub(crate) fn clear(self, flags: Flags) {
        let word = &self.header().word;
        word.set(word.get().map_addr(|address| address & !flags.0));
    }

    #[inline]
    fn vtable(self) -> &'static VTable {
        let vtable = self.header().word.get().map_addr(|address| address & !Flags::MASK);
        // SAFETY: `Header::new` stored the address of a static vtable, and only
        // its low bits, which are masked off here, ever change.
        unsafe { &*vtable }
    }

    /// Whether the value is of type `id`.
    pub(crate) fn is_type(self, id: TypeId) -> bool {
        (self.vtable().type_id)() == id
    }

    /// The address of the type's vtable. Objects with the same are of one type;
    /// a type may have several.
    #[cfg(feature = "inspect")]
    #[inline]
    pub(crate) fn type_address(self) -> usize {
        let vtable: *const VTable = self.vtable();
        vtable.addr()
    }

    /// The identity of the value's type.
    #[cfg(feature = "inspect")]
    pub(crate) fn type_id(self) -> TypeId {
        (self.vtable().type_id)()
    }

    /// The name of the value's type, for people.
    pub(crate) fn type_name(self) -> &'static str {
        (self.vtable().type_name)()
    }

    /// The size of the value in bytes.
    pub(crate) fn size_of_value(self) -> usize {
        // SAFETY: the vtable was made for the type of this value.
        unsafe { (self.vtable().size_of_value)(self) }
    }

    // Handles.

    /// The number of handles.
    #[inline]
    pub(crate) fn strong(self) -> u32 {
        self.header().strong.get()
    }

    /// Sets the number of handles.
    #[inline]
    pub(crate) fn set_strong(self, strong: u32) {
        self.header().strong.set(strong);
    }

    /// Whether the count saturated: the object is never freed again.
    #[cfg(any(debug_assertions, gc_zeal, feature = "inspect"))]
    #[inline]
    pub(crate) fn is_immortal(self) -> bool {
        self.strong().cast_signed() < 0
    }

    /// Makes the object live until the process ends.
    pub(crate) fn make_immortal(self) {
        self.set_strong(Self::IMMORTAL);
    }

    /// Counts one more handle.
    ///
    /// A count that reaches 2^31 saturates: the object becomes immortal and
    /// leaks rather than being freed under a handle that was not counted.
    #[inline]
    pub(crate) fn retain(self) {
        let strong = self.strong().wrapping_add(1);
        self.set_strong(strong);
        if strong.cast_signed() < 0 {
            self.saturate();
        }
    }

    #[cold]
    fn saturate(self) {
        self.make_immortal();
    }

    /// Counts one handle less.
    ///
    /// The count is written before it is looked at: that is one instruction.
    #[inline]
    pub(crate) fn release(self) -> Released {
        let strong = self.strong().wrapping_sub(1);
        self.set_strong(strong);
        if strong.cast_signed() <= 0 {
            return self.release_at_the_edge(strong);
        }
        if self.has(Flags::CANDIDATE.union(Flags::UNTRACKED)) {
            Released::Shared
        } else {
            Released::Candidate
        }
    }

    /// The count is zero now, or was saturated.
    #[inline]
    fn release_at_the_edge(self, strong: u32) -> Released {
        if strong == 0 {
            return Released::Last;
        }
        self.saturate();
        Released::Shared
    }

    // Stamps.

    /// The birth epoch or the index in the running snapshot.
    #[inline]
    pub(crate) fn stamp(self) -> Stamp {
        self.header().stamp.get()
    }

    /// Replaces the stamp.
    #[inline]
    pub(crate) fn set_stamp(self, stamp: Stamp) {
        self.header().stamp.set(stamp);
    }

    /// Asks the processor to fetch the header.
    #[inline]
    pub(crate) fn prefetch(self) {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        {
            use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            // SAFETY: a prefetch accesses nothing; SSE is part of x86-64.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(self.0.as_ptr().cast()) };
        }
    }

    // The value.

    /// Whether there is no value to use: it is not built yet, is being dropped,
    /// or is gone. Heap walks pass it by, weak references do not upgrade.
    #[inline]
    pub(crate) fn is_dead(self) -> bool {
        self.strong() == 0 || self.has(Flags::DEAD)
    }

    /// Whether the value may be looked at: it is there, and nobody holds `&mut`
    /// to it.
    #[inline]
    pub(crate) fn is_readable(self) -> bool {
        self.strong() != 0 && !self.has(Flags::DEAD.union(Flags::EXCLUSIVE))
    }

    /// Reports the edges of the value; none if it is not readable.
    ///
    /// Runs user code: hand-written `trace` implementations may panic.
    #[inline]
    pub(crate) fn trace(self, edges: &mut EdgeBuffer) {
        // SAFETY: the vtable was made for this value.
        unsafe { (self.vtable().trace_all)(&[self], edges, &mut [0]) };
    }

    /// Tells objects with one vtable from those with another.
    #[inline]
    pub(crate) fn vtable_address(self) -> usize {
        self.header().word.get().addr() & !Flags::MASK
    }

    /// The flags, if the vtable is the one at `address`.
    #[inline]
    pub(crate) fn flags_with(self, address: usize) -> Option<Flags> {
        let difference = self.header().word.get().addr() ^ address;
        (difference <= Flags::MASK).then_some(Flags(difference))
    }

    /// Reports the edges of all `objects`, and notes up to where in the buffer
    /// those of each lie; returns the flags that any of them had before, if it had
    /// a [notable](Flags::NOTABLE) one.
    ///
    /// Runs user code, as [`trace`](ObjPtr::trace).
    #[inline]
    pub(crate) fn trace_all(
        mut objects: &[ObjPtr],
        edges: &mut EdgeBuffer,
        mut ends: &mut [usize],
    ) -> Flags {
        let mut all_flags = Flags::NONE;
        while let Some(first) = objects.first() {
            // SAFETY: the vtable was made for the first of these values.
            let Run { count, flags } = unsafe { (first.vtable().trace_all)(objects, edges, ends) };
            all_flags = all_flags.union(flags);
            objects = &objects[count..];
            ends = &mut ends[count..];
        }
        all_flags
    }

    /// Drops the values of all `objects` from number `dropped` on, and counts
    /// each there before it is dropped.
    ///
    /// Runs user code, as [`drop_value`](ObjPtr::drop_value).
    ///
    /// # Safety
    ///
    /// As for [`drop_value`](ObjPtr::drop_value), for each of them.
    #[inline]
    pub(crate) unsafe fn drop_values(objects: &[ObjPtr], dropped: &Cell<usize>) {
        while let Some(rest) = objects.get(dropped.get()..)
            && let Some(first) = rest.first()
        {
            // SAFETY: the vtable was made for the first of these values; the rest is
            // promised by the caller.
            unsafe { (first.vtable().drop_all)(rest, dropped) };
        }
    }

    /// As [`trace`](ObjPtr::trace), with the names of the edges.
    #[cfg(feature = "inspect")]
    #[inline]
    pub(crate) fn trace_labelled(self, edges: &mut LabelledEdges) {
        if self.is_readable() {
            // SAFETY: the vtable was made for this value; it is readable.
            unsafe { (self.vtable().trace_labelled)(self, edges) }
        }
    }

    /// Whether the type has a finalizer.
    #[cfg(feature = "inspect")]
    pub(crate) fn has_finalizer(self) -> bool {
        (self.vtable().has_finalizer)()
    }

    /// Whether the finalizer ran.
    pub(crate) fn is_finalized(self) -> bool {
        (self.vtable().has_finalizer)() && !self.has(Flags::UNFINALIZED)
    }

    /// Runs the finalizer, if there is one and it did not run before.
    ///
    /// Runs user code, which may do anything, drop this object included: hold a
    /// handle.
    pub(crate) fn finalize(self) {
        if !self.has(Flags::UNFINALIZED) || !self.is_readable() {
            return;
        }
        self.clear(Flags::UNFINALIZED);
        // SAFETY: the vtable was made for this value; it is readable.
        unsafe { (self.vtable().finalize)(self) }
    }

    /// Drops the value in place.
    ///
    /// Runs user code: the `Drop` of foreign values, and of everything whose
    /// last handle the value held.
    ///
    /// # Safety
    ///
    /// The object [is dead](ObjPtr::is_dead), its value was not dropped before,
    /// and nobody holds a reference to it.
    #[inline]
    pub(crate) unsafe fn drop_value(self) {
        debug_assert!(self.is_dead());
        // SAFETY: the vtable was made for this value, which is still there; by
        // the precondition it is not used again.
        unsafe { (self.vtable().drop_value)(self) }
    }

    // Dead objects in a queue: count and stamp mean nothing any more, so their
    // eight bytes hold the link.

    /// Links `next` behind this dead object.
    ///
    /// # Safety
    ///
    /// The object is flagged DEAD, and its count and stamp are not read again before
    /// [`take_link`](ObjPtr::take_link).
    pub(crate) unsafe fn set_link(self, next: Option<ObjPtr>) {
        // SAFETY: the eight bytes of count and stamp are aligned for a pointer,
        // since the pointer-sized word lies before them.
        let link = unsafe { self.0.as_ptr().cast::<Option<ObjPtr>>().add(1) };
        // SAFETY: they belong to this header, and hold a pointer's bytes.
        unsafe { link.write(next) };
    }

    /// The object linked behind this one; count and stamp are zero and
    /// [`Stamp::NEVER`] again.
    ///
    /// # Safety
    ///
    /// [`set_link`](ObjPtr::set_link) was the last to write there.
    pub(crate) unsafe fn take_link(self) -> Option<ObjPtr> {
        // SAFETY: as in `set_link`.
        let link = unsafe { self.0.as_ptr().cast::<Option<ObjPtr>>().add(1) };
        // SAFETY: by the precondition a link was written there.
        let next = unsafe { link.read() };
        self.set_strong(0);
        self.set_stamp(Stamp::NEVER);
        next
    }
}

const _: () = assert!(size_of::<Option<ObjPtr>>() <= 8, "a link fits over count and stamp");

/// The edges that values reported.
///
/// Reporting cannot fail, but memory can run out: then edges are dropped and
/// [`is_complete`](EdgeBuffer::is_complete) says so.
#[derive(Debug, Default)]
pub(crate) struct EdgeBuffer {
    targets: Vec<ObjPtr>,
    /// Where the handle of each edge is, unless that is on the stack.
    #[cfg(any(debug_assertions, gc_zeal))]
    handles: Vec<Option<usize>>,
    /// The watches whose weak handles were reported; see `watch`.
    watches: Vec<NonNull<()>>,
    is_incomplete: bool,
}

impl EdgeBuffer {
    /// A buffer without edges.
    pub(crate) const fn new() -> Self {
        EdgeBuffer {
            targets: Vec::new(),
            #[cfg(any(debug_assertions, gc_zeal))]
            handles: Vec::new(),
            watches: Vec::new(),
            is_incomplete: false,
        }
    }

    /// The bytes of its memory.
    pub(crate) fn bytes(&self) -> usize {
        self.targets.capacity() * size_of::<ObjPtr>()
            + self.watches.capacity() * size_of::<NonNull<()>>()
    }

    /// Takes in one edge.
    #[inline]
    pub(crate) fn push(&mut self, target: ObjPtr) {
        target.prefetch();
        if self.targets.len() == self.targets.capacity() && !self.grow() {
            return;
        }
        self.targets.push(target);
    }

    /// Takes in the edge of the handle at `address`, which tells it from other
    /// handles to the same target.
    #[inline]
    #[cfg_attr(
        not(any(debug_assertions, gc_zeal)),
        expect(unused_variables, reason = "the address is for checks alone")
    )]
    pub(crate) fn push_handle(&mut self, target: ObjPtr, address: usize) {
        #[cfg(any(debug_assertions, gc_zeal))]
        self.note_handle(address);
        self.push(target);
    }

    #[cfg(any(debug_assertions, gc_zeal))]
    fn note_handle(&mut self, address: usize) {
        /// A `trace` may take a handle out of a cell and put it back.
        const STACK: usize = 16 << 10;
        let here = (&raw const address).addr();
        let is_on_stack = here.abs_diff(address) < STACK;
        let position = self.targets.len();
        if self.handles.try_reserve(position + 1 - self.handles.len()).is_ok() {
            self.handles.resize(position, None);
            self.handles.push((!is_on_stack).then_some(address));
        }
    }

    /// Where the handle of the edge at `position` is, if that is known.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) fn handle(&self, position: usize) -> Option<usize> {
        self.handles.get(position).copied().flatten()
    }

    #[cold]
    fn grow(&mut self) -> bool {
        let grown = self.targets.try_reserve(1).is_ok();
        self.is_incomplete |= !grown;
        grown
    }

    /// Takes in a weak handle that has a callback.
    pub(crate) fn push_watch(&mut self, watch: NonNull<()>) {
        if self.watches.try_reserve(1).is_ok() {
            self.watches.push(watch);
        }
    }

    /// The watches of the weak handles, one entry for each handle.
    pub(crate) fn watches(&self) -> &[NonNull<()>] {
        &self.watches
    }

    /// Puts the watches in order.
    pub(crate) fn sort_watches(&mut self) {
        self.watches.sort_unstable();
    }

    /// Whether every edge that was reported is here.
    pub(crate) fn is_complete(&self) -> bool {
        !self.is_incomplete
    }

    /// The number of edges.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.targets.len()
    }

    /// The targets, in the order they were reported.
    #[inline]
    pub(crate) fn targets(&self) -> &[ObjPtr] {
        &self.targets
    }

    /// Forgets all edges.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.targets.clear();
        #[cfg(any(debug_assertions, gc_zeal))]
        self.handles.clear();
        self.watches.clear();
        self.is_incomplete = false;
    }
}

/// Edges with the names they are held by.
#[derive(Debug, Default)]
pub(crate) struct LabelledEdges {
    /// The edges.
    pub(crate) edges: EdgeBuffer,
    /// The name of each edge, at the same position.
    pub(crate) labels: Vec<Label>,
    /// What the names mean.
    pub(crate) builder: LabelBuilder,
}
