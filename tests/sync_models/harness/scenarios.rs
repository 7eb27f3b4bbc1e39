//! Small heaps and what threads do to them while a collection runs, for loom.

use super::backend::thread;
use super::objects::{Handle, Weak, World};

/// What a run begins with: the world, and the handles that a second thread has.
type Build = fn(&'static World, order: usize) -> Vec<Handle>;

/// What the second thread does with them; it returns the handles that it still has.
type Mutate = fn(Vec<Handle>) -> Vec<Handle>;

/// What runs on the first thread meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Collection,
    /// Its second half, of all objects: what it may be asked after any look.
    Confirmation,
    /// The same after a look.
    LookAndConfirmation,
    /// A look of a tool. So many handles come from outside, at any moment.
    Look(isize, isize),
    /// A look before the threads begin, and then a collection.
    LookBefore,
    /// Two collections of young objects.
    Young,
}

/// A heap, what threads do to it, and in which orders the candidates are looked at.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    run: Run,
    build: Build,
    mutate: Mutate,
    /// What a third thread does at the same time.
    third: Option<Mutate>,
    /// How many orders of candidates there are.
    orders: usize,
}

const fn collection(name: &'static str, build: Build, mutate: Mutate, orders: usize) -> Scenario {
    Scenario { name, run: Run::Collection, build, mutate, third: None, orders }
}

const fn confirmation(name: &'static str, build: Build, mutate: Mutate, orders: usize) -> Scenario {
    Scenario { name, run: Run::Confirmation, build, mutate, third: None, orders }
}

const fn look_and_confirmation(name: &'static str, build: Build, mutate: Mutate) -> Scenario {
    Scenario { name, run: Run::LookAndConfirmation, build, mutate, third: None, orders: 2 }
}

const fn look(
    name: &'static str,
    outside: (isize, isize),
    build: Build,
    mutate: Mutate,
    orders: usize,
) -> Scenario {
    let (least, most) = outside;
    Scenario { name, run: Run::Look(least, most), build, mutate, third: None, orders }
}

const fn young(name: &'static str, build: Build, mutate: Mutate, orders: usize) -> Scenario {
    Scenario { name, run: Run::Young, build, mutate, third: None, orders }
}

