//! Weak maps as maps: lookup, iteration, and what may happen meanwhile.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use gcycle::weak::WeakMap;
use gcycle::{Gc, Trace, Tracer, gc};

use crate::kinds::{Counted, Drops, Node, Watched, stir};

/// What a value is in some of these tests: an object that may refer to others.
type Map = WeakMap<Node, Gc<Node>>;

#[test]
fn an_entry_is_found_by_its_key() {
    let map = WeakMap::new();
    let (a, b) = (Gc::new(1), Gc::new(1));
    assert!(map.is_empty() && map.insert(&a, "a").is_none());
    assert_eq!(map.get(&a).as_deref(), Some(&"a"));
    assert!(map.get(&b).is_none() && !map.contains_key(&b));
    assert_eq!(map.insert(&a, "new").as_deref(), Some(&"a"));
    assert_eq!((map.len(), *map.get(&a).unwrap()), (1, "new"));
    assert_eq!(*map.get_or_insert_with(&b, || "b"), "b");
    assert_eq!(*map.get_or_insert_with(&b, || unreachable!()), "b");
    assert_eq!(map.remove(&a).as_deref(), Some(&"new"));
    assert!(map.remove(&a).is_none());
    assert_eq!(format!("{map:?}"), r#"{1: "b"}"#);
    map.clear();
    assert!(map.is_empty());
}

#[test]
fn the_value_is_dropped_with_the_key() {
    let drops = Drops::new();
    let map = WeakMap::new();
    let key = Gc::new(5);
    map.insert(&key, drops.watch());
    let copy = key.clone();
    drop(key);
    stir();
    assert_eq!((map.len(), drops.count()), (1, 0));
    drop(copy);
    assert_eq!((map.len(), drops.count()), (0, 1));
}

#[test]
fn the_values_are_dropped_with_the_map() {
    let drops = Drops::new();
    let keys = [Gc::new(1), Gc::new(2)];
    let map: WeakMap<i32, Watched> = keys.iter().map(|key| (key.clone(), drops.watch())).collect();
    let other: WeakMap<i32, Watched> =
        keys.iter().map(|key| (key.clone(), drops.watch())).collect();
    drop(map);
    assert_eq!(drops.count(), 2);
    assert_eq!(other.len(), 2);
    drop(keys);
    assert_eq!((other.len(), drops.count()), (0, 4));
}

#[test]
fn a_value_that_is_looked_at_outlives_its_entry() {
    let drops = Drops::new();
    let map = WeakMap::new();
    let key = Gc::new(Node::new(&drops));
    map.insert(&key, Node::new(&drops));
    let value = map.get(&key).unwrap();
    value.edges.borrow_mut().push(key.clone());
    assert!(Gc::ptr_eq(&value.key().unwrap(), &key));
    drop(key);
    stir();
    assert_eq!((map.len(), drops.count()), (1, 0), "the value is held, and holds its key");
    value.edges.borrow_mut().clear();
    assert_eq!((map.len(), drops.count()), (0, 1));
    assert!(value.key().is_none());
    stir();
    assert!(value.edges.borrow().is_empty());
    drop(value);
    assert_eq!(drops.count(), 2);
}

#[test]
fn a_copy_of_a_value_keeps_the_same_value() {
    let drops = Drops::new();
    let map = WeakMap::new();
    let key = Gc::new(1);
    map.insert(&key, drops.watch());
    assert_eq!(format!("{:?}", map.iter()), "WeakMapIter { entries: 1, .. }");
    let value = map.get(&key).unwrap();
    let copy = value.clone();
    drop((key, value));
    assert!(copy.key().is_none());
    assert_eq!(drops.count(), 0);
    drop(copy);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_value_is_finalized_with_its_key() {
    let finalized = Rc::new(Cell::new(0));
    let map = WeakMap::new();
    let key = Gc::new(1);
    map.insert(&key, Counted(Rc::clone(&finalized)));
    gc::collect();
    assert_eq!(finalized.get(), 0);
    drop(key);
    assert_eq!(finalized.get(), 1);
}

#[test]
fn iteration_goes_on_while_entries_come_and_go() {
    const LENGTH: usize = if cfg!(miri) { 6 } else { 20 };
    let drops = Drops::new();
    let map = Map::new();
    let mut keys: Vec<Gc<Node>> = (0..LENGTH).map(|_| Node::ring(&drops).0).collect();
    for key in &keys {
        map.insert(key, key.clone());
    }
    let mut seen = 0;
    for (key, value) in &map {
        assert!(Gc::ptr_eq(&key, &value));
        seen += 1;
        drop(value);
        keys.pop();
        keys.pop();
        drop(key);
        stir();
        let new = Gc::new(Node::new(&drops));
        map.insert(&new, Gc::new(Node::new(&drops)));
        keys.insert(0, new);
    }
    assert!((LENGTH / 3..=LENGTH).contains(&seen), "{seen}");
    keys.clear();
    gc::collect();
    assert!(map.is_empty());
}

#[test]
fn entries_are_kept_by_choice() {
    let keys: Vec<Gc<u32>> = (0..10).map(Gc::new).collect();
    let map: WeakMap<u32, u32> = keys.iter().cloned().zip(0..).collect();
    map.retain(|key, value| {
        assert_eq!(**key, *value);
        key.is_multiple_of(2)
    });
    let mut left: Vec<u32> = map.iter().map(|(key, _)| *key).collect();
    left.sort_unstable();
    assert_eq!(left, [0, 2, 4, 6, 8]);
}

#[test]
fn a_key_is_never_unique() {
    let drops = Drops::new();
    let map = WeakMap::new();
    let mut key = Gc::new(drops.watch());
    map.insert(&key, drops.watch());
    assert!(Gc::get_mut(&mut key).is_none(), "the map can make handles to its keys");
    drop(Gc::make_mut(&mut key));
    assert_eq!((map.len(), drops.count()), (0, 1), "the value moved away from its entry");
    map.insert(&key, drops.watch());
    let value = Gc::try_unwrap(key).unwrap();
    assert_eq!((map.len(), drops.count()), (0, 2));
    drop(value);
}

#[test]
fn keys_may_have_weak_callbacks_too() {
    let drops = Drops::new();
    let map = Map::new();
    let calls = Rc::new(Cell::new(0));
    for is_cyclic in [false, true] {
        let (key, other) = Node::ring(&drops);
        if !is_cyclic {
            key.edges.borrow_mut().clear();
        }
        drop(other);
        let counted = Rc::clone(&calls);
        let weak = Gc::downgrade_with(&key, move || counted.set(counted.get() + 1));
        map.insert(&key, key.clone());
        drop(Gc::downgrade_with(&key, || unreachable!()));
        gc::collect();
        assert_eq!(map.len(), 1);
        drop(key);
        gc::collect();
        assert_eq!((map.len(), weak.upgrade().is_none()), (0, true));
    }
    assert_eq!((calls.get(), drops.count()), (2, 4));
}

#[test]
fn one_key_may_be_in_many_maps() {
    let drops = Drops::new();
    let mut maps: Vec<Map> = (0..if cfg!(miri) { 15 } else { 50 }).map(|_| Map::new()).collect();
    let keys = [Gc::new(Node::new(&drops)), Gc::new(Node::new(&drops))];
    for map in &maps {
        for key in &keys {
            map.insert(key, keys[0].clone());
        }
    }
    let mut order = 7;
    while maps.len() > 10 {
        order = order * 31 % 47;
        drop(maps.swap_remove(order % maps.len()));
    }
    assert!(maps.iter().all(|map| map.len() == 2));
    assert_eq!(Gc::strong_count(&keys[0]), 1 + 2 * 10);
    drop(keys);
    gc::collect();
    assert!(maps.iter().all(WeakMap::is_empty));
    assert_eq!(drops.count(), 2);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_of_one_value_spares_no_other() {
    struct Fails(Gc<Node>, #[expect(dead_code, reason = "shows when it goes")] Watched);
    impl Drop for Fails {
        fn drop(&mut self) {
            panic!("cannot be dropped");
        }
    }
    // SAFETY: the edge is reported once; the drop does not look at it.
    unsafe impl Trace for Fails {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
        }
    }
    for is_cyclic in [false, true] {
        let drops = Drops::new();
        let maps: [WeakMap<Node, Fails>; 3] = Default::default();
        let key = Gc::new(Node::new(&drops));
        for map in &maps {
            let held = if is_cyclic { key.clone() } else { Gc::new(Node::new(&drops)) };
            map.insert(&key, Fails(held, drops.watch()));
        }
        let die = AssertUnwindSafe(|| {
            drop(key);
            gc::collect();
        });
        assert!(catch_unwind(die).is_err());
        assert!(maps.iter().all(WeakMap::is_empty));
        assert_eq!(drops.count(), if is_cyclic { 4 } else { 7 });
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn a_map_is_dropped_with_its_thread() {
    thread_local!(static MAP: Map = const { WeakMap::new() });
    thread_local!(static KEYS: RefCell<Vec<Gc<Node>>> = const { RefCell::new(Vec::new()) });
    let thread = std::thread::spawn(|| {
        let drops = Drops::new();
        KEYS.with_borrow_mut(|keys| {
            keys.extend((0..10).map(|_| Node::ring(&drops).0));
            MAP.with(|map| {
                for key in &*keys {
                    map.insert(key, key.clone());
                    let unkept = Gc::new(Node::new(&drops));
                    map.insert(&unkept, unkept.clone());
                }
            });
        });
    });
    thread.join().unwrap();
}
