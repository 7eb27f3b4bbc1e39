//! The same for the library's own weak maps, as far as they have what a case
//! needs: `WeakMap` compares keys by identity, and `WeakValueMap` wants to be
//! borrowed mutably by what changes entries.

use std::cell::RefCell;

use gcycle::weak::{WeakMap, WeakValueMap};
use gcycle::{Gc, Trace, gc};

use crate::objects::List;

/// An object that is garbage as soon as it is let go.
#[derive(Default, Trace)]
struct Cyclic {
    cycle: RefCell<Option<Gc<Cyclic>>>,
}

impl Cyclic {
    fn new() -> Gc<Cyclic> {
        let object = Gc::new(Cyclic::default());
        *object.cycle.borrow_mut() = Some(object.clone());
        object
    }

    fn several() -> Vec<Gc<Cyclic>> {
        (0..20).map(|_| Cyclic::new()).collect()
    }
}

pub(super) fn keyed_len_cycles() {
    let map = WeakMap::new();
    let objects = Cyclic::several();
    for key in &objects {
        map.insert(key, 1);
    }
    let mut iterator = map.iter();
    let first = iterator.next();
    drop(objects);
    gc::collect();
    assert_eq!(map.len(), 1, "the iteration keeps the key that it has shown");
    drop((first, iterator));
    gc::collect();
    assert_eq!(map.len(), 0);
}

pub(super) fn valued_len_cycles() {
    let mut map = WeakValueMap::new();
    let objects = Cyclic::several();
    for (key, value) in objects.iter().enumerate() {
        map.insert(key, value);
    }
    let mut iterator = map.iter();
    let first = iterator.next();
    drop(objects);
    gc::collect();
    assert_eq!(map.len(), 1, "the iteration keeps the value that it has shown");
    drop((first, iterator));
    gc::collect();
    assert_eq!(map.len(), 0);
}

pub(super) fn len_race() {
    for threshold in (1..100).step_by(if cfg!(miri) { 49 } else { 1 }) {
        gc::set_threshold(threshold, threshold, threshold);
        let (keyed, mut valued) = (WeakMap::new(), WeakValueMap::new());
        let objects = Cyclic::several();
        for (number, object) in objects.iter().enumerate() {
            keyed.insert(object, List::new());
            valued.insert(number, object);
        }
        drop(objects);
        let (mut by_key, mut by_value) = (keyed.iter(), valued.iter());
        drop((by_key.next(), by_value.next()));
        let garbage = [List::cyclic(), List::cyclic()];
        let before = (keyed.len(), valued.len());
        drop((by_key, by_value, garbage));
        let after = (keyed.len(), valued.len());
        assert!(before.0 <= 20 && before.1 <= 20);
        assert!(after.0 <= before.0 && after.1 <= before.1);
    }
}

pub(super) fn keys_destroy_while_iterating() {
    let mut objects: Vec<Gc<u32>> = (0..10).map(Gc::new).collect();
    let map = WeakMap::new();
    for key in &objects {
        map.insert(key, **key);
    }
    let mut iterator = map.iter();
    let (shown, value) = iterator.next().unwrap();
    assert_eq!(*shown, *value);
    objects.retain(|object| **object == *shown || **object < 5);
    let mut rest: Vec<u32> = iterator.map(|(key, _)| *key).collect();
    rest.push(*shown);
    assert_eq!(rest.len(), objects.len());
    assert_eq!(map.len(), objects.len());
    // Changes in the middle of an iteration.
    for (key, _) in &map {
        assert!(map.remove(&key).is_some());
        map.insert(&key, 7);
    }
    assert_eq!(map.len(), objects.len());
    drop((shown, value));
    objects.clear();
    assert!(map.is_empty());
}

pub(super) fn values_destroy_while_iterating() {
    let mut objects: Vec<Gc<u32>> = (0..10).map(Gc::new).collect();
    let mut map = WeakValueMap::new();
    for value in &objects {
        map.insert(**value, value);
    }
    let mut iterator = map.iter();
    let (key, shown) = iterator.next().unwrap();
    assert_eq!(*key, *shown);
    objects.retain(|object| **object == *shown || **object < 5);
    assert_eq!(iterator.count() + 1, objects.len());
    assert_eq!(map.len(), objects.len());
    drop(shown);
    objects.clear();
    assert!(map.is_empty());
}

/// A value is never one that is gone, and an object that lives keeps its entry.
pub(super) fn valued_consistency() {
    gc::set_threshold(1, 0, 0);
    let mut map = WeakValueMap::new();
    for _ in 0..if cfg!(miri) { 3 } else { 1000 } {
        let value = map.get_or_insert_with(10, Cyclic::new);
        assert!(value.cycle.borrow().is_some());
        drop(value);

        let object = Cyclic::new();
        map.insert(10, &object);
        drop(List::cyclic());
        assert_eq!(map.len(), 1);
        let removed = map.remove(&10).expect("the object lives");
        assert!(Gc::ptr_eq(&removed, &object));
        assert!(map.is_empty());
    }
}

/// Keys and values go while the map is copied.
pub(super) fn copies() {
    gc::set_threshold(50, 2, 2);
    let objects = RefCell::new(Cyclic::several());
    let (keyed, mut valued) = (WeakMap::new(), WeakValueMap::new());
    for (number, object) in objects.borrow().iter().enumerate() {
        keyed.insert(object, List::new());
        valued.insert(number, object);
    }
    let let_go = || {
        let object = objects.borrow_mut().pop();
        drop(object);
        gc::collect();
    };
    let copy = WeakMap::new();
    for (key, value) in &keyed {
        let_go();
        copy.insert(&key, (*value).clone());
    }
    let mut copied = WeakValueMap::new();
    for (number, value) in &valued {
        let_go();
        copied.insert(*number, &value);
    }
    objects.borrow_mut().clear();
    gc::collect();
    assert_eq!((copy.len(), keyed.len(), copied.len(), valued.len()), (0, 0, 0, 0));
}