/// All scenarios.
pub(crate) const SCENARIOS: &[Scenario] = &[
    collection("death", one, drop_all, 1),
    Scenario { third: Some(drop_first), ..collection("two deaths", two_handles, drop_first, 1) },
    Scenario {
        third: Some(drop_first),
        ..collection("deaths of a candidate", three_handles, drop_first, 1)
    },
    Scenario { third: Some(drop_first), ..collection("self cycle", self_cycle, drop_first, 1) },
    collection("garbage of a panic", fragile_ring, drop_all, 2),
    collection("taken out", chain, take_out, 1),
    collection("chain of three taken out", chain_of_three, take_out_of_second, 1),
    collection("leaf", chain_to_leaf, take_out, 1),
    Scenario { third: Some(check_and_drop), ..collection("two leaves", two_leaves, check_and_drop, 1) },
    collection("moved ahead", one_inside, move_ahead, 3),
    collection("taking turns", two_outside, take_turns, 3),
    collection("walk", ring_held, walk, 2),
    collection("walk round", ring_held, walk_round, 2),
    collection("swap", ring_locked, swap_through, 2),
    collection("garbage", garbage, collect_too, 2),
    collection("garbage meanwhile", ring_held, drop_and_collect, 2),
    collection("garbage meanwhile and other", ring_and_own, drop_all, 1),
    collection("two rings", two_rings_held, walk, 2),
    collection("two edges", two_edges, drop_all, 2),
    confirmation("confirm: death", one, drop_all, 1),
    confirmation("confirm: death of a chain", chain, drop_all, 1),
    confirmation("confirm: moved ahead", one_inside, move_ahead, 3),
    confirmation("confirm: moved ahead of a panic", one_inside_fragile, move_ahead, 3),
    confirmation("confirm: garbage of a panic", fragile_ring, drop_all, 2),
    confirmation("confirm: taking turns", two_outside, take_turns, 3),
    look_and_confirmation("look and confirm: exchanged", holder, exchange),
    look_and_confirmation("look and confirm: moved ahead", one_inside, move_ahead),
    Scenario {
        run: Run::LookAndConfirmation,
        ..confirmation("look and confirm: moved ahead of a panic", one_inside_fragile, move_ahead, 3)
    },
    look_and_confirmation("look and confirm: moved away", one_inside, move_away),
    look_and_confirmation("look and confirm: put inside", beside_garbage, put_inside),
    confirmation("confirm: walk", ring_held, walk, 2),
    confirmation("confirm: walk round", ring_held, walk_round, 2),
    confirmation("confirm: swap", ring_locked, swap_through, 2),
    confirmation("confirm: garbage meanwhile", ring_held, drop_and_collect, 2),
    collection("weak death", watched, upgrade, 1),
    Scenario { third: Some(drop_first), ..collection("weak and strong", held_and_watched, upgrade, 1) },
    Scenario { third: Some(upgrade), ..collection("weak last", watched_twice, drop_all, 1) },
    Scenario { third: Some(upgrade_locked), ..collection("cyclic", place_twice, build_cyclic, 1) },
    collection("weak garbage", ring_watched, upgrade, 2),
    confirmation("confirm: upgrade", ring_watched, upgrade, 2),
    confirmation("confirm: upgrade and back", ring_watched, upgrade_and_drop, 2),
    Scenario {
        third: Some(upgrade),
        ..confirmation("confirm: two upgrades", ring_watched_twice, upgrade, 2)
    },
    Scenario {
        third: Some(upgrade),
        ..confirmation("confirm: upgrade and walk", ring_held_and_watched, walk, 2)
    },
    collection("exclusive", chain_fixed, empty, 2),
    Scenario { third: Some(drop_all), ..collection("exclusive and other", two_to_chain, empty, 1) },
    Scenario {
        third: Some(empty),
        ..collection("exclusive and weak", held_and_watched, upgrade_and_replace, 1)
    },
    confirmation("confirm: exclusive", chain_fixed, empty, 2),
    collection("unwrap", chain_fixed, unwrap, 2),
    Scenario { third: Some(unwrap), ..collection("unwrap of two", two_to_chain, unwrap, 1) },
    Scenario {
        third: Some(into_inner),
        ..collection("into inner of two", two_to_chain, into_inner, 1)
    },
    Scenario {
        third: Some(upgrade),
        ..collection("unwrap and weak", chain_and_watcher, unwrap_first, 1)
    },
    confirmation("confirm: unwrap", chain_fixed, unwrap, 2),
    collection("finalizer", ring_finalizable, drop_all, 2),
    collection("finalizer and weak", ring_finalizable_watched, upgrade, 2),
    confirmation("confirm: finalizer", ring_finalizable, drop_all, 2),
    confirmation("confirm: finalizer of a death", chain_finalizable, drop_all, 2),
    confirmation("confirm: finalizer and weak", ring_finalizable_watched, upgrade, 2),
    Scenario {
        third: Some(upgrade_twice),
        ..confirmation("confirm: finalizer of the gone", chain_finalizable_watched, drop_all, 1)
    },
    Scenario {
        third: Some(give_baton_back),
        ..confirmation("confirm: baton", baton, pass_baton, 2)
    },
    young("young: death", one, drop_all, 1),
    Scenario { third: Some(drop_first), ..young("young: two deaths", two_handles, drop_first, 1) },
    young("young: cycle through an old object", cycle_through_old, drop_all, 1),
    young("young: old meanwhile", chain_fixed_of_one, clone_and_drop, 1),
    young("young: held by an old object", held_by_old, move_into_old, 2),
    young("young: moved ahead", one_inside, move_ahead, 3),
    young("young: walk", ring_held, walk, 2),
    young("young: walk round", ring_held, walk_round, 2),
    young("young: swap", ring_locked, swap_through, 2),
    young("young: garbage meanwhile", ring_held, drop_and_collect, 2),
    young("young: garbage of a panic", fragile_ring, drop_all, 2),
    young("young: weak garbage", ring_watched, upgrade, 2),
    young("young: finalizer", ring_finalizable, drop_all, 2),
    young("young: exclusive", chain_fixed, empty, 2),
    young("young: unwrap", chain_fixed, unwrap, 2),
    look("look: death", (0, 1), one, drop_all, 1),
    Scenario {
        run: Run::LookBefore,
        third: Some(drop_first),
        ..look("look: death afterwards", (0, 1), three_handles, drop_first, 1)
    },
    Scenario {
        run: Run::LookBefore,
        ..look("look: garbage afterwards", (0, 1), ring_held, drop_all, 2)
    },
    look("look: moved ahead", (1, 2), one_inside, move_ahead, 3),
    look("look: walk", (1, 2), ring_held, walk, 2),
    look("look: walk round", (1, 2), ring_held, walk_round, 2),
    look("look: swap", (1, 3), ring_locked, swap_through, 2),
    look("look: garbage meanwhile", (0, 1), ring_held, drop_and_collect, 2),
    look("look: upgrade", (0, 1), ring_watched, upgrade, 2),
    look("look: drop and clone", (1, 2), two, drop_and_clone, 2),
    look("look: exclusive", (1, 2), chain_fixed, empty, 2),
];

