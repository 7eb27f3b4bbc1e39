//! Random programs that run between the slices of full collections: nothing that is reachable
//! is freed, and what is garbage when a collection begins is freed when it ends (T5).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use std::thread;

use crate::collect::in_slices::is_running;
use crate::collect::slices::{go_on, start};
use crate::collect::state::Collector;
use crate::gc::{self, Generation};
use crate::memory::heap::Heap;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak::Weak;
use crate::trace::contract::Trace;
use crate::trace::tracer::Tracer;

std::thread_local! {
    static ALIVE: RefCell<BTreeSet<usize>> = const { RefCell::new(BTreeSet::new()) };
    static NEXT: Cell<usize> = const { Cell::new(0) };
    /// Whether nodes have a finalizer: if so, garbage is looked at once more.
    static FINALIZES: Cell<bool> = const { Cell::new(false) };
    static SAVED: RefCell<Vec<Gc<Node>>> = const { RefCell::new(Vec::new()) };
}

/// Counts itself.
struct Counted(usize);

impl Drop for Counted {
    fn drop(&mut self) {
        assert!(ALIVE.with_borrow_mut(|alive| alive.remove(&self.0)), "dropped once");
    }
}

struct Node {
    edges: RefCell<Vec<Gc<Node>>>,
    saves: Cell<bool>,
    this: Weak<Node>,
    /// So that the candidates lie on many pages, which are listed one after the other.
    _padding: [u64; 500],
    counted: Counted,
}

// SAFETY: the edges are reported once.
unsafe impl Trace for Node {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        let finalize: fn(&Self) = |node| {
            if node.saves.get()
                && let Some(this) = node.this.upgrade()
            {
                SAVED.with_borrow_mut(|saved| saved.push(this));
            }
        };
        FINALIZES.get().then_some(finalize)
    }
}

/// Large enough for a run of its own.
struct Large {
    _bytes: [u8; 40_000],
    edges: RefCell<Vec<Gc<Node>>>,
}

// SAFETY: the edges are reported once.
unsafe impl Trace for Large {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }
}

fn node(saves: bool) -> Gc<Node> {
    let id = NEXT.replace(NEXT.get() + 1);
    ALIVE.with_borrow_mut(|alive| alive.insert(id));
    Gc::new_cyclic(|this| Node {
        edges: RefCell::default(),
        saves: Cell::new(saves),
        this: this.clone(),
        _padding: [0; 500],
        counted: Counted(id),
    })
}

/// The nodes that `roots` reach.
fn reachable<'a, I: IntoIterator<Item = &'a Gc<Node>>>(roots: I) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<*const Node> = roots.into_iter().map(Gc::as_ptr).collect();
    while let Some(node) = waiting.pop() {
        // SAFETY: it is reachable, and nothing is freed meanwhile. No handle is made, which
        // would make a candidate.
        let node = unsafe { &*node };
        if seen.insert(node.counted.0) {
            waiting.extend(node.edges.borrow().iter().map(Gc::as_ptr));
        }
    }
    seen
}

fn alive() -> BTreeSet<usize> {
    ALIVE.with_borrow(Clone::clone)
}

struct Program {
    roots: Vec<Gc<Node>>,
    large: Vec<Gc<Large>>,
    /// What was garbage when the collection in slices began, and was not resurrected and dropped
    /// since.
    garbage: BTreeSet<usize>,
    state: u32,
    seed: u32,
}

