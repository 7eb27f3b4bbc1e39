//! The workloads once more with `crossbeam-epoch`, which counts nothing.
//!
//! A thread pins itself, and what it loads from then on is not freed before it unpins. So a guard is what
//! a handle is elsewhere: to take one, the thread pins itself and loads the pointer. In place of
//! the last drop the program retires the object, once no thread can load a pointer to it any more. What a
//! node refers to is retired by itself, one object after the other, as nothing here owns anything.
//!
//! The nodes have the fields of [`crate::library`], with an `Atomic` in place of each lock, as graphs
//! that are read under guards have them. Links do not change their number after the node was made.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Acquire, Release},
};
use std::thread;

use crossbeam_epoch::{self as epoch, Atomic, Guard, Owned, Shared};
use fastrand::Rng;

use crate::timing::each;
use crate::work::{ENTRIES, LISTENERS, Work};

/// Measures it once, as [`Work::measure`] does; `None` also if it cannot be stated without a collector.
pub(crate) fn measure(work: Work, threads: usize) -> Option<f64> {
    let times = work.times();
    let taken = match work {
        Work::Clone => each(threads, |_| hold(&Place::new(5), times)),
        Work::CloneShared => {
            let number = Place::new(5);
            each(threads, |_| hold(&number, times))
        }
        Work::CloneNode => each(threads, |_| hold(&Place::new(Node::default()), times)),
        Work::CloneNodeShared => {
            let node = Place::new(Node::default());
            each(threads, |_| hold(&node, times))
        }
        Work::Deref => {
            let number = Place::new(5);
            each(threads, |_| read(&number, times))
        }
        Work::New => each(threads, |_| make(times, |step| step as u64)),
        // A clone is a copy of a pointer.
        Work::NewNode | Work::NewCloneNode => each(threads, |_| make(times, |_| Node::default())),
        Work::RingOfTwo => each(threads, |_| rings(2, times)),
        Work::RingOfForty => each(threads, |_| rings(40, times)),
        Work::Cache => {
            let cache = Cache::new();
            each(threads, |thread| cache.serve(Rng::with_seed(thread), times))
        }
        Work::DeadGraph | Work::LiveGraph | Work::Document => None,
    };
    taken.map(|taken| taken.as_nanos() as f64 / times as f64)
}

/// A place from which threads load a pointer.
///
/// # Invariants
///
/// It points at an object that is not retired.
struct Place<T>(Atomic<T>);

impl<T> Place<T> {
    fn new(object: T) -> Place<T> {
        // INVARIANT: It is new, and only `drop` takes it out.
        Place(Atomic::new(object))
    }

    /// The object, for as long as both the place and the guard keep it.
    fn load<'p>(&'p self, guard: &'p Guard) -> Shared<'p, T> {
        self.0.load(Acquire, guard)
    }
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant it is not retired, so that it is freed here alone. Nobody else has
        // the place, and what `load` returned has gone with the borrow of it.
        drop(unsafe { std::mem::take(&mut self.0).try_into_owned() });
    }
}

/// A node.
///
/// # Invariants
///
/// Each field is null or points at a node that is retired together with this one, or later.
#[derive(Default)]
struct Node {
    next: Atomic<Node>,
    links: Vec<Atomic<Node>>,
    back: Atomic<Node>,
}

/// Pins the thread, takes a pointer, and unpins.
#[inline(never)]
fn hold<T>(place: &Place<T>, times: usize) {
    for _ in 0..times {
        let guard = epoch::pin();
        black_box(black_box(place).load(&guard).as_raw());
    }
}

/// Reads the number again and again under one guard.
#[inline(never)]
fn read(number: &Place<u64>, times: usize) {
    let guard = epoch::pin();
    for _ in 0..times {
        // SAFETY: By the invariant of the place it is a number that nobody has retired.
        black_box(unsafe { *black_box(number).load(&guard).deref() });
    }
}

/// Makes objects, and retires each.
#[inline(never)]
fn make<T>(times: usize, new: impl Fn(usize) -> T) {
    for step in 0..times {
        let guard = epoch::pin();
        let object = Owned::new(new(step)).into_shared(&guard);
        black_box(object.as_raw());
        // SAFETY: No other thread has seen it, and this one forgets it.
        unsafe { guard.defer_destroy(object) };
    }
    reclaim();
}

/// Makes rings and retires all nodes of each.
#[inline(never)]
fn rings(nodes: usize, times: usize) {
    for _ in 0..times {
        let guard = epoch::pin();
        let first = black_box(ring(nodes, &guard));
        // SAFETY: No other thread has seen it, and this one forgets it.
        unsafe { retire_ring(first, &guard) };
    }
    reclaim();
}

/// A ring: its first node.
fn ring(nodes: usize, guard: &Guard) -> Shared<'_, Node> {
    let first = Owned::new(Node::default()).into_shared(guard);
    let mut last = first;
    for _ in 1..nodes {
        let next = Owned::new(Node::default()).into_shared(guard);
        // SAFETY: It was made above, and is not retired.
        unsafe { last.deref() }.next.store(next, Release);
        last = next;
    }
    // SAFETY: As above.
    unsafe { last.deref() }.back.store(first, Release);
    first
}

