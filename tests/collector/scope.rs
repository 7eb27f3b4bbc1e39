//! A collection looks at what may be garbage, and at nothing else.

use std::cell::RefCell;
use std::collections::VecDeque;

use gcycle::gc::{self, Generation};
use gcycle::{Gc, Trace};

use super::{Link, ring_of_two};

#[derive(Trace)]
enum Tree {
    Leaf,
    Fork(Gc<Tree>, Gc<Tree>),
}

fn tree(depth: u32) -> Gc<Tree> {
    match depth {
        0 => Gc::new(Tree::Leaf),
        _ => Gc::new(Tree::Fork(tree(depth - 1), tree(depth - 1))),
    }
}

fn leaves(tree: &Tree) -> usize {
    match tree {
        Tree::Leaf => 1,
        Tree::Fork(left, right) => leaves(left) + leaves(right),
    }
}

fn traced() -> u64 {
    gc::get_stats().iter().map(|stats| stats.traced).sum()
}

#[test]
fn a_program_that_only_builds_and_drops_trees_traces_nothing() {
    let (trees, depth) = if cfg!(miri) { (3, 6) } else { (20, 12) };
    if cfg!(miri) {
        gc::set_threshold(100, 10, 10);
    }
    for _ in 0..trees {
        let tree = tree(depth);
        assert_eq!(leaves(&tree), 1 << depth);
    }
    let collections: u64 = gc::get_stats().iter().map(|stats| stats.collections).sum();
    assert!(collections > 0, "automatic collections ran");
    assert_eq!(traced(), 0);
}

#[test]
fn a_young_collection_does_not_touch_the_old_heap() {
    const OLD: usize = if cfg!(miri) { 100 } else { 1_000_000 };
    const RINGS: u32 = if cfg!(miri) { 10 } else { 10_000 };
    gc::disable();
    let old: Vec<Gc<Link>> = (0..OLD).map(|_| Gc::new(Link::default())).collect();
    for pair in old.windows(2) {
        *pair[0].next.borrow_mut() = Some(pair[1].clone());
    }
    // Every old object is a candidate that survives: the worst case.
    for object in &old {
        drop(object.clone());
    }
    gc::collect_generation(Generation::Middle);
    let before = traced();
    for _ in 0..RINGS {
        drop(ring_of_two());
    }
    assert_eq!(gc::collect_generation(Generation::Young), 2 * RINGS as usize);
    assert_eq!(traced() - before, u64::from(2 * RINGS));
}

#[test]
fn decrements_of_old_objects_do_not_make_young_collections_look_at_them() {
    const OLD: u64 = if cfg!(miri) { 100 } else { 1000 };
    gc::disable();
    let old: Vec<Gc<Link>> = (0..OLD).map(|_| Gc::new(Link::default())).collect();
    gc::collect();
    for object in &old {
        drop(object.clone());
    }
    let before = traced();
    gc::collect_generation(Generation::Young);
    gc::collect_generation(Generation::Middle);
    assert_eq!(traced(), before);
    gc::collect();
    assert_eq!(traced(), before + OLD);
}

#[test]
fn an_old_object_in_a_cycle_with_a_young_one_is_found_by_a_full_collection_only() {
    gc::disable();
    let old = Gc::new(Link::default());
    gc::collect();
    let young = Gc::new(Link { next: RefCell::new(Some(old.clone())) });
    *old.next.borrow_mut() = Some(young.clone());
    drop((old, young));
    assert_eq!(gc::collect_generation(Generation::Young), 0);
    assert_eq!(gc::collect_generation(Generation::Middle), 0);
    assert_eq!(gc::collect(), 2);
}

#[test]
#[cfg_attr(gc_zeal, ignore = "every allocation collects")]
fn thresholds_that_were_set_are_exact() {
    gc::set_threshold(100, 10, 10);
    let keep: Vec<Gc<Link>> = (0..100).map(|_| Gc::new(Link::default())).collect();
    assert_eq!(gc::get_stats()[0].collections, 0);
    let last = Gc::new(Link::default());
    assert_eq!(gc::get_stats()[0].collections, 1, "the 101st allocation collects");
    assert_eq!(gc::get_count(), (0, 1, 0));
    drop((keep, last));
}

#[test]
#[cfg_attr(gc_zeal, ignore = "no pace to adapt: every allocation collects")]
#[cfg_attr(miri, ignore = "the pace adapts to more objects than Miri can make")]
fn rings_that_die_in_middle_age_do_not_pile_up_while_thresholds_adapt() {
    const ALIVE: usize = 20_000;
    let mut rings = VecDeque::new();
    let mut most = 0;
    for round in 0..400_000_u32 {
        rings.push_back(ring_of_two());
        if rings.len() > ALIVE / 2 {
            rings.pop_front();
        }
        if round % 97 == 0 {
            most = most.max(gc::memory().objects);
        }
    }
    assert!(most < 2 * ALIVE, "{most} objects were there at once, and {ALIVE} alive");
}

#[test]
#[cfg_attr(gc_zeal, ignore = "no pace to adapt: every allocation collects")]
#[cfg_attr(miri, ignore = "the pace adapts to more objects than Miri can make")]
fn steady_garbage_is_bounded_while_thresholds_adapt() {
    let keep: Vec<Gc<Link>> = (0..100_000).map(|_| Gc::new(Link::default())).collect();
    let mut most = 0;
    for round in 0..300_000 {
        drop(ring_of_two());
        if round > 100_000 && round % 97 == 0 {
            most = most.max(gc::memory().objects);
        }
    }
    assert!(most < 101_500, "{most} objects were there at once");
    drop(keep);
}

#[test]
fn a_budget_bounds_what_a_partial_collection_examines_and_loses_nothing() {
    const RINGS: usize = if cfg!(miri) { 120 } else { 1000 };
    gc::disable();
    gc::set_budget(100);
    for _ in 0..RINGS {
        drop(ring_of_two());
    }
    let young = gc::collect_generation(Generation::Young);
    assert!(young <= 100, "{young} objects were found");
    let middle = gc::collect_generation(Generation::Middle);
    assert!(middle <= 100, "{middle} objects were found");
    assert!(gc::get_stats().iter().all(|stats| stats.traced <= 100));
    assert_eq!(gc::collect(), 2 * RINGS - young - middle, "a full collection is complete");
}

#[test]
fn what_a_budget_leaves_out_is_found_by_later_partial_collections() {
    const RINGS: usize = 200;
    gc::disable();
    gc::set_budget(10);
    for _ in 0..RINGS {
        drop(ring_of_two());
    }
    let mut found = 0;
    for _ in 0..2 * RINGS {
        found += gc::collect_generation(Generation::Young);
        // New rings have their turn beside those that were left out.
        drop(ring_of_two());
        found += gc::collect_generation(Generation::Middle);
    }
    let left = gc::collect();
    assert_eq!(found + left, 6 * RINGS);
    // Those that were left out twice are old.
    assert!(found >= 2 * RINGS, "{found} found by partial collections, {left} left");
}
