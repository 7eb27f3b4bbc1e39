//! The paths whose instructions are pinned.

use std::cell::RefCell;
use std::hint::black_box;

use gcycle::{Gc, Trace, gc};

/// A main path.
#[derive(Debug)]
pub(crate) struct Path {
    /// Its name in the file.
    pub(crate) name: &'static str,
    /// Operations in a round.
    pub(crate) operations: u64,
    /// Runs so many rounds.
    pub(crate) run: fn(u64),
}

/// How often the short paths run in a round.
const REPEATS: u64 = 10_000;

/// Vertices of the graphs.
const VERTICES: usize = 2000;

/// The persons of a family.
const FAMILY: u64 = (1 << 10) - 1;

/// All of them.
pub(crate) const PATHS: &[Path] = &[
    Path { name: "new_drop_number", operations: REPEATS, run: new_drop_number },
    Path { name: "new_drop_leaf_16", operations: REPEATS, run: new_drop_leaf },
    Path { name: "new_drop_node_40", operations: REPEATS, run: new_drop_node },
    Path { name: "new_drop_node_256", operations: REPEATS, run: new_drop_large_node },
    Path { name: "new_drop_far_down", operations: REPEATS, run: new_drop_far_down },
    Path { name: "new_drop_text", operations: REPEATS, run: new_drop_text },
    Path { name: "new_drop_slice", operations: REPEATS, run: new_drop_slice },
    Path { name: "clone_drop", operations: REPEATS, run: clone_drop },
    Path { name: "deref", operations: REPEATS, run: deref },
    Path { name: "ring_of_two", operations: REPEATS, run: ring_of_two },
    Path { name: "list_drop", operations: REPEATS, run: list_drop },
    Path { name: "collect_live", operations: VERTICES as u64, run: collect_live },
    Path { name: "collect_below_root", operations: VERTICES as u64, run: collect_below_root },
    Path { name: "family_collected", operations: FAMILY, run: family_collected },
    Path { name: "reclaim_dead", operations: VERTICES as u64, run: reclaim_dead },
    Path { name: "weak_upgrade", operations: REPEATS, run: weak_upgrade },
    Path { name: "weak_downgrade", operations: REPEATS, run: weak_downgrade },
];

/// The only function whose instructions are counted.
#[inline(never)]
pub(crate) fn measured(work: impl FnOnce()) {
    work();
}

/// A value without pointers.
#[derive(Trace)]
struct Leaf {
    words: [u64; 2],
}

/// A value of 40 bytes that can point at its like.
#[derive(Trace)]
struct Node {
    edge: RefCell<Option<Gc<Node>>>,
    words: [u64; 3],
}

/// The same, of 256 bytes: its size class is not one of the fine ones.
#[derive(Trace)]
struct LargeNode {
    edge: RefCell<Option<Gc<LargeNode>>>,
    words: [u64; 30],
}

/// A value with a list of pointers.
#[derive(Trace)]
struct Vertex {
    edges: RefCell<Vec<Gc<Vertex>>>,
}

/// A value with several pointers, each in a field of its own.
#[derive(Trace)]
struct Person {
    parent: RefCell<Option<Gc<Person>>>,
    elder: RefCell<Option<Gc<Person>>>,
    younger: RefCell<Option<Gc<Person>>>,
}

#[inline(always)]
fn node(edge: Option<Gc<Node>>) -> Gc<Node> {
    Gc::new(Node { edge: RefCell::new(edge), words: [1; 3] })
}

fn repeat(rounds: u64, mut work: impl FnMut()) {
    for _ in 0..rounds {
        measured(|| (0..REPEATS).for_each(|_| work()));
    }
}

fn new_drop_number(rounds: u64) {
    repeat(rounds, || {
        black_box(*Gc::new(black_box(7_u64)));
    });
}

fn new_drop_leaf(rounds: u64) {
    repeat(rounds, || {
        black_box(Gc::new(Leaf { words: [1; 2] }).words[0]);
    });
}

fn new_drop_node(rounds: u64) {
    repeat(rounds, || {
        black_box(node(None));
    });
}

