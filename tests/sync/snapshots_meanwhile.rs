//! Snapshots that are taken while other threads change what they show.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use gcycle::Trace;
use gcycle::inspect::SharedSnapshot;
use gcycle::sync::{self, Gc, Weak};

use crate::values::{Counted, Counter, turn};

const THREADS: usize = 3;
const PLACES: usize = 8;
const TOKENS: usize = 20;
const SNAPSHOTS: usize = if cfg!(miri) { 4 } else { 300 };

/// Each has one handle, wherever it is, or more if `clones` are made.
#[derive(Trace)]
#[trace(shared, name = "Token")]
struct Token {
    #[trace(skip)]
    counted: Counted,
    next: Mutex<Option<Gc<Token>>>,
}

#[derive(Trace)]
#[trace(shared, name = "Places")]
struct Places(Vec<Gc<Place>>);

#[derive(Trace, Default)]
#[trace(shared, name = "Place")]
struct Place(Mutex<Vec<Gc<Token>>>);

impl Place {
    fn take(&self) -> Option<Gc<Token>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, token: Gc<Token>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(0, token);
    }
}

/// The same numbers each time.
struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit
    }
}

fn places(counter: &Counter) -> Gc<Places> {
    let places = Places((0..PLACES).map(|_| Gc::default()).collect());
    for number in 0..TOKENS {
        let token = Token { counted: counter.count(), next: Mutex::default() };
        places.0[number % PLACES].put(Gc::new(token));
    }
    Gc::new(places)
}

/// Ends the threads, also if an assertion fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `change` on threads, again and again, while `look` is called.
fn meanwhile(
    places: &Gc<Places>,
    change: impl Fn(&Places, &mut Random) + Sync,
    mut look: impl FnMut(),
) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (change, is_over) = (&change, &is_over);
            scope.spawn(move || {
                let mut random = Random(0x9E37_79B9 ^ u32::try_from(number + 1).unwrap());
                while !is_over.load(Ordering::Relaxed) {
                    change(places, &mut random);
                }
            });
        }
        let _over = Over(&is_over);
        for _ in 0..SNAPSHOTS {
            look();
            thread::yield_now();
        }
    });
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn each_handle_is_seen_once_wherever_it_moves() {
    let _turn = turn();
    let counter = Counter::default();
    let places = places(&counter);
    let change = |places: &Places, random: &mut Random| {
        if let Some(token) = places.0[random.below(PLACES)].take() {
            token.counted.check();
            places.0[random.below(PLACES)].put(token);
        }
    };
    let mut consistent = 0;
    meanwhile(&places, change, || {
        let snapshot = SharedSnapshot::capture(&[&places]);
        assert!(snapshot.is_consistent(), "no handle is made or dropped: {snapshot:?}");
        consistent += 1;
        let tokens: Vec<_> = snapshot.find("Token").collect();
        for token in &tokens {
            assert_eq!(token.ref_count(), 1);
            assert_eq!(token.referrers().len(), 1, "a handle in a thread leads nowhere");
        }
        let hidden = snapshot.unseen().count();
        let unseen = TOKENS - tokens.len();
        assert!(hidden > 0 || unseen <= THREADS, "{unseen} tokens are in no place");
        assert_eq!(snapshot.unreachable().count(), 0);
    });
    assert_eq!(consistent, SNAPSHOTS);
    assert_eq!(counter.dropped(), 0);
    drop(places);
    counter.all_are_dropped();
}

/// Makes and breaks cycles, clones, drops, upgrades.
fn stir(places: &Places, random: &mut Random, counter: &Counter) {
    let Some(token) = places.0[random.below(PLACES)].take() else { return };
    let weak = Gc::downgrade(&token);
    match random.below(5) {
        0 => *token.next.lock().unwrap() = Some(token.clone()),
        1 => *token.next.lock().unwrap() = places.0[random.below(PLACES)].take(),
        2 => *token.next.lock().unwrap() = None,
        3 => drop(token.clone()),
        _ => {
            let made = Token { counted: counter.count(), next: Mutex::default() };
            places.0[random.below(PLACES)].put(Gc::new(made));
            // It may be in a cycle.
            drop(token);
            if let Some(token) = Weak::upgrade(&weak) {
                token.counted.check();
                places.0[random.below(PLACES)].put(token);
            }
            return;
        }
    }
    places.0[random.below(PLACES)].put(token);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn what_a_consistent_snapshot_says_adds_up() {
    let _turn = turn();
    let counter = Counter::default();
    let places = places(&counter);
    let change = |places: &Places, random: &mut Random| stir(places, random, &counter);
    let mut number = 0;
    meanwhile(&places, change, || {
        number += 1;
        let snapshot = match number % 3 {
            0 => SharedSnapshot::capture_in_passing(&[&places]),
            _ => SharedSnapshot::capture(&[&places]),
        };
        assert_eq!(snapshot.find("Places").count(), 1);
        if snapshot.is_consistent() {
            for object in snapshot.objects() {
                assert!(object.referrers().len() <= object.ref_count(), "{object}");
            }
            assert_eq!(snapshot.changed().count(), 0);
        }
        if number % 7 == 0 {
            sync::gc::collect();
        }
    });
    drop(places);
    counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn what_a_consistent_snapshot_calls_garbage_is_garbage() {
    let _turn = turn();
    let counter = Counter::default();
    let places = places(&counter);
    // Each token is in a cycle with itself, and threads hold what they take by one handle or another.
    for place in &places.0 {
        for token in place.0.lock().unwrap().iter() {
            *token.next.lock().unwrap() = Some(token.clone());
        }
    }
    let change = |places: &Places, random: &mut Random| {
        let Some(token) = places.0[random.below(PLACES)].take() else { return };
        // From hand to hand: the handle that is held is another one each time.
        let again = token.clone();
        let other = token.next.lock().unwrap().replace(again).unwrap();
        drop(token);
        let another = other.clone();
        drop(other);
        another.counted.check();
        places.0[random.below(PLACES)].put(another);
    };
    meanwhile(&places, change, || {
        let snapshot = SharedSnapshot::capture(&[&places]);
        if snapshot.is_consistent() {
            assert_eq!(snapshot.unreachable().count(), 0, "{snapshot:?}");
        }
    });
    drop(places);
    counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn snapshots_and_collections_take_turns() {
    let _turn = turn();
    let counter = Counter::default();
    let places = places(&counter);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..SNAPSHOTS).for_each(|_| drop(SharedSnapshot::capture(&[&places]))));
        }
        scope.spawn(|| {
            for _ in 0..SNAPSHOTS {
                sync::gc::collect();
            }
        });
        scope.spawn(|| {
            for _ in 0..SNAPSHOTS {
                let mut alone = Gc::new(Token { counted: counter.count(), next: Mutex::default() });
                drop(alone.clone());
                // A candidate may be looked at just now; this waits, and does not fail.
                assert!(Gc::get_mut(&mut alone).is_some());
            }
        });
    });
    drop(places);
    counter.all_are_dropped();
}
