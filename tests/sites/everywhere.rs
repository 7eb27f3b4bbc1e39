//! Random code of the user at all sites at once: finalizers, drops, callbacks, hooks of
//! panics and what panics carry, which make objects and weak handles, link, drop,
//! resurrect, move values out, collect and panic.
//!
//! Nothing is known of the outcome but this: whoever gets hold of an object
//! finds it intact, and in the end nothing is left. The sanitizer run sees the rest.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::rc::{self, Rc};
use std::sync::Once;
use std::thread;

use gcycle::gc::{self, Generation};
use gcycle::inspect::HeapSnapshot;
use gcycle::weak::{self, Finalizer, WeakMap};
use gcycle::{Finalize, Gc, Trace, Tracer, Untraced, Weak};

/// How many random programs are run.
const PROGRAMS: u64 = if cfg!(miri) { 2 } else { 200 };
/// How many things the main part of a program does.
const STEPS: usize = if cfg!(miri) { 40 } else { 100 };
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
    map: RefCell<Option<WeakMap<Thing, Gc<Thing>>>>,
    /// Whether code panics now and then.
    panics: bool,
    /// How many drops are in progress: two panics at a time would end the process.
    dropping: Cell<u32>,
    /// Whether a panic is being made, so that the hook runs.
    is_hooked: Cell<bool>,
    /// Nothing is done any more.
    is_over: Cell<bool>,
}

thread_local! {
    /// The world of this thread, for the hook and for what panics carry.
    static WORLD: RefCell<rc::Weak<World>> = const { RefCell::new(rc::Weak::new()) };
}

/// From now on the hook is code of the world that a thread is in.
fn set_hook() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<Carried>() {
                before(info);
            } else if let Some(world) = world() {
                world.is_hooked.set(true);
                world.act(None);
                world.is_hooked.set(false);
            }
        }));
    });
}

fn world() -> Option<Rc<World>> {
    WORLD.try_with(|world| world.borrow().upgrade()).ok().flatten()
}

/// What panics carry: dropping it is code of the user.
struct Carried;

impl Drop for Carried {
    fn drop(&mut self) {
        if let Some(world) = world() {
            world.act(None);
            world.panic_perhaps(4);
        }
    }
}

/// Runs `code`; what a panic carries is dropped or forgotten.
fn caught(code: impl FnOnce()) {
    if let Err(carried) = panic::catch_unwind(AssertUnwindSafe(code)) {
        assert!(carried.is::<Carried>(), "another panic came out");
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| drop(carried)));
        let _forgotten = dropped.map_err(ManuallyDrop::new);
    }
}

/// A part of an object whose `trace` was written by hand, and may panic.
struct Fragile(Option<Gc<Thing>>, Rc<World>);

// SAFETY: the one edge is reported once; a panic goes on.
unsafe impl Trace for Fragile {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.1.panic_perhaps(40);
        self.0.trace(tracer);
    }
}

/// An object with code of the user in its finalizer and its drop.
#[derive(Trace)]
#[trace(finalize)]
struct Thing {
    intact: u64,
    slots: [RefCell<Option<Gc<Thing>>>; 3],
    weak: RefCell<Vec<Weak<Thing>>>,
    fragile: RefCell<Vec<Fragile>>,
    world: Untraced<InWorld>,
}

/// Acts when it is dropped.
struct InWorld(Rc<World>);

impl Drop for InWorld {
    fn drop(&mut self) {
        let world = &self.0;
        world.dropping.set(world.dropping.get() + 1);
        world.act(None);
        world.dropping.set(world.dropping.get() - 1);
    }
}

impl Finalize for Thing {
    fn finalize(&self) {
        let world = &self.world.0.0;
        world.act(Some(self));
        world.panic_perhaps(8);
    }
}

