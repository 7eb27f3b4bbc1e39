//! `MappingTestCase`: dictionaries whose entries vanish while they are used.
//!
//! A heap belongs to one thread, and other threads cannot get at a dictionary of
//! it. Where a case of CPython collects or drops on another thread, a collection
//! at every second allocation takes its place here, or code that runs in the
//! middle of the operation. Such a case runs on four threads at once, each with
//! a heap and dictionaries of its own.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::{Gc, Trace, gc};

use super::library_maps;
use crate::objects::List;
use crate::weak_dictionary::{WeakKeyDictionary, WeakValueDictionary};

/// How many entries the dictionaries start with.
const COUNT: u32 = 10;

/// An object that is garbage as soon as it is let go.
#[derive(Default, Trace)]
struct RefCycle {
    cycle: RefCell<Option<Gc<RefCycle>>>,
}

impl PartialEq for RefCycle {
    fn eq(&self, other: &RefCycle) -> bool {
        std::ptr::eq(self, other)
    }
}

impl RefCycle {
    fn new() -> Gc<RefCycle> {
        let object = Gc::new(RefCycle::default());
        *object.cycle.borrow_mut() = Some(object.clone());
        object
    }
}

/// `len()` while an iterator lives, and after.
fn check_len_cycles<I: Iterator>(
    fill: impl FnOnce(&[Gc<RefCycle>]),
    items: impl FnOnce() -> I,
    len: impl Fn() -> usize,
) {
    let objects: Vec<_> = (0..20).map(|_| RefCycle::new()).collect();
    fill(&objects);
    let mut iterator = items();
    let first = iterator.next();
    drop(objects);
    gc::collect();
    let while_iterating = len();
    drop((first, iterator));
    gc::collect();
    // One entry may be kept alive by the iteration.
    assert!(while_iterating <= 1);
    assert_eq!(len(), 0);
}

pub(super) fn test_weak_keyed_len_cycles() {
    let dictionary = WeakKeyDictionary::new();
    check_len_cycles(
        |objects| objects.iter().for_each(|key| dictionary.insert(key, 1)),
        || dictionary.items(),
        || dictionary.len(),
    );
    library_maps::keyed_len_cycles();
}

pub(super) fn test_weak_valued_len_cycles() {
    let dictionary = WeakValueDictionary::new();
    check_len_cycles(
        |objects| objects.iter().for_each(|value| drop(dictionary.insert(1, value))),
        || dictionary.items(),
        || dictionary.len(),
    );
    // All values had the same key; now each has its own.
    check_len_cycles(
        |objects| {
            let entries = objects.iter().enumerate();
            entries.for_each(|(key, value)| drop(dictionary.insert(key, value)));
        },
        || dictionary.items(),
        || dictionary.len(),
    );
    library_maps::valued_len_cycles();
}

/// `len()` is sensible whenever a collection happens to run.
fn check_len_race(make: impl Fn(Vec<Gc<RefCycle>>) -> (usize, usize)) {
    const N: usize = 20;
    for threshold in (1..100).step_by(if cfg!(miri) { 49 } else { 1 }) {
        gc::collect_generation(gc::Generation::Young);
        gc::set_threshold(threshold, threshold, threshold);
        let objects = (0..N).map(|_| RefCycle::new()).collect();
        let (while_iterating, after) = make(objects);
        assert!(while_iterating <= N);
        assert!(after <= while_iterating);
    }
}

pub(super) fn test_weak_keyed_len_race() {
    check_len_race(|objects| {
        let dictionary = WeakKeyDictionary::new();
        for key in &objects {
            dictionary.insert(key, List::new());
        }
        drop(objects);
        let mut items = dictionary.items();
        drop(items.next());
        let garbage = [List::cyclic(), List::cyclic()];
        let while_iterating = dictionary.len();
        drop((items, garbage));
        (while_iterating, dictionary.len())
    });
    library_maps::len_race();
}

pub(super) fn test_weak_valued_len_race() {
    check_len_race(|objects| {
        let dictionary = WeakValueDictionary::new();
        let entries = objects.iter().enumerate();
        entries.for_each(|(key, value)| drop(dictionary.insert(key, value)));
        drop(objects);
        let mut items = dictionary.items();
        drop(items.next());
        let garbage = [List::cyclic(), List::cyclic()];
        let while_iterating = dictionary.len();
        drop((items, garbage));
        (while_iterating, dictionary.len())
    });
    library_maps::len_race();
}

fn numbers() -> Vec<Gc<u32>> {
    (0..COUNT).map(Gc::new).collect()
}

