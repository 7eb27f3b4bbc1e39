//! `indexmap` 2: hash maps that keep an order. The hasher is not traced.

use indexmap_2::{IndexMap, IndexSet};

maps! {
    {K, V, S} IndexMap<K, V, S> => |this| this,
}

sequences! {
    {T, S} IndexSet<T, S> => |this| this,
}
