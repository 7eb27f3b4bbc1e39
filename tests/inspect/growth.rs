//! Two snapshots side by side.

use std::cell::RefCell;

use gcycle::inspect::HeapSnapshot;
use gcycle::{Gc, gc};

use crate::heaps::{on_empty_heap, ring};

#[test]
fn new_objects_are_named_and_the_old_ones_are_not() {
    on_empty_heap(|| {
        let old = ring(3);
        let before = HeapSnapshot::capture();
        let new = ring(4);
        let after = HeapSnapshot::capture();
        let diff = after.diff(&before);
        assert_eq!(diff.new_objects().len(), 4);
        assert!(diff.new_objects().any(|object| object.id() == (&new).into()));
        assert!(diff.new_objects().all(|object| object.id() != (&old).into()));
        assert_eq!(diff.gone_objects().len(), 0);
        let row = diff.rows().iter().find(|row| row.type_name.ends_with("Ring")).unwrap();
        assert_eq!((row.count_before, row.count_after, row.count_growth()), (3, 7, 4));
        assert_eq!(diff.bytes_growth(), row.bytes_growth());
    });
}

#[test]
fn the_cycle_that_is_hunted_is_not_collected_meanwhile() {
    on_empty_heap(|| {
        let before = HeapSnapshot::capture();
        drop(ring(5));
        let after = HeapSnapshot::capture();
        assert_eq!(after.diff(&before).new_objects().len(), 5);
        assert_eq!(gc::collect(), 5, "it was still there");
    });
}

#[test]
fn objects_that_are_gone_are_named_too() {
    on_empty_heap(|| {
        let one = Gc::new(1_u8);
        let other = Gc::new(2_u8);
        let id = gcycle::inspect::ObjectId::from(&one);
        let before = HeapSnapshot::capture();
        drop(one);
        let after = HeapSnapshot::capture();
        let diff = after.diff(&before);
        assert_eq!(
            diff.gone_objects().map(gcycle::inspect::ObjectInfo::id).collect::<Vec<_>>(),
            [id]
        );
        assert_eq!(diff.rows()[0].count_growth(), -1);
        assert_eq!(diff.grown().count(), 0);
        drop(other);
    });
}

#[test]
fn another_type_at_the_same_address_is_another_object() {
    on_empty_heap(|| {
        let number = Gc::new(1_u64);
        let address = gc::id(&number);
        let before = HeapSnapshot::capture();
        drop(number);
        let mut floats = (0..100_000).map(|_| Gc::new(1_f64));
        let _float = floats.find(|float| gc::id(float) == address).expect("slots are used again");
        let after = HeapSnapshot::capture();
        let diff = after.diff(&before);
        assert_eq!(diff.new_objects().len(), 1);
        assert_eq!(diff.gone_objects().len(), 1);
    });
}

#[test]
fn a_snapshot_does_not_differ_from_itself() {
    on_empty_heap(|| {
        let _held = ring(10);
        let snapshot = HeapSnapshot::capture();
        let diff = snapshot.diff(&snapshot);
        assert_eq!(diff.new_objects().len() + diff.gone_objects().len(), 0);
        assert!(diff.rows().iter().all(|row| row.count_growth() == 0 && row.bytes_growth() == 0));
    });
}

#[test]
fn the_table_shows_what_has_grown() {
    on_empty_heap(|| {
        let before = HeapSnapshot::capture();
        let (growth, numbers) = if cfg!(miri) { ("+20", 0..20_u64) } else { ("+2,000", 0..2000) };
        let _leak: Vec<_> = numbers.map(Gc::new).collect();
        let after = HeapSnapshot::capture();
        let table = after.diff(&before).to_string();
        assert!(table.lines().nth(2).unwrap().contains(growth), "{table}");
    });
}

#[test]
fn the_table_shows_what_owns_more_than_before() {
    on_empty_heap(|| {
        let cache = Gc::new(RefCell::new(Vec::<u8>::new()));
        let before = HeapSnapshot::capture();
        cache.borrow_mut().reserve_exact(4096);
        let diff_text = HeapSnapshot::capture().diff(&before).to_string();
        let row = diff_text.lines().nth(2).unwrap();
        assert!(row.contains("+0") && row.contains("+4,096"), "{diff_text}");
    });
}
