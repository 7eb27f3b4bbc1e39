//! How many objects of each type there are: a walk that looks at headers alone.
//!
//! Nothing is traced, so no code of the program runs, and it takes a fraction of the time of a
//! snapshot. Therefore it does not know what values own elsewhere.

use alloc::vec::Vec;

use crate::inspect::graph::kinds::Kinds;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::memory::walk::is_visible;

/// The objects of one type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfType {
    /// The name of the type; others may have the same.
    pub(crate) name: &'static str,
    pub(crate) count: usize,
    /// The bytes of their slots.
    pub(crate) bytes: usize,
}

/// Counts the objects of this thread, which any snapshot would show.
pub(crate) fn head_count() -> Vec<OfType> {
    let mut kinds = Kinds::default();
    let mut counts: Vec<usize> = Vec::new();
    let pages: Vec<Page> = Heap::current().pages().collect();
    for page in pages {
        let slot_bytes = page.slot_bytes();
        for object in page.objects().filter(|&object| is_visible(object)) {
            let kind = kinds.look_up(object, slot_bytes).kind as usize;
            if kind == counts.len() {
                counts.push(0);
            }
            counts[kind] += 1;
        }
    }
    let name_of = |type_index: u32| kinds.types[type_index as usize].name;
    let of_kind = kinds.found.iter().zip(counts);
    of_kind
        .map(|(kind, count)| OfType {
            name: name_of(kind.type_index),
            count,
            bytes: count * kind.bytes,
        })
        .collect()
}