impl Scenario {
    /// Runs every order of steps, with at most `preemptions` changes of thread that a thread
    /// did not ask for.
    pub(crate) fn explore(self, preemptions: usize) {
        for order in 0..self.orders {
            let mut model = loom::model::Builder::new();
            model.max_branches = 100_000;
            model.preemption_bound = Some(preemptions);
            model.check(move || self.run(order));
        }
    }

    fn run(self, order: usize) {
        let world = World::new();
        let mut held = (self.build)(world, order);
        if self.run == Run::LookBefore {
            world.look();
        }
        let third = self.third.map(|third| {
            let theirs = vec![held.pop().expect("there is one for the third thread")];
            thread::spawn(move || third(theirs))
        });
        let second = thread::spawn(move || (self.mutate)(held));
        match self.run {
            Run::Collection | Run::LookBefore => drop(world.collect()),
            Run::Young => {
                world.collect_young();
                world.collect_young();
            }
            Run::Confirmation => world.confirm(false),
            Run::LookAndConfirmation => world.confirm(true),
            Run::Look(least, most) => {
                let outside = world.look();
                let is_right = outside.is_none_or(|outside| (least..=most).contains(&outside));
                assert!(is_right, "{outside:?} handles come from outside");
            }
        }
        let held = second.join().unwrap();
        let others = third.map(|third| third.join().unwrap());
        held.iter().chain(others.iter().flatten()).for_each(Handle::check);
        drop((held, others));
        assert_eq!(world.end(), 0, "unreachable objects are left");
    }
}

/// Makes candidates of `handles`, in one of the orders.
fn candidates(order: usize, handles: &[&Handle]) {
    for index in 0..handles.len() {
        handles[(order + index) % handles.len()].make_candidate();
    }
}

// An object without edges.

fn one(world: &'static World, order: usize) -> Vec<Handle> {
    let x = world.object(vec![], vec![]);
    candidates(order, &[&x]);
    vec![x]
}

/// A candidate, and two handles to it.
fn three_handles(world: &'static World, order: usize) -> Vec<Handle> {
    let mut held = one(world, order);
    held.push(held[0].another());
    held
}

/// Two objects that nothing connects.
fn two(world: &'static World, order: usize) -> Vec<Handle> {
    let (x, y) = (world.object(vec![], vec![]), world.object(vec![], vec![]));
    candidates(order, &[&x, &y]);
    vec![x, y]
}

