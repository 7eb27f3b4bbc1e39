//! The containers of other crates report each edge once, under its name.

use alloc::collections::BTreeMap;

use super::{Handle, edges, handles, labels};

const SIDES: [&str; 2] = ["[0].key", "[0].value"];

/// Checks a sequence of [`handles`].
macro_rules! assert_items {
    ($sequence:expr) => {
        let sequence = $sequence;
        assert_eq!(edges(&sequence), 3);
        assert_eq!(labels(&sequence), ["[0]", "[1]", "[2]"]);
    };
}

#[test]
fn the_checks_hold_for_the_containers_of_std() {
    assert_items!(handles());
    assert_eq!(labels(&BTreeMap::from([(Handle::new(0), Handle::new(1))])), SIDES);
}

#[cfg(feature = "arrayvec_0_7")]
#[test]
fn array_vectors_report_their_items() {
    use arrayvec_0_7::ArrayVec;
    assert_items!(ArrayVec::<_, 4>::from_iter(handles()));
    assert_items!(ArrayVec::<_, 4>::from_iter(handles()).into_iter());
}

#[cfg(feature = "smallvec_1")]
#[test]
fn small_vectors_report_their_items_in_place_and_spilled() {
    use smallvec_1::SmallVec;
    assert_items!(SmallVec::<[_; 4]>::from_iter(handles()));
    assert_items!(SmallVec::<[_; 1]>::from_iter(handles()));
    assert_items!(SmallVec::<[_; 1]>::from_iter(handles()).into_iter());
}

#[cfg(feature = "thin-vec_0_2")]
#[test]
fn thin_vectors_report_their_items() {
    use thin_vec_0_2::ThinVec;
    assert_items!(ThinVec::from_iter(handles()));
    assert_items!(ThinVec::from_iter(handles()).into_iter());
}

#[cfg(feature = "slotmap_1")]
#[test]
fn slot_maps_report_their_values() {
    use slotmap_1::{DefaultKey, DenseSlotMap, SecondaryMap, SlotMap, SparseSecondaryMap};

    let mut slots = SlotMap::<DefaultKey, _>::with_key();
    let gone = slots.insert(Handle::new(9));
    let keys = handles().map(|handle| slots.insert(handle));
    slots.remove(gone);
    assert_items!(slots);

    let mut dense = DenseSlotMap::<DefaultKey, _>::with_key();
    for handle in handles() {
        dense.insert(handle);
    }
    assert_items!(dense);
    let secondary: SecondaryMap<_, _> = keys.into_iter().zip(handles()).collect();
    assert_items!(secondary);
    let sparse: SparseSecondaryMap<_, _> = keys.into_iter().zip(handles()).collect();
    assert_eq!(edges(&sparse), 3);
}

#[cfg(feature = "indexmap_2")]
#[test]
fn index_maps_report_their_entries_in_order() {
    use indexmap_2::{IndexMap, IndexSet};
    use std::hash::RandomState;

    assert_items!(IndexSet::<_, RandomState>::from_iter(handles()));
    let entry = [(Handle::new(0), Handle::new(1))];
    assert_eq!(labels(&IndexMap::<_, _, RandomState>::from_iter(entry)), SIDES);
}

macro_rules! hash_tables_report_their_contents {
    ($($feature:literal $test:ident $version:ident),* $(,)?) => {$(
        #[cfg(feature = $feature)]
        #[test]
        fn $test() {
            use $version::{HashMap, HashSet, HashTable};
            use std::hash::RandomState;

            assert_items!(HashSet::<_, RandomState>::from_iter(handles()));
            let entry = [(Handle::new(0), Handle::new(1))];
            assert_eq!(labels(&HashMap::<_, _, RandomState>::from_iter(entry)), SIDES);
            let mut table = HashTable::new();
            for handle in handles() {
                table.insert_unique(u64::from(handle.0), handle, |handle| u64::from(handle.0));
            }
            assert_items!(table);
        }
    )*};
}

hash_tables_report_their_contents! {
    "hashbrown_0_15" hash_tables_of_hashbrown_0_15_report_their_contents hashbrown_0_15,
    "hashbrown_0_16" hash_tables_of_hashbrown_0_16_report_their_contents hashbrown_0_16,
    "hashbrown_0_17" hash_tables_of_hashbrown_0_17_report_their_contents hashbrown_0_17,
}

#[cfg(feature = "either_1")]
#[test]
fn either_side_is_named() {
    use either_1::Either;
    assert_eq!(labels(&Either::<_, ()>::Left(Handle::new(0))), ["Left.0"]);
    assert_eq!(labels(&Either::<(), _>::Right(Handle::new(0))), ["Right.0"]);
}

#[cfg(feature = "petgraph_0_8")]
#[test]
fn graphs_report_the_weights_of_nodes_and_edges() {
    use petgraph_0_8::Directed;
    use petgraph_0_8::graph::DiGraph;
    use petgraph_0_8::graphmap::GraphMap;
    use petgraph_0_8::stable_graph::StableDiGraph;
    use std::hash::RandomState;

    let places = ["nodes[0]", "nodes[1]", "edges[0]"];
    let mut graph = DiGraph::<_, _>::new();
    let (from, to) = (graph.add_node(Handle::new(0)), graph.add_node(Handle::new(1)));
    graph.add_edge(from, to, Handle::new(2));
    assert_eq!(labels(&graph), places);

    let mut graph = StableDiGraph::<_, _>::new();
    let gone = graph.add_node(Handle::new(9));
    let (from, to) = (graph.add_node(Handle::new(0)), graph.add_node(Handle::new(1)));
    graph.add_edge(from, to, Handle::new(2));
    graph.remove_node(gone);
    assert_eq!(labels(&graph), places);

    let mut graph = GraphMap::<_, _, Directed, RandomState>::default();
    graph.add_edge(0, 1, Handle::new(0));
    assert_eq!(labels(&graph), ["[0]"]);
}

#[cfg(feature = "parking_lot_0_12")]
#[test]
fn locks_without_poison_are_opaque_while_somebody_holds_them() {
    use parking_lot_0_12::{FairMutex, Mutex, ReentrantMutex, RwLock};

    let mutex = Mutex::new(Handle::new(0));
    let guard = mutex.lock();
    assert_eq!(edges(&mutex), 0);
    drop(guard);
    assert_eq!(labels(&mutex), [""]);
    assert_eq!(labels(&FairMutex::new(Handle::new(0))), [""]);

    let lock = RwLock::new(Handle::new(0));
    let guard = lock.write();
    assert_eq!(edges(&lock), 0);
    drop(guard);
    let _guard = lock.read();
    assert_eq!(labels(&lock), [""]);

    let lock = ReentrantMutex::new(Handle::new(0));
    let _guard = lock.lock();
    assert_eq!(labels(&lock), [""]);
}

#[cfg(feature = "ordered-float_5")]
#[test]
fn ordered_floats_are_untracked() {
    use crate::Trace;
    use ordered_float_5::{NotNan, OrderedFloat};
    assert!(!OrderedFloat::<f64>::tracked());
    assert!(!NotNan::<f64>::tracked());
}
