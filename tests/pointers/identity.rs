//! Objects as keys: `ById`.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use gcycle::{ById, Gc, Trace, gc, unsize};

use crate::kinds::{Drops, Node, stir};

#[test]
fn keys_are_equal_if_they_are_the_same_object() {
    let (a, b) = (Gc::new(f64::NAN), Gc::new(f64::NAN));
    assert_eq!(ById(a.clone()), ById(a.clone()));
    assert_ne!(ById(a.clone()), ById(b.clone()));
    let hasher = HashSet::<u8>::new().hasher().clone();
    assert_eq!(hasher.hash_one(ById::from_ref(&a)), hasher.hash_one(ById(a.clone())));
    let (low, high) = if gc::id(&a) < gc::id(&b) { (&a, &b) } else { (&b, &a) };
    assert!(ById::from_ref(low) < ById::from_ref(high));
    assert_eq!(format!("{:?}", ById::from_ref(&a)), format!("ById({:#x})", gc::id(&a)));
    assert_eq!(<&ById<f64>>::from(&a), &ById::from(a.clone()));
    assert_eq!(Gc::strong_count(&a), 1);
    assert_ne!(ById(Gc::new(())), ById(Gc::new(())));
}

#[test]
fn cyclic_values_are_keys_of_every_kind_of_map() {
    let drops = Drops::new();
    let (node, _) = Node::ring(&drops);
    let mut names = HashMap::from([(ById(node.clone()), "first")]);
    let next = node.edges.borrow()[0].clone();
    names.insert(next.into(), "second");
    assert_eq!(names[ById::from_ref(&node)], "first");
    assert_eq!(names.len(), 2);
    assert!(format!("{names:?}").contains("second"));
    let sorted: BTreeMap<ById<Node>, &str> = names.into_iter().collect();
    assert_eq!(sorted.get(ById::from_ref(&node)), Some(&"first"));
    let set: BTreeSet<&ById<Node>> = sorted.keys().collect();
    assert_eq!(set.len(), 2);
    drop(sorted);
    drop(node);
    assert_eq!((gc::collect(), drops.count()), (2, 2));
}

#[test]
fn keys_in_an_object_are_edges() {
    #[derive(Trace)]
    struct Graph {
        seen: RefCell<HashSet<ById<Graph>>>,
    }
    let graph = Gc::new(Graph { seen: RefCell::default() });
    graph.seen.borrow_mut().insert(ById(graph.clone()));
    stir();
    assert_eq!(graph.seen.borrow().iter().next().map(|key| Gc::strong_count(key)), Some(2));
    drop(graph);
    assert_eq!(gc::collect(), 1);
}

#[test]
fn an_object_is_the_same_key_under_each_of_its_types() {
    let number = Gc::new(Cell::new(3));
    let object: Gc<dyn Trace> = unsize!(number.clone() => dyn Trace);
    let same: Gc<dyn Trace> = unsize!(number.clone() => dyn Trace);
    let keys = HashSet::from([ById(object)]);
    assert!(keys.contains(ById::from_ref(&same)));
    let key = ById(number);
    let handle: Gc<Cell<i32>> = key.clone().into();
    assert_eq!((key.get(), handle.get(), key.into_inner().get()), (3, 3, 3));
}