/// There are never more than two handles.
fn drop_and_clone(mut held: Vec<Handle>) -> Vec<Handle> {
    let y = held.pop().unwrap();
    drop(held);
    vec![y.another(), y]
}

fn two_handles(world: &'static World, _: usize) -> Vec<Handle> {
    let x = world.object(vec![], vec![]);
    vec![x.another(), x]
}

fn drop_all(held: Vec<Handle>) -> Vec<Handle> {
    drop(held);
    vec![]
}

fn drop_first(mut held: Vec<Handle>) -> Vec<Handle> {
    let x = held.pop().unwrap();
    x.check();
    drop(x);
    held
}

/// An object that holds itself, and two handles from outside.
fn self_cycle(world: &'static World, order: usize) -> Vec<Handle> {
    let x = world.object(vec![], vec![]);
    x.locked().push(x.another());
    let second = x.another();
    candidates(order, &[&x]);
    vec![second, x]
}

/// A ring of two, of which one panics when it is traced.
fn fragile_ring(world: &'static World, order: usize) -> Vec<Handle> {
    let x = world.fragile();
    let y = world.object(vec![x.another()], vec![]);
    x.locked().push(y.another());
    candidates(order, &[&x, &y]);
    vec![x, y]
}

// Two or three objects: `a` refers to `y` and `z`, which may hold handles to `a`.

fn three(world: &'static World) -> Handle {
    let y = world.object(vec![], vec![]);
    on_top(world, y)
}

fn on_top(world: &'static World, y: Handle) -> Handle {
    let z = world.object(vec![], vec![]);
    world.object(vec![y, z], vec![])
}

/// `y` holds a handle to `a`, and a thread has another.
fn one_inside(world: &'static World, order: usize) -> Vec<Handle> {
    let a = three(world);
    a.fixed(0).locked().push(a.another());
    candidates(order, &[&a, a.fixed(0), a.fixed(1)]);
    vec![a]
}

/// The same, and the trace of `y` panics.
fn one_inside_fragile(world: &'static World, order: usize) -> Vec<Handle> {
    let a = on_top(world, world.fragile());
    a.fixed(0).locked().push(a.another());
    candidates(order, &[&a, a.fixed(0), a.fixed(1)]);
    vec![a]
}

/// A thread has two handles to `a`.
fn two_outside(world: &'static World, order: usize) -> Vec<Handle> {
    let a = three(world);
    candidates(order, &[&a, a.fixed(0), a.fixed(1)]);
    vec![a.another(), a]
}

/// The handle in `y` is moved to `z`, and seen twice or never.
fn move_ahead(held: Vec<Handle>) -> Vec<Handle> {
    let moved = held[0].fixed(0).locked().pop().unwrap();
    held[0].fixed(1).locked().push(moved);
    held
}

/// The handle in `y` is moved to the lock of `a`, which was empty, and the thread keeps `z` alone.
fn move_away(held: Vec<Handle>) -> Vec<Handle> {
    let moved = held[0].fixed(0).locked().pop().unwrap();
    held[0].locked().push(moved);
    let z = held[0].fixed(1).another();
    drop(held);
    vec![z]
}

/// A thread has `a`, which refers to nothing, and `t`. Garbage refers to `t` as well.
fn beside_garbage(world: &'static World, order: usize) -> Vec<Handle> {
    let [a, t] = [(); 2].map(|()| world.object(vec![], vec![]));
    let garbage = world.object(vec![t.another()], vec![]);
    garbage.locked().push(garbage.another());
    candidates(order, &[&a, &garbage]);
    candidates(order, &[&t]);
    vec![a, t]
}

/// `t` is put into `a`.
fn put_inside(mut held: Vec<Handle>) -> Vec<Handle> {
    let t = held.pop().unwrap();
    held[0].locked().push(t);
    held
}

