//! Ephemerons: a value of a weak map lives as long as its map *and* its key.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use gcycle::weak::WeakMap;
use gcycle::{Gc, Trace, Tracer, gc};

use crate::kinds::{Drops, Last, Node, Watched, stir};

/// The values of most maps here are objects that may refer to others.
type Map = WeakMap<Node, Gc<Node>>;

#[test]
fn a_key_that_only_its_own_value_refers_to_is_collected() {
    let drops = Drops::new();
    let map = Map::new();
    let key = Gc::new(Node::new(&drops));
    let value = Gc::new(Node::new(&drops));
    Node::link(&value, &key);
    map.insert(&key, value);
    stir();
    assert_eq!((map.len(), drops.count()), (1, 0));
    drop(key);
    assert_eq!(gc::collect(), 3, "key, entry and value");
    assert_eq!((map.len(), drops.count()), (0, 2));
}

#[test]
fn a_key_that_is_its_own_value_is_collected() {
    let drops = Drops::new();
    let map = Map::new();
    let key = Gc::new(Node::new(&drops));
    map.insert(&key, key.clone());
    assert_eq!(gc::collect(), 0);
    drop(key);
    gc::collect();
    assert_eq!((map.len(), drops.count()), (0, 1));
}

#[test]
fn keys_of_types_without_edges_are_collected_too() {
    struct Holder(Gc<str>, #[expect(dead_code, reason = "shows when it goes")] Watched);
    // SAFETY: the edge is reported once.
    unsafe impl Trace for Holder {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
        }
    }
    let drops = Drops::new();
    let map = WeakMap::new();
    for text in ["short", &"long ".repeat(5000)] {
        let key: Gc<str> = Gc::from(text);
        map.insert(&key, Holder(key.clone(), drops.watch()));
        assert_eq!(&*map.get(&key).unwrap().0, text);
        assert_eq!(gc::collect(), 0, "and nothing is a candidate any more");
        drop(key);
        assert_eq!((gc::collect(), map.len()), (2, 0), "key and entry");
    }
    assert_eq!(drops.count(), 2);
}

/// An object that owns a map.
struct Owner {
    map: Map,
    _watched: Watched,
    others: RefCell<Vec<Gc<Owner>>>,
    owned: WeakMap<Node, Gc<Owner>>,
}

impl Owner {
    fn new(drops: &Drops) -> Gc<Owner> {
        let (map, owned) = (Map::new(), WeakMap::new());
        Gc::new(Owner { map, _watched: drops.watch(), others: RefCell::default(), owned })
    }
}

// SAFETY: the edges of each field are reported once.
unsafe impl Trace for Owner {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.map.trace(tracer);
        self.others.trace(tracer);
        self.owned.trace(tracer);
    }
}

#[test]
fn a_map_that_only_its_own_value_refers_to_is_collected() {
    let drops = Drops::new();
    let owner = Owner::new(&drops);
    let key = Gc::new(Node::new(&drops));
    owner.owned.insert(&key, owner.clone());
    assert_eq!(gc::collect(), 0);
    drop(owner);
    assert_eq!(gc::collect(), 2, "the owner and the entry");
    assert_eq!(drops.count(), 1);
    drop(key);
    assert_eq!(drops.count(), 2);
}

#[test]
fn entries_that_hold_each_others_keys_are_collected() {
    let drops = Drops::new();
    let map = Map::new();
    let (a, b) = (Gc::new(Node::new(&drops)), Gc::new(Node::new(&drops)));
    map.insert(&a, b.clone());
    map.insert(&b, a.clone());
    drop(b);
    assert_eq!((gc::collect(), map.len()), (0, 2));
    drop(a);
    assert_eq!((gc::collect(), map.len(), drops.count()), (4, 0, 2));
}

#[test]
fn a_value_is_kept_while_both_its_map_and_its_key_are() {
    let drops = Drops::new();
    let owner = Owner::new(&drops);
    let key = Gc::new(Node::new(&drops));
    let (value, _) = Node::ring(&drops);
    owner.map.insert(&key, value);
    owner.others.borrow_mut().push(owner.clone());
    Node::link(&key, &key);
    stir();
    assert_eq!((owner.map.len(), drops.count()), (1, 0));
    let weak = Gc::downgrade(&owner);
    drop(owner);
    assert!(weak.upgrade().is_some());
    gc::collect();
    assert!(weak.upgrade().is_none());
    gc::collect();
    assert_eq!(drops.count(), 3, "the map went, and the values with it");
    drop(key);
    assert_eq!((gc::collect(), drops.count()), (1, 4));
}

#[test]
fn an_old_entry_goes_with_a_young_key() {
    let drops = Drops::new();
    let map = Map::new();
    let old = Gc::new(Node::new(&drops));
    map.insert(&old, Gc::new(Node::new(&drops)));
    gc::collect();
    gc::collect();
    let value = map.get(&old).unwrap();
    Node::link(&value, &old);
    drop((value, old));
    gc::collect_generation(gc::Generation::Young);
    assert_eq!(drops.count(), 0, "they are old");
    gc::collect();
    assert_eq!((map.len(), drops.count()), (0, 2));
}