impl World {
    fn new(seed: u64, panics: bool) -> Rc<World> {
        let random = Random(Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let (kept, weak, finalizers) = Default::default();
        let (dropping, is_hooked, is_over) = Default::default();
        let map = RefCell::new(Some(WeakMap::new()));
        let world = Rc::new(World {
            random,
            kept,
            weak,
            finalizers,
            map,
            panics,
            dropping,
            is_hooked,
            is_over,
        });
        WORLD.set(Rc::downgrade(&world));
        world
    }

    /// Panics once in `times`, unless that would end the process by a rule of the language:
    /// in a hook, and in a drop while another panic unwinds.
    fn panic_perhaps(&self, times: usize) {
        let may_panic = self.panics && !self.is_over.get() && !self.is_hooked.get();
        if may_panic
            && self.dropping.get() == 0
            && !thread::panicking()
            && self.random.below(times) == 0
        {
            panic::panic_any(Carried);
        }
    }

    fn make(self: &Rc<Self>) -> Gc<Thing> {
        let world = Untraced(InWorld(Rc::clone(self)));
        let (slots, weak, fragile) = Default::default();
        Gc::new(Thing { intact: INTACT, slots, weak, fragile, world })
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
        move || {
            world.act(None);
            world.panic_perhaps(4);
        }
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
        match self.random.below(if self.panics { 20 } else { 12 }) {
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
            11 | 12 => drop(gc::collect_generation(Generation::ALL[slot])),
            _ => self.step_further(one, other, slot),
        }
    }

    fn step_further(
        self: &Rc<Self>,
        one: Option<Gc<Thing>>,
        other: Option<Gc<Thing>>,
        slot: usize,
    ) {
        match self.random.below(8) {
            0 => {
                if let (Some(one), Ok(map)) = (&one, self.map.try_borrow())
                    && let (Some(map), Some(other)) = (&*map, other)
                {
                    drop(map.insert(one, other));
                }
            }
            1 => {
                if let Some(map) = self.map.try_borrow().ok().as_deref().and_then(Option::as_ref) {
                    drop(one.and_then(|one| map.remove(&one)));
                }
            }
            2 => {
                let fragile = Fragile(other, Rc::clone(self));
                if let Some(cell) = one.as_ref().map(|one| &one.fragile)
                    && let Ok(mut cell) = cell.try_borrow_mut()
                {
                    cell.push(fragile);
                }
            }
            3 => {
                let taken =
                    one.as_ref().and_then(|one| Some(one.fragile.try_borrow_mut().ok()?.pop()));
                drop(taken);
            }
            4 => {
                drop(other);
                let taken = self.kept.try_borrow_mut().ok().and_then(|mut kept| kept.pop());
                drop(one);
                drop(taken.map(Gc::try_unwrap));
            }
            5 => {
                let made = self.make();
                drop(made.slots[slot].replace(one));
                let watch = Gc::downgrade_with(&made, self.callback());
                drop(Gc::try_unwrap(made));
                drop(watch);
            }
            // Not in a hook: a `trace` that panics there ends the process.
            6 if !self.is_hooked.get() => drop(HeapSnapshot::capture()),
            7 if !self.is_hooked.get() => drop(gc::get_referrers(&[])),
            _ => drop(gc::get_objects(None)),
        }
    }

    /// Does something while a panic unwinds.
    fn while_unwinding(self: &Rc<Self>) {
        struct Acts<'a>(&'a Rc<World>);
        impl Drop for Acts<'_> {
            fn drop(&mut self) {
                caught(|| self.0.step(None));
                gc::collect();
            }
        }
        caught(|| {
            let _acts = Acts(self);
            panic::panic_any(Carried);
        });
    }

    /// The objects hold the world, so nothing may stay in it.
    fn end(&self) {
        self.is_over.set(true);
        for finalizer in self.finalizers.take() {
            drop(finalizer.detach());
        }
        drop((self.kept.take(), self.weak.take(), self.map.take()));
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
            let world = World::new(seed, false);
            for _ in 0..STEPS {
                world.step(None);
                assert!(world.kept.borrow().iter().all(|thing| thing.intact == INTACT));
            }
            world.end();
        };
        assert!(thread::spawn(run).join().is_ok(), "program {seed}");
    }
}

#[test]
fn nor_do_panics_hooks_and_payloads_break_any() {
    set_hook();
    for seed in 1..=PROGRAMS {
        let run = move || {
            gc::set_threshold(20, 2, 2);
            let world = World::new(seed, true);
            for step in 0..STEPS {
                if step % 4 == 0 {
                    world.while_unwinding();
                } else {
                    caught(|| world.step(None));
                }
                assert!(world.kept.borrow().iter().all(|thing| thing.intact == INTACT));
            }
            world.end();
            for _ in 0..3 {
                gc::collect();
            }
            assert_eq!(gc::memory().objects, 0);
        };
        assert!(thread::spawn(run).join().is_ok(), "program {seed}");
    }
}
