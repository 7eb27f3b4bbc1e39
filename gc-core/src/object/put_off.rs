//! The contents that `trace` leaves for later when the stack is deep.
//!
//! A value may be a list of a million boxes, each inside the one before. A program may
//! never walk such a list by recursion, but `trace` would. So a container that may
//! contain itself looks at the stack first. Too far down, it is only noted, and the
//! caller of the object's `trace` traces it when `trace` has returned. The guards of
//! locks and cells through which it was reached are kept until then.

use alloc::vec::Vec;
use core::mem::MaybeUninit;

use crate::object::stack::stack_address;

/// How much stack the `trace` of one object may take before contents are put off, in
/// bytes, not counting the code between two containers.
const MAX_STACK: usize = 16 << 10;

/// How far down the stack `trace` may go from here.
#[inline]
pub(crate) fn floor() -> usize {
    stack_address().saturating_sub(MAX_STACK)
}

/// So many words have room for any guard.
type Room = [MaybeUninit<usize>; 4];

/// A guard of a lock or a cell, of any type.
///
/// # Invariants
///
/// `room` holds a guard that `drop` drops.
#[derive(Debug)]
pub(crate) struct Kept {
    room: Room,
    drop: unsafe fn(*mut ()),
}

impl Kept {
    /// Adds a guard to those that are kept. It is moved to its place at once: a processor waits when it reads
    /// together what it has just written in pieces, as a copy of a guard does.
    ///
    /// # Safety
    ///
    /// What the guard borrows outlives its place among them.
    #[inline]
    pub(crate) unsafe fn push<G>(kept: &mut Vec<Kept>, guard: G) {
        const {
            assert!(size_of::<G>() <= size_of::<Room>() && align_of::<G>() <= align_of::<Room>());
        }
        if kept.len() == kept.capacity() {
            kept.reserve(1);
        }
        let place = kept.spare_capacity_mut()[0].as_mut_ptr();
        let drop: unsafe fn(*mut ()) = |guard| {
            // SAFETY: by the type invariant; a guard is dropped once.
            unsafe { guard.cast::<G>().drop_in_place() }
        };
        // SAFETY: a field of the place.
        let room: *mut G = unsafe { &raw mut (*place).room }.cast();
        // SAFETY: there is room for it, asserted above.
        unsafe { room.write(guard) };
        // SAFETY: as above.
        let drop_place = unsafe { &raw mut (*place).drop };
        // SAFETY: as above.
        unsafe { drop_place.write(drop) };
        // SAFETY: the next one was written, and was within the capacity.
        unsafe { kept.set_len(kept.len() + 1) };
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let guard = self.room.as_mut_ptr().cast();
        // SAFETY: by the type invariant.
        unsafe { (self.drop)(guard) }
    }
}

/// The containers that were put off while one object is traced, each noted as a `C`.
#[derive(Debug)]
pub(crate) struct PutOff<C> {
    contents: Vec<C>,
    guards: Vec<Kept>,
}

impl<C> PutOff<C> {
    /// Nothing.
    pub(crate) const fn new() -> PutOff<C> {
        PutOff { contents: Vec::new(), guards: Vec::new() }
    }

    /// Whether there is nothing.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// Puts off the contents of a container; `false` if there is no memory to note it.
    pub(crate) fn add(&mut self, contents: C) -> bool {
        let has_room = self.contents.try_reserve(1).is_ok();
        if has_room {
            self.contents.push(contents);
        }
        has_room
    }

    /// Keeps a guard as long as anything is put off. If there is no memory for it,
    /// everything that was put off is forgotten, and this returns `false`.
    ///
    /// # Safety
    ///
    /// What the guard borrows lives until the object was traced.
    pub(crate) unsafe fn keep<G>(&mut self, guard: G) -> bool {
        if self.guards.try_reserve(1).is_err() {
            self.contents.clear();
            return false;
        }
        // SAFETY: as promised by the caller.
        unsafe { Kept::push(&mut self.guards, guard) };
        true
    }

    /// The next container to trace.
    pub(crate) fn next(&mut self) -> Option<C> {
        self.contents.pop()
    }

    /// Forgets all containers: nothing is left to trace.
    pub(crate) fn clear(&mut self) {
        self.contents.clear();
        self.guards.clear();
    }
}
