//! What looking at a heap costs, beside a full collection of the same heap.
//!
//! ```console
//! $ cargo run --release --example inspect_cost
//! ```
//!
//! The first round is that of a process that has not collected or looked before;
//! in the best of several rounds the collector has its memory at hand.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use gcycle::inspect::HeapSnapshot;
use gcycle::{Gc, Trace, gc};

/// An object of a random graph.
#[derive(Trace)]
struct Vertex {
    edges: RefCell<Vec<Gc<Vertex>>>,
}

/// An object of a tree or a list.
#[derive(Trace)]
struct Item {
    parent: Option<Gc<Item>>,
    left: RefCell<Option<Gc<Item>>>,
    right: RefCell<Option<Gc<Item>>>,
    payload: Cell<u64>,
}

impl Item {
    fn below(parent: Option<Gc<Item>>) -> Gc<Item> {
        let (left, right) = (RefCell::default(), RefCell::default());
        Gc::new(Item { parent, left, right, payload: Cell::new(0) })
    }
}

/// So many objects with so many edges each.
fn graph(count: usize, degree: usize) -> Vec<Gc<Vertex>> {
    let vertices: Vec<Gc<Vertex>> =
        (0..count).map(|_| Gc::new(Vertex { edges: RefCell::default() })).collect();
    let mut state = 1_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % count as u64).expect("below a usize")
    };
    for vertex in &vertices {
        *vertex.edges.borrow_mut() = (0..degree).map(|_| vertices[random()].clone()).collect();
    }
    vertices
}

/// A binary tree whose objects know their parents.
fn tree(count: usize) -> Gc<Item> {
    let root = Item::below(None);
    let mut leaves = VecDeque::from([root.clone()]);
    let mut built = 1;
    while let Some(item) = leaves.pop_front().filter(|_| built < count) {
        for side in [&item.left, &item.right] {
            let child = Item::below(Some(item.clone()));
            *side.borrow_mut() = Some(child.clone());
            leaves.push_back(child);
            built += 1;
        }
    }
    root
}

/// A singly linked list.
fn list(count: usize) -> Gc<Item> {
    (1..count).fold(Item::below(None), |head, _| Item::below(Some(head)))
}

/// Times of a full collection, a capture with a census, retained sizes, and
/// cycles.
type Times = [Duration; 4];

fn time<R>(action: impl FnOnce() -> R) -> (Duration, R) {
    let start = Instant::now();
    let result = action();
    (start.elapsed(), result)
}

/// One round; `touch` makes the whole heap a matter for the collector.
fn round(touch: impl FnOnce()) -> Times {
    touch();
    let before = gc::get_stats()[2].traced;
    let (full, _) = time(gc::collect);
    let traced = gc::get_stats()[2].traced - before;
    let (capture, (snapshot, census)) = time(|| {
        let snapshot = HeapSnapshot::capture();
        let census = snapshot.census();
        (snapshot, census)
    });
    // From one object of a random graph most others can be reached.
    assert!(traced >= census.count() as u64 * 9 / 10, "the collection saw the heap");
    let (retained, _) = time(|| snapshot.dominators().top().len());
    let (cycles, _) = time(|| snapshot.cycles().len());
    [full, capture, retained, cycles]
}

fn measure<R>(name: &str, build: impl FnOnce() -> R, touch: impl Fn(&R)) {
    let pause = gc::pause();
    let heap = build();
    drop(pause);
    let rounds: Vec<Times> = (0..7).map(|_| round(|| touch(&heap))).collect();
    let best = |column: usize| rounds.iter().map(|times| times[column]).min().unwrap_or_default();
    println!("{name}");
    print_times("first round", rounds[0]);
    print_times("best of 7", [best(0), best(1), best(2), best(3)]);
    drop(heap);
    gc::collect();
}

fn print_times(name: &str, [full, capture, retained, cycles]: Times) {
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    let ratio = |time: Duration| format!("{:.2}", time.as_secs_f64() / full.as_secs_f64());
    println!(
        "  {name:<12} full collection {:>9}; capture + census {:>9} = {}; \
         retained sizes {:>9} = {}; cycles {:>9}",
        milliseconds(full),
        milliseconds(capture),
        ratio(capture),
        milliseconds(retained),
        ratio(retained),
        milliseconds(cycles),
    );
}

fn main() {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    let only = std::env::args().nth(2).unwrap_or_default();
    println!("{count} objects");
    if "tree".contains(&*only) {
        measure("tree with parents", || tree(count), |root| drop(root.clone()));
    }
    if "list".contains(&*only) {
        measure("list", || list(count), |head| drop(head.clone()));
    }
    if "graph".contains(&*only) {
        let touch_all = |vertices: &Vec<Gc<Vertex>>| {
            for vertex in vertices {
                drop(vertex.clone());
            }
        };
        let touch_one = |vertices: &Vec<Gc<Vertex>>| drop(vertices[0].clone());
        measure("random graph, 4 edges each, all candidates", || graph(count, 4), touch_all);
        measure("random graph, 4 edges each, one candidate", || graph(count, 4), touch_one);
        // Held by one object, so that nothing in it is a root.
        let one_root = || Gc::new(Vertex { edges: RefCell::new(graph(count, 4)) });
        let touch_below = |root: &Gc<Vertex>| touch_all(&root.edges.borrow());
        measure("the same graph below one root, all candidates", one_root, touch_below);
        // Held by two, so that hardly any object has a dominator.
        let two_roots = || {
            let mut first = graph(count, 4);
            let second = first.split_off(count / 2);
            [first, second].map(|half| Gc::new(Vertex { edges: RefCell::new(half) }))
        };
        let touch_halves = |roots: &[Gc<Vertex>; 2]| roots.iter().for_each(touch_below);
        measure("the same graph below two roots, all candidates", two_roots, touch_halves);
        let entry = || graph(count, 4).swap_remove(0);
        measure("the same graph, one object held", entry, |entry| drop(entry.clone()));
    }
}
