//! The containers of other crates report each edge once, under its name.

use alloc::collections::BTreeMap;

use super::{Handle, edges, handles, labels, owned};

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

/// Checks that a container of [`handles`], with room for 100 of them, says so, and an empty one
/// says nothing.
macro_rules! assert_owned {
    ($empty:expr, $full:expr) => {
        assert_eq!(owned(&$empty), 0);
        let full = $full;
        let least = 100 * size_of::<Handle>();
        assert!((least..4 * least).contains(&owned(&full)), "{} of {least}", owned(&full));
    };
}

#[test]
fn the_check_of_weights_holds_for_the_containers_of_std() {
    use alloc::vec::Vec;
    let mut full = Vec::with_capacity(100);
    full.extend(handles());
    assert_owned!(Vec::<Handle>::new(), full);
}

#[cfg(feature = "smallvec_1")]
#[test]
fn small_vectors_own_their_items_once_they_spilled() {
    use smallvec_1::SmallVec;
    let mut full = SmallVec::<[Handle; 4]>::with_capacity(100);
    full.extend(handles());
    assert_owned!(SmallVec::<[_; 4]>::from_iter(handles()), full);
}

#[cfg(feature = "arrayvec_0_7")]
#[test]
fn array_vectors_own_nothing_elsewhere() {
    use arrayvec_0_7::ArrayVec;
    assert_eq!(owned(&ArrayVec::<_, 4>::from_iter(handles())), 0);
}

#[cfg(feature = "thin-vec_0_2")]
#[test]
fn thin_vectors_own_their_items() {
    use thin_vec_0_2::ThinVec;
    assert_owned!(ThinVec::<Handle>::new(), ThinVec::<Handle>::with_capacity(100));
}

#[cfg(feature = "slotmap_1")]
#[test]
fn slot_maps_own_their_slots() {
    use slotmap_1::{DefaultKey, DenseSlotMap, SecondaryMap, SlotMap, SparseSecondaryMap};

    type Slots = SlotMap<DefaultKey, Handle>;
    let slots = Slots::with_capacity_and_key(100);
    assert!(owned(&slots) >= 100 * size_of::<Handle>());
    let dense = DenseSlotMap::<DefaultKey, Handle>::with_capacity_and_key(100);
    assert!(owned(&dense) >= 100 * size_of::<Handle>());
    let secondary = SecondaryMap::<DefaultKey, Handle>::with_capacity(100);
    assert!(owned(&secondary) >= 100 * size_of::<Handle>());
    let sparse = SparseSecondaryMap::<DefaultKey, Handle>::with_capacity(100);
    assert_owned!(SparseSecondaryMap::<DefaultKey, Handle>::new(), sparse);
}

#[cfg(feature = "indexmap_2")]
#[test]
fn index_maps_own_their_entries() {
    use indexmap_2::{IndexMap, IndexSet};
    use std::hash::RandomState;

    type Set = IndexSet<Handle, RandomState>;
    type Map = IndexMap<u8, Handle, RandomState>;
    assert_owned!(Set::default(), Set::with_capacity_and_hasher(100, RandomState::new()));
    assert_owned!(Map::default(), Map::with_capacity_and_hasher(100, RandomState::new()));
}

#[cfg(feature = "hashbrown_0_17")]
#[test]
fn hash_tables_own_their_entries() {
    use hashbrown_0_17::{HashMap, HashSet, HashTable};
    use std::hash::RandomState;

    type Set = HashSet<Handle, RandomState>;
    type Map = HashMap<u8, Handle, RandomState>;
    assert_owned!(Set::default(), Set::with_capacity_and_hasher(100, RandomState::new()));
    assert_owned!(Map::default(), Map::with_capacity_and_hasher(100, RandomState::new()));
    assert_owned!(HashTable::<Handle>::new(), HashTable::<Handle>::with_capacity(100));
}

#[cfg(feature = "petgraph_0_8")]
#[test]
fn graphs_own_their_nodes_and_edges() {
    use petgraph_0_8::Directed;
    use petgraph_0_8::graph::DiGraph;
    use petgraph_0_8::graphmap::GraphMap;
    use petgraph_0_8::stable_graph::StableDiGraph;
    use std::hash::RandomState;

    type Graph = DiGraph<Handle, Handle>;
    type Stable = StableDiGraph<Handle, Handle>;
    type Map = GraphMap<u8, Handle, Directed, RandomState>;
    assert_owned!(Graph::new(), Graph::with_capacity(50, 50));
    assert_owned!(Stable::new(), Stable::with_capacity(50, 50));
    let mut map = Map::default();
    assert_eq!(owned(&map), 0);
    map.add_edge(0, 1, Handle::new(0));
    assert!(owned(&map) >= size_of::<Handle>());
}

#[cfg(feature = "serde_json_1")]
#[test]
fn json_values_own_all_that_is_in_them() {
    use alloc::string::String;
    use alloc::vec::Vec;
    use serde_json_1::Value;

    let text = || Value::String(String::from_utf8(Vec::from([b'x'; 1000])).unwrap());
    assert_eq!(owned(&Value::Null), 0);
    assert!(owned(&text()) >= 1000);
    let array: Value = (0..100).map(|_| text()).collect();
    assert!((100_000..200_000).contains(&owned(&array)), "{}", owned(&array));
    let object = Value::from_iter([("a", array.clone()), ("b", array)]);
    assert!((200_000..400_000).contains(&owned(&object)), "{}", owned(&object));
    // Deeply nested values are weighed without recursing into all of them.
    let deep = (0..1000).fold(Value::Null, |inner, _| Value::Array(Vec::from([inner])));
    assert!(owned(&deep) > 0);
}