fn new_drop_large_node(rounds: u64) {
    repeat(rounds, || {
        let edge = RefCell::new(None);
        black_box(Gc::new(LargeNode { edge, words: [1; 30] }).words[1]);
    });
}

fn new_drop_text(rounds: u64) {
    repeat(rounds, || {
        black_box(Gc::<str>::from(black_box("a text")).len());
    });
}

fn new_drop_slice(rounds: u64) {
    repeat(rounds, || {
        black_box(Gc::<[u64]>::from(black_box([1, 2, 3])).len());
    });
}

/// With more of the stack in use than where an object was dropped before.
fn new_drop_far_down(rounds: u64) {
    #[inline(never)]
    fn below(kib: u32, rounds: u64) {
        black_box([0_u8; 1024]);
        if kib > 0 {
            below(kib - 1, rounds);
        } else {
            new_drop_node(rounds);
        }
        black_box(());
    }
    drop(node(None));
    below(64, rounds);
}

fn clone_drop(rounds: u64) {
    let node = node(None);
    repeat(rounds, || {
        black_box(black_box(&node).clone());
    });
}

fn deref(rounds: u64) {
    let node = node(None);
    repeat(rounds, || {
        black_box(black_box(&node).words[1]);
    });
}

fn ring_of_two(rounds: u64) {
    repeat(rounds, || {
        let first = node(None);
        let second = node(Some(first.clone()));
        *first.edge.borrow_mut() = Some(second);
    });
}

fn list_drop(rounds: u64) {
    for _ in 0..rounds {
        let mut head = None;
        for _ in 0..REPEATS {
            head = Some(node(head));
        }
        measured(|| drop(head));
    }
}

/// A random graph with four pointers from each vertex.
fn random_graph() -> Vec<Gc<Vertex>> {
    let mut random = fastrand::Rng::with_seed(12345);
    let vertex = || Gc::new(Vertex { edges: RefCell::new(Vec::with_capacity(4)) });
    let graph: Vec<_> = (0..VERTICES).map(|_| vertex()).collect();
    for from in &graph {
        for _ in 0..4 {
            from.edges.borrow_mut().push(graph[random.usize(..VERTICES)].clone());
        }
    }
    graph
}

fn collect_live(rounds: u64) {
    gc::disable();
    let graph = random_graph();
    gc::collect();
    for _ in 0..rounds {
        for vertex in &graph {
            drop(black_box(vertex).clone());
        }
        measured(|| {
            gc::collect();
        });
    }
}

/// As `collect_live`, but one object holds all the others.
fn collect_below_root(rounds: u64) {
    gc::disable();
    let root = Gc::new(Vertex { edges: RefCell::new(random_graph()) });
    gc::collect();
    for _ in 0..rounds {
        drop(black_box(&root).clone());
        for vertex in &*root.edges.borrow() {
            drop(black_box(vertex).clone());
        }
        measured(|| {
            gc::collect();
        });
    }
}

fn person(depth: u32) -> Gc<Person> {
    let child = || (depth > 1).then(|| person(depth - 1));
    let new = Gc::new(Person {
        parent: RefCell::new(None),
        elder: RefCell::new(child()),
        younger: RefCell::new(child()),
    });
    for child in [&new.elder, &new.younger] {
        if let Some(child) = &*child.borrow() {
            *child.parent.borrow_mut() = Some(new.clone());
        }
    }
    new
}

/// A tree whose objects know their parents, made, dropped and collected.
fn family_collected(rounds: u64) {
    gc::disable();
    for _ in 0..rounds {
        measured(|| {
            drop(black_box(person(FAMILY.count_ones())));
            gc::collect();
        });
    }
}

fn reclaim_dead(rounds: u64) {
    gc::disable();
    for _ in 0..rounds {
        let graph = random_graph();
        measured(|| {
            drop(graph);
            gc::collect();
        });
    }
}

fn weak_upgrade(rounds: u64) {
    let node = node(None);
    let weak = Gc::downgrade(&node);
    repeat(rounds, || {
        black_box(black_box(&weak).upgrade());
    });
}

fn weak_downgrade(rounds: u64) {
    let node = node(None);
    let _other = Gc::downgrade(&node);
    repeat(rounds, || {
        black_box(Gc::downgrade(black_box(&node)));
    });
}
