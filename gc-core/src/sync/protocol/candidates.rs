//! [`Candidates`]: the list of objects that a handle was dropped to while others were left.
//!
//! It is a stack whose entries lie in the objects themselves. So entering an object takes no
//! memory, no lock and no thread-local: it cannot fail, and a thread that ends leaves nothing
//! behind that would have to be handed over.
//!
//! Who enters an object puts it on top first, and then says what lies below it. The other way round, a
//! thread would have to read the uppermost entry, and to find the same one again when it puts its own in
//! that place. Meanwhile that object may die, and another be made in its slot and be entered: the address
//! is the same, but what was read is a pointer to an object that is gone. Now whoever takes entries
//! may have to wait for a thread that is between these two steps. No code of the program runs there.
//!
//! Entries are taken all at once, and one by one only by who buries the object of the uppermost. That of an
//! object that is being buried does not come back.

use core::marker::PhantomData;
use core::ptr::{self, NonNull};

use crate::sync::protocol::object::Object;
use core::sync::atomic::{AtomicPtr, Ordering};

/// A stack of candidates.
///
/// # Invariants
///
/// Each entry is the address of an object whose slot is kept until the entry was taken. An object
/// has at most one entry. One that lies below itself was put on top by a thread that is about to say
/// what lies below it; nobody takes it before that.
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
        object.below().store(address, Ordering::Relaxed);
        let below = self.top.swap(address, Ordering::Release);
        // Whoever sees this may free the slot.
        object.below().store(below, Ordering::Release);
    }

    /// Takes the entry of an object that nobody refers to any more, and which the caller buries,
    /// if it is the uppermost; whether it did. (O16)
    ///
    /// What lies below it does not change while it is the uppermost: it is taken with this entry or
    /// after it. If nobody has said yet what that is, the entry stays.
    pub(crate) fn take_back(&self, object: O) -> bool {
        let address = object.address().as_ptr();
        if self.top.load(Ordering::Acquire) != address {
            return false;
        }
        let below = object.below().load(Ordering::Acquire);
        if below == address {
            return false;
        }
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
        self.top = below(object);
        if let Some(next) = NonNull::new(self.top) {
            // SAFETY: as above.
            unsafe { O::at(next) }.prefetch();
        }
        Some(object)
    }
}

/// What lies below an entry that was taken. A thread that has just put it there may still be about to say it.
fn below<O: Object>(object: O) -> *mut () {
    loop {
        let below = object.below().load(Ordering::Acquire);
        if below != object.address().as_ptr() {
            return below;
        }
        O::yield_now();
    }
}
