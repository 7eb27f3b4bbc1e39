//! `gc-arena`: an incremental tracing collector whose pointers are plain and
//! live inside one arena. They cannot leave a closure, so the workloads are
//! written again for it, in batches between which the arena pays its debt; the
//! others do not fit its interface.

use std::hint::black_box;

use ::gc_arena::barrier::field;
use ::gc_arena::lock::{Lock, RefLock};
use ::gc_arena::{Arena, Collect, Gc, Mutation, Rootable};

use crate::families::graphs::SEED;
use crate::families::trees::{nodes, schedule};
use crate::library::Runtime;
use crate::meter::{Meter, Named};

/// `gc-arena`.
pub enum GcArena {}

impl Runtime for GcArena {
    const NAME: &'static str = "gc-arena";
}

/// The workloads that can be written.
pub const WORKLOADS: &[Named] = &[
    ("new_drop_node_40", new_drop_node),
    ("binary_trees", binary_trees),
    ("parent_trees", parent_trees),
    ("singly_linked", singly_linked),
    ("doubly_linked", doubly_linked),
    ("rings_2", rings_2),
    ("self_cycles", self_cycles),
    ("graph_churn", graph_churn),
    ("collect_live", collect_live),
    ("reclaim_dead", reclaim_dead),
];

/// How much a program does before it lets its arena collect.
const BATCH: usize = 100;

#[derive(Collect)]
#[collect(no_drop)]
#[allow(dead_code, reason = "some fields only take room")]
struct Node<'gc> {
    edge: Lock<Option<Gc<'gc, Node<'gc>>>>,
    words: [u64; 4],
}

#[derive(Collect)]
#[collect(no_drop)]
struct Tree<'gc> {
    left: Option<Gc<'gc, Tree<'gc>>>,
    right: Option<Gc<'gc, Tree<'gc>>>,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Child<'gc> {
    parent: Lock<Option<Gc<'gc, Child<'gc>>>>,
    left: Option<Gc<'gc, Child<'gc>>>,
    right: Option<Gc<'gc, Child<'gc>>>,
}

#[derive(Collect)]
#[collect(no_drop)]
#[allow(dead_code, reason = "the links are written only")]
struct Link<'gc> {
    next: Option<Gc<'gc, Link<'gc>>>,
    previous: Lock<Option<Gc<'gc, Link<'gc>>>>,
}

type Vertex<'gc> = Gc<'gc, RefLock<Edges<'gc>>>;

#[derive(Collect)]
#[collect(no_drop)]
struct Edges<'gc>(Vec<Vertex<'gc>>);

fn node<'gc>(mc: &Mutation<'gc>, edge: Option<Gc<'gc, Node<'gc>>>) -> Gc<'gc, Node<'gc>> {
    Gc::new(mc, Node { edge: Lock::new(edge), words: [1; 4] })
}

fn set_edge<'gc>(mc: &Mutation<'gc>, from: Gc<'gc, Node<'gc>>, to: Gc<'gc, Node<'gc>>) {
    field!(Gc::write(mc, from), Node, edge).unlock().set(Some(to));
}

/// Runs `step` so many times, in batches.
fn in_batches(meter: &mut Meter, count: usize, step: impl Fn(&Mutation<'_>)) {
    let mut arena = Arena::<Rootable![()]>::new(|_| ());
    while meter.more() {
        meter.sample::<GcArena, _>(count as u64, || {
            for _ in 0..count / BATCH {
                arena.mutate(|mc, ()| (0..BATCH).for_each(|_| step(mc)));
                arena.collect_debt();
            }
        });
    }
}

fn new_drop_node(meter: &mut Meter) {
    let count = meter.size(500_000, 20_000);
    in_batches(meter, count, |mc| {
        black_box(node(mc, None));
    });
}

fn rings_2(meter: &mut Meter) {
    let count = meter.size(100_000, 10_000);
    in_batches(meter, count, |mc| {
        let first = node(mc, None);
        let second = node(mc, Some(first));
        set_edge(mc, first, second);
    });
}

fn self_cycles(meter: &mut Meter) {
    let count = meter.size(200_000, 10_000);
    in_batches(meter, count, |mc| {
        let node = node(mc, None);
        set_edge(mc, node, node);
    });
}

fn bottom_up<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Tree<'gc>> {
    let below = || (depth > 0).then(|| bottom_up(mc, depth - 1));
    let (left, right) = (below(), below());
    Gc::new(mc, Tree { left, right })
}

fn count(tree: Gc<'_, Tree<'_>>) -> u64 {
    1 + tree.left.map_or(0, count) + tree.right.map_or(0, count)
}

fn binary_trees(meter: &mut Meter) {
    let most = meter.size(12, 6) as u32;
    let made = schedule(most).map(|(depth, count)| count * nodes(depth)).sum::<u64>();
    let made = made + nodes(most + 1) + nodes(most);
    while meter.more() {
        let counted = meter.sample::<GcArena, _>(made, || {
            let mut arena = Arena::<Rootable![Option<Gc<'_, Tree<'_>>>]>::new(|_| None);
            let mut counted = arena.mutate(|mc, _| count(bottom_up(mc, most + 1)));
            arena.mutate_root(|mc, root| *root = Some(bottom_up(mc, most)));
            for (depth, trees) in schedule(most) {
                for _ in 0..trees {
                    counted += arena.mutate(|mc, _| count(bottom_up(mc, depth)));
                    arena.collect_debt();
                }
            }
            counted + arena.mutate(|_, root| root.map_or(0, count))
        });
        assert_eq!(counted, made);
    }
}

