//! Counts, statistics, and the permanent generation.

use gcycle::gc::{Generation, GenerationStats};
use gcycle::{Gc, gc};

use crate::objects::List;

pub(super) fn test_get_count() {
    gc::collect();
    let (young, middle, old) = gc::get_count();
    let list = List::new();
    let (young_after, middle_after, old_after) = gc::get_count();
    assert_eq!((middle, old), (0, 0));
    assert_eq!((middle_after, old_after), (0, 0));
    assert!(young < 5);
    // Nothing else allocates here, so the numbers are exact.
    assert_eq!(young_after, young + 1);
    drop(list);
    assert_eq!(gc::get_count().0, young);
}

pub(super) fn test_collect_generations() {
    gc::collect();
    // This object moves on with each collection.
    let _list = List::new();
    gc::collect_generation(Generation::Young);
    let (_, middle, old) = gc::get_count();
    assert_eq!((middle, old), (1, 0));
    gc::collect_generation(Generation::Middle);
    let (_, middle, old) = gc::get_count();
    assert_eq!((middle, old), (0, 1));
    gc::collect_generation(Generation::Old);
    let (_, middle, old) = gc::get_count();
    assert_eq!((middle, old), (0, 0));
}

pub(super) fn test_get_stats() {
    // The keys of Python's dictionaries are the fields here.
    let [GenerationStats { collections, collected, uncollectable, .. }, _, _] = gc::get_stats();
    assert_eq!((collections, collected, uncollectable), (0, 0, 0));

    let collections = || gc::get_stats().map(|stats| stats.collections);
    let [young, middle, old] = collections();
    gc::collect_generation(Generation::Young);
    assert_eq!(collections(), [young + 1, middle, old]);
    gc::collect_generation(Generation::Old);
    assert_eq!(collections(), [young + 1, middle, old + 1]);
}

pub(super) fn test_freeze() {
    let _list = List::new();
    gc::freeze();
    assert!(gc::get_freeze_count() > 0);
    gc::unfreeze();
    assert_eq!(gc::get_freeze_count(), 0);
}

pub(super) fn test_traverse_frozen_objects() {
    let frozen = List::new();
    gc::freeze();
    let garbage = List::new();
    garbage.append(&frozen);
    garbage.append(&garbage);
    drop(garbage);
    assert_eq!(gc::collect(), 1);
    // The count of the frozen object is what it was.
    assert_eq!(Gc::strong_count(&frozen), 1);
    gc::unfreeze();
}

pub(super) fn test_deferred_refcount_frozen() {
    let list = List::cyclic();
    gc::freeze();
    drop(list);
    assert_eq!(gc::collect(), 0, "frozen objects are not examined");
    gc::unfreeze();
    assert_eq!(gc::collect(), 1);
}

pub(super) fn test_tuple_untrack_counts() {
    // The case is about objects that cannot be part of a cycle and were counted
    // as if they could. They are not tracked here, and cause no collection.
    gc::collect();
    gc::enable();
    let before = gc::get_stats();
    let count = if cfg!(miri) { 200 } else { 20_000 };
    let tuples: Vec<Gc<(i32,)>> = (0..count).map(|number| Gc::new((number,))).collect();
    assert!(!gc::is_tracked(&tuples[0]));
    assert_eq!(gc::get_count(), (0, 0, 0));
    assert_eq!(gc::get_stats(), before);
}

pub(super) fn test_heap_size() {
    let tracked = || gc::get_objects(None).len();
    let before = tracked();
    let list = List::new();
    assert_eq!(tracked(), before + 1);
    drop(list);
    assert_eq!(tracked(), before);
}
