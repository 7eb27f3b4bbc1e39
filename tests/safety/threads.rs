//! Every thread has a heap of its own, from its first object to its last
//! thread-local destructor.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gcycle::{Gc, Trace, Tracer, Untraced, gc};

use crate::objects::{Tally, assert_sound_and_empty, ring};

/// Counts its drops and finalizers where other threads see it.
#[derive(Debug, Default)]
struct Counts {
    finalized: AtomicUsize,
    dropped: AtomicUsize,
}

struct Counted(Arc<Counts>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

struct Member {
    edges: RefCell<Vec<Gc<Member>>>,
    counts: Untraced<Counted>,
}

// SAFETY: the edges are reported once.
unsafe impl Trace for Member {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|member| {
            member.counts.0.0.finalized.fetch_add(1, Ordering::Relaxed);
        })
    }
}

fn member(counts: &Arc<Counts>) -> Gc<Member> {
    Gc::new(Member { edges: RefCell::default(), counts: Untraced(Counted(counts.clone())) })
}

/// A member of a ring of two.
fn pair(counts: &Arc<Counts>) -> Gc<Member> {
    let (one, other) = (member(counts), member(counts));
    one.edges.borrow_mut().push(other.clone());
    other.edges.borrow_mut().push(one.clone());
    one
}

type Kept = RefCell<Vec<Gc<Member>>>;

thread_local! {
    static A: Kept = const { RefCell::new(Vec::new()) };
    static B: Kept = const { RefCell::new(Vec::new()) };
    static C: Kept = const { RefCell::new(Vec::new()) };
    static D: Kept = const { RefCell::new(Vec::new()) };
}

/// Registers the destructor of one of the thread-locals.
fn touch(local: usize) {
    [&A, &B, &C, &D][local].with(|kept| assert!(kept.borrow().is_empty()));
}

fn keep(local: usize, handle: Gc<Member>) {
    [&A, &B, &C, &D][local].with(|kept| kept.borrow_mut().push(handle));
}

fn check(counts: &Counts, made: usize) {
    assert_eq!(counts.dropped.load(Ordering::Relaxed), made, "values dropped");
    assert_eq!(counts.finalized.load(Ordering::Relaxed), made, "finalizers run");
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn thread_local_destructors_may_run_in_any_order() {
    // Each order in which four destructors and that of the heap are registered:
    // position `heap` is where the first object is made.
    let mut orders = vec![vec![]];
    for _ in 0..4 {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            (0..4).filter(move |next| !order.contains(next)).collect::<Vec<_>>()
        };
        orders = orders
            .iter()
            .flat_map(|order| longer(order).into_iter().map(|next| [&order[..], &[next]].concat()))
            .collect();
    }
    assert_eq!(orders.len(), 24);
    // Under Miri only some of them.
    let step = if cfg!(miri) { 17 } else { 1 };
    for order in orders.into_iter().step_by(step) {
        for heap in (0..=4).step_by(step.min(2)) {
            let counts = Arc::<Counts>::default();
            let (shared, order) = (counts.clone(), order.clone());
            let run = move || {
                order[..heap].iter().for_each(|&local| touch(local));
                drop(member(&shared));
                order[heap..].iter().for_each(|&local| touch(local));
                let common = pair(&shared);
                for local in 0..4 {
                    keep(local, pair(&shared));
                    keep(local, common.clone());
                }
                drop(pair(&shared));
            };
            thread::spawn(run).join().expect("the thread ends properly");
            check(&counts, 1 + 2 + 8 + 2);
        }
    }
}

/// Its destructor makes objects, cycles too, and keeps them in another
/// thread-local if that is still there.
struct Busy(Arc<Counts>, usize);