/// `y` holds `p`, and the thread has `q`.
fn holder(world: &'static World, order: usize) -> Vec<Handle> {
    let [p, q] = [(); 2].map(|()| world.object(vec![], vec![]));
    let y = world.object(vec![], vec![]);
    candidates(order, &[&y, &p, &q]);
    y.locked().push(p);
    vec![q, y]
}

/// `q` takes the place of `p`, which the thread has from then on, and `y` is let go.
fn exchange(mut held: Vec<Handle>) -> Vec<Handle> {
    let y = held.pop().unwrap();
    let q = held.pop().unwrap();
    let p = core::mem::replace(&mut y.locked()[0], q);
    drop(y);
    vec![p]
}

/// Two handles take turns to be inside, so that each look finds one there.
fn take_turns(mut held: Vec<Handle>) -> Vec<Handle> {
    let first = held.pop().unwrap();
    let second = held.pop().unwrap();
    second.fixed(0).locked().push(first);
    let first = second.fixed(0).locked().pop().unwrap();
    first.fixed(1).locked().push(second);
    vec![first]
}

/// `a` and `y` refer to each other through `a`'s fixed handle and `y`'s lock.
fn ring_held(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.object(vec![y], vec![]);
    a.fixed(0).locked().push(a.another());
    candidates(order, &[&a, a.fixed(0)]);
    vec![a]
}

/// The same, and `b`, which holds itself. Only `a` is a candidate, so that a collection that comes first sees
/// `a` and `y`, and one that comes last `a`, `b` and `y`.
fn ring_and_own(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.object(vec![y], vec![]);
    a.fixed(0).locked().push(a.another());
    let b = world.object(vec![], vec![]);
    b.locked().push(b.another());
    candidates(order, &[&a]);
    vec![a, b]
}

/// The hold goes over from `a` to `y`, by a clone through the fixed handle.
fn walk(mut held: Vec<Handle>) -> Vec<Handle> {
    let a = held.pop().unwrap();
    let y = a.fixed(0).another();
    drop(a);
    vec![y]
}

/// ... and back, and over again: the counts are as they were.
fn walk_round(mut held: Vec<Handle>) -> Vec<Handle> {
    let a = held.pop().unwrap();
    let y = a.fixed(0).another();
    drop(a);
    let a = y.locked()[0].another();
    drop(y);
    let y = a.fixed(0).another();
    drop(a);
    vec![y]
}

/// The same ring through two locks.
fn ring_locked(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.object(vec![], vec![]);
    y.locked().push(a.another());
    candidates(order, &[&a]);
    a.locked().push(y);
    vec![a]
}

/// `y` is taken out of `a`, and `a` put into `y` in place of its like.
fn swap_through(mut held: Vec<Handle>) -> Vec<Handle> {
    let a = held.pop().unwrap();
    let y = a.locked().pop().unwrap();
    let like = y.locked().pop().unwrap();
    y.locked().push(a);
    drop(like);
    vec![y]
}

/// `a` refers to `y`, which nobody else refers to.
fn chain(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.object(vec![], vec![]);
    candidates(order, &[&a]);
    a.locked().push(y);
    vec![a]
}

/// `a` refers to `y` for ever, and `y` to `z`, which nobody else refers to. So `y` is not the first that is traced.
fn chain_of_three(world: &'static World, order: usize) -> Vec<Handle> {
    let z = world.object(vec![], vec![]);
    let y = world.object(vec![], vec![z]);
    let a = world.object(vec![y], vec![]);
    candidates(order, &[&a]);
    vec![a]
}

/// `z` is taken out of `y` and dropped.
fn take_out_of_second(held: Vec<Handle>) -> Vec<Handle> {
    let z = held[0].fixed(0).locked().pop();
    drop(z);
    held
}

/// `a` refers to a leaf, which the thread has a handle to as well.
fn chain_to_leaf(world: &'static World, order: usize) -> Vec<Handle> {
    let leaf = world.leaf();
    let a = world.object(vec![], vec![]);
    candidates(order, &[&a]);
    a.locked().push(leaf.another());
    vec![a, leaf]
}

