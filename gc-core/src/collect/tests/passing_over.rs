//! Random programs in which new objects are passed over at any time: nothing that is
//! reachable is freed, and in the end all garbage is found.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use std::thread;

use crate::collect::state::Collector;
use crate::gc::{self, Generation};
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::Trace;
use crate::trace::tracer::Tracer;

std::thread_local! {
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

/// Counts itself.
struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

struct Node {
    edges: RefCell<Vec<Gc<Node>>>,
    _counted: Counted,
    /// So that there are many pages.
    _room: [u8; 8000],
}

// SAFETY: the edges are reported once.
unsafe impl Trace for Node {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }
}

fn node() -> Gc<Node> {
    ALIVE.set(ALIVE.get() + 1);
    Gc::new(Node { edges: RefCell::default(), _counted: Counted, _room: [0; 8000] })
}

/// The number of nodes that `roots` reach.
fn reachable(roots: &[Gc<Node>]) -> usize {
    let mut seen: Vec<Gc<Node>> = Vec::new();
    let mut waiting: Vec<Gc<Node>> = roots.to_vec();
    while let Some(node) = waiting.pop() {
        if !seen.iter().any(|other| Gc::ptr_eq(other, &node)) {
            waiting.extend(node.edges.borrow().iter().cloned());
            seen.push(node);
        }
    }
    seen.len()
}

fn run(seed: u32, steps: u32) {
    let mut state = seed;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % limit.max(1)
    };
    gc::disable();
    let mut roots: Vec<Gc<Node>> = Vec::new();
    if seed.is_multiple_of(2) {
        // The numbers of lists of pages start again soon.
        Page::of(node().object()).header().home().use_up_rounds(3);
        gc::collect();
    }
    for _ in 0..steps {
        match below(12) {
            0..=3 => roots.push(node()),
            4..=6 if !roots.is_empty() => {
                let (from, to) = (below(roots.len()), below(roots.len()));
                let to = roots[to].clone();
                roots[from].edges.borrow_mut().push(to);
            }
            7 if !roots.is_empty() => {
                let from = below(roots.len());
                drop(roots[from].edges.borrow_mut().pop());
            }
            8 if !roots.is_empty() => drop(roots.swap_remove(below(roots.len()))),
            9 => Collector::current().schedule.pass_over(),
            10 => {
                gc::collect_generation(Generation::ALL[below(2)]);
                assert!(ALIVE.get() >= reachable(&roots));
            }
            11 if below(4) == 0 => {
                gc::collect();
                assert_eq!(ALIVE.get(), reachable(&roots), "seed {seed}");
            }
            _ => {}
        }
    }
    drop(roots);
    gc::collect();
    assert_eq!(ALIVE.get(), 0, "seed {seed}");
    assert!(!Heap::current().has_candidates());
}

#[test]
fn what_is_passed_over_at_any_time_is_found_by_a_full_collection() {
    let (seeds, steps) = if cfg!(miri) { (3, 60) } else { (200, 300) };
    for seed in 0..seeds {
        thread::spawn(move || run(seed, steps)).join().expect("the test passes");
    }
}
