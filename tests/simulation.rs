//! Runs the parts of `examples/simulation`, on a small world and with a small budget.

#![expect(clippy::std_instead_of_core, reason = "as the example")]

#[path = "../examples/simulation/clock.rs"]
mod clock;
#[path = "../examples/simulation/run.rs"]
mod run;
#[path = "../examples/simulation/world.rs"]
mod world;

use gcycle::gc::{self, Budget, CollectionInfo, Generation};

use run::{Collections, Report};
use world::{Size, World};

/// A few thousand objects, of which a twentieth is replaced in each frame.
const SIZE: Size = Size { colonies: 40, particles: 60, deaths: 2, events: 20 };

const FRAMES: usize = 300;

/// The objects that a collection examines in one go.
const BUDGET: usize = 300;

fn full(report: &Report) -> impl Iterator<Item = &CollectionInfo> {
    report.collections.iter().filter(|info| info.generation == Generation::Old)
}

/// What each run promises, whenever its collections happen.
fn check(report: &Report) {
    assert_eq!((report.frames.len(), report.between.len()), (FRAMES, FRAMES));
    let living = SIZE.colonies * (SIZE.particles + 1);
    assert!((living..4 * living).contains(&report.objects), "{} objects", report.objects);
    assert!(full(report).any(|info| info.collected > SIZE.particles), "garbage is found");
    assert_eq!(report.left, 0, "objects are left behind");
}

#[test]
#[cfg_attr(gc_zeal, ignore = "a collection at each allocation takes too long")]
fn nothing_is_left_behind_and_no_slice_exceeds_its_budget() {
    let report = run::run(SIZE, FRAMES, Collections::InFrames(Budget::Objects(BUDGET)));
    check(&report);
    for info in &report.collections {
        // A full collection may have more goes than it has to, but not fewer.
        assert!(info.traced <= info.slices * BUDGET, "{info:?}");
    }
    assert!(full(&report).any(|info| info.slices > 10), "full collections run in slices");
}

#[test]
#[cfg_attr(gc_zeal, ignore = "a collection at each allocation takes too long")]
fn steps_between_the_frames_are_enough() {
    let step = Budget::Objects(BUDGET);
    let report = run::run(SIZE, FRAMES, Collections::BetweenFrames(step));
    check(&report);
    assert!(full(&report).any(|info| info.slices > 10), "full collections run in slices");
}

#[test]
#[cfg_attr(gc_zeal, ignore = "a collection at each allocation takes too long")]
fn nothing_is_left_behind_by_collections_in_one_go() {
    let report = run::run(SIZE, FRAMES, Collections::InFrames(Budget::Unlimited));
    check(&report);
    assert!(report.collections.iter().all(|info| info.slices == 1));
}

#[test]
#[cfg_attr(gc_zeal, ignore = "a collection at each allocation takes too long")]
fn colonies_that_died_are_garbage_but_for_those_with_an_event_on_its_way() {
    let mut world = World::new(SIZE);
    for _ in 0..100 {
        world.advance();
    }
    gc::collect();
    // An event of the last frame may hold a colony that died in it.
    assert!(world.dead() <= SIZE.deaths, "{} dead colonies", world.dead());
    let living = SIZE.colonies * (SIZE.particles + 1);
    let most = living + SIZE.deaths * (SIZE.particles + 1) + SIZE.events;
    let objects = world::objects();
    assert!((living..=most).contains(&objects), "{objects} of {living} to {most} objects");
}