/// Two handles to one leaf.
fn two_leaves(world: &'static World, _: usize) -> Vec<Handle> {
    let leaf = world.leaf();
    vec![leaf.another(), leaf]
}

fn check_and_drop(held: Vec<Handle>) -> Vec<Handle> {
    held.iter().for_each(Handle::check);
    drop(held);
    vec![]
}

/// `y` is taken out of `a` and dropped, and `a` too.
fn take_out(held: Vec<Handle>) -> Vec<Handle> {
    let y = held[0].locked().pop().unwrap();
    y.check();
    drop(y);
    drop(held);
    vec![]
}

/// A ring that nobody refers to; the second thread collects as well. It has the handle of another
/// object, which reaches the world.
fn garbage(world: &'static World, order: usize) -> Vec<Handle> {
    drop(ring_held(world, order));
    vec![world.object(vec![], vec![])]
}

/// Two rings that nothing connects, one of which a handle refers to.
fn two_rings_held(world: &'static World, order: usize) -> Vec<Handle> {
    drop(ring_held(world, order));
    ring_held(world, order)
}

fn collect_too(held: Vec<Handle>) -> Vec<Handle> {
    held[0].world().collect();
    held
}

/// The last handle from outside is dropped, and then this thread collects as well.
fn drop_and_collect(held: Vec<Handle>) -> Vec<Handle> {
    let world = held[0].world();
    drop(held);
    world.collect();
    vec![]
}

/// `a` has two handles to `y`, which has one to `a`.
fn two_edges(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.object(vec![y.another(), y], vec![]);
    a.fixed(0).locked().push(a.another());
    candidates(order, &[&a, a.fixed(0)]);
    vec![a]
}

// Objects of two ages.

/// Makes an object old.
fn grow_old(world: &'static World, object: &Handle) {
    object.make_candidate();
    world.collect();
}

/// `o`, which is old, and `y` hold each other, and a thread has a handle to `y`. Neither is a candidate.
fn cycle_through_old(world: &'static World, _: usize) -> Vec<Handle> {
    let o = world.object(vec![], vec![]);
    grow_old(world, &o);
    let y = world.object(vec![], vec![o]);
    let inside = y.another();
    y.locked()[0].locked().push(inside);
    vec![y]
}

/// `a` refers to `y` through a fixed handle, and only `a` is a candidate.
fn chain_fixed_of_one(world: &'static World, _: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.object(vec![y], vec![]);
    candidates(0, &[&a]);
    vec![a]
}

/// Makes `y` a candidate, and lets go of both.
fn clone_and_drop(held: Vec<Handle>) -> Vec<Handle> {
    held[0].fixed(0).make_candidate();
    drop(held);
    vec![]
}

/// `o`, which is old, and a ring of young objects `a` and `y`, which are candidates.
fn held_by_old(world: &'static World, order: usize) -> Vec<Handle> {
    let o = world.object(vec![], vec![]);
    grow_old(world, &o);
    let mut held = ring_held(world, order);
    held.push(o);
    held
}

/// The handle to `a` goes into `o`, and the hold from `o` to `y`.
fn move_into_old(mut held: Vec<Handle>) -> Vec<Handle> {
    let o = held.pop().unwrap();
    let a = held.pop().unwrap();
    o.locked().push(a);
    let a = o.locked().pop().unwrap();
    let y = a.fixed(0).another();
    o.locked().push(a);
    drop(o);
    vec![y]
}

// Two threads and a handle that goes from one to the other, through a lock outside the heap: the
// `locked` of an object that is no candidate.

fn baton(world: &'static World, order: usize) -> Vec<Handle> {
    let ring = ring_held(world, order);
    let place = world.object(vec![], vec![]);
    let [a] = <[Handle; 1]>::try_from(ring).ok().unwrap();
    vec![a, place.another(), place]
}

