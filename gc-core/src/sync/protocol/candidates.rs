//! [`Candidates`]: the list of objects that a handle was dropped to while others were left.
//!
//! It is a stack whose entries lie in the objects themselves. So entering an object takes no
//! memory, no lock and no thread-local: it cannot fail, and a thread that ends leaves nothing
//! behind that would have to be handed over.
//!
//! Entries are taken all at once, and one by one only by who buries the object of the uppermost.
//! Therefore the usual trouble of such stacks, an entry that came back meanwhile, does not arise: that of
//! an object that is being buried does not come back, and below one that another thread sees come back
//! lies whatever was found there.

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

    /// Takes the entry of an object that nobody refers to any more, and which the caller buries,
    /// if it is the uppermost; whether it did. (O16)
    ///
    /// What lies below it does not change while it is the uppermost: it is taken with this entry or
    /// after it.
    pub(crate) fn take_back(&self, object: O) -> bool {
        let address = object.address().as_ptr();
        if self.top.load(Ordering::Acquire) != address {
            return false;
        }
        let below = object.below().load(Ordering::Relaxed);
        self.top.compare_exchange(address, below, Ordering::Relaxed, Ordering::Relaxed).is_ok()
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
