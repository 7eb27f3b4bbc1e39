//! Weak sets and maps with weak values.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use gcycle::weak::{WeakSet, WeakValueMap};
use gcycle::{Gc, Trace, gc, unsize};

use crate::kinds::{Drops, Node, stir};

#[test]
fn a_set_knows_its_members_until_they_die() {
    let set = WeakSet::new();
    let (a, b) = (Gc::new(1), Gc::new(1));
    assert!(set.insert(&a) && !set.insert(&a));
    assert!(set.contains(&a) && !set.contains(&b));
    assert!(set.insert(&b));
    assert_eq!(set.len(), 2);
    assert!(set.remove(&b) && !set.remove(&b));
    drop(a);
    assert!(set.is_empty());
}

#[test]
fn a_set_does_not_confuse_an_object_with_a_dead_one_in_its_place() {
    let set = WeakSet::new();
    for number in 0..if cfg!(miri) { 50 } else { 1000 } {
        let object = Gc::new(number);
        assert!(!set.contains(&object));
        assert!(set.insert(&object));
        assert_eq!(set.iter().count(), 1);
    }
}

#[test]
fn a_set_drops_its_dead_members_as_it_grows() {
    let kept: Vec<Gc<u32>> = (0..10).map(Gc::new).collect();
    let set: WeakSet<u32> = kept.iter().cloned().collect();
    let before = gc::memory().objects;
    for number in 0..if cfg!(miri) { 120 } else { 10_000 } {
        set.insert(&Gc::new(number));
    }
    assert!(gc::memory().objects - before < 100, "their memory was given back");
    assert_eq!(set.len(), 10);
}

#[test]
fn a_cycle_vanishes_from_a_set_when_it_is_collected() {
    let drops = Drops::new();
    let set = WeakSet::new();
    let (a, b) = Node::ring(&drops);
    set.insert(&a);
    set.insert(&b);
    drop((a, b));
    assert_eq!(set.len(), 2);
    gc::collect();
    assert_eq!((set.len(), drops.count()), (0, 2));
}

#[test]
fn a_set_is_walked_while_its_members_die() {
    const LENGTH: usize = if cfg!(miri) { 8 } else { 30 };
    let drops = Drops::new();
    let mut nodes: Vec<Gc<Node>> = (0..LENGTH).map(|_| Node::ring(&drops).0).collect();
    let set: WeakSet<Node> = nodes.iter().cloned().collect();
    let mut seen = 0;
    for member in &set {
        seen += 1;
        nodes.truncate(nodes.len().saturating_sub(3));
        drop(member);
        stir();
        set.insert(&Node::ring(&drops).0);
    }
    assert!((LENGTH / 4..=LENGTH).contains(&seen), "{seen}");
    set.retain(|_| false);
    assert!(set.is_empty());
}

#[test]
fn a_set_may_hold_trait_objects() {
    let set: WeakSet<dyn std::fmt::Debug> = WeakSet::default();
    let one: Gc<dyn std::fmt::Debug> = unsize!(Gc::new(1) => dyn std::fmt::Debug);
    set.insert(&one);
    assert_eq!(format!("{set:?}"), "{1}");
}

#[test]
fn a_copy_of_a_set_is_a_set_of_its_own() {
    let set = WeakSet::new();
    let object = Gc::new(1);
    set.insert(&object);
    let copy = set.clone();
    set.clear();
    assert!(set.is_empty() && copy.contains(&object));
    assert_eq!(Gc::strong_count(&object), 1);
}

#[test]
fn an_iterator_of_a_weak_collection_promises_no_more_than_there_may_be() {
    let members = [Gc::new(1), Gc::new(2)];
    let set: WeakSet<i32> = members.iter().cloned().collect();
    let map: WeakValueMap<i32, i32> =
        members.iter().map(|member| (**member, member.clone())).collect();
    assert_eq!(set.iter().size_hint(), (0, Some(2)));
    assert_eq!(map.iter().size_hint(), (0, Some(2)));
    assert_eq!(format!("{:?}", set.iter()), "WeakSetIter { members: 2, .. }");
    assert_eq!(format!("{:?}", map.iter()), "WeakValueMapIter { entries: 2, .. }");
}