/// Takes the hold on `y` instead of `a`, and puts it down.
fn pass_baton(mut held: Vec<Handle>) -> Vec<Handle> {
    let place = held.pop().unwrap();
    let held = walk(held);
    place.locked().extend(held);
    vec![place]
}

/// Takes it up, if it is there, and takes the hold on `a` instead.
fn give_baton_back(held: Vec<Handle>) -> Vec<Handle> {
    let Some(y) = held[0].locked().pop() else { return held };
    let a = y.locked()[0].another();
    drop(y);
    vec![a]
}

// Weak handles, in an object that is no candidate and that only these threads have.

/// An object whose only handle is one thread's, with a weak handle to it.
fn watched(world: &'static World, order: usize) -> Vec<Handle> {
    let x = one(world, order);
    vec![world.observer(vec![x[0].downgrade()])]
}

/// The same, and another thread has a handle.
fn held_and_watched(world: &'static World, order: usize) -> Vec<Handle> {
    let mut held = one(world, order);
    held.insert(0, world.observer(vec![held[0].downgrade()]));
    held
}

/// An object, and one for each of two threads that has a weak handle to it and no other.
fn watched_twice(world: &'static World, order: usize) -> Vec<Handle> {
    let x = one(world, order);
    let observer = || world.observer(vec![x[0].downgrade()]);
    let (first, second) = (observer(), observer());
    // Its entry is not the uppermost when it dies.
    let above = one(world, order);
    drop(x);
    drop(above);
    vec![first, second]
}

/// Makes a handle, drops the object that has the weak one, and keeps the handle.
fn upgrade(held: Vec<Handle>) -> Vec<Handle> {
    let upgraded = held[0].weak(0).upgrade();
    upgraded.iter().for_each(check_ring);
    drop(held);
    upgraded.into_iter().collect()
}

/// The same, and drops the handle.
fn upgrade_and_drop(held: Vec<Handle>) -> Vec<Handle> {
    drop(upgrade(held));
    vec![]
}

/// The object is alive, and what it refers to through fixed handles.
fn check_ring(handle: &Handle) {
    handle.check();
    for index in 0..handle.fixed_len() {
        handle.fixed(index).check();
    }
}

/// A ring that nobody refers to, with weak handles to both members.
fn ring_watched(world: &'static World, order: usize) -> Vec<Handle> {
    let a = ring_held(world, order);
    vec![world.observer(vec![a[0].downgrade(), a[0].fixed(0).downgrade()])]
}

/// The same for two threads, one of which has a weak handle to each member.
fn ring_watched_twice(world: &'static World, order: usize) -> Vec<Handle> {
    let a = ring_held(world, order);
    let observer = |of: &Handle| world.observer(vec![of.downgrade()]);
    vec![observer(&a[0]), observer(a[0].fixed(0))]
}

/// A ring, of which one thread holds `a`, and another has a weak handle to `y`.
fn ring_held_and_watched(world: &'static World, order: usize) -> Vec<Handle> {
    let mut held = ring_held(world, order);
    let observer = world.observer(vec![held[0].fixed(0).downgrade()]);
    held.push(observer);
    held
}

/// A place for each of two threads.
fn place_twice(world: &'static World, _: usize) -> Vec<Handle> {
    let place = world.object(vec![], vec![]);
    vec![place.another(), place]
}

/// Makes an object whose weak handle is lent out before its value is there.
fn build_cyclic(held: Vec<Handle>) -> Vec<Handle> {
    let lend = |weak: &Weak| {
        held[0].weak_locked().push(weak.another());
        true
    };
    held[0].world().cyclic(lend).into_iter().collect()
}

/// Takes a weak handle, if one is there, and makes a handle.
fn upgrade_locked(held: Vec<Handle>) -> Vec<Handle> {
    let weak = held[0].weak_locked().pop();
    drop(held);
    let upgraded = weak.and_then(|weak| weak.upgrade());
    upgraded.iter().for_each(Handle::check);
    upgraded.into_iter().collect()
}

