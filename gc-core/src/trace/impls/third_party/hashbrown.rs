//! `hashbrown` 0.15, 0.16 and 0.17: the hash maps behind those of std.
//!
//! As there, the hasher is not traced. Maps with an allocator of their own are
//! not covered.

macro_rules! hashbrown {
    ($($feature:literal $version:ident),*) => {$(
        #[cfg(feature = $feature)]
        const _: () = {
            use $version::{HashMap, HashSet, HashTable};

            maps! {
                {K, V, S} HashMap<K, V, S> => |this| this.iter(),
            }

            sequences! {
                {T, S} HashSet<T, S> => |this| this.iter(),
                {T} HashTable<T> => |this| this.iter(),
            }
        };
    )*};
}

hashbrown! {
    "hashbrown_0_15" hashbrown_0_15,
    "hashbrown_0_16" hashbrown_0_16,
    "hashbrown_0_17" hashbrown_0_17
}
