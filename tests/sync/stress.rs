//! Random work of several threads.

use std::sync::{Arc, Mutex};
use std::thread;

use gcycle::sync::{self, Gc};

use crate::values::{Counter, Node, turn};

/// A stream of numbers that begins with `0`.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

type Place = Arc<Mutex<Vec<Gc<Node>>>>;

fn check(node: &Gc<Node>) {
    node.counted.check();
    node.fixed.iter().for_each(|node| node.counted.check());
    node.once.get().into_iter().for_each(|node| node.counted.check());
    node.locked.lock().unwrap().iter().for_each(|node| node.counted.check());
}

fn step(counter: &Counter, place: &Place, held: &mut Vec<Gc<Node>>, random: &mut Random) {
    if held.is_empty() {
        held.push(Node::new(counter));
    }
    let [from, to] = [random.below(held.len()), random.below(held.len())];
    match random.below(16) {
        0 => held.push(Node::new(counter)),
        1 => held.push(Node::of(counter, vec![held[from].clone(), held[to].clone()])),
        2 => held.push(held[from].clone()),
        3 | 4 => drop(held.swap_remove(from)),
        5 => held[to].push(&held[from]),
        6 => {
            let moved = held.swap_remove(from);
            match held.get(to) {
                Some(into) => into.locked.lock().unwrap().push(moved),
                None => held.push(moved),
            }
        }
        7 => {
            let taken = held[from].locked.lock().unwrap().pop();
            held.extend(taken);
        }
        8 => {
            let cloned = held[from].locked.lock().unwrap().first().cloned();
            held.extend(cloned);
        }
        9 => {
            let cloned = held[from].fixed.first().cloned();
            held.extend(cloned);
        }
        10 => drop(held[to].once.set(held[from].clone())),
        11 => place.lock().unwrap().push(held.swap_remove(from)),
        12 => held[to].weak.lock().unwrap().push(Gc::downgrade(&held[from])),
        13 => {
            let weak = held[from].weak.lock().unwrap().pop();
            held.extend(weak.and_then(|weak| weak.upgrade()));
        }
        14 => assert!(Gc::downgrade(&held[from]).upgrade().is_some(), "it is held"),
        _ => held.extend(place.lock().unwrap().pop()),
    }
    held.iter().take(3).for_each(check);
    held.truncate(30);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn everything_that_threads_make_is_dropped_once_and_nothing_before() {
    let _turn = turn();
    let steps = if cfg!(miri) { 60 } else { 100_000 };
    let counter = Counter::default();
    let place = Place::default();
    let threads: Vec<_> = (1..=4)
        .map(|seed| {
            let (counter, place) = (counter.clone(), place.clone());
            thread::spawn(move || {
                let mut held = Vec::new();
                let mut random = Random(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
                for _ in 0..steps {
                    step(&counter, &place, &mut held, &mut random);
                }
            })
        })
        .collect();
    while !threads.iter().all(thread::JoinHandle::is_finished) {
        sync::gc::collect();
        thread::yield_now();
    }
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    place.lock().unwrap().clear();
    counter.all_are_dropped();
}

#[test]
fn without_a_call_garbage_is_collected_when_enough_is_made() {
    let _turn = turn();
    let rings = if cfg!(miri) { 1500 } else { 100_000 };
    let counter = Counter::default();
    for _ in 0..rings {
        let node = Node::new(&counter);
        node.push(&node);
    }
    let dropped = counter.dropped();
    assert!(dropped > 0, "{dropped} of {rings}");
    counter.all_are_dropped();
}

/// Each of two threads makes objects that die as the uppermost candidate, so that their slots are used again while
/// a third one enters others.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn slots_are_used_again_while_other_threads_enter_candidates() {
    let _turn = turn();
    let (dying, living) = if cfg!(miri) { (40, 40) } else { (100_000, 20_000) };
    let counter = Counter::default();
    let cloned_once = |_| {
        let node = Node::new(&counter);
        drop(node.clone());
        node
    };
    let held = thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..dying).map(cloned_once).for_each(drop));
        }
        let living = scope.spawn(|| (0..living).map(cloned_once).collect::<Vec<_>>());
        living.join().unwrap()
    });
    sync::gc::collect();
    held.iter().for_each(|node| node.counted.check());
    drop(held);
    counter.all_are_dropped();
}
