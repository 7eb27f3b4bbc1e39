//! Which objects a heap walk shows.
//!
//! It shows those that are fully built and not about to die: it leaves out objects that
//! are dead, and those that the running collection found unreachable. It leaves out
//! EXCLUSIVE objects too, because through a handle to one its value could be read while a
//! `&mut` to it exists.
//!
//! Heap tools make no handles: they show EXCLUSIVE objects without looking at the
//! value, and untracked ones too.

use crate::memory::heap::Heap;
use crate::object::flags::Flags;
use crate::object::generation::Generation;
use crate::object::header::ObjPtr;

/// Every tracked object that may be shown, with the generation it is in; `None`
/// stands for permanent ones.
///
/// No object may be allocated or freed before the iterator is dropped.
pub(crate) fn visible_objects() -> impl Iterator<Item = (ObjPtr, Option<Generation>)> {
    let heap = Heap::current();
    let epochs = heap.epochs();
    heap.tracked_objects()
        .filter(|object| object.is_readable() && !object.has(Flags::UNREACHABLE))
        .filter_map(move |object| Some((object, epochs.generation_of(object.stamp().epoch()?))))
}

/// Whether heap tools show `object`, be it tracked or not.
#[cfg(feature = "inspect")]
pub(crate) fn is_visible(object: ObjPtr) -> bool {
    !object.is_dead() && !object.has(Flags::UNREACHABLE) && object.stamp().epoch().is_some()
}

/// The number of objects in each generation, and of permanent ones.
pub(crate) fn count_by_generation() -> ([usize; 3], usize) {
    let mut counts = [0; 3];
    let mut permanent = 0;
    for (_, generation) in visible_objects() {
        match generation {
            Some(generation) => counts[generation.index()] += 1,
            None => permanent += 1,
        }
    }
    (counts, permanent)
}
