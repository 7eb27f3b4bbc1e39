//! `indexmap` 2: hash maps that keep an order. The hasher is not traced.

use indexmap_2::{IndexMap, IndexSet};

use crate::trace::impls::contents::items;

/// The hash of an entry, and its place in the table.
type Place = ([usize; 2], u8);

maps! {
    {K, V, S} IndexMap<K, V, S> => |this| this => owns items::<(K, V, Place)>(this.capacity()),
}

sequences! {
    {T, S} IndexSet<T, S> => |this| this => owns items::<(T, Place)>(this.capacity()),
}
