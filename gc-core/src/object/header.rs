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

use core::cell::Cell;
use core::fmt;
use core::mem::offset_of;
use core::ptr::NonNull;

use crate::object::flags::Flags;
use crate::object::generation::Stamp;
use crate::object::prefetch::prefetch;

/// The sixteen bytes before every value.
#[repr(C, align(8))]
pub(crate) struct Header {
    word: Cell<*const ()>,
    strong: Cell<u32>,
    stamp: Cell<Stamp>,
}

/// The count and the stamp of a new object. Where the two make up a word they are aligned
/// like one, so that both are written at once: the speed of making objects is limited by
/// the number of stores.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
#[cfg_attr(target_pointer_width = "64", repr(align(8)))]
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

    /// Where the number of handles lies.
    pub(crate) const COUNT_AT: usize = offset_of!(Header, strong);

    /// Makes the header of an object of the type that `vtable` is for at `place`.
    ///
    /// # Safety
    ///
    /// `place` is aligned and writable. `vtable` points at a static `VTable`.
    #[inline]
    pub(crate) unsafe fn init(
        place: NonNull<Header>,
        vtable: *const (),
        flags: Flags,
        counts: Counts,
    ) {
        let word = vtable.map_addr(|address| address | flags.0);
        // SAFETY: the word is the first field, and `place` is writable.
        unsafe { place.cast::<*const ()>().write(word) };
        // SAFETY: the offset lies inside the header.
        let second = unsafe { place.byte_add(offset_of!(Header, strong)) }.cast::<Counts>();
        // SAFETY: count and stamp lie as in `Counts`, asserted below.
        unsafe { second.write(counts) };
    }
}

const _: () = assert!(Header::SIZE == 16, "the size classes count on it");
const _: () = assert!(
    offset_of!(Header, strong).is_multiple_of(align_of::<Counts>()),
    "count and stamp can be written together"
);
const _: () = assert!(
    offset_of!(Header, stamp) - offset_of!(Header, strong) == offset_of!(Counts, stamp),
    "count and stamp lie as in `Counts`"
);
const _: () = assert!(offset_of!(Header, strong) + size_of::<Counts>() <= Header::SIZE);

/// The result of giving up one handle to an object.
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

    /// The address of the type's vtable. Objects with the same are of one type; a
    /// type may have several.
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

    /// Whether the vtable is the one at `address`, and no notable flag is set: one
    /// test for both.
    #[inline]
    pub(crate) fn is_plain(self, address: usize) -> bool {
        const OTHER_FLAGS: usize = Flags::MASK & !Flags::NOTABLE.0;
        (self.header().word.get().addr() ^ address) & !OTHER_FLAGS == 0
    }

    /// The address that [`Header::init`] was given.
    #[inline]
    pub(crate) fn vtable_pointer(self) -> *const () {
        self.header().word.get().map_addr(|address| address & !Flags::MASK)
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

    /// Counts one more handle.
    ///
    /// A count that reaches 2^31 saturates: the object becomes immortal and
    /// leaks rather than being freed under a handle that was not counted.
    #[inline]
    pub(crate) fn retain(self) {
        let strong = self.strong().wrapping_add(1);
        self.set_strong(strong);
        if strong.cast_signed() < 0 {
            self.make_immortal();
        }
    }

    /// Makes the object live until the process ends.
    ///
    /// The write is volatile so that it stays a separate one: the compiler would merge it
    /// with the write of the count before it, which costs every handle two instructions.
    #[cold]
    pub(crate) fn make_immortal(self) {
        let strong = self.header().strong.as_ptr();
        // SAFETY: a cell of the header, which nobody borrows.
        unsafe { strong.write_volatile(Self::IMMORTAL) };
    }

    /// Counts one handle less.
    ///
    /// The count is written before it is examined, which takes one instruction.
    #[inline]
    pub(crate) fn release(self) -> Released {
        let strong = self.strong().wrapping_sub(1);
        self.set_strong(strong);
        if strong == 0 {
            return Released::Last;
        }
        if strong.cast_signed() < 0 {
            self.make_immortal();
            return Released::Shared;
        }
        if self.has(Flags::CANDIDATE.union(Flags::UNTRACKED)) {
            Released::Shared
        } else {
            Released::Candidate
        }
    }

    /// Counts one handle less, where another one is known to remain that leads to the object
    /// from outside of any garbage. No candidate is made.
    #[inline]
    pub(crate) fn release_beside_another(self) {
        let strong = self.strong().wrapping_sub(1);
        debug_assert_ne!(strong, 0, "another handle remains");
        self.set_strong(strong);
        if strong.cast_signed() < 0 {
            self.make_immortal();
        }
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
        prefetch(self.0.as_ptr());
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
