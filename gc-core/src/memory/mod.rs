//! Where objects lie: the heap of a thread, its pages, and how memory is taken from the
//! global allocator and returned to it.
//!
//! It imports from `object/` alone, and never depends on the type of a value: it carves
//! slots, finds a page from an address, and walks over all objects.
//!
//! Invariants: a page is aligned to its size, and each of its slots holds a header or is
//! in a free list; an address in a page stays readable until its segment is returned (I6
//! and I7 in `docs/safety.md`).

pub(crate) mod at_hand;
pub(crate) mod class;
pub(crate) mod free_list;
pub(crate) mod heap;
pub(crate) mod page;
#[cfg(any(feature = "inspect", feature = "isolates"))]
pub(crate) mod page_index;
pub(crate) mod pressure;
pub(crate) mod segment;
#[cfg(feature = "sites")]
pub(crate) mod sites;
mod spares;
pub(crate) mod stats;
mod traffic;
pub(crate) mod walk;
