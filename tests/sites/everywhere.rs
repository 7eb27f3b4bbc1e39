//! Random code of the user at all sites at once: finalizers, drops and callbacks
//! that make objects and weak handles, link, drop, resurrect and collect.
//!
//! Nothing is known of the outcome but this: whoever gets hold of an object
//! finds it intact. The sanitizer run sees the rest.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread;

use gcycle::gc::{self, Generation};
use gcycle::weak::{self, Finalizer};
use gcycle::{Finalize, Gc, Trace, Untraced, Weak};

/// How many random programs are run.
const PROGRAMS: u64 = 200;
/// How many things the main part of a program does.
const STEPS: usize = 100;
const INTACT: u64 = 0x00C0_FFEE;

/// A random number generator.
struct Random(Cell<u64>);

impl Random {
    /// A number below `end`.
    fn below(&self, end: usize) -> usize {
        let mut bits = self.0.get();
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        self.0.set(bits);
        usize::try_from(bits >> 33).unwrap() % end
    }

    fn position<T>(&self, items: &[T]) -> Option<usize> {
        (!items.is_empty()).then(|| self.below(items.len()))
    }
}

/// What code of the user can reach.
struct World {
    random: Random,
    kept: RefCell<Vec<Gc<Thing>>>,
    weak: RefCell<Vec<Weak<Thing>>>,
    finalizers: RefCell<Vec<Finalizer>>,
    /// Nothing is done any more.
    is_over: Cell<bool>,
}

/// An object with code of the user in its finalizer and its drop.
#[derive(Trace)]
#[trace(finalize)]
struct Thing {
    intact: u64,
    slots: [RefCell<Option<Gc<Thing>>>; 3],
    weak: RefCell<Vec<Weak<Thing>>>,
    world: Untraced<InWorld>,
}

/// Acts when it is dropped.
struct InWorld(Rc<World>);

impl Drop for InWorld {
    fn drop(&mut self) {
        self.0.act(None);
    }
}

impl Finalize for Thing {
    fn finalize(&self) {
        self.world.0.0.act(Some(self));
    }
}

impl World {
    fn new(seed: u64) -> Rc<World> {
        let random = Random(Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let (kept, weak, finalizers) = Default::default();
        Rc::new(World { random, kept, weak, finalizers, is_over: Cell::new(false) })
    }

    fn make(self: &Rc<Self>) -> Gc<Thing> {
        let world = Untraced(InWorld(Rc::clone(self)));
        let (slots, weak) = Default::default();
        Gc::new(Thing { intact: INTACT, slots, weak, world })
    }

    /// An object that can be reached, from `this` if code of an object runs.
    fn find(&self, this: Option<&Thing>) -> Option<Gc<Thing>> {
        let (kept, weak) = (self.kept.borrow(), self.weak.borrow());
        let found = match self.random.below(3) {
            0 => self.random.position(&kept).map(|position| kept[position].clone()),
            1 => self.random.position(&weak).and_then(|position| weak[position].upgrade()),
            _ => this.and_then(|this| this.slots[self.random.below(3)].borrow().clone()),
        }?;
        assert_eq!(found.intact, INTACT);
        Some(found)
    }

    fn callback(self: &Rc<Self>) -> impl FnOnce() + 'static {
        let world = Rc::clone(self);
        move || world.act(None)
    }

    /// Now and then, does a few things.
    fn act(self: &Rc<Self>, this: Option<&Thing>) {
        if !self.is_over.get() && self.random.below(2) == 0 {
            for _ in 0..=self.random.below(3) {
                self.step(this);
            }
        }
    }

    fn step(self: &Rc<Self>, this: Option<&Thing>) {
        let (one, other) = (self.find(this), self.find(this));
        let slot = self.random.below(3);
        match self.random.below(12) {
            0 | 1 => {
                let made = self.make();
                self.kept.borrow_mut().push(made);
            }
            2 => {
                let made = self.make();
                *made.slots[slot].borrow_mut() = Some(made.clone());
                made.weak.borrow_mut().push(Gc::downgrade_with(&made, self.callback()));
            }
            3 => self.kept.borrow_mut().extend(one),
            4 => drop(one.and_then(|one| one.slots[slot].replace(other))),
            5 => self.weak.borrow_mut().extend(one.as_ref().map(Gc::downgrade)),
            6 => {
                let watching = one.map(|one| Gc::downgrade_with(&one, self.callback()));
                self.weak.borrow_mut().extend(watching);
            }
            7 => {
                if let (Some(one), Some(other)) = (one, other) {
                    let watching = Gc::downgrade_with(&other, self.callback());
                    one.weak.borrow_mut().push(watching);
                }
            }
            8 => {
                let finalizer = one.map(|one| weak::finalize(&one, self.callback()));
                self.finalizers.borrow_mut().extend(finalizer);
            }
            9 => self.forget(),
            10 => drop(one.and_then(|one| one.slots[slot].take())),
            _ => drop(gc::collect_generation(Generation::ALL[slot])),
        }
    }

    /// Gives up something of each kind.
    fn forget(&self) {
        fn take<T>(items: &RefCell<Vec<T>>, random: &Random) -> Option<T> {
            let position = random.position(&items.borrow())?;
            Some(items.borrow_mut().swap_remove(position))
        }
        // Each is dropped, which is code of the user, when no borrow lasts.
        drop(take(&self.kept, &self.random));
        drop(take(&self.weak, &self.random));
        if let Some(finalizer) = take(&self.finalizers, &self.random) {
            drop(finalizer.detach());
        }
    }
}

#[test]
fn whoever_gets_hold_of_an_object_finds_it_intact() {
    for seed in 1..=PROGRAMS {
        let run = move || {
            gc::set_threshold(20, 2, 2);
            let world = World::new(seed);
            for _ in 0..STEPS {
                world.step(None);
                assert!(world.kept.borrow().iter().all(|thing| thing.intact == INTACT));
            }
            // The objects hold the world, so nothing may stay in it.
            world.is_over.set(true);
            drop((world.kept.take(), world.weak.take()));
        };
        assert!(thread::spawn(run).join().is_ok(), "program {seed}");
    }
}
