//! What the protocol asks of an object.

use core::ptr::NonNull;
use core::sync::atomic::AtomicPtr;

use crate::sync::protocol::weak_count::WeakCount;
use crate::sync::protocol::word::Word;

/// A pointer to an object.
///
/// # Invariants
///
/// The slot that it points at is not freed while the pointer is used. Handles, entries of the
/// list of candidates, pins, burials and weak handles are what keeps a slot.
pub(crate) trait Object: Copy {
    /// Its count and flags.
    fn word(&self) -> &Word;

    /// The number of weak handles.
    fn weak_count(&self) -> &WeakCount;

    /// The entry below its own in the list of candidates.
    fn below(&self) -> &AtomicPtr<()>;

    /// Where it was in the arrays of a collection, as [noted](Object::set_index) last, perhaps by an
    /// earlier one. Only the one collection that runs relies on it, so that no memory order is asked of it:
    /// the lock that collections take orders them.
    fn index(&self) -> u32;

    /// Notes where it is in the arrays of a collection.
    fn set_index(&self, index: u32);

    /// Runs `act` while no confirmation decides. It is short, and runs no user code.
    fn undecided<R>(&self, act: impl FnOnce() -> R) -> R;

    /// Runs `act` while no collection reads values, unless this thread is inside of one. It is short,
    /// and runs no user code.
    fn unread<R>(&self, act: impl FnOnce() -> R) -> Option<R>;

    /// Takes its entry out of the list of candidates, if that is the uppermost there and nobody but the
    /// caller, who buries the object, refers to it; whether it did.
    fn take_back(&self) -> bool;

    /// Enters the object, whose entry is owed, in the list of old candidates: a later collection looks at it
    /// again, and would hardly see more if it came because of that.
    fn enter_again(self);

    /// The same for what a collection of young objects, or a look of a tool, leaves to one of all, which it makes
    /// due in the end.
    fn leave_to_all(self);

    /// Lets other threads run for a moment.
    fn yield_now();

    /// Asks the processor to fetch the header, and what is likely to lie behind it.
    fn prefetch(self) {}

    /// Asks the processor to fetch the header.
    fn prefetch_header(self) {}

    /// Asks the processor to fetch what is at this address, which may be any.
    fn prefetch_place(_: usize) {}

    /// Its address.
    fn address(self) -> NonNull<()>;

    /// The pointer with this address.
    ///
    /// # Safety
    ///
    /// It is the [address](Object::address) of an object whose slot is not freed.
    unsafe fn at(address: NonNull<()>) -> Self;

    /// Runs the finalizers of the value, if they are to run, and drops it. It does not unwind.
    ///
    /// # Safety
    ///
    /// The caller has the burial of the object, and drops its value once.
    unsafe fn drop_value(self);

    /// Runs the finalizers of the value, and drops the handle that was made for that. It does not
    /// unwind.
    ///
    /// # Safety
    ///
    /// The caller has a handle, which this uses up.
    unsafe fn finalize(self);

    /// After the value is gone, if there were weak handles at some time, and before the slot is given
    /// up: calls what waits for that. It does not unwind.
    ///
    /// Runs user code: weak callbacks.
    fn value_is_gone(self) {}

    /// Frees the slot.
    ///
    /// # Safety
    ///
    /// The value was dropped, and nobody has a pointer to the slot.
    unsafe fn free(self);
}
