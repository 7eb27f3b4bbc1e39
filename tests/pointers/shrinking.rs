//! Weak collections give the memory of what left them back, and not in ever more steps.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use gcycle::weak::{WeakMap, WeakSet, WeakValueMap};
use gcycle::{Gc, Trace, gc};

use crate::kinds::{Drops, Node};

/// Enough that a table which is looked through, or moved, for each that leaves it takes
/// minutes.
const MANY: usize = match () {
    () if cfg!(miri) => 150,
    () if cfg!(gc_zeal) => 1_000,
    () => 100_000,
};

/// What is left is few.
const FEW: usize = MANY / 50;

fn objects(count: usize) -> Vec<Gc<usize>> {
    (0..count).map(Gc::new).collect()
}

/// A capacity that is right for so many entries.
#[track_caller]
fn assert_fits(capacity: usize, len: usize) {
    assert!(capacity >= len && capacity <= 32.max(4 * len + 3), "{capacity} for {len}");
}

#[test]
fn a_map_whose_keys_die_gives_its_memory_back() {
    for is_newest_first in [false, true] {
        let mut keys = objects(MANY);
        let map: WeakMap<usize, usize> = keys.iter().map(|key| (key.clone(), **key)).collect();
        assert!(map.capacity() >= MANY);
        if is_newest_first {
            keys.reverse();
        }
        for (left, key) in (0..MANY).rev().zip(keys) {
            drop(key);
            assert_fits(map.capacity(), left);
        }
        assert!(map.is_empty());
    }
}

#[test]
fn a_map_whose_keys_are_collected_gives_its_memory_back() {
    let drops = Drops::new();
    let mut keys: Vec<Gc<Node>> = (0..MANY / 10).map(|_| Node::ring(&drops).0).collect();
    let maps: [WeakMap<Node, Gc<Node>>; 2] = Default::default();
    for (key, map) in keys.iter().zip(maps.iter().cycle()) {
        map.insert(key, key.clone());
    }
    keys.truncate(FEW / 10);
    gc::collect();
    for map in &maps {
        assert_fits(map.capacity(), map.len());
    }
    assert_eq!(maps.iter().map(WeakMap::len).sum::<usize>(), keys.len());
    for (number, key) in keys.iter().enumerate() {
        assert!(maps[number % 2].get(key).is_some_and(|value| Gc::ptr_eq(&value, key)));
    }
}

#[test]
fn what_is_removed_from_a_map_takes_its_memory_with_it() {
    let keys = objects(MANY);
    let map: WeakMap<usize, usize> = keys.iter().map(|key| (key.clone(), **key)).collect();
    for key in &keys[FEW..] {
        assert_eq!(map.remove(key).as_deref(), Some(&**key));
    }
    assert_fits(map.capacity(), FEW);
    assert!(keys[..FEW].iter().all(|key| map.get(key).as_deref() == Some(&**key)));
    map.retain(|key, _| **key == 0);
    assert_fits(map.capacity(), 1);
    map.shrink_to_fit();
    assert!(map.capacity() < 8 && map.contains_key(&keys[0]));
    map.clear();
    assert_eq!(map.capacity(), 0);
    map.shrink_to_fit();
    assert_eq!(WeakMap::<u8, u8>::new().capacity(), 0);
}

#[test]
fn a_map_that_fills_and_empties_does_so_in_the_time_of_its_entries() {
    let map = WeakMap::new();
    for keys in [MANY, 1, MANY / 2, 40, 33, 32].map(objects) {
        for key in &keys {
            map.insert(key, ());
        }
        assert_eq!(map.len(), keys.len());
        drop(keys);
        assert_fits(map.capacity(), 0);
    }
}

thread_local! {
    /// Whose values change it when they are dropped.
    static CHANGED: Rc<WeakMap<usize, Meddler>> = Rc::default();
    static MEDDLED: Cell<usize> = const { Cell::new(0) };
    static KEPT: RefCell<Vec<Gc<usize>>> = const { RefCell::new(Vec::new()) };
}

/// Changes the map that it was in when it is dropped.
struct Meddler;

