//! Sixty frames a second: particles know their neighbours, which know them, and the collector
//! works where the frames end.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gcycle::gc::{self, Generation, Phase, Progress};
use gcycle::{Gc, Link, Trace};

use super::{leaves_nothing, rounds};

/// Particles that are born in each frame.
const BORN: u32 = 100;
/// The frames that one lives.
const AGE: u32 = 8;
/// The particles that are alive once the first have died.
const ALIVE: usize = (BORN * AGE) as usize;
/// A side of the world, in regions.
const SIDE: usize = 8;
/// The tracked objects that there may be: all particles that are made are more than twice as many.
const MOST: usize = 40_000;

#[derive(Trace)]
struct Particle {
    place: Cell<(i32, i32)>,
    speed: Cell<(i32, i32)>,
    age: Cell<u32>,
    region: Link<Region>,
    neighbours: RefCell<Vec<Gc<Particle>>>,
}

#[derive(Trace, Default)]
struct Region {
    particles: RefCell<Vec<Gc<Particle>>>,
    around: RefCell<Vec<Gc<Region>>>,
}

struct World {
    regions: Vec<Gc<Region>>,
    random: u32,
}

impl World {
    fn new() -> World {
        let regions: Vec<Gc<Region>> = (0..SIDE * SIDE).map(|_| Gc::default()).collect();
        for (index, region) in regions.iter().enumerate() {
            let (x, y) = (index % SIDE, index / SIDE);
            let around = [(1, 0), (0, 1), (SIDE - 1, 0), (0, SIDE - 1)]
                .map(|(dx, dy)| regions[(x + dx) % SIDE + (y + dy) % SIDE * SIDE].clone());
            region.around.borrow_mut().extend(around);
        }
        World { regions, random: 1 }
    }

    fn random(&mut self, below: u32) -> i32 {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((self.random >> 16) % below).cast_signed()
    }

    fn region_at(&self, (x, y): (i32, i32)) -> &Gc<Region> {
        let side = |along: i32| usize::try_from(along / 100).unwrap();
        &self.regions[side(x) + side(y) * SIDE]
    }

    fn particles(&self) -> Vec<Gc<Particle>> {
        self.regions.iter().flat_map(|region| region.particles.borrow().clone()).collect()
    }

    fn frame(&mut self) {
        for _ in 0..BORN {
            let place = (self.random(800), self.random(800));
            let speed = (self.random(21) - 10, self.random(21) - 10);
            let region = self.region_at(place);
            region.particles.borrow_mut().push(Gc::new(Particle {
                place: Cell::new(place),
                speed: Cell::new(speed),
                age: Cell::new(0),
                region: Link::new(region.clone()),
                neighbours: RefCell::default(),
            }));
        }
        let particles = self.particles();
        for particle in &particles {
            self.advance(particle);
        }
        for region in &self.regions {
            region.find_neighbours();
        }
    }

    fn advance(&self, particle: &Gc<Particle>) {
        let ((x, y), (dx, dy)) = (particle.place.get(), particle.speed.get());
        particle.place.set(((x + dx).rem_euclid(800), (y + dy).rem_euclid(800)));
        particle.age.set(particle.age.get() + 1);
        let target = self.region_at(particle.place.get());
        let dies = particle.age.get() > AGE;
        if dies || !particle.region.is(target) {
            let old = particle.region.replace((!dies).then(|| target.clone())).unwrap();
            old.particles.borrow_mut().retain(|other| !Gc::ptr_eq(other, particle));
            if !dies {
                target.particles.borrow_mut().push(particle.clone());
            }
        }
    }

    /// A number that depends on where everything is.
    fn fingerprint(&self) -> i64 {
        let weigh = |particle: &Gc<Particle>| {
            let (x, y) = particle.place.get();
            let neighbours = i64::try_from(particle.neighbours.borrow().len()).unwrap();
            i64::from(x) * 31 + i64::from(y) * 17 + neighbours
        };
        self.particles().iter().map(weigh).sum()
    }
}

impl Region {
    /// Tells the particles of this region who is near, here and next door.
    fn find_neighbours(&self) {
        let mut near = self.particles.borrow().clone();
        for region in &*self.around.borrow() {
            near.extend(region.particles.borrow().iter().take(3).cloned());
        }
        for (index, particle) in self.particles.borrow().iter().enumerate() {
            let neighbours = near.iter().skip(index % 8).step_by(8).take(6).cloned();
            *particle.neighbours.borrow_mut() = neighbours.collect();
        }
    }
}

/// Runs frames, with `at_end` after each, and checks that the heap stays flat; returns the
/// fingerprint of the world.
fn simulate(frames: usize, mut at_end: impl FnMut()) -> i64 {
    let mut world = World::new();
    for number in 0..frames {
        world.frame();
        at_end();
        let tracked = gc::memory().tracked;
        assert!(tracked < MOST, "{tracked} objects after frame {number}");
    }
    assert_eq!(world.particles().len(), ALIVE);
    world.fingerprint()
}

/// As many frames as make 90,000 particles.
fn all_frames() -> usize {
    rounds(900).max(AGE as usize + 1)
}

#[test]
fn it_does_not_matter_to_the_particles_when_the_collector_works() {
    let frames = all_frames().min(100);
    let automatic = leaves_nothing(|| simulate(frames, || ()));
    let at_every_end = leaves_nothing(|| {
        simulate(frames, || {
            gc::collect();
        })
    });
    let never = leaves_nothing(|| {
        let _pause = gc::pause();
        simulate(frames, || ())
    });
    assert_eq!([automatic, at_every_end], [never, never]);
}

#[test]
fn the_dead_are_freed_by_steps_at_the_ends_of_frames_alone() {
    gc::disable();
    leaves_nothing(|| {
        simulate(all_frames(), || {
            for _ in 0..3 {
                if gc::step(1_000) == Progress::Done {
                    break;
                }
            }
        })
    });
    gc::enable();
}

#[test]
fn the_dead_are_freed_where_a_frame_asks_for_a_collection_if_one_is_due() {
    gc::disable();
    leaves_nothing(|| {
        let mut found = 0;
        simulate(all_frames(), || found += gc::collect_if_due().unwrap_or(0));
        let made = all_frames() * BORN as usize;
        assert!(found + MOST > made, "{found} of {made} found");
    });
    gc::enable();
}

#[test]
fn with_a_budget_no_partial_collection_examines_more_and_full_ones_free_the_dead() {
    gc::set_budget(1_000);
    let largest = Rc::new(Cell::new(0));
    let callback = gc::add_callback({
        let largest = Rc::clone(&largest);
        move |phase, info| {
            if phase == Phase::Stop && info.generation != Generation::Old {
                largest.set(largest.get().max(info.traced));
            }
        }
    });
    leaves_nothing(|| simulate(all_frames(), || ()));
    gc::remove_callback(callback);
    gc::set_budget(gc::Budget::default());
    assert!(largest.get() < 2_000, "{} objects in one go", largest.get());
}
