//! The slot of an object whose value waits for it, where none is at hand or a collection is due first.
//!
//! Nothing here unwinds. Otherwise the value would have to be ready to be dropped while it waits: it would be
//! put together in memory, and be copied from there to its slot. A processor waits when it reads together
//! what it has just written in pieces, for almost as long as all else takes that is done to make an object.

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::collect::automatic::collect_automatically;
use crate::collect::death::bury;
use crate::collect::lifecycle;
use crate::memory::class::class_of;
use crate::memory::heap::Heap;
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;

/// A slot for an object whose value has this size and alignment.
#[cold]
pub(crate) extern "C" fn slot_slowly(size: usize, align: usize, is_tracked: bool) -> NonNull<u8> {
    lifecycle::allocate_slow(layout(size, align), is_tracked)
}

/// The same after a collection, which is due. If that panicked, the object is made nevertheless, and is
/// [unmade](unmake) then.
///
/// Runs user code: the collection.
#[cold]
pub(crate) extern "C" fn slot_after_collection(
    size: usize,
    align: usize,
    is_tracked: bool,
    panics: &mut FirstPanic,
) -> NonNull<u8> {
    panics.catch(collect_automatically);
    if panics.is_some() {
        // The count was taken back, and will be once more.
        Heap::current().count_allocation();
    }
    Heap::current()
        .allocate_fast(class_of(layout(size, align)), is_tracked)
        .unwrap_or_else(|| slot_slowly(size, align, is_tracked))
}

/// Lets the panics go on that came before an object was made. Its value is dropped as one that was in no object.
///
/// # Safety
///
/// The object was just made, with a `T`, and is not used again.
#[cold]
pub(crate) unsafe fn unmake<T>(object: ObjPtr, panics: FirstPanic) -> ! {
    object.set(Flags::DEAD);
    if object.has(Flags::UNFINALIZED) {
        Heap::of(object).uncount_unfinalized();
    }
    // SAFETY: it lies there, and nobody else uses it.
    let _value = unsafe { object.value().cast::<T>().read() };
    // SAFETY: the value was moved out, and the object is no candidate.
    unsafe { bury(object) };
    panics.resume();
    unreachable!("there is a panic")
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("it is that of a type")
}
