//! What a snapshot says of garbage, against what collections free.

use std::collections::BTreeSet;

use gcycle::gc::{self, Generation};
use gcycle::inspect::{HeapSnapshot, ObjectId, ObjectInfo, WaitsFor};
use gcycle::{Gc, Trace};

use crate::heaps::{Random, Vertex, on_empty_heap, ring, vertex};

const GENERATIONS: [Generation; 3] = [Generation::Young, Generation::Middle, Generation::Old];

/// Makes objects and edges, drops handles, and lets objects grow older, in random order.
fn random_life(random: &mut Random, may_freeze: bool) -> Vec<Gc<Vertex>> {
    let mut held: Vec<Gc<Vertex>> = vec![vertex()];
    for _ in 0..20 + random.below(60) {
        match random.below(14) {
            0..5 => held.push(vertex()),
            5..10 => {
                let target = held[random.below(held.len())].clone();
                held[random.below(held.len())].edges.borrow_mut().push(target);
            }
            10..12 if held.len() > 1 => drop(held.swap_remove(random.below(held.len()))),
            12 => drop(gc::collect_generation(GENERATIONS[random.below(3)])),
            13 if may_freeze && random.below(3) == 0 => gc::freeze(),
            _ => {}
        }
    }
    let kept = random.below(3).min(held.len());
    held.truncate(kept);
    held
}

#[test]
fn the_garbage_of_a_generation_is_what_its_collection_frees() {
    for seed in 1..=if cfg!(miri) { 4 } else { 1500 } {
        on_empty_heap(move || {
            let _pause = gc::pause();
            let mut random = Random(seed * 0x9E37_79B9);
            let _held = random_life(&mut random, seed % 3 == 0);
            let before = HeapSnapshot::capture();
            let generation = GENERATIONS[random.below(3)];
            let expected: BTreeSet<ObjectId> =
                before.garbage().freed_by(generation).map(ObjectInfo::id).collect();
            gc::collect_generation(generation);
            let after = HeapSnapshot::capture();
            let freed: BTreeSet<ObjectId> =
                after.diff(&before).gone_objects().map(ObjectInfo::id).collect();
            assert_eq!(freed, expected, "seed {seed}, {generation:?}");

            // Nothing is garbage for good.
            gc::unfreeze();
            gc::collect();
            assert_eq!(HeapSnapshot::capture().garbage().objects().len(), 0);
        });
    }
}

#[test]
fn all_that_no_root_reaches_waits_for_something() {
    on_empty_heap(|| {
        let _pause = gc::pause();
        let frozen = ring(2);
        gc::freeze();
        let old = ring(3);
        gc::collect();
        gc::collect();
        let young = ring(4);
        let live = ring(5);
        drop((frozen, old, young));
        let snapshot = HeapSnapshot::capture();
        let garbage = snapshot.garbage();
        let count = |waits| garbage.objects().filter(|&(_, other)| other == waits).count();
        assert_eq!(count(WaitsFor::Unfreeze), 2);
        assert_eq!(count(WaitsFor::Collection(Generation::Old)), 3);
        assert_eq!(count(WaitsFor::Collection(Generation::Middle)), 0);
        assert_eq!(count(WaitsFor::Collection(Generation::Young)), 4);
        assert_eq!(garbage.objects().len(), snapshot.unreachable().count());
        assert_eq!(garbage.waits_for(&live), None);
        let table = garbage.to_string();
        assert_eq!(table.lines().count(), 6, "{table}");
        assert!(table.ends_with("(gc::pause)."), "{table}");
    });
}

#[test]
fn garbage_of_untracked_types_goes_with_its_holder() {
    #[derive(Trace)]
    struct Holder {
        me: std::cell::RefCell<Option<Gc<Holder>>>,
        number: Gc<u64>,
    }
    on_empty_heap(|| {
        let _pause = gc::pause();
        let holder = Gc::new(Holder { me: std::cell::RefCell::default(), number: Gc::new(1) });
        *holder.me.borrow_mut() = Some(holder.clone());
        assert_eq!(*holder.number, 1);
        drop(holder);
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.garbage().freed_by(Generation::Young).count(), 2);
        gc::collect_generation(Generation::Young);
        assert!(HeapSnapshot::capture().is_empty());
    });
}

#[test]
fn the_table_says_when_the_next_collection_is() {
    on_empty_heap(|| {
        let text = || HeapSnapshot::capture().garbage().to_string();
        assert!(text().contains("at the earliest"), "{}", text());
        gc::set_threshold(0, 10, 10);
        assert!(text().contains("gc::set_threshold"));
        let pause = gc::pause();
        assert!(text().contains("gc::pause"));
        drop(pause);
        gc::disable();
        assert!(text().contains("gc::disable"));
        assert_eq!(text().lines().count(), 3, "a head and a sentence");
    });
}

#[test]
fn it_says_how_many_objects_a_budget_leaves_out() {
    on_empty_heap(|| {
        gc::disable();
        let _garbage = ring(50);
        let text = || HeapSnapshot::capture().garbage().to_string();
        assert!(!text().contains("gc::set_budget"), "{}", text());
        gc::set_budget(20);
        let both = ["A young collection examines at most 20 of 50 objects", "A middle collection"];
        assert!(both.iter().all(|part| text().contains(part)), "{}", text());
        gc::collect_generation(Generation::Young);
        gc::set_budget(gc::Budget::Unlimited);
        assert!(!text().contains("gc::set_budget"), "{}", text());
    });
}
