//! Eight threads, mixed workloads, for as long as one likes: memory stays flat,
//! every finalizer runs exactly once, and nothing is lost.
//!
//! `GCYCLE_SOAK_SECONDS=600 cargo test --release --test soak -- --ignored
//! --nocapture` runs for ten minutes and prints a line for each minute. Without
//! `--ignored` it runs for two seconds.

#![expect(clippy::std_instead_of_core, reason = "tests read like the code of users")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use gcycle::{Gc, Trace, Tracer, Untraced, Weak, gc};

const THREADS: usize = 8;

static MADE: AtomicU64 = AtomicU64::new(0);
static FINALIZED: AtomicU64 = AtomicU64::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);
static COLLECTIONS: AtomicU64 = AtomicU64::new(0);
static RESERVED: [AtomicUsize; THREADS] = [const { AtomicUsize::new(0) }; THREADS];

struct Counted {
    is_finalized: RefCell<bool>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        assert!(*self.is_finalized.borrow(), "dropped before it was finalized");
        DROPPED.fetch_add(1, Relaxed);
    }
}

/// An object with every kind of edge.
struct Thing {
    list: RefCell<Vec<Gc<Thing>>>,
    map: RefCell<HashMap<u32, Gc<Thing>>>,
    back: RefCell<Weak<Thing>>,
    #[expect(dead_code, reason = "it is there to be allocated and freed")]
    payload: Untraced<Vec<u8>>,
    counted: Untraced<Counted>,
}

// SAFETY: each field is reported once.
unsafe impl Trace for Thing {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.list.trace(tracer);
        self.map.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|thing| {
            let again = thing.counted.is_finalized.replace(true);
            assert!(!again, "finalized a second time");
            FINALIZED.fetch_add(1, Relaxed);
        })
    }
}

fn thing(random: &mut Random) -> Gc<Thing> {
    MADE.fetch_add(1, Relaxed);
    Gc::new(Thing {
        list: RefCell::default(),
        map: RefCell::default(),
        back: RefCell::default(),
        payload: Untraced(vec![0; random.below(100)]),
        counted: Untraced(Counted { is_finalized: RefCell::new(false) }),
    })
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        let high = u32::try_from(self.0 >> 32).expect("32 bits are left");
        high as usize % limit
    }
}

/// A tree whose children know their parents.
fn tree(random: &mut Random, depth: usize) -> Gc<Thing> {
    let root = thing(random);
    if depth > 0 {
        for key in 0..random.below(4) {
            let child = tree(random, depth - 1);
            child.list.borrow_mut().push(root.clone());
            *child.back.borrow_mut() = Gc::downgrade(&root);
            root.map.borrow_mut().insert(u32::try_from(key).expect("few children"), child);
        }
    }
    root
}

/// A ring that holds a tree.
fn ring(random: &mut Random) -> Gc<Thing> {
    let first = thing(random);
    let mut last = first.clone();
    for _ in 0..random.below(30) {
        let next = thing(random);
        next.list.borrow_mut().push(last);
        last = next;
    }
    first.list.borrow_mut().push(last);
    first.list.borrow_mut().push(tree(random, 2));
    first
}

/// One step of a cache that is always full, of a random graph, of a long list.
fn step(random: &mut Random, kept: &mut [Gc<Thing>]) {
    let new = match random.below(4) {
        0 => tree(random, 4),
        1 => ring(random),
        _ => thing(random),
    };
    for _ in 0..random.below(3) {
        let other = random.below(kept.len());
        new.list.borrow_mut().push(kept[other].clone());
        if random.below(2) == 0 {
            kept[other].list.borrow_mut().push(new.clone());
        }
    }
    let replaced = random.below(kept.len());
    let old = std::mem::replace(&mut kept[replaced], new);
    // Cut it off from what is kept, or the graph would only ever grow.
    drop(old.list.take());
    drop(old.map.take());
    let cut = random.below(kept.len());
    if kept[cut].list.borrow().len() > 8 {
        kept[cut].list.take().into_iter().for_each(drop);
    }
}

fn work(index: usize, deadline: Instant) {
    let mut random = Random(index as u64 + 1);
    if index % 2 == 1 {
        gc::set_threshold(100 * u32::try_from(index).expect("few threads"), 5, 5);
    }
    let mut kept: Vec<Gc<Thing>> = (0..2_000).map(|_| thing(&mut random)).collect();
    let mut steps = 0_u64;
    while Instant::now() < deadline {
        for _ in 0..500 {
            step(&mut random, &mut kept);
        }
        steps += 1;
        if steps.is_multiple_of(64) {
            gc::collect();
            RESERVED[index].store(gc::memory().reserved_bytes, Relaxed);
        }
    }
    let collections: u64 = gc::get_stats().iter().map(|stats| stats.collections).sum();
    COLLECTIONS.fetch_add(collections, Relaxed);
    // Half of the threads leave everything to the end of the thread.
    if index < THREADS / 2 {
        drop(kept);
        gc::collect();
        assert_eq!(gc::memory().objects, 0);
        gc::trim();
        assert_eq!(gc::memory().reserved_bytes, 0);
    }
}

/// The memory of the process that is in use, if the system tells.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

fn soak(seconds: u64) {
    let started = Instant::now();
    let deadline = started + Duration::from_secs(seconds);
    let threads: Vec<_> =
        (0..THREADS).map(|index| thread::spawn(move || work(index, deadline))).collect();
    let mut heaps = Vec::new();
    while Instant::now() < deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        thread::sleep(left.min(Duration::from_secs((seconds / 10).clamp(1, 60))));
        let heap: usize = RESERVED.iter().map(|reserved| reserved.load(Relaxed)).sum();
        println!(
            "{:4} s: {} objects made, heaps {} KiB, process {} KiB",
            started.elapsed().as_secs(),
            MADE.load(Relaxed),
            heap >> 10,
            resident().unwrap_or(0) >> 10,
        );
        heaps.push(heap);
    }
    for thread in threads {
        thread.join().expect("every thread ends properly");
    }
    let (made, finalized, dropped) =
        (MADE.load(Relaxed), FINALIZED.load(Relaxed), DROPPED.load(Relaxed));
    println!(
        "{made} objects made, {finalized} finalized, {dropped} dropped, {} collections",
        COLLECTIONS.load(Relaxed)
    );
    assert_eq!(made, finalized, "every finalizer ran once");
    assert_eq!(made, dropped, "nothing is lost");
    // Flat: the second half needs no more than the first one did.
    if let (true, Some((first, second))) = (seconds >= 60, heaps.split_at_checked(heaps.len() / 2))
    {
        let most = |heaps: &[usize]| heaps.iter().copied().max().unwrap_or(0);
        let (first, second) = (most(first), most(second));
        println!("heaps at most {} KiB, then at most {} KiB", first >> 10, second >> 10);
        assert!(second <= first + first / 4, "memory grows");
    }
}

#[test]
fn eight_threads_work_for_a_moment() {
    soak(2);
}

#[test]
#[ignore = "runs as long as GCYCLE_SOAK_SECONDS says, ten minutes if it is not set"]
fn eight_threads_work_for_a_long_time() {
    let seconds = std::env::var("GCYCLE_SOAK_SECONDS");
    soak(seconds.map_or(600, |text| text.parse().expect("a number of seconds")));
}