#[cfg(all(feature = "bytes_1", feature = "compact_str_0_10", feature = "smol_str_0_3"))]
#[test]
fn texts_and_numbers_of_other_crates_own_their_buffers() {
    let kilobyte = alloc::string::String::from_utf8(alloc::vec![b'7'; 1000]).unwrap();
    assert_eq!(owned(&bytes_1::Bytes::from(kilobyte.clone())), 1000);
    assert!(owned(&bytes_1::BytesMut::from(kilobyte.as_bytes())) >= 1000);
    assert_eq!(owned(&compact_str_0_10::CompactString::from("short")), 0);
    assert!(owned(&compact_str_0_10::CompactString::from(kilobyte.as_str())) >= 1000);
    assert_eq!(owned(&smol_str_0_3::SmolStr::from("short")), 0);
    assert_eq!(owned(&smol_str_0_3::SmolStr::from(kilobyte)), 1000);
}

#[cfg(feature = "num-bigint_0_4")]
#[test]
fn big_numbers_own_their_digits() {
    use num_bigint_0_4::{BigInt, BigUint};
    let large = BigUint::from(1_u8) << 8000_u32;
    assert_eq!(owned(&BigInt::from(0)), 0);
    assert_eq!(owned(&BigInt::from(large.clone())), 1001);
    assert_eq!(owned(&large), 1001);
}

#[cfg(feature = "enum-map_2")]
#[test]
fn enum_maps_report_their_values() {
    use enum_map_2::EnumMap;
    let map = EnumMap::<bool, Option<Handle>>::from_fn(|key| key.then(|| Handle::new(0)));
    assert_eq!(edges(&map), 1);
    assert_eq!(labels(&map), ["[1]"]);
    assert_eq!(owned(&map), 0);
}

#[cfg(feature = "ndarray_0_17")]
#[test]
fn arrays_report_the_items_that_they_show() {
    use ndarray_0_17::{Array1, Array2, Axis, Slice};
    assert_items!(Array1::from_iter(handles()));
    assert_items!(Array1::from_iter(handles()).into_shape_with_order((1, 3)).unwrap());
    assert_owned!(
        Array1::<Handle>::from_vec([].into()),
        Array1::from_shape_fn(100, |_| Handle::new(0))
    );

    let mut cut = Array2::from_shape_fn((4, 3), |_| Handle::new(0));
    assert_eq!(edges(&cut), 12);
    cut.slice_axis_inplace(Axis(0), Slice::from(1..2));
    assert_eq!(edges(&cut), 3);
    cut.invert_axis(Axis(1));
    cut.swap_axes(0, 1);
    assert_eq!(edges(&cut), 3);
    assert_eq!(edges(&Array2::from_shape_fn((3, 0), |_| Handle::new(0))), 0);
    // Items of no size own nothing, however many there are.
    assert_eq!(edges(&Array1::from_elem(1000, ())), 0);
    assert_eq!(labels(&Array1::from_elem(1000, ())).len(), 0);
}

#[cfg(feature = "ndarray_0_17")]
#[test]
fn arrays_that_share_their_items_report_nothing() {
    use ndarray_0_17::{ArcArray1, Array1};
    let shared: ArcArray1<Handle> = Array1::from_iter(handles()).into_shared();
    assert_eq!(edges(&shared), 0);
    assert_eq!(edges(&shared.clone()), 0);
}

#[cfg(feature = "dashmap_6")]
#[test]
fn maps_that_threads_share_are_not_looked_into() {
    use dashmap_6::DashMap;
    let map: DashMap<_, _> = [(0, Handle::new(0))].into_iter().collect();
    let _held = map.get_mut(&0);
    assert_eq!(edges(&map), 0);
    assert_eq!(owned(&map), 0);
}

#[cfg(feature = "markup5ever_0_40")]
#[test]
fn nodes_to_append_are_reported() {
    use markup5ever_0_40::TokenizerResult;
    use markup5ever_0_40::interface::tree_builder::NodeOrText;
    assert_eq!(labels(&NodeOrText::AppendNode(Handle::new(0))), ["AppendNode.0"]);
    assert_eq!(edges(&NodeOrText::<Handle>::AppendText("text".into())), 0);
    assert_eq!(labels(&TokenizerResult::Script(Handle::new(0))), ["Script.0"]);
}

#[cfg(all(feature = "bitvec_1", feature = "lasso_0_7", feature = "tendril_0_5"))]
#[test]
fn bits_and_texts_of_other_crates_own_their_buffers() {
    let bits = bitvec_1::vec::BitVec::<u8>::repeat(true, 8000);
    assert!((1000..4000).contains(&owned(&bits)));
    assert_eq!(owned(&bits.into_boxed_bitslice()), 1000);
    let mut texts = lasso_0_7::Rodeo::<lasso_0_7::Spur>::new();
    texts.get_or_intern("seven");
    assert!(owned(&texts) > 0);
    assert_eq!(owned(&tendril_0_5::StrTendril::from("in place")), 0);
    assert_eq!(owned(&tendril_0_5::StrTendril::from("not in place")), 12);
}
