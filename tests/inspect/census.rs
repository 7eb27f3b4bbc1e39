//! Counting objects.

use gcycle::inspect::{HeapSnapshot, Place};
use gcycle::{Gc, gc};

use crate::heaps::{Random, on_empty_heap, random_heap, ring};

#[test]
fn the_bytes_of_all_objects_are_those_that_the_heap_reports() {
    const TEXTS: usize = if cfg!(miri) { 10 } else { 50 };
    for seed in 1..if cfg!(miri) { 2 } else { 20 } {
        on_empty_heap(move || {
            let _held = random_heap(&mut Random(seed));
            let _text: Vec<Gc<str>> =
                (0..TEXTS).map(|size| Gc::from("x".repeat(size * 7))).collect();
            let _large = Gc::<[u8]>::from(vec![0; if cfg!(miri) { 30_000 } else { 100_000 }]);
            let snapshot = HeapSnapshot::capture();
            assert_eq!(snapshot.bytes(), gc::memory().live_bytes);
            assert_eq!(snapshot.len(), gc::memory().objects);
            let census = snapshot.census();
            assert_eq!(census.bytes(), snapshot.bytes());
            assert_eq!(census.count(), snapshot.len());
            let shares: f64 = census.rows().iter().map(|row| row.share).sum();
            assert!((shares - 1.0).abs() < 1e-9);
        });
    }
}

#[test]
fn a_census_by_anything_counts_every_object_once() {
    on_empty_heap(|| {
        let _held = (Gc::new(1_u8), Gc::new(2_u8), Gc::new(3_u64), ring(5));
        let snapshot = HeapSnapshot::capture();
        let by_size = snapshot.census_by(gcycle::inspect::ObjectInfo::size);
        assert_eq!(by_size.get(&1).unwrap().count, 2);
        assert_eq!(by_size.count(), 8);
        let by_name_and_root = snapshot.census_by(|object| (object.type_name(), object.is_root()));
        assert_eq!(by_name_and_root.get(&("u8", true)).unwrap().count, 2);
        assert_eq!(by_name_and_root.get(&("u8", false)), None);
    });
}

#[test]
fn objects_are_counted_in_the_generation_they_are_in() {
    on_empty_heap(|| {
        // Nothing grows older by itself.
        let _pause = gc::pause();
        let permanent = ring(2);
        gc::freeze();
        let old = ring(3);
        gc::collect();
        gc::collect();
        let middle = ring(4);
        gc::collect_generation(gc::Generation::Young);
        let young = ring(5);
        let untracked = Gc::new(1);
        let snapshot = HeapSnapshot::capture();
        let generation = |ring| snapshot.get(ring).unwrap().generation();
        assert_eq!(generation(&old), Some(gc::Generation::Old));
        assert_eq!(generation(&middle), Some(gc::Generation::Middle));
        assert_eq!(generation(&young), Some(gc::Generation::Young));
        assert_eq!(generation(&permanent), None);
        let census = snapshot.census_by_generation();
        let count = |place| census.get(&place).map_or(0, |row| row.count);
        assert_eq!(count(Place::Permanent), 2);
        assert_eq!(count(Place::Old), 3);
        assert_eq!(count(Place::Middle), 4);
        assert_eq!(count(Place::Young), 5);
        assert_eq!(count(Place::Untracked), 1);
        drop((permanent, old, middle, young, untracked));
    });
}

#[test]
fn the_table_has_a_line_for_each_type_and_a_sum() {
    on_empty_heap(|| {
        let (count, one_more, numbers) =
            if cfg!(miri) { ("40", "41", 0..40_i64) } else { ("1,234", "1,235", 0..1234) };
        let _numbers: Vec<_> = numbers.map(Gc::new).collect();
        let _text: Gc<str> = Gc::from("text");
        let table = HeapSnapshot::capture().census().to_string();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 5, "{table}");
        assert!(lines[2].ends_with(" i64") && lines[2].contains(count), "{table}");
        assert!(lines[3].ends_with("100.0%   str"), "{table}");
        assert!(lines[4].contains(one_more) && lines[4].ends_with("in all"), "{table}");
    });
}

#[test]
fn a_key_cannot_break_the_table() {
    on_empty_heap(|| {
        let _held = Gc::new(1_u8);
        let snapshot = HeapSnapshot::capture();
        let table = snapshot.census_by(|_| "a\nb\u{1B}[2J\u{202E}").to_string();
        assert_eq!(table.lines().count(), 4, "{table}");
        assert!(table.contains(r"a\nb\u{1b}[2J\u{202e}"), "{table}");
    });
}

#[test]
fn types_of_one_name_are_counted_together() {
    mod one {
        #[derive(gcycle::Trace)]
        #[trace(name = "same")]
        pub(crate) struct Type(pub(crate) u8);
    }
    mod other {
        #[derive(gcycle::Trace)]
        #[trace(name = "same")]
        pub(crate) struct Type(pub(crate) u64);
    }
    on_empty_heap(|| {
        let (small, large) = (Gc::new(one::Type(1)), Gc::new(other::Type(2)));
        assert_eq!(u64::from(small.0) + large.0, 3);
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.census().get(&"same").unwrap().count, 2);
        assert_eq!(snapshot.of_type::<one::Type>().count(), 1);
        assert_eq!(snapshot.find("same").count(), 2);
    });
}