fn family<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Child<'gc>> {
    let below = || (depth > 0).then(|| family(mc, depth - 1));
    let (left, right) = (below(), below());
    let parent = Gc::new(mc, Child { parent: Lock::new(None), left, right });
    for child in [left, right].into_iter().flatten() {
        field!(Gc::write(mc, child), Child, parent).unlock().set(Some(parent));
    }
    parent
}

fn parent_trees(meter: &mut Meter) {
    let most = meter.size(11, 6) as u32;
    let made = schedule(most).map(|(depth, count)| count * nodes(depth)).sum();
    let mut arena = Arena::<Rootable![()]>::new(|_| ());
    while meter.more() {
        meter.sample::<GcArena, _>(made, || {
            for (depth, trees) in schedule(most) {
                for _ in 0..trees {
                    arena.mutate(|mc, ()| {
                        let top = black_box(family(mc, depth));
                        debug_assert!(top.parent.get().is_none());
                    });
                    arena.collect_debt();
                }
            }
            arena.finish_cycle();
        });
    }
}

fn singly_linked(meter: &mut Meter) {
    const LENGTH: usize = 10_000;
    let lists = meter.size(20, 1);
    let mut arena = Arena::<Rootable![()]>::new(|_| ());
    while meter.more() {
        meter.sample::<GcArena, _>((lists * LENGTH) as u64, || {
            for _ in 0..lists {
                arena.mutate(|mc, ()| {
                    let mut head = None;
                    for _ in 0..LENGTH {
                        head = Some(node(mc, head));
                    }
                    black_box(head);
                });
                arena.collect_debt();
            }
            arena.finish_cycle();
        });
    }
}

fn doubly_linked(meter: &mut Meter) {
    const LENGTH: usize = 10_000;
    let lists = meter.size(10, 1);
    let mut arena = Arena::<Rootable![()]>::new(|_| ());
    while meter.more() {
        meter.sample::<GcArena, _>((lists * LENGTH) as u64, || {
            for _ in 0..lists {
                arena.mutate(|mc, ()| {
                    let mut head: Option<Gc<'_, Link<'_>>> = None;
                    for _ in 0..LENGTH {
                        let new = Gc::new(mc, Link { next: head, previous: Lock::new(None) });
                        if let Some(head) = head {
                            field!(Gc::write(mc, head), Link, previous).unlock().set(Some(new));
                        }
                        head = Some(new);
                    }
                    black_box(head);
                });
                arena.finish_cycle();
            }
        });
    }
}

type Graph = Rootable![Vec<Vertex<'_>>];

fn vertex<'gc>(mc: &Mutation<'gc>) -> Vertex<'gc> {
    Gc::new(mc, RefLock::new(Edges(Vec::new())))
}

fn grow(arena: &mut Arena<Graph>, vertices: usize, degree: usize) {
    let mut random = fastrand::Rng::with_seed(SEED);
    arena.mutate_root(|mc, graph| {
        graph.extend((0..vertices).map(|_| vertex(mc)));
        for from in &*graph {
            for _ in 0..degree {
                from.borrow_mut(mc).0.push(graph[random.usize(..vertices)]);
            }
        }
    });
}

fn graph_churn(meter: &mut Meter) {
    let vertices = meter.size(10_000, 1000);
    let count = meter.size(1_000_000, 20_000);
    while meter.more() {
        let mut arena = Arena::<Graph>::new(|_| Vec::new());
        grow(&mut arena, vertices, 3);
        let mut random = fastrand::Rng::with_seed(SEED);
        meter.sample::<GcArena, _>(count as u64, || {
            for _ in 0..count / BATCH {
                arena.mutate_root(|mc, graph| {
                    for _ in 0..BATCH {
                        let (from, to) = (random.usize(..vertices), random.usize(..vertices));
                        if random.u8(..8) == 0 {
                            graph[from] = vertex(mc);
                        } else {
                            let edges = &mut graph[from].borrow_mut(mc).0;
                            if edges.len() < 3 {
                                edges.push(graph[to]);
                            } else {
                                edges[random.usize(..3)] = graph[to];
                            }
                        }
                    }
                });
                arena.collect_debt();
            }
        });
    }
}

fn collect_live(meter: &mut Meter) {
    let vertices = meter.size(20_000, 2000);
    let mut arena = Arena::<Graph>::new(|_| Vec::new());
    grow(&mut arena, vertices, 4);
    arena.finish_cycle();
    while meter.more() {
        meter.sample::<GcArena, _>(vertices as u64, || arena.finish_cycle());
    }
}

fn reclaim_dead(meter: &mut Meter) {
    let vertices = meter.size(20_000, 2000);
    let mut arena = Arena::<Graph>::new(|_| Vec::new());
    while meter.more() {
        arena.finish_cycle();
        grow(&mut arena, vertices, 4);
        meter.sample::<GcArena, _>(vertices as u64, || {
            arena.mutate_root(|_, graph| graph.clear());
            arena.finish_cycle();
        });
    }
}
