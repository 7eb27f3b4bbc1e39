//! The names of edges.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use gcycle::inspect::{Drawing, HeapSnapshot, ObjectId};
use gcycle::weak::{WeakMap, WeakSet, WeakValueMap};
use gcycle::{Closure, Gc, Trace};

use crate::heaps::on_empty_heap;

/// Every way to hold a handle.
#[derive(Trace)]
struct Owner {
    plain: Gc<u8>,
    maybe: Option<Gc<u8>>,
    list: Vec<Gc<u8>>,
    grid: Vec<Vec<Option<Gc<u8>>>>,
    pair: (Gc<u8>, u32, Gc<u8>),
    map: BTreeMap<u8, Gc<u8>>,
    cell: RefCell<Box<[Gc<u8>]>>,
    shape: Shape,
    #[trace(name = "renamed")]
    original: Gc<u8>,
    #[trace(skip)]
    hidden: Gc<u8>,
}

#[derive(Trace)]
enum Shape {
    Circle { center: Gc<u8> },
}

#[test]
fn an_edge_is_named_by_the_way_to_it() {
    on_empty_heap(|| {
        let target = Gc::new(0_u8);
        let to = || target.clone();
        let owner = Gc::new(Owner {
            plain: to(),
            maybe: Some(to()),
            list: vec![to(), to()],
            grid: vec![vec![], vec![None, Some(to())]],
            pair: (to(), 1, to()),
            map: BTreeMap::from([(1, to()), (2, to())]),
            cell: RefCell::new(Box::new([to()])),
            shape: Shape::Circle { center: to() },
            original: to(),
            hidden: to(),
        });
        let snapshot = HeapSnapshot::capture();
        let labels: Vec<String> =
            snapshot.referents(&owner).map(|edge| edge.label().to_string()).collect();
        let expected = [
            "plain",
            "maybe",
            "list[0]",
            "list[1]",
            "grid[1][1]",
            "pair.0",
            "pair.2",
            "map[0].value",
            "map[1].value",
            "cell[0]",
            "shape.Circle.center",
            "renamed",
        ];
        assert_eq!(labels, expected);
        let target = snapshot.get(&target).unwrap();
        assert_eq!(target.external_count(), 2, "the variable, and the field that is skipped");
        drop(owner.hidden.clone());
    });
}

#[test]
fn edges_that_a_trace_does_not_name_are_there_without_a_name() {
    struct Quiet(Gc<u8>);
    // SAFETY: the one edge is reported once.
    unsafe impl Trace for Quiet {
        fn trace(&self, tracer: &mut gcycle::Tracer<'_>) {
            self.0.trace(tracer);
        }
    }
    on_empty_heap(|| {
        let quiet = Gc::new(Quiet(Gc::new(1)));
        let snapshot = HeapSnapshot::capture();
        let edge = snapshot.referents(&quiet).next().unwrap();
        assert_eq!(edge.label().to_string(), "");
        assert!(
            snapshot
                .path_to_root(&quiet.0)
                .unwrap()
                .to_string()
                .contains(" (unnamed)               <u8")
        );
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        assert!(String::from_utf8(file).unwrap().contains("\"(unnamed)\""));
        let svg = snapshot.to_svg(&Drawing::new());
        assert_eq!(svg.matches("class=\"edge\"").count(), 1, "an arrow without a name");
    });
}

#[test]
fn long_lists_keep_every_position() {
    on_empty_heap(|| {
        let shared = Gc::new(1_u8);
        let count = if cfg!(miri) { 10 } else { 1_100_000 };
        let list = Gc::new(vec![shared; count]);
        let snapshot = HeapSnapshot::capture();
        let labels = snapshot.referents(&list).map(|edge| edge.label().to_string());
        for (position, label) in labels.enumerate() {
            assert_eq!(label, format!("[{position}]"));
        }
    });
}

#[test]
fn captures_of_closures_and_entries_of_weak_maps_have_names() {
    on_empty_heap(|| {
        let key = Gc::new(1_u8);
        let value = Gc::new(2_u8);
        let map = Gc::new(WeakMap::<u8, Gc<u8>>::new());
        map.insert(&key, value.clone());
        let closure = Gc::new(Closure::new(value.clone(), |value: &Gc<u8>, (): ()| **value));
        let snapshot = HeapSnapshot::capture();
        let edge = snapshot.referents(&closure).next().unwrap();
        assert_eq!(edge.label().to_string(), "captures");
        let path = snapshot.paths_to(&value).find(|path| path.root().id() == (&map).into());
        assert_eq!(path.unwrap().edges().len(), 2, "from the map to the entry to the value");
    });
}

#[test]
fn the_edges_of_a_boxed_trait_object_have_names() {
    trait Part: Trace {}
    #[derive(Trace)]
    struct Wheel {
        car: Gc<u8>,
    }
    impl Part for Wheel {}
    on_empty_heap(|| {
        let boxed: Box<dyn Part> = Box::new(Wheel { car: Gc::new(1) });
        let part = Gc::from_box(boxed);
        let snapshot = HeapSnapshot::capture();
        let labels: Vec<String> =
            snapshot.referents(&part).map(|edge| edge.label().to_string()).collect();
        assert_eq!(labels, ["car"]);
    });
}

#[test]
fn keys_of_a_map_with_weak_values_have_names_and_its_values_are_no_edges() {
    on_empty_heap(|| {
        let value = Gc::new(7_u8);
        let mut map = WeakValueMap::<Gc<u8>, u8>::new();
        map.insert(Gc::new(1), &value);
        let map = Gc::new(map);
        let members = Gc::new([value.clone()].into_iter().collect::<WeakSet<u8>>());
        let snapshot = HeapSnapshot::capture();
        let labels: Vec<String> =
            snapshot.referents(&map).map(|edge| edge.label().to_string()).collect();
        assert_eq!(labels, ["[0].key"]);
        assert_eq!(snapshot.referents(&members).count(), 0);
        assert_eq!(snapshot.referrers(&value).count(), 0);
    });
}

#[test]
fn the_names_outlive_the_objects() {
    on_empty_heap(|| {
        let list = Gc::new(vec![Gc::new(1_u8)]);
        let snapshot = Rc::new(HeapSnapshot::capture());
        let id = ObjectId::from(&list);
        drop(list);
        let edge = snapshot.referents(id).next().unwrap();
        assert_eq!(format!("{edge:?}"), format!("{}.[0] -> {}", edge.owner(), edge.target()));
    });
}
