//! Young garbage among objects that threads share is found with few looks at old objects, and what
//! leads through old ones is found in the end.
//!
//! The threshold is not set here, for then all collections are of all objects. It is one of the
//! process, and therefore these tests are a program of their own.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use gcycle::Trace;
use gcycle::sync::{Gc, Weak, gc};

/// An object with handles to others.
#[derive(Trace, Default)]
#[trace(shared)]
struct Node {
    fixed: Vec<Gc<Node>>,
    once: OnceLock<Gc<Node>>,
    locked: Mutex<Vec<Gc<Node>>>,
}

impl Node {
    fn holding(fixed: Vec<Gc<Node>>) -> Gc<Node> {
        Gc::new(Node { fixed, ..Node::default() })
    }
}

/// Waits until no other test runs, and collects what that left.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    gc::collect();
    turn
}

/// A chain of so many old objects, the first of which leads to all.
fn old_objects(number: usize) -> Gc<Node> {
    let mut first = Node::holding(vec![]);
    for _ in 1..number {
        first = Node::holding(vec![first]);
    }
    drop(first.clone());
    gc::collect();
    first
}

/// A ring of two that refers to `other`, and which nobody holds any more.
fn drop_ring(other: &Gc<Node>) -> Weak<Node> {
    let one = Node::holding(vec![other.clone()]);
    let two = Node::holding(vec![one.clone()]);
    one.once.set(two).ok();
    Gc::downgrade(&one)
}

#[test]
#[cfg_attr(miri, ignore = "it takes minutes there")]
fn young_garbage_is_found_with_few_looks_at_the_old_objects_that_it_refers_to() {
    const OLD: usize = 50_000;
    const RINGS: usize = 100_000;
    let _turn = turn();
    let old = old_objects(OLD);
    let before = gc::get_stats();
    for _ in 0..RINGS {
        drop_ring(&old);
    }
    let after = gc::get_stats();
    let [traced, collected] =
        [after.traced - before.traced, after.collected - before.collected].map(usize::try_from);
    let (traced, collected) = (traced.unwrap(), collected.unwrap());
    // Twice as many at most, since collections of all take as much work as the others.
    assert!(traced <= 4 * RINGS, "{traced} objects were looked at, the rings have {}", 2 * RINGS);
    let left = 2 * RINGS - collected;
    assert!(left <= 4096, "{left} objects of rings are left");
    let mut length = 1;
    let mut at = &old;
    while let Some(next) = at.fixed.first() {
        (at, length) = (next, length + 1);
    }
    assert_eq!(length, OLD, "what is reachable stays");
}

/// An old object and a young one hold each other, and a drop of a handle to the young one was the last. Only
/// the entry of the young one leads to them, and a collection of young objects takes it.
#[test]
#[cfg_attr(miri, ignore = "it takes minutes there")]
fn a_cycle_that_leads_through_an_old_object_is_found_without_being_asked_for() {
    let _turn = turn();
    let old = old_objects(1);
    // After that, a collection of all is due when there are a quarter as many candidates.
    let large = old_objects(20_000);
    let weak = Gc::downgrade(&old);
    let young = Node::holding(vec![old]);
    young.fixed[0].locked.lock().unwrap().push(young.clone());
    drop(young);
    // An upgrade would make it a candidate.
    assert!(weak.strong_count() > 0, "no collection has run");
    let mut nodes = 0;
    while weak.strong_count() > 0 {
        nodes += 1;
        assert!(nodes < 15_000, "it is not found");
        // It is held, and left to a collection of all.
        let node = Node::holding(vec![]);
        drop(node.clone());
        large.locked.lock().unwrap().push(node);
    }
}

#[test]
#[cfg_attr(miri, ignore = "it takes minutes there")]
fn what_collections_of_young_objects_leave_makes_one_of_all_due() {
    const LARGE: usize = 40_000;
    const KEPT: usize = LARGE / 10;
    let _turn = turn();
    let large = old_objects(LARGE);
    let before = gc::get_stats().collections;
    for _ in 0..KEPT {
        let node = Node::holding(vec![]);
        drop(node.clone());
        large.locked.lock().unwrap().push(node);
        // So that collections of young objects are worth their cost.
        drop_ring(&large);
    }
    assert!(gc::get_stats().collections > before, "the young ones were looked at");
    assert!(gc::get_count() >= KEPT, "{} of {KEPT} are still candidates", gc::get_count());
}

