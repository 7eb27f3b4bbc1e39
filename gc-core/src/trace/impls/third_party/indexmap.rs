//! `indexmap` 2: hash maps that keep an order. The hasher is not traced.

use indexmap_2::{IndexMap, IndexSet};

use crate::trace::impls::contents::items;
use crate::trace::impls::footprint::table;

maps! {
    {K, V, S} IndexMap<K, V, S> => |this| this => owns entries::<(K, V)>(this.capacity()),
}

sequences! {
    {T, S} IndexSet<T, S> => |this| this => owns entries::<T>(this.capacity()),
}

/// The bytes of so many entries, each with its hash, and of the table of their places.
fn entries<T>(capacity: usize) -> usize {
    items::<(T, usize)>(capacity).saturating_add(table::<usize>(capacity))
}