#[test]
fn entries_of_all_ages_meet_keys_of_all_ages() {
    let generations = [None, Some(gc::Generation::Young), Some(gc::Generation::Old)];
    for (older, younger) in generations.iter().flat_map(|a| generations.map(|b| (*a, b))) {
        let drops = Drops::new();
        let map = Map::new();
        let collect = |generation: Option<gc::Generation>| {
            generation.map(gc::collect_generation);
        };
        let (a, b) = (Gc::new(Node::new(&drops)), Gc::new(Node::new(&drops)));
        collect(older);
        map.insert(&a, b.clone());
        collect(younger);
        map.insert(&b, a.clone());
        drop(a);
        gc::collect_generation(gc::Generation::Middle);
        assert_eq!((map.len(), drops.count()), (2, 0));
        drop(b);
        gc::collect_generation(gc::Generation::Young);
        gc::collect();
        assert_eq!((map.len(), drops.count()), (0, 2), "{older:?} {younger:?}");
    }
}

/// Far shorter where each allocation collects, and under Miri.
const LONG: usize = if cfg!(miri) {
    40
} else if cfg!(gc_zeal) {
    2_000
} else if cfg!(debug_assertions) {
    100_000
} else {
    1_000_000
};

/// A chain of ephemerons: the value of each key is the next key. Returns the
/// first key.
fn chain(map: &Map, length: usize, drops: &Drops) -> Gc<Node> {
    let last = Gc::new(Node::new(drops));
    (1..length).fold(last, |next, _| {
        let key = Gc::new(Node::new(drops));
        map.insert(&key, next);
        key
    })
}

/// Runs `work` with a small stack.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    // The only thread there is has 1 MiB, which is not enough for a step of each object.
    if cfg!(target_family = "wasm") {
        return work();
    }
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(work);
    thread.unwrap().join().unwrap();
}

#[test]
fn a_long_chain_dies_by_its_counts() {
    on_a_small_stack(|| {
        let (drops, map) = (Drops::new(), Map::new());
        let first = chain(&map, LONG, &drops);
        assert_eq!(map.len(), LONG - 1);
        drop(first);
        assert_eq!((map.len(), drops.count()), (0, LONG));
    });
}

#[test]
fn a_long_chain_that_leads_back_is_collected() {
    on_a_small_stack(|| {
        let (drops, map) = (Drops::new(), Map::new());
        let first = chain(&map, LONG, &drops);
        let mut last = first.clone();
        while let Some(next) = map.get(&last) {
            last = (*next).clone();
        }
        map.insert(&last, first);
        drop(last);
        assert_eq!(drops.count(), 0);
        assert_eq!(gc::collect(), 2 * LONG);
        assert_eq!((map.len(), drops.count()), (0, LONG));
    });
}

#[test]
fn a_long_chain_is_alive_from_its_first_key() {
    on_a_small_stack(|| {
        let (drops, owner) = (Drops::new(), Owner::new(&Drops::new()));
        let first = chain(&owner.map, LONG, &drops);
        for key in &owner.map {
            drop(key);
        }
        gc::collect();
        assert_eq!((owner.map.len(), drops.count()), (LONG - 1, 0));
        drop(first);
        assert_eq!((owner.map.len(), drops.count()), (0, LONG));
    });
}

#[test]
#[cfg_attr(miri, ignore = "measures time, which tells nothing about an interpreter")]
fn the_time_for_a_chain_is_in_proportion_to_its_length() {
    let time = |length: usize| {
        let run = |_| {
            let (drops, map) = (Drops::new(), Map::new());
            let first = chain(&map, length, &drops);
            let last = chain(&map, 1, &drops);
            Node::link(&last, &first);
            map.insert(&first, last.clone());
            drop((first, last));
            let start = Instant::now();
            gc::collect();
            start.elapsed()
        };
        (0..5).map(run).min().unwrap().max(Duration::from_micros(100))
    };
    let (short, long) = (time(LONG / 100), time(LONG / 10));
    assert!(long < 40 * short, "10 times the length took {short:?} and {long:?}");
}

#[test]
fn a_finalizer_of_a_key_still_finds_its_value_and_may_save_both() {
    thread_local! {
        static MAP: WeakMap<Last, Gc<Node>> = const { WeakMap::new() };
        static SAVED: RefCell<Option<Gc<Last>>> = const { RefCell::new(None) };
    }
    let drops = Drops::new();
    let key = Gc::new(Last::new(|this: &Last| {
        let own = this.edge.borrow().clone().unwrap();
        assert!(MAP.with(|map| map.get(&own).is_some()));
        SAVED.set(Some(own));
    }));
    *key.edge.borrow_mut() = Some(key.clone());
    MAP.with(|map| map.insert(&key, Gc::new(Node::new(&drops))));
    drop(key);
    gc::collect();
    let saved = SAVED.take().expect("its finalizer saved it");
    assert!(MAP.with(|map| map.contains_key(&saved)));
    assert_eq!(drops.count(), 0);
    drop(saved);
    gc::collect();
    assert!(MAP.with(WeakMap::is_empty));
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_finalizer_may_fill_and_empty_the_map_of_what_dies() {
    let drops = Drops::new();
    let map: Rc<WeakMap<Last, Gc<Node>>> = Rc::default();
    let (inner, values) = (Rc::clone(&map), drops.clone());
    let key = Gc::new(Last::new(move |this: &Last| {
        let own = this.edge.borrow().clone().unwrap();
        assert!(inner.remove(&own).is_some());
        stir();
        inner.insert(&own, Node::ring(&values).0);
        stir();
    }));
    *key.edge.borrow_mut() = Some(key.clone());
    map.insert(&key, Node::ring(&drops).0);
    drop(key);
    for _ in 0..3 {
        gc::collect();
    }
    assert_eq!((map.len(), drops.count()), (0, 4));
}
