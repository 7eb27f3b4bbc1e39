//! [`Candidates`]: the list of objects that a handle was dropped to while others were left.
//!
//! It is a stack whose entries lie in the objects themselves. So entering an object takes no
//! memory, no lock and no thread-local: it cannot fail, and a thread that ends leaves nothing
//! behind that would have to be handed over.
//!
//! Entries are taken all at once and never one by one. Therefore a stack that was seen unchanged
//! is unchanged, and the usual trouble of such stacks, an entry that came back meanwhile, does
//! not arise: below an entry that came back lies whatever its thread found there.

use core::marker::PhantomData;
use core::ptr::{self, NonNull};

use crate::sync::protocol::object::Object;
use core::sync::atomic::{AtomicPtr, Ordering};

/// A stack of candidates.
///
/// # Invariants
///
/// Each entry is the address of an object whose slot is kept until the entry was taken. An object
/// has at most one entry.
#[derive(Debug)]
pub(crate) struct Candidates<O> {
    top: AtomicPtr<()>,
    objects: PhantomData<fn(O)>,
}

impl<O: Object> Candidates<O> {
    /// An empty stack.
    pub(crate) const fn new() -> Candidates<O> {
        Candidates { top: AtomicPtr::new(ptr::null_mut()), objects: PhantomData }
    }

    /// Enters `object`, whose entry is owed by the caller.
    pub(crate) fn enter(&self, object: O) {
        let address = object.address().as_ptr();
        let mut top = self.top.load(Ordering::Relaxed);
        loop {
            object.below().store(top, Ordering::Relaxed);
            let swapped =
                self.top.compare_exchange_weak(top, address, Ordering::Release, Ordering::Relaxed);
            match swapped {
                Ok(_) => return,
                Err(now) => top = now,
            }
        }
    }

    /// Takes all entries.
    pub(crate) fn take_all(&self) -> Entries<O> {
        let top = self.top.swap(ptr::null_mut(), Ordering::Acquire);
        Entries { top, objects: PhantomData }
    }
}

/// Entries that were taken from a stack, one after the other.
///
/// # Invariants
///
/// As for the stack: the slots of all objects from `top` on are kept until their entries are accepted.
#[derive(Debug)]
#[must_use = "entries that are not accepted leak their objects"]
pub(crate) struct Entries<O> {
    top: *mut (),
    objects: PhantomData<fn(O)>,
}

impl<O: Object> Iterator for Entries<O> {
    type Item = O;

    fn next(&mut self) -> Option<O> {
        let address = NonNull::new(self.top)?;
        // SAFETY: by the type invariant; the entry is taken here, and once.
        let object = unsafe { O::at(address) };
        // Before it is accepted: then it may be entered again, or be freed.
        self.top = object.below().load(Ordering::Relaxed);
        if let Some(next) = NonNull::new(self.top) {
            // SAFETY: as above.
            unsafe { O::at(next) }.prefetch();
        }
        Some(object)
    }
}