// Values that a thread has alone.

/// `a` refers to `y` through a fixed handle, and both are candidates.
fn chain_fixed(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.object(vec![y], vec![]);
    candidates(order, &[&a, a.fixed(0)]);
    vec![a]
}

/// The same, and two threads have a handle to `a`.
fn two_to_chain(world: &'static World, order: usize) -> Vec<Handle> {
    let mut held = chain_fixed(world, order);
    held.push(held[0].another());
    held
}

/// The same, and another thread has a weak handle to `a`.
fn chain_and_watcher(world: &'static World, order: usize) -> Vec<Handle> {
    let mut held = chain_fixed(world, order);
    let observer = world.observer(vec![held[0].downgrade()]);
    held.push(observer);
    held
}

/// Takes out what `a` holds, if that is allowed; drops it, and keeps `a`.
fn empty(mut held: Vec<Handle>) -> Vec<Handle> {
    let mut a = held.pop().unwrap();
    drop(held);
    let taken = a.empty();
    taken.iter().flatten().for_each(Handle::check);
    vec![a]
}

/// Takes the value out, if this is the only handle; keeps what it held, or the handle.
fn unwrap(mut held: Vec<Handle>) -> Vec<Handle> {
    match held.pop().unwrap().unwrap() {
        Ok(inside) => {
            inside.iter().for_each(Handle::check);
            inside
        }
        Err(a) => {
            a.check();
            vec![a]
        }
    }
}

/// The same with the first handle.
fn unwrap_first(mut held: Vec<Handle>) -> Vec<Handle> {
    held.truncate(1);
    unwrap(held)
}

/// Drops the handle, and keeps what the value held if it was the last.
fn into_inner(mut held: Vec<Handle>) -> Vec<Handle> {
    let inside = held.pop().unwrap().into_inner();
    inside.iter().flatten().for_each(Handle::check);
    inside.into_iter().flatten().collect()
}

/// Makes a handle from a weak one, and a weak one from that handle, so that both counts are as before.
fn upgrade_and_replace(held: Vec<Handle>) -> Vec<Handle> {
    let Some(x) = held[0].weak(0).upgrade() else { return vec![] };
    drop(held);
    assert_eq!(x.fixed_len(), 0);
    let weak = x.downgrade();
    drop(x);
    let x = weak.upgrade();
    assert!(x.iter().all(|x| x.fixed_len() == 0));
    vec![]
}

// Finalizers, which look at all that the value refers to.

/// `a`, which is finalized, and `y` refer to each other.
fn ring_finalizable(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.finalizable(vec![y]);
    a.fixed(0).locked().push(a.another());
    candidates(order, &[&a, a.fixed(0)]);
    vec![a]
}

/// The same, which nobody refers to but weakly.
fn ring_finalizable_watched(world: &'static World, order: usize) -> Vec<Handle> {
    let a = ring_finalizable(world, order);
    vec![world.observer(vec![a[0].downgrade(), a[0].fixed(0).downgrade()])]
}

/// `a`, which is finalized, refers to `y`.
fn chain_finalizable(world: &'static World, order: usize) -> Vec<Handle> {
    let y = world.object(vec![], vec![]);
    let a = world.finalizable(vec![y]);
    candidates(order, &[&a, a.fixed(0)]);
    vec![a]
}

/// The same, and another thread has a weak handle to `a`.
fn chain_finalizable_watched(world: &'static World, order: usize) -> Vec<Handle> {
    let mut held = chain_finalizable(world, order);
    held.push(world.observer(vec![held[0].downgrade()]));
    held
}

/// A value that was gone does not come back.
fn upgrade_twice(held: Vec<Handle>) -> Vec<Handle> {
    let is_gone = held[0].weak(0).upgrade().is_none();
    let again = held[0].weak(0).upgrade();
    assert!(!is_gone || again.is_none(), "a value came back");
    vec![]
}