// SAFETY: there is nothing to report.
unsafe impl Trace for Meddler {
    fn trace(&self, _: &mut gcycle::Tracer<'_>) {}
}

impl Drop for Meddler {
    fn drop(&mut self) {
        let round = MEDDLED.get();
        MEDDLED.set(round + 1);
        let map = CHANGED.with(Rc::clone);
        let key = Gc::new(round);
        match round % 5 {
            0 if round < MANY => {
                map.insert(&key, Meddler);
                KEPT.with_borrow_mut(|kept| kept.push(key));
            }
            1 => {
                let next = KEPT.with_borrow_mut(Vec::pop);
                drop(next.and_then(|key| map.remove(&key)));
            }
            2 if round % 100 == 2 => map.shrink_to_fit(),
            3 if round % 100 == 3 => assert!(map.iter().all(|(key, _)| map.contains_key(&key))),
            _ => assert!(!map.contains_key(&key)),
        }
    }
}

#[test]
fn values_may_change_the_map_that_shrinks_as_they_leave() {
    let count = MANY / 20;
    let map = CHANGED.with(Rc::clone);
    let keys = objects(count);
    map.insert(&keys[0], Meddler);
    for key in &keys[1..] {
        map.insert(key, Meddler);
    }
    drop(keys);
    let kept = KEPT.take();
    assert_eq!(map.len(), kept.len());
    assert!(kept.iter().all(|key| map.contains_key(key)));
    assert_fits(map.capacity(), kept.len());
    drop(kept);
    map.clear();
    KEPT.take();
    map.clear();
    assert!(MEDDLED.get() >= count && map.is_empty());
}

#[test]
fn a_set_gives_the_memory_of_its_members_back() {
    let mut members = objects(MANY);
    let set: WeakSet<usize> = members.iter().cloned().collect();
    for member in &members[MANY / 2..] {
        assert!(set.remove(member));
    }
    members.truncate(FEW);
    assert!(set.capacity() >= MANY / 2, "nobody told the set");
    assert_eq!(set.len(), FEW);
    assert_fits(set.capacity(), FEW);
    assert!(members.iter().all(|member| set.contains(member)));
    for (left, member) in (0..FEW).rev().zip(&members) {
        assert!(set.remove(member));
        assert_fits(set.capacity(), left);
    }
    set.insert(&members[0]);
    members.clear();
    set.shrink_to_fit();
    assert_eq!(set.capacity(), 0);
}

#[test]
fn a_set_that_lost_most_of_its_members_drops_the_dead_soon() {
    let members = objects(MANY);
    let set: WeakSet<usize> = members.iter().cloned().collect();
    for member in &members {
        set.remove(member);
    }
    drop(members);
    let before = gc::memory().objects;
    for number in 0..MANY {
        set.insert(&Gc::new(number));
    }
    assert_fits(set.capacity(), 0);
    assert!(gc::memory().objects - before < 100);
}

#[test]
fn whether_a_set_is_empty_is_known_without_asking_all() {
    let mut members = objects(MANY);
    let set: WeakSet<usize> = members.iter().cloned().collect();
    for _ in 0..MANY {
        assert!(!set.is_empty());
    }
    members.truncate(1);
    for _ in 0..MANY {
        assert!(!set.is_empty());
    }
    members.clear();
    for _ in 0..MANY {
        assert!(set.is_empty());
    }
    assert_fits(set.capacity(), 0);
}

#[test]
fn a_map_with_weak_values_gives_the_memory_of_its_entries_back() {
    let mut values = objects(MANY);
    let mut map: WeakValueMap<usize, usize> = (0..).zip(values.iter().cloned()).collect();
    assert!(map.capacity() >= MANY);
    values.truncate(FEW);
    map.purge();
    assert!(map.insert(0, &values[1]).is_some());
    assert_fits(map.capacity(), FEW);
    assert!((1..FEW).all(|key| map.get(&key).as_ref() == Some(&values[key])));
    map.retain(|&key, _| key == 1);
    map.shrink_to_fit();
    assert!(map.capacity() < 8 && map.contains_key(&1));

    let empty: [fn(&mut WeakValueMap<usize, usize>); 4] = [
        WeakValueMap::clear,
        |map| map.retain(|_, _| false),
        |map| (0..FEW.max(40)).for_each(|key| drop(map.remove(&key))),
        WeakValueMap::purge,
    ];
    for empty in empty {
        let mut values = objects(FEW.max(40));
        map.extend((0..).zip(values.iter().cloned()));
        map.extend([(1, values[1].clone())]);
        values.truncate(2);
        if map.len() == 2 {
            empty(&mut map);
        }
        values.clear();
        map.purge();
        assert_eq!((map.capacity(), map.len()), (0, 0));
    }
}

/// Hashes like another, until it is to fail.
struct Failing {
    hashes: RandomState,
    left: Cell<usize>,
}

impl BuildHasher for &Failing {
    type Hasher = <RandomState as BuildHasher>::Hasher;

    fn build_hasher(&self) -> Self::Hasher {
        let left = self.left.get();
        assert_ne!(left, 0, "as the test wants it");
        self.left.set(left - 1);
        self.hashes.build_hasher()
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_hash_that_panics_while_a_map_shrinks_loses_no_entry() {
    let count = if cfg!(miri) { 64 } else { 1000 };
    let failing = Failing { hashes: RandomState::new(), left: Cell::new(usize::MAX) };
    let values = objects(count);
    let mut map: WeakValueMap<usize, usize, &Failing> = WeakValueMap::with_hasher(&failing);
    map.extend((0..).zip(values.iter().cloned()));
    map.retain(|&key, _| key < count / 10);
    let capacity = map.capacity();
    for allowed in 0..=count / 10 {
        failing.left.set(allowed);
        let insert = AssertUnwindSafe(|| map.insert(count, &values[0]));
        assert!(catch_unwind(insert).is_err());
        failing.left.set(allowed.min(count / 10 - 1));
        let shrink = AssertUnwindSafe(|| map.shrink_to_fit());
        // The insertion that hashed all the others did shrink it.
        assert!(catch_unwind(shrink).is_err() || map.capacity() < capacity);
        failing.left.set(usize::MAX);
        let keys: HashSet<usize> = map.iter().map(|(&key, _)| key).collect();
        assert_eq!(keys, (0..count / 10).collect());
        assert!(keys.iter().all(|key| map.get(key).as_ref() == Some(&values[*key])));
    }
    map.insert(count, &values[0]);
    assert_fits(map.capacity(), count / 10);
}

/// A key whose hash changes, and which is not equal to itself.
struct Odd(Drops);

impl PartialEq for Odd {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl Eq for Odd {}

impl Hash for Odd {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.count().hash(state);
    }
}

#[test]
fn keys_whose_hash_changes_do_not_break_a_map_that_shrinks() {
    let drops = Drops::new();
    let values = objects(MANY / 100 + 60);
    let mut map: WeakValueMap<Odd, usize> = WeakValueMap::new();
    for value in &values {
        map.insert(Odd(drops.clone()), value);
        drop(drops.watch());
    }
    map.retain(|_, value| **value < 2);
    assert_eq!(map.len(), 2);
    map.shrink_to_fit();
    assert_eq!(map.len(), 2);
    drop(values);
    assert!(map.is_empty());
}
