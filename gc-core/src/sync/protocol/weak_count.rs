//! [`WeakCount`]: how many weak handles keep the slot of an object.

use core::sync::atomic::{AtomicU32, Ordering};

/// More weak handles than there can be, but for a program that forgets them on purpose.
const OVERFLOW: u32 = 1 << 31;

/// The number of weak handles to an object.
///
/// # Invariants
///
/// It is one more than that, as long as the object itself needs the slot: for its handles and its
/// value, and for its entry in the list of candidates. Whoever counts it down to 0 frees the slot.
#[derive(Debug)]
pub(crate) struct WeakCount(AtomicU32);

impl WeakCount {
    /// For an object without weak handles.
    #[inline]
    pub(crate) fn new() -> WeakCount {
        WeakCount(AtomicU32::new(1))
    }

    /// How many weak handles there are, at some moment when the object needs the slot.
    pub(crate) fn count(&self) -> u32 {
        self.0.load(Ordering::Acquire) - 1
    }

    /// Counts one more. The caller has a handle, or a weak one. (O1)
    pub(crate) fn retain(&self) {
        if self.0.fetch_add(1, Ordering::Relaxed) & OVERFLOW != 0 {
            std::process::abort();
        }
    }

    /// Counts one less, and says whether the caller frees the slot. (O12)
    pub(crate) fn release(&self) -> bool {
        if self.0.fetch_sub(1, Ordering::Release) != 1 {
            return false;
        }
        self.0.load(Ordering::Acquire);
        true
    }
}