pub(super) fn test_weak_keys_destroy_while_iterating() {
    let mut objects = numbers();
    let dictionary = WeakKeyDictionary::new();
    for key in &objects {
        dictionary.insert(key, **key);
    }

    let mut items = dictionary.items();
    assert_eq!(items.next().map(|(key, value)| (*key, value)), Some((0, 0)));
    drop(objects.pop());
    assert_eq!(items.count(), objects.len() - 1);
    assert_eq!(dictionary.len(), objects.len());

    // A key vanishes during the iteration, and the dictionary is changed.
    let mut items = dictionary.items();
    drop(items.next());
    drop(objects.pop());
    let again = Gc::new(8);
    assert_eq!(dictionary.get(&again), None);
    assert_eq!(dictionary.remove(&again), None);
    dictionary.insert(&again, 80);
    assert_eq!(dictionary.get(&again), Some(80));
    let rest: Vec<u32> = items.map(|(_, value)| value).collect();
    assert_eq!(rest, [1, 2, 3, 4, 5, 6, 7, 80]);

    // `len()` is exact while keys are removed in both ways.
    let items = dictionary.items();
    assert_eq!(dictionary.remove(&objects[0]), Some(0));
    drop(objects.pop());
    assert_eq!(dictionary.len(), 7);
    assert_eq!(items.count(), 7);
    let items = dictionary.items();
    dictionary.clear();
    assert_eq!((dictionary.len(), items.count()), (0, 0));
    library_maps::keys_destroy_while_iterating();
}

pub(super) fn test_weak_values_destroy_while_iterating() {
    let mut objects = numbers();
    let dictionary = WeakValueDictionary::new();
    for value in &objects {
        drop(dictionary.insert(**value, value));
    }

    let mut items = dictionary.items();
    assert_eq!(items.next().map(|(key, value)| (key, *value)), Some((0, 0)));
    drop(objects.pop());
    assert_eq!(items.count(), objects.len() - 1);
    assert_eq!(dictionary.len(), objects.len());

    let mut items = dictionary.items();
    drop(items.next());
    drop(objects.pop());
    assert!(dictionary.get(&8).is_none());
    assert!(dictionary.remove(&8).is_none());
    let again = Gc::new(80);
    drop(dictionary.insert(8, &again));
    assert!(Gc::ptr_eq(&dictionary.get(&8).unwrap(), &again));
    let rest: Vec<u32> = items.map(|(_, value)| *value).collect();
    assert_eq!(rest, [1, 2, 3, 4, 5, 6, 7, 80]);

    let items = dictionary.items();
    assert!(Gc::ptr_eq(&dictionary.remove(&0).unwrap(), &objects[0]));
    drop(objects.pop());
    assert_eq!(dictionary.len(), 7);
    assert_eq!(items.count(), 7);
    let items = dictionary.items();
    dictionary.clear();
    assert_eq!((dictionary.len(), items.count()), (0, 0));
    library_maps::values_destroy_while_iterating();
}

/// A key whose comparison drops the last handle to another key.
#[derive(Trace)]
struct Mutating {
    number: u32,
    #[trace(skip)]
    keys: Rc<RefCell<Vec<Gc<Mutating>>>>,
}

impl PartialEq for Mutating {
    fn eq(&self, other: &Mutating) -> bool {
        let dropped = self.keys.borrow_mut().pop();
        drop(dropped);
        self.number == other.number
    }
}

pub(super) fn test_weak_keyed_cascading_deletes() {
    let keys: Rc<RefCell<Vec<Gc<Mutating>>>> = Rc::default();
    let key = |number| Gc::new(Mutating { number, keys: Rc::clone(&keys) });
    let dictionary = WeakKeyDictionary::new();
    let mut objects: Vec<_> = (0..4).map(key).collect();
    for key in &objects {
        dictionary.insert(key, key.number);
    }
    assert_eq!(dictionary.len(), 4);
    // The comparison finds the keys in reverse order, and drops the last ones.
    objects.reverse();
    *keys.borrow_mut() = objects;
    let mut removed = 0;
    while let Some(key) = { keys.borrow().first().cloned() } {
        dictionary.remove(&key);
        let first = (!keys.borrow().is_empty()).then(|| keys.borrow_mut().remove(0));
        drop((key, first));
        removed += 1;
    }
    assert_eq!(dictionary.len(), 0);
    assert!(removed < 4, "the comparisons removed the rest");
}

/// How often the cases with threads do what they do.
const ROUNDS: u32 = if cfg!(miri) { 3 } else { 5_000 };
/// How many objects are in the dictionaries that are copied.
const ENTRIES: usize = if cfg!(miri) { 20 } else { 700 };

/// Collects at every second allocation.
fn collect_all_the_time() {
    gc::set_threshold(1, 0, 0);
}