impl Program {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.state >> 8) as usize % limit.max(1)
    }

    fn reachable(&self) -> BTreeSet<usize> {
        let large: Vec<_> =
            self.large.iter().flat_map(|large| large.edges.borrow().clone()).collect();
        let saved = SAVED.with_borrow(Clone::clone);
        reachable(self.roots.iter().chain(&large).chain(&saved))
    }

    fn check(&self) {
        let (alive, reachable) = (alive(), self.reachable());
        assert!(alive.is_superset(&reachable), "seed {}", self.seed);
    }

    /// A node that a root reaches.
    fn pick(&mut self) -> Option<Gc<Node>> {
        let root = self.below(self.roots.len());
        let mut node = self.roots.get(root)?.clone();
        for _ in 0..self.below(4) {
            let edge = self.below(node.edges.borrow().len());
            let Some(next) = node.edges.borrow().get(edge).cloned() else { break };
            node = next;
        }
        Some(node)
    }

    fn slice(&mut self) {
        let collector = Collector::current();
        if is_running() {
            let objects = 1 + self.below(6);
            go_on(collector, objects);
            if !is_running() {
                let left: Vec<_> = alive().intersection(&self.garbage).copied().collect();
                let saved = SAVED.with_borrow(|saved| reachable(saved));
                let left: Vec<_> = left.into_iter().filter(|id| !saved.contains(id)).collect();
                assert!(left.is_empty(), "{left:?} are left, seed {}", self.seed);
            }
        } else if self.below(3) == 0 {
            let generation = [Generation::Middle, Generation::Old, Generation::Old][self.below(3)];
            // What a collection of the middle generation misses must be found by a full one.
            self.garbage = match generation {
                Generation::Old => alive().difference(&self.reachable()).copied().collect(),
                _ => BTreeSet::new(),
            };
            start(collector, generation);
        }
        self.check();
    }

    #[expect(clippy::large_stack_arrays, reason = "large objects have runs of their own")]
    fn step(&mut self) {
        match self.below(22) {
            0..=2 => {
                let saves = self.below(8) == 0;
                self.roots.push(node(saves));
            }
            3..=5 => {
                if let (Some(from), Some(to)) = (self.pick(), self.pick()) {
                    from.edges.borrow_mut().push(to);
                }
            }
            6 => {
                if let Some(from) = self.pick() {
                    drop(from.edges.borrow_mut().pop());
                }
            }
            // A handle moves without being counted.
            7 | 8 => {
                if let (Some(from), Some(to)) = (self.pick(), self.pick()) {
                    let moved = from.edges.borrow_mut().pop();
                    to.edges.borrow_mut().extend(moved);
                }
            }
            9 => {
                if let (Some(one), Some(other)) = (self.pick(), self.pick())
                    && !Gc::ptr_eq(&one, &other)
                {
                    one.edges.swap(&other.edges);
                }
            }
            10 | 11 if !self.roots.is_empty() => {
                let root = self.below(self.roots.len());
                drop(self.roots.swap_remove(root));
            }
            // Into a node, out of the roots, uncounted.
            12 if self.roots.len() > 1 => {
                let root = self.below(self.roots.len());
                let moved = self.roots.swap_remove(root);
                let to = self.below(self.roots.len());
                self.roots[to].edges.borrow_mut().push(moved);
            }
            // A new node and another hold each other; nothing loses a handle.
            17 if !self.roots.is_empty() => {
                let root = self.below(self.roots.len());
                let new = node(false);
                new.edges.borrow_mut().push(self.roots[root].clone());
                self.roots[root].edges.borrow_mut().push(new);
                if self.below(2) == 0 {
                    drop(self.roots.swap_remove(root));
                }
            }
            13 => {
                let edges = self.pick().into_iter().collect();
                self.large.push(Gc::new(Large { _bytes: [0; 40_000], edges: RefCell::new(edges) }));
            }
            14 if !self.large.is_empty() => {
                let large = self.below(self.large.len());
                drop(self.large.swap_remove(large));
            }
            15 => {
                let generation = Generation::ALL[self.below(2)];
                gc::collect_generation(generation);
            }
            16 => match self.below(30) {
                0 => drop(gc::trim()),
                1 => {
                    gc::collect();
                    assert!(!is_running());
                    assert_eq!(alive(), self.reachable(), "seed {}", self.seed);
                }
                2 => {
                    let saved = SAVED.take();
                    self.garbage = &self.garbage - &reachable(&saved);
                }
                3 => {
                    gc::freeze();
                    gc::unfreeze();
                }
                4 => Collector::current().schedule.pass_over(),
                _ => {}
            },
            _ => self.slice(),
        }
    }
}

fn run(seed: u32, steps: u32) {
    gc::disable();
    FINALIZES.set(seed.is_multiple_of(3));
    let mut program = Program {
        roots: Vec::new(),
        large: Vec::new(),
        garbage: BTreeSet::new(),
        state: seed,
        seed,
    };
    for _ in 0..steps {
        program.step();
    }
    while is_running() {
        program.slice();
    }
    drop(program);
    for _ in 0..10 {
        gc::collect();
        drop(SAVED.take());
    }
    gc::collect();
    assert_eq!(alive(), BTreeSet::new(), "seed {seed}");
    assert!(!Heap::current().has_candidates());
}

#[test]
fn what_is_garbage_when_a_collection_in_slices_begins_is_freed_and_nothing_that_is_alive() {
    let (seeds, steps) = if cfg!(miri) { (3, 80) } else { (300, 600) };
    for seed in 0..seeds {
        thread::spawn(move || run(seed, steps)).join().expect("the test passes");
    }
}