impl Drop for Busy {
    fn drop(&mut self) {
        let counts = &self.0;
        drop(pair(counts));
        let kept = pair(counts);
        kept.edges.borrow_mut().push(pair(counts));
        let left = [&A, &B, &C, &D][self.1].try_with(|local| local.borrow_mut().push(kept.clone()));
        assert!(left.is_ok() || left.is_err(), "both may be");
        gc::collect();
        drop(member(counts));
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn thread_local_destructors_may_use_the_heap() {
    thread_local! {
        static FIRST: RefCell<Option<Busy>> = const { RefCell::new(None) };
        static SECOND: RefCell<Option<Busy>> = const { RefCell::new(None) };
    }
    for heap_first in [false, true] {
        for target in (0..4).step_by(if cfg!(miri) { 2 } else { 1 }) {
            let counts = Arc::<Counts>::default();
            let shared = counts.clone();
            let run = move || {
                if heap_first {
                    drop(member(&shared));
                }
                touch(0);
                FIRST.with(|busy| *busy.borrow_mut() = Some(Busy(shared.clone(), target)));
                touch(1);
                SECOND.with(|busy| *busy.borrow_mut() = Some(Busy(shared.clone(), target)));
                touch(2);
                if !heap_first {
                    drop(member(&shared));
                }
                keep(target, pair(&shared));
            };
            thread::spawn(run).join().expect("the thread ends properly");
            check(&counts, 1 + 2 * 7 + 2);
        }
    }
}

/// A finalizer that makes objects with finalizers, at the end of a thread.
struct Parent(RefCell<Option<Gc<Parent>>>, Untraced<Counted>, usize);

// SAFETY: the one edge is reported once.
unsafe impl Trace for Parent {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|parent| {
            let counts = &parent.1.0.0;
            counts.finalized.fetch_add(1, Ordering::Relaxed);
            if parent.2 > 0 {
                drop(family(counts, parent.2 - 1));
            }
        })
    }
}

fn family(counts: &Arc<Counts>, generations: usize) -> Gc<Parent> {
    let counted = Untraced(Counted(counts.clone()));
    let parent = Gc::new(Parent(RefCell::default(), counted, generations));
    *parent.0.borrow_mut() = Some(parent.clone());
    parent
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn finalizers_at_the_end_of_a_thread_may_leave_new_cycles() {
    // More than the rounds that one guard collects.
    let all_generations: &[usize] = if cfg!(miri) { &[1, 9] } else { &[1, 5, 7, 8, 9, 20] };
    for &generations in all_generations {
        let counts = Arc::<Counts>::default();
        let shared = counts.clone();
        thread::spawn(move || drop(family(&shared, generations))).join().expect("it ends");
        check(&counts, generations + 1);
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn a_finalizer_that_panics_at_the_end_of_a_thread_is_only_reported() {
    let counts = Arc::<Counts>::default();
    let shared = counts.clone();
    let run = move || {
        let tally: Rc<Tally> = Rc::default();
        let nodes = ring(&tally, 3);
        nodes[0].on_finalize(|_| panic!("at the end of a thread"));
        nodes[1].on_drop(|| panic!("at the end of a thread"));
        drop(pair(&shared));
    };
    thread::spawn(run).join().expect("the thread ends properly");
    check(&counts, 2);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn frozen_cycles_are_freed_at_the_end_of_a_thread() {
    let counts = Arc::<Counts>::default();
    let shared = counts.clone();
    let run = move || {
        drop(pair(&shared));
        let kept = pair(&shared);
        gc::freeze();
        keep(0, kept);
    };
    thread::spawn(run).join().expect("the thread ends properly");
    check(&counts, 4);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn many_threads_have_heaps_of_their_own() {
    const THREADS: usize = if cfg!(miri) { 2 } else { 16 };
    const ROUNDS: usize = if cfg!(miri) { 20 } else { 2_000 };
    let counts = Arc::<Counts>::default();
    let run = |counts: Arc<Counts>| {
        move || {
            gc::set_threshold(if cfg!(miri) { 10 } else { 50 }, 5, 5);
            let mut kept = Vec::new();
            for round in 0..ROUNDS {
                kept.push(pair(&counts));
                if round % 3 == 0 {
                    kept.swap_remove(round % kept.len());
                }
                if round % 100 == 50 {
                    gc::collect();
                }
            }
            assert!(gc::get_stats()[0].collections > 0);
        }
    };
    let threads: Vec<_> = (0..THREADS).map(|_| thread::spawn(run(counts.clone()))).collect();
    for thread in threads {
        thread.join().expect("the thread ends properly");
    }
    check(&counts, THREADS * ROUNDS * 2);
    assert_sound_and_empty();
}
