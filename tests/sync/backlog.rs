//! Drops that automatic collections leave to a thread of their own.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use gcycle::Trace;
use gcycle::sync::{self, Gc};

use crate::values::{Counted, Counter, turn};

/// Where drops on other threads wait until it is opened.
#[derive(Default)]
struct Gate {
    is_open: AtomicBool,
    waiting: AtomicUsize,
    most_waiting: AtomicUsize,
}

impl Gate {
    fn pass(&self) {
        if thread::current().name() != Some("gcycle") {
            return;
        }
        let waiting = self.waiting.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_waiting.fetch_max(waiting, Ordering::Relaxed);
        while !self.is_open.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(1));
        }
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Passes(Arc<Gate>, #[expect(dead_code, reason = "only dropped")] Counted);

impl Drop for Passes {
    fn drop(&mut self) {
        self.0.pass();
    }
}

#[derive(Trace)]
#[trace(shared)]
struct Own {
    #[trace(skip)]
    _passes: Passes,
    own: Mutex<Option<Gc<Own>>>,
}

/// Makes garbage until several automatic collections have run.
fn make_garbage(gate: &Arc<Gate>, counter: &Counter) {
    for _ in 0..if cfg!(miri) { 4000 } else { 10_000 } {
        let passes = Passes(gate.clone(), counter.count());
        let own = Gc::new(Own { _passes: passes, own: Mutex::default() });
        *own.own.lock().unwrap_or_else(PoisonError::into_inner) = Some(own.clone());
    }
}

/// Waits until the thread of the drops is at the gate.
fn wait_for_one(gate: &Gate) {
    let start = Instant::now();
    while gate.waiting.load(Ordering::Relaxed) == 0 && start.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn automatic_collections_drop_on_one_thread_however_many_they_are() {
    let _turn = turn();
    let gate = Arc::new(Gate::default());
    let counter = Counter::default();
    make_garbage(&gate, &counter);
    wait_for_one(&gate);
    thread::sleep(Duration::from_millis(50));
    gate.is_open.store(true, Ordering::Relaxed);
    counter.all_are_dropped();
    assert_eq!(gate.most_waiting.load(Ordering::Relaxed), 1);
}

/// Garbage whose drop runs no code of the program, with the last handle to an object whose drop does.
#[derive(Trace)]
#[trace(shared)]
struct Quiet {
    own: OnceLock<Gc<Quiet>>,
    /// A lock that is held for ever: collections do not see the handle.
    other: Mutex<Option<Gc<NotesThread>>>,
}

/// Notes that it was dropped by the thread of the test.
#[derive(Trace)]
#[trace(shared)]
struct NotesThread(
    #[trace(skip)]
    #[expect(dead_code, reason = "only dropped")]
    Here,
);

struct Here(Arc<AtomicUsize>, ThreadId);

impl Drop for Here {
    fn drop(&mut self) {
        let is_here = thread::current().id() == self.1;
        self.0.fetch_add(usize::from(is_here), Ordering::Relaxed);
    }
}

/// Makes an object when it is dropped.
struct Makes;

impl Drop for Makes {
    fn drop(&mut self) {
        drop(Gc::new(0));
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
#[cfg_attr(miri, ignore = "leaks what a lock holds that is never unlocked")]
#[expect(clippy::mem_forget, reason = "it stands for a thread that holds the lock")]
fn an_object_that_a_drop_makes_runs_no_other_drop_on_its_thread() {
    #[derive(Trace)]
    #[trace(shared)]
    struct MakesOne(#[trace(skip)] Makes);

    let _turn = turn();
    sync::gc::collect();
    let here = Arc::new(AtomicUsize::new(0));
    let makes = Gc::new(MakesOne(Makes));
    for _ in 0..10 {
        let notes = Gc::new(NotesThread(Here(here.clone(), thread::current().id())));
        let quiet = Gc::new(Quiet { own: OnceLock::new(), other: Mutex::new(Some(notes)) });
        mem::forget(quiet.other.lock().unwrap());
        quiet.own.set(quiet.clone()).ok().unwrap();
    }
    let places: Vec<_> = (0..5000).map(|_| Gc::new(OnceLock::<Gc<u8>>::new())).collect();
    for place in &places {
        drop(place.clone());
    }
    // A collection is due, and this drop makes an object.
    drop(makes);
    assert_eq!(here.load(Ordering::Relaxed), 0);
    // Outside it runs, and leaves the loud drops to another thread.
    drop(Gc::new(0));
    while Arc::strong_count(&here) > 1 {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(here.load(Ordering::Relaxed), 0);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_collection_that_was_asked_for_drops_what_waits_behind_a_drop_that_hangs() {
    let _turn = turn();
    let gate = Arc::new(Gate::default());
    let counter = Counter::default();
    make_garbage(&gate, &counter);
    wait_for_one(&gate);
    let waiting = sync::gc::get_backlog();
    assert!(waiting > 0 && waiting < counter.made(), "{waiting}");
    sync::gc::collect();
    // The thread has what one automatic collection found.
    assert!(counter.dropped() > counter.made() / 2);
    assert_eq!(sync::gc::get_backlog(), 0);
    gate.is_open.store(true, Ordering::Relaxed);
    counter.all_are_dropped();
}
