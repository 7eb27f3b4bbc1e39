//! `hashbrown` 0.15, 0.16 and 0.17: the hash maps behind those of std.
//!
//! As there, the hasher is not traced. Maps with an allocator of their own are
//! not covered.

macro_rules! hashbrown {
    ($($feature:literal $version:ident),*) => {$(
        #[cfg(feature = $feature)]
        const _: () = {
            use $version::{HashMap, HashSet, HashTable};

            use crate::trace::impls::footprint::table;

            maps! {
                {K, V, S} HashMap<K, V, S> =>
                    |this| this.iter() => owns table::<(K, V)>(this.capacity()),
            }

            sequences! {
                {T, S} HashSet<T, S> =>
                    |this| this.iter() => owns table::<T>(this.capacity()),
                {T} HashTable<T> =>
                    |this| this.iter() => owns table::<T>(this.capacity()),
            }
        };
    )*};
}

hashbrown! {
    "hashbrown_0_15" hashbrown_0_15,
    "hashbrown_0_16" hashbrown_0_16,
    "hashbrown_0_17" hashbrown_0_17
}
