//! Handles of the functions that look at the heap change nothing about what is collected.

use std::cell::RefCell;

use gcycle::Gc;
use gcycle::gc::{self, DebugFlags, Generation, Object, Phase};

use super::{Link, ring_of_two};

/// How many objects a full collection starts from, and how many of them it examines.
fn examined() -> u64 {
    let before = gc::get_stats()[2].traced;
    assert_eq!(gc::collect(), 0);
    gc::get_stats()[2].traced - before
}

#[test]
#[cfg_attr(gc_zeal, ignore = "collections run between the lines")]
fn lists_of_objects_make_no_candidates_when_they_are_dropped() {
    let rings: Vec<_> = (0..100).map(|_| ring_of_two()).collect();
    gc::collect();

    drop(gc::get_objects(None));
    drop(gc::get_objects(Some(Generation::Old)));
    assert_eq!(examined(), 0);
    let targets: Vec<_> = rings.iter().map(Object::from).collect();
    let referrers = gc::get_referrers(&targets);
    assert_eq!(referrers.len(), 100);
    drop((gc::get_referents(&referrers), referrers.clone(), referrers, targets));
    assert_eq!(examined(), 0);
}

#[test]
fn a_cycle_that_the_program_lets_go_of_before_a_list_is_found() {
    let ring = ring_of_two();
    gc::collect();
    let objects = gc::get_objects(None);
    drop(ring);
    drop(objects);
    assert_eq!(gc::collect(), 2);
}

#[test]
fn a_cycle_that_outlives_a_collection_because_of_a_list_is_found_by_the_next() {
    for collected in Generation::ALL {
        let ring = ring_of_two();
        gc::collect();
        let objects = gc::get_objects(None);
        drop(ring);
        assert_eq!(gc::collect_generation(collected), 0, "the list holds it");
        drop(objects);
        assert_eq!(gc::collect(), 2, "after a collection of {collected:?}");
    }
}

#[test]
fn a_handle_that_is_handed_on_is_as_old_as_its_original_at_most() {
    let ring = ring_of_two();
    let object = Object::from(&ring);
    drop(ring);
    assert_eq!(gc::collect(), 0);
    let copy = object.clone();
    drop(object);
    drop(copy);
    assert_eq!(gc::collect(), 2);
}

#[test]
fn the_last_handle_that_came_from_a_list_makes_a_candidate() {
    let link = Gc::new(Link::default());
    let object = Object::from(&link);
    let typed = object.downcast::<Link>().unwrap();
    // The handle of the program moves into the cycle.
    *typed.next.borrow_mut() = Some(link);
    drop(typed);
    drop(object);
    assert_eq!(gc::collect(), 1);
}

#[test]
fn garbage_that_a_list_shows_is_still_collected() {
    drop(ring_of_two());
    drop(gc::get_objects(None));
    drop(gc::get_objects(None));
    assert_eq!(gc::collect(), 2);
    assert_eq!(gc::collect(), 0);
}

#[test]
fn a_list_that_a_callback_of_a_collection_made_does_not_hide_garbage() {
    thread_local! {
        static KEPT: RefCell<Vec<Object>> = const { RefCell::new(Vec::new()) };
    }
    for dropped_in in [Phase::Stop, Phase::Start] {
        let ring = ring_of_two();
        gc::collect();
        drop(ring);
        let callback = gc::add_callback(move |phase, _| {
            if phase == Phase::Start && KEPT.with_borrow(Vec::is_empty) {
                KEPT.set(gc::get_objects(None));
            } else if phase == dropped_in {
                KEPT.take();
            }
        });
        assert_eq!(gc::collect(), 0, "the list holds the ring");
        gc::remove_callback(callback);
        KEPT.take();
        assert_eq!(gc::collect(), 2, "{dropped_in:?}");
    }
}

#[test]
fn what_the_list_of_garbage_held_is_collected_once_it_is_let_go() {
    gc::set_debug(DebugFlags::SAVEALL);
    drop(ring_of_two());
    gc::collect();
    gc::set_debug(DebugFlags::empty());
    assert_eq!(gc::garbage().len(), 2);
    assert_eq!(gc::collect(), 0, "the list of garbage holds it");
    drop(gc::take_garbage());
    assert_eq!(gc::collect(), 2);
}

#[test]
fn the_number_of_tracked_objects_is_told_without_handles() {
    gc::collect();
    let before = gc::memory();
    assert_eq!(before.tracked, gc::get_objects(None).len());
    let links = [ring_of_two(), ring_of_two()];
    let texts = [Gc::<str>::from("text"), Gc::from("more")];
    let large: Gc<[Option<Gc<Link>>]> = Gc::from(vec![None; 5_000]);
    let now = gc::memory();
    assert_eq!(now.objects, before.objects + 7);
    assert_eq!(now.tracked, before.tracked + 5);
    assert_eq!(now.tracked, gc::get_objects(None).len());
    gc::freeze();
    assert_eq!(gc::memory().tracked, now.tracked, "permanent ones count");
    gc::unfreeze();
    drop((links, texts, large));
    gc::collect();
    assert_eq!(gc::memory().tracked, before.tracked);
}