pub(super) fn test_threaded_weak_valued_setdefault() {
    collect_all_the_time();
    let dictionary = WeakValueDictionary::new();
    for _ in 0..ROUNDS {
        let value = dictionary.set_default(10, RefCycle::new);
        assert!(value.cycle.borrow().is_some(), "it is never a value that is gone");
    }
    library_maps::valued_consistency();
}

pub(super) fn test_threaded_weak_valued_pop() {
    collect_all_the_time();
    let dictionary = WeakValueDictionary::new();
    for _ in 0..ROUNDS {
        let value = RefCycle::new();
        drop(dictionary.insert(10, &value));
        drop(value);
        drop(List::cyclic());
        let popped = dictionary.remove(&10);
        assert!(popped.is_none_or(|value| value.cycle.borrow().is_some()));
        assert_eq!(dictionary.len(), 0);
    }
    library_maps::valued_consistency();
}

pub(super) fn test_threaded_weak_valued_consistency() {
    collect_all_the_time();
    let dictionary = WeakValueDictionary::new();
    for _ in 0..2 * ROUNDS {
        let object = RefCycle::new();
        drop(dictionary.insert(10, &object));
        drop(List::cyclic());
        // The object lives, so the dictionary is not empty.
        assert_eq!(dictionary.len(), 1);
    }
    library_maps::valued_consistency();
}

pub(super) fn test_weak_valued_consistency() {
    gc::disable();
    let dictionary = WeakValueDictionary::new();
    let first = RefCycle::new();
    // The reference outlives its entry, so that its callback is called.
    let kept = dictionary.insert(10, &first);
    drop(first);
    let object = RefCycle::new();
    drop(dictionary.insert(10, &object));
    gc::collect();
    assert!(kept.upgrade().is_none());
    assert_eq!(dictionary.len(), 1);
}

/// The objects of a dictionary that is being copied.
type Objects = Rc<RefCell<Vec<Gc<RefCycle>>>>;

/// The other side of an entry. A clone of it, as a copy makes, lets go of some
/// of the objects and collects now and then: what another thread would do.
struct Other {
    objects: Objects,
    is_deep: bool,
    _copied: Option<Gc<List>>,
}

impl PartialEq for Other {
    fn eq(&self, _: &Other) -> bool {
        false
    }
}

impl Clone for Other {
    fn clone(&self) -> Other {
        let mut left = self.objects.borrow().len();
        for step in 0..2.min(left) {
            let object = self.objects.borrow_mut().swap_remove((left * 7 + step) % left);
            drop(object);
            left -= 1;
        }
        if left.is_multiple_of(50) {
            gc::collect();
        }
        // A deep copy allocates.
        let copied = self.is_deep.then(List::new);
        Other { objects: Rc::clone(&self.objects), is_deep: self.is_deep, _copied: copied }
    }
}

/// Objects, and the other side of their entries.
fn entries(is_deep: bool) -> (Objects, impl Fn() -> Other) {
    gc::set_threshold(50, 2, 2);
    let objects = Objects::default();
    let for_others = Rc::clone(&objects);
    let other = move || Other { objects: Rc::clone(&for_others), is_deep, _copied: None };
    (objects, other)
}

fn check_weak_key_dict_copy(is_deep: bool) {
    let dictionary = WeakKeyDictionary::new();
    let (objects, other) = entries(is_deep);
    let keys: Vec<_> = (0..ENTRIES).map(|_| RefCycle::new()).collect();
    for key in &keys {
        dictionary.insert(key, other());
    }
    *objects.borrow_mut() = keys;
    let copy = dictionary.copy();
    objects.borrow_mut().clear();
    gc::collect();
    assert_eq!((copy.len(), dictionary.len()), (0, 0));
}

fn check_weak_value_dict_copy(is_deep: bool) {
    let dictionary = WeakValueDictionary::new();
    let (objects, other) = entries(is_deep);
    let values: Vec<_> = (0..ENTRIES).map(|_| RefCycle::new()).collect();
    for value in &values {
        drop(dictionary.insert(other(), value));
    }
    *objects.borrow_mut() = values;
    let copy = dictionary.copy();
    objects.borrow_mut().clear();
    gc::collect();
    assert_eq!((copy.len(), dictionary.len()), (0, 0));
}

pub(super) fn test_threaded_weak_key_dict_copy() {
    check_weak_key_dict_copy(false);
    library_maps::copies();
}

pub(super) fn test_threaded_weak_key_dict_deepcopy() {
    check_weak_key_dict_copy(true);
}

pub(super) fn test_threaded_weak_value_dict_copy() {
    check_weak_value_dict_copy(false);
    library_maps::copies();
}

pub(super) fn test_threaded_weak_value_dict_deepcopy() {
    check_weak_value_dict_copy(true);
}
