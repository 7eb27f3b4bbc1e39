//! Random programs of several threads against collections, for shuttle.
//!
//! The oracle is simple. Whatever a thread can reach is alive: it checks all that it holds, and
//! what that refers to, after each step. When all threads have dropped what they held, everything
//! is unreachable, and nothing may be left. A value that is dropped twice, and a slot that is used
//! or freed after it was freed, are noticed where that happens.

use std::sync::Arc;

use shuttle::rand::{Rng, thread_rng};

use super::backend::{Mutex, thread};
use super::objects::{Handle, Weak, World};

/// A program: how many threads take how many steps each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    pub(crate) threads: usize,
    pub(crate) steps: usize,
}

/// Where threads leave handles for each other.
type Place = Arc<Mutex<Vec<Handle>>>;

impl Program {
    /// Runs it once, in an order that shuttle chooses.
    pub(crate) fn run(self) {
        let world = World::new();
        let place: Place = Arc::new(Mutex::new(Vec::new()));
        let threads = (0..self.threads).map(|_| {
            let place = place.clone();
            thread::spawn(move || mutate(world, &place, self.steps))
        });
        let threads: Vec<_> = threads.collect();
        for _ in 0..6 {
            if thread_rng().gen_range(0..3) == 0 {
                world.collect();
            } else {
                world.collect_young();
            }
            thread::yield_now();
        }
        for thread in threads {
            thread.join().unwrap();
        }
        world.collect();
        let left = std::mem::take(&mut *place.lock().unwrap());
        left.iter().for_each(check);
        drop(left);
        assert_eq!(world.end(), 0, "unreachable objects are left");
    }
}

fn mutate(world: &'static World, place: &Place, steps: usize) {
    let mut held = Vec::new();
    for _ in 0..steps {
        step(world, place, &mut held);
        held.iter().for_each(check);
    }
    if thread_rng().gen_range(0..2) == 0 {
        place.lock().unwrap().append(&mut held);
    }
}

/// The object and what it refers to is alive.
fn check(handle: &Handle) {
    handle.check();
    for fixed in 0..handle.fixed_len() {
        handle.fixed(fixed).check();
    }
    handle.locked().iter().for_each(Handle::check);
}

/// One of `handles`, if there is one.
fn any(handles: &[Handle]) -> Option<usize> {
    (!handles.is_empty()).then(|| thread_rng().gen_range(0..handles.len()))
}

fn step(world: &'static World, place: &Place, held: &mut Vec<Handle>) {
    let (Some(from), Some(to)) = (any(held), any(held)) else {
        return held.push(world.object(vec![], vec![]));
    };
    match thread_rng().gen_range(0..20) {
        // New objects, by themselves and on top of another.
        0 => held.push(world.object(vec![], vec![])),
        1 => held.push(world.object(vec![held[from].another()], vec![])),
        19 => held.push(world.finalizable(vec![held[from].another()])),
        // Clone and drop.
        2 => held.push(held[from].another()),
        3 | 4 => drop(held.swap_remove(from)),
        // Handles go into an object and come out of it.
        5 => {
            let moved = held[from].another();
            held[to].locked().push(moved);
        }
        6 if held.len() > 1 => {
            let moved = held.swap_remove(from);
            held[to % held.len()].locked().push(moved);
        }
        7 => {
            let taken = held[from].locked().pop();
            held.extend(taken);
        }
        8 => {
            let cloned = held[from].locked().first().map(Handle::another);
            held.extend(cloned);
        }
        9 if held[from].fixed_len() > 0 => held.push(held[from].fixed(0).another()),
        // Handles go to other threads.
        10 => place.lock().unwrap().push(held.swap_remove(from)),
        11 => held.extend(place.lock().unwrap().pop()),
        // Weak handles go into an object and come out of it, as handles if there is a value.
        12 => {
            let weak = held[from].downgrade();
            assert!(weak.upgrade().is_some(), "what is held has a value");
            held[to].weak_locked().push(weak);
        }
        13 => {
            let weak = held[from].weak_locked().pop();
            held.extend(weak.and_then(|weak| weak.upgrade()));
        }
        14 => {
            let weak = held[from].weak_locked().first().map(Weak::another);
            held.extend(weak.and_then(|weak| weak.upgrade()));
        }
        15 => {
            let lend = |weak: &Weak| {
                assert!(weak.upgrade().is_none(), "there is no value yet");
                held[to].weak_locked().push(weak.another());
                from != to
            };
            held.extend(world.cyclic(lend));
        }
        // Values that nobody else has.
        16 => {
            let taken = held[from].empty();
            held.extend(taken.into_iter().flatten());
        }
        17 => {
            let handle = held.swap_remove(from);
            match handle.unwrap() {
                Ok(inside) => held.extend(inside),
                Err(handle) => held.push(handle),
            }
        }
        18 => {
            let inside = held.swap_remove(from).into_inner();
            held.extend(inside.into_iter().flatten());
        }
        _ => {}
    }
}