/// A key of a map that holds who owns the map.
#[derive(Trace)]
struct Key(u32, Gc<Owner>);

#[derive(Trace)]
struct Owner {
    set: WeakSet<Owner>,
    map: RefCell<WeakValueMap<Key, Owner>>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[test]
fn a_weak_collection_keeps_its_owner_alive_only_through_keys_that_hold_it() {
    let owner = || {
        let owner = Gc::new(Owner { set: WeakSet::new(), map: RefCell::default() });
        owner.set.insert(&owner);
        owner
    };
    let weak = Gc::downgrade(&owner());
    assert!(weak.upgrade().is_none(), "a member of its own set");

    let owner = owner();
    let key = Key(1, owner.clone());
    owner.map.borrow_mut().insert(key, &owner);
    stir();
    assert_eq!(gc::collect(), 0);
    let weak = Gc::downgrade(&owner);
    drop(owner);
    assert!(weak.upgrade().is_some(), "the key holds it");
    assert_eq!(gc::collect(), 1, "the collector sees the keys");
}

#[test]
fn a_copy_of_a_map_with_weak_values_is_a_map_of_its_own() {
    let object = Gc::new(1);
    let mut map = WeakValueMap::new();
    map.insert("one", &object);
    let copy = map.clone();
    map.clear();
    assert!(map.is_empty());
    assert_eq!(copy.get("one"), Some(object.clone()));
    assert_eq!(Gc::strong_count(&object), 1);
}

#[test]
fn a_map_with_weak_values_forgets_what_dies() {
    let mut map = WeakValueMap::new();
    let (one, two) = (Gc::new(1), Gc::new(2));
    assert!(map.insert("one", &one).is_none());
    assert_eq!(map.insert("one", &two), Some(one.clone()));
    map.insert("two", &two);
    assert_eq!((map.len(), map.get("one")), (2, Some(two.clone())));
    assert!(map.contains_key("two"));
    assert_eq!(map.remove("one").as_deref(), Some(&2));
    drop((one, two));
    assert!(map.is_empty() && map.get("two").is_none() && !map.contains_key("two"));
    assert_eq!(map.iter().count(), 0);
}

#[test]
fn a_map_with_weak_values_drops_the_keys_of_the_dead_as_it_grows() {
    let drops = Drops::new();
    let mut map = WeakValueMap::new();
    let count = if cfg!(miri) { 50 } else { 1000 };
    for number in 0..count {
        map.insert(format!("{number}"), &Gc::new(drops.watch()));
    }
    assert_eq!((drops.count(), map.len()), (count, 0));
    let mut keys = 0;
    map.retain(|_, _| {
        keys += 1;
        true
    });
    assert_eq!(keys, 0);
    map.purge();
    assert!(map.is_empty());
}

#[test]
fn a_cache_makes_what_is_not_there() {
    let mut cache: WeakValueMap<u32, str> = WeakValueMap::default();
    let first = cache.get_or_insert_with(1, || Gc::from("one"));
    let again = cache.get_or_insert_with(1, || unreachable!());
    assert!(Gc::ptr_eq(&first, &again));
    drop((first, again));
    let new = cache.get_or_insert_with(1, || Gc::from("new"));
    assert_eq!(format!("{cache:?}"), r#"{1: "new"}"#);
    assert_eq!(&*new, "new");
}

#[test]
fn a_map_with_weak_values_is_walked_while_they_die() {
    const LENGTH: usize = if cfg!(miri) { 6 } else { 20 };
    let drops = Drops::new();
    let mut nodes: Vec<Gc<Node>> = (0..LENGTH).map(|_| Node::ring(&drops).0).collect();
    let map: WeakValueMap<usize, Node> = nodes.iter().cloned().enumerate().collect();
    let mut seen = HashSet::new();
    for (&number, object) in &map {
        assert!(seen.insert(number));
        nodes.truncate(nodes.len() / 2);
        drop(object);
        stir();
    }
    assert!(seen.len() < LENGTH);
    nodes.clear();
    gc::collect();
    assert!(map.is_empty());
}
