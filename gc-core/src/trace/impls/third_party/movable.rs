//! [`Movable`](crate::Movable) for the containers of other crates. Their other types are `Send`, which is asked as well.

/// `feature: imports { generics Container }`, as for the containers of std.
macro_rules! own_of {
    ($($feature:literal: $($krate:ident)::+ :: {$($import:tt)*} { $($containers:tt)* })*) => {$(
        #[cfg(feature = $feature)]
        const _: () = {
            use $($krate)::+::{$($import)*};

            use crate::trace::movable::Movable;

            own! { $($containers)* }
        };
    )*};
}

own_of! {
    "arrayvec_0_7": arrayvec_0_7::{ArrayVec, IntoIter} {
        {T: Movable, const N: usize} ArrayVec<T, N>,
        {T: Movable, const N: usize} IntoIter<T, N>,
    }
    "either_1": either_1::{Either} {
        {L: Movable, R: Movable} Either<L, R>,
    }
    "enum-map_2": enum_map_2::{EnumArray, EnumMap} {
        {K: EnumArray<T>, T: Movable} EnumMap<K, T>,
    }
    "hashbrown_0_15": hashbrown_0_15::{HashMap, HashSet, HashTable} {
        {K: Movable, V: Movable, S: Send} HashMap<K, V, S>,
        {T: Movable, S: Send} HashSet<T, S>,
        {T: Movable} HashTable<T>,
    }
    "hashbrown_0_16": hashbrown_0_16::{HashMap, HashSet, HashTable} {
        {K: Movable, V: Movable, S: Send} HashMap<K, V, S>,
        {T: Movable, S: Send} HashSet<T, S>,
        {T: Movable} HashTable<T>,
    }
    "hashbrown_0_17": hashbrown_0_17::{HashMap, HashSet, HashTable} {
        {K: Movable, V: Movable, S: Send} HashMap<K, V, S>,
        {T: Movable, S: Send} HashSet<T, S>,
        {T: Movable} HashTable<T>,
    }
    "indexmap_2": indexmap_2::{IndexMap, IndexSet} {
        {K: Movable, V: Movable, S: Send} IndexMap<K, V, S>,
        {T: Movable, S: Send} IndexSet<T, S>,
    }
    // An array that was cut owns items that nobody sees: there must be no handle in one.
    "ndarray_0_17": ndarray_0_17::{Array, Dimension} {
        {T: Movable + Send, D: Dimension} Array<T, D>,
    }
    // A lock that is held keeps the heap where it is, as for the locks of std. A
    // `ReentrantMutex` remembers its thread.
    "parking_lot_0_12": parking_lot_0_12::{FairMutex, Mutex, RwLock} {
        {T: Movable} FairMutex<T>,
        {T: Movable} Mutex<T>,
        {T: Movable} RwLock<T>,
    }
    "petgraph_0_8": petgraph_0_8::{graph::{Graph, IndexType}, stable_graph::StableGraph, EdgeType} {
        {N: Movable, E: Movable, Ty: EdgeType, Ix: IndexType} Graph<N, E, Ty, Ix>,
        {N: Movable, E: Movable, Ty: EdgeType, Ix: IndexType} StableGraph<N, E, Ty, Ix>,
    }
    "slotmap_1": slotmap_1::{DenseSlotMap, Key, SecondaryMap, SlotMap} {
        {K: Key, T: Movable} SlotMap<K, T>,
        {K: Key, T: Movable} DenseSlotMap<K, T>,
        {K: Key, T: Movable} SecondaryMap<K, T>,
    }
    "smallvec_1": smallvec_1::{Array, IntoIter, SmallVec} {
        {T: Movable, A: Array<Item = T>} SmallVec<A>,
        {T: Movable, A: Array<Item = T>} IntoIter<A>,
    }
    "thin-vec_0_2": thin_vec_0_2::{IntoIter, ThinVec} {
        {T: Movable} ThinVec<T>,
        {T: Movable} IntoIter<T>,
    }
}