/// Retires the nodes of a ring one after the other.
///
/// # Safety
///
/// It is not retired, and no thread can load a pointer to one of its nodes from now on.
unsafe fn retire_ring<'g>(first: Shared<'g, Node>, guard: &'g Guard) {
    let mut node = first;
    // SAFETY: The first one is not retired, as the caller says, and the others are not by the invariant of
    // the node before.
    while let Some(fields) = unsafe { node.as_ref() } {
        let next = fields.next.load(Acquire, guard);
        // SAFETY: The caller says that no thread can load it any more.
        unsafe { guard.defer_destroy(node) };
        node = next;
    }
}

/// A cache whose entries and listeners refer to each other.
///
/// # Invariants
///
/// Each place has an entry that is not retired, nor are its listeners.
struct Cache(Vec<Atomic<Node>>);

impl Cache {
    fn new() -> Cache {
        let guard = epoch::pin();
        Cache((0..ENTRIES).map(|_| Atomic::from(entry(&guard))).collect())
    }

    /// Reads entries, and replaces one of eight.
    fn serve(&self, mut rng: Rng, times: usize) {
        for _ in 0..times {
            let place = &self.0[rng.usize(..ENTRIES)];
            let guard = epoch::pin();
            if rng.u8(..8) == 0 {
                // INVARIANT: The entry is new.
                let old = place.swap(entry(&guard), AcqRel, &guard);
                // SAFETY: No other place has it, and only the thread that takes it out retires it.
                unsafe { retire_entry(old, &guard) };
            } else {
                // SAFETY: By the invariant it is not retired before it was loaded.
                notify(unsafe { place.load(Acquire, &guard).deref() }, &guard);
            }
        }
        reclaim();
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        let guard = epoch::pin();
        for place in &self.0 {
            let entry = place.swap(Shared::null(), AcqRel, &guard);
            // SAFETY: It was not retired, by the invariant, and nobody else has the cache.
            unsafe { retire_entry(entry, &guard) };
        }
        drop(guard);
        reclaim();
    }
}

/// An entry with listeners that know it.
fn entry(guard: &Guard) -> Shared<'_, Node> {
    let links = (0..LISTENERS).map(|_| Atomic::new(Node::default())).collect();
    let entry = Owned::new(Node { links, ..Node::default() }).into_shared(guard);
    // SAFETY: It was just made.
    for listener in &unsafe { entry.deref() }.links {
        let listener = listener.load(Acquire, guard);
        // SAFETY: So was the listener.
        unsafe { listener.deref() }.back.store(entry, Release);
    }
    entry
}

/// Looks at the listeners of an entry.
fn notify(entry: &Node, guard: &Guard) {
    for listener in &entry.links {
        let listener = listener.load(Acquire, guard);
        // SAFETY: It is retired together with the entry, which the guard keeps.
        let next = unsafe { listener.deref() }.next.load(Acquire, guard);
        black_box(!next.is_null());
    }
}

/// Retires an entry and its listeners.
///
/// # Safety
///
/// It is not retired, and no thread can load it or its listeners from now on.
unsafe fn retire_entry<'g>(entry: Shared<'g, Node>, guard: &'g Guard) {
    // SAFETY: The caller says that it is not retired.
    for listener in &unsafe { entry.deref() }.links {
        let listener = listener.load(Acquire, guard);
        // SAFETY: The caller says that no thread can load it.
        unsafe { guard.defer_destroy(listener) };
    }
    // SAFETY: As above.
    unsafe { guard.defer_destroy(entry) };
}

/// Waits until what this thread has retired was freed, and frees what it can meanwhile.
///
/// Garbage is freed in the order in which it was retired, in bags; the flag comes last.
fn reclaim() {
    let is_done = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_done);
    epoch::pin().defer(move || flag.store(true, Release));
    while !is_done.load(Acquire) {
        epoch::pin().flush();
        thread::yield_now();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{Work, make, measure, reclaim};

    #[test]
    fn what_is_retired_is_freed_in_the_end() {
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        struct Counted;
        impl Drop for Counted {
            fn drop(&mut self) {
                DROPPED.fetch_add(1, Ordering::Relaxed);
            }
        }
        make(1000, |_| Counted);
        // Another test may have begun to free the last of them, and not be done.
        for _ in 0..1000 {
            if DROPPED.load(Ordering::Relaxed) == 1000 {
                break;
            }
            reclaim();
        }
        assert_eq!(DROPPED.load(Ordering::Relaxed), 1000);
    }

    #[test]
    fn each_workload_that_needs_no_collector_can_be_measured() {
        for work in Work::ALL {
            let time = measure(work, 1);
            assert_eq!(time.is_some_and(|time| time > 0.0), work.is_for_epochs(), "{work:?}");
        }
    }
}
