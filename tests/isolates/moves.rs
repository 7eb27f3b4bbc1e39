//! A heap that nothing refers to goes from thread to thread.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, set_hook, take_hook};
use std::sync::Mutex;
use std::thread;

use gcycle::{Detached, Gc, Isolate, gc};

use crate::{Counter, Finalized, Node, add_ring};

fn assert_send<T: Send>(_: &T) {}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_heap_goes_on_where_it_arrives() {
    let more = if cfg!(miri) { 30 } else { 1000 };
    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    isolate.enter(|root| {
        add_ring(root, 10);
        gc::set_threshold(50, 5, 5);
    });
    let detached = isolate.detach().unwrap();
    assert_send(&detached);
    let detached = thread::spawn(move || {
        let isolate = detached.attach();
        isolate.enter(|root| {
            assert_eq!(gc::get_threshold(), (50, 5, 5));
            assert_eq!(gc::memory().objects, 11);
            let ring = Gc::clone(&root.others.borrow()[0]);
            assert_eq!(ring.weak.borrow()[0].upgrade().unwrap().id, 0);
            add_ring(root, more);
            root.others.borrow_mut().swap_remove(0);
        });
        isolate.detach().unwrap()
    })
    .join()
    .unwrap();
    assert_eq!(dropped.get(), 10);
    let isolate = detached.attach();
    isolate.enter(|root| assert_eq!(root.others.borrow()[0].id, 1));
    drop(isolate);
    assert_eq!(dropped.get(), 11 + more as usize);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_detached_heap_is_dropped_wherever_it_is() {
    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    isolate.enter(|root| add_ring(root, 10));
    let detached = isolate.detach().unwrap();
    thread::spawn(move || drop(detached)).join().unwrap();
    assert_eq!(dropped.get(), 11);
}

#[test]
fn a_heap_is_collected_before_it_moves_if_it_has_garbage() {
    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    isolate.enter(|root| add_ring(root, 10));
    let collections = |isolate: &Isolate<Node>| isolate.enter(|_| gc::get_stats()[2].collections);
    // How many collections that took.
    let moved = |isolate: Isolate<Node>| {
        let before = collections(&isolate);
        let isolate = isolate.detach().unwrap().attach();
        let took = collections(&isolate) - before;
        (isolate, took)
    };
    let (isolate, took) = moved(isolate);
    assert_eq!((took, dropped.get()), (0, 0));
    isolate.enter(|root| root.others.borrow_mut().clear());
    let (isolate, took) = moved(isolate);
    assert_eq!((took, dropped.get()), (1, 10));
    // It had some the last time: now it is collected first.
    let (isolate, took) = moved(isolate);
    assert_eq!(took, 1);
    assert_eq!(moved(isolate).1, 0);
}

/// What the heaps that go from thread to thread have in common.
#[derive(Clone, Default)]
struct Counts {
    made: Counter,
    dropped: Counter,
    finalizers: Counter,
    finalized: Counter,
    moves: Counter,
}

impl Counts {
    fn isolate(&self) -> Isolate<Node> {
        self.made.add();
        Isolate::new(|| Node::new(0, &self.dropped))
    }

    /// Garbage with a finalizer.
    fn make_finalized(&self) {
        self.finalizers.add();
        let value = Finalized { me: RefCell::default(), count: self.finalized.clone() };
        let value = Gc::new(value);
        *value.me.borrow_mut() = Some(Gc::clone(&value));
    }

    /// Uses the heap in a way that depends on `number`, and lets it go.
    fn use_once(&self, isolate: Isolate<Node>, number: usize) -> Detached<Node> {
        let len = 2 + number % 20;
        let enter = || {
            isolate.enter(|root| {
                (0..len).for_each(|_| self.made.add());
                add_ring(root, u32::try_from(len).unwrap());
                if root.others.borrow().len() > 10 {
                    root.others.borrow_mut().drain(..5).for_each(drop);
                }
                self.make_finalized();
                match len {
                    7 => drop(gc::collect()),
                    8 => panic_any(Gc::clone(root).id),
                    9 => return Some(Gc::clone(root)),
                    _ => {}
                }
                None
            })
        };
        let held = catch_unwind(AssertUnwindSafe(enter)).unwrap_or_default();
        if held.is_some() {
            let refused = isolate.detach().unwrap_err();
            drop(held);
            return refused.into_isolate().detach().unwrap();
        }
        if len == 10 {
            drop(isolate);
            return self.isolate().detach().unwrap();
        }
        isolate.detach().unwrap()
    }
}

#[test]
#[cfg_attr(any(target_family = "wasm", panic = "abort"), ignore = "no threads, or panics end all")]
#[cfg_attr(gc_zeal, ignore = "it takes long")]
fn many_heaps_move_between_threads_that_collect_finalize_and_unwind() {
    const THREADS: usize = if cfg!(miri) { 3 } else { 8 };
    const HEAPS: usize = if cfg!(miri) { 6 } else { 24 };
    const MOVES: usize = if cfg!(miri) { 40 } else { 10_000 };
    set_hook(Box::new(|_| ()));
    let counts = Counts::default();
    let queue: Mutex<VecDeque<Detached<Node>>> = Mutex::default();
    queue.lock().unwrap().extend((0..HEAPS).map(|_| counts.isolate().detach().unwrap()));
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (counts, queue) = (counts.clone(), &queue);
            scope.spawn(move || {
                while counts.moves.get() < MOVES {
                    let next = queue.lock().unwrap().pop_front();
                    let Some(next) = next else { continue };
                    counts.moves.add();
                    let detached = counts.use_once(next.attach(), counts.moves.get() + number);
                    queue.lock().unwrap().push_back(detached);
                }
            });
        }
    });
    let _ = take_hook();
    queue.into_inner().unwrap().clear();
    assert_eq!(counts.made.get(), counts.dropped.get());
    assert_eq!(counts.finalizers.get(), counts.finalized.get());
}