/// Collections of all objects were in vain often, so that the next one waits for long. Then large structures
/// come, grow old, and go.
#[test]
#[cfg_attr(miri, ignore = "it takes minutes there")]
fn old_garbage_does_not_pile_up_after_collections_that_were_in_vain() {
    const LIVE: usize = 20_000;
    const DOCUMENT: usize = 10_000;
    let _turn = turn();
    let live = old_objects(LIVE);
    for _ in 0..40 * LIVE {
        drop_ring(&live);
    }
    let mut documents: Vec<Weak<Node>> = Vec::new();
    let mut most = 0;
    for _ in 0..40 {
        let mut first = Node::holding(vec![]);
        for _ in 1..DOCUMENT {
            first = Node::holding(vec![first]);
        }
        first.once.set(first.clone()).ok();
        documents.push(Gc::downgrade(&first));
        // It is a candidate, and grows old meanwhile.
        drop(first.clone());
        for _ in 0..2000 {
            drop_ring(&live);
        }
        drop(first);
        documents.retain(|document| document.strong_count() > 0);
        most = most.max(documents.len());
    }
    assert!(most <= 6, "{most} documents of {DOCUMENT} objects are there, beside {LIVE} others");
}

/// The program makes young garbage only, and the one candidate is the first of many objects.
#[test]
#[cfg_attr(miri, ignore = "it takes minutes there")]
fn a_large_structure_of_old_objects_is_found_beside_young_garbage() {
    const OLD: usize = 50_000;
    let _turn = turn();
    let old = old_objects(OLD);
    old.once.set(old.clone()).ok();
    let weak = Gc::downgrade(&old);
    drop(old);
    let kept = Node::holding(vec![]);
    let mut rings = 0;
    while weak.strong_count() > 0 {
        rings += 1;
        assert!(rings < 2 * OLD, "it is not found");
        drop_ring(&kept);
    }
}

/// All candidates have died when a collection takes them, so that there is nothing to look at.
#[test]
#[cfg_attr(miri, ignore = "it takes minutes there")]
fn a_large_structure_of_old_objects_is_found_beside_candidates_that_die() {
    const OLD: usize = 50_000;
    const BATCH: usize = 100;
    let _turn = turn();
    let old = old_objects(OLD);
    old.once.set(old.clone()).ok();
    let weak = Gc::downgrade(&old);
    drop(old);
    let mut died = 0;
    while weak.strong_count() > 0 {
        died += BATCH;
        assert!(died < 2 * OLD, "it is not found");
        let batch: Vec<_> = (0..BATCH).map(|_| Node::holding(vec![])).collect();
        for node in &batch {
            drop(node.clone());
        }
        // They die in the order in which they were entered, so that no entry is taken back.
        batch.into_iter().for_each(drop);
    }
}

/// Who was looked at is old, and so a tool that looks often leaves little to collections of young objects.
#[cfg(feature = "inspect")]
#[test]
#[cfg_attr(miri, ignore = "it takes minutes there")]
fn garbage_that_a_tool_has_looked_at_makes_a_collection_due() {
    const OLD: usize = 50_000;
    const RINGS: usize = 40_000;
    let _turn = turn();
    let old = old_objects(OLD);
    let kept = Node::holding(vec![]);
    let before = gc::get_stats().collected;
    for ring in 1..=RINGS {
        drop_ring(&kept);
        if ring % 1000 == 0 {
            let _ = gcycle::inspect::SharedSnapshot::capture(&[]);
        }
        let collected = usize::try_from(gc::get_stats().collected - before).unwrap();
        // A quarter as many candidates as old objects make a collection of all due, and are one of each ring.
        let left = 2 * ring - collected;
        assert!(left <= OLD * 5 / 8, "{left} objects of rings are left");
    }
    assert!(old.locked.lock().unwrap().is_empty());
}

/// Nothing that is reachable is lost, whatever age it is, and nothing else is left.
#[test]
fn objects_of_all_ages_that_hold_each_other_live_as_long_as_they_are_reachable() {
    const ROUNDS: u32 = if cfg!(miri) { 3 } else { 400 };
    let _turn = turn();
    let root = Node::holding(vec![]);
    let mut all = Vec::new();
    let mut random = 1_u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random as usize / 256 % below
    };
    for _ in 0..ROUNDS {
        for _ in 0..100 {
            let held = root.locked.lock().unwrap();
            let to = (!held.is_empty()).then(|| held[next(held.len())].clone());
            drop(held);
            let new = Node::holding(to.into_iter().collect());
            let back = new.fixed.first().cloned();
            if let Some(older) = back {
                older.locked.lock().unwrap().push(new.clone());
            }
            all.push(Gc::downgrade(&new));
            root.locked.lock().unwrap().push(new);
        }
        let mut held = root.locked.lock().unwrap();
        while held.len() > 150 {
            let place = next(held.len());
            held.swap_remove(place);
        }
        // Each knows one that it holds or is held by, which is there.
        for node in held.iter() {
            assert!(node.fixed.iter().all(|older| older.fixed.len() <= 1));
        }
    }
    drop(root);
    gc::collect();
    let alive = all.iter().filter(|weak| weak.upgrade().is_some()).count();
    assert_eq!(alive, 0, "all is unreachable");
}
