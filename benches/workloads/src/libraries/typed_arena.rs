//! `typed-arena`: the lower limit. Objects are never freed one by one, so only
//! the workloads that drop everything at once can be written; links are plain
//! references.

use std::cell::Cell;
use std::hint::black_box;

use typed_arena::Arena;

use crate::families::trees::{nodes, schedule};
use crate::library::Runtime;
use crate::meter::{Meter, Named};

/// `typed-arena`.
pub enum TypedArena {}

impl Runtime for TypedArena {
    const NAME: &'static str = "typed-arena";
}

/// The workloads that can be written.
pub const WORKLOADS: &[Named] = &[
    ("new_drop_batch_40", new_drop_batch),
    ("binary_trees", binary_trees),
    ("gcbench", gcbench),
    ("parent_trees", parent_trees),
    ("singly_linked", singly_linked),
    ("doubly_linked", doubly_linked),
];

#[allow(dead_code, reason = "the fields take the room they take elsewhere")]
struct Node<'a> {
    edge: Cell<Option<&'a Node<'a>>>,
    words: [u64; 4],
}

struct Tree<'a> {
    left: Option<&'a Tree<'a>>,
    right: Option<&'a Tree<'a>>,
}

#[derive(Default)]
struct Fork<'a> {
    left: Cell<Option<&'a Fork<'a>>>,
    right: Cell<Option<&'a Fork<'a>>>,
    _numbers: [i32; 2],
}

#[derive(Default)]
struct Child<'a> {
    parent: Cell<Option<&'a Child<'a>>>,
    left: Option<&'a Child<'a>>,
    right: Option<&'a Child<'a>>,
}

#[allow(dead_code, reason = "the links are written only")]
struct Link<'a> {
    next: Option<&'a Link<'a>>,
    previous: Cell<Option<&'a Link<'a>>>,
}

fn new_drop_batch(meter: &mut Meter) {
    const BATCH: usize = 10_000;
    let batches = meter.size(30, 2);
    while meter.more() {
        meter.sample::<TypedArena, _>((batches * BATCH) as u64, || {
            for _ in 0..batches {
                let arena = Arena::with_capacity(BATCH);
                for _ in 0..BATCH {
                    black_box(arena.alloc(Node { edge: Cell::new(None), words: [1; 4] }));
                }
            }
        });
    }
}

fn bottom_up<'a>(arena: &'a Arena<Tree<'a>>, depth: u32) -> &'a Tree<'a> {
    let below = |_| (depth > 0).then(|| bottom_up(arena, depth - 1));
    let (left, right) = (below(0), below(1));
    arena.alloc(Tree { left, right })
}

fn count(tree: &Tree<'_>) -> u64 {
    1 + tree.left.map_or(0, count) + tree.right.map_or(0, count)
}

fn binary_trees(meter: &mut Meter) {
    let most = meter.size(12, 6) as u32;
    let made = schedule(most).map(|(depth, count)| count * nodes(depth)).sum::<u64>();
    let made = made + nodes(most + 1) + nodes(most);
    while meter.more() {
        let counted = meter.sample::<TypedArena, _>(made, || {
            let mut counted = count(bottom_up(&Arena::new(), most + 1));
            let arena = Arena::new();
            let long_lived = bottom_up(&arena, most);
            for (depth, trees) in schedule(most) {
                for _ in 0..trees {
                    counted += count(bottom_up(&Arena::new(), depth));
                }
            }
            counted + count(long_lived)
        });
        assert_eq!(counted, made);
    }
}

fn top_down<'a>(arena: &'a Arena<Fork<'a>>, fork: &'a Fork<'a>, depth: u32) {
    if depth > 0 {
        for side in [&fork.left, &fork.right] {
            let below = &*arena.alloc(Fork::default());
            side.set(Some(below));
            top_down(arena, below, depth - 1);
        }
    }
}

fn fork_bottom_up<'a>(arena: &'a Arena<Fork<'a>>, depth: u32) -> &'a Fork<'a> {
    let below = || Cell::new((depth > 0).then(|| fork_bottom_up(arena, depth - 1)));
    let (left, right) = (below(), below());
    arena.alloc(Fork { left, right, _numbers: [0; 2] })
}

fn gcbench(meter: &mut Meter) {
    let stretch = meter.size(15, 8) as u32;
    let long_lived = stretch - 2;
    let repeats = |depth: u32| 2 * nodes(stretch) / nodes(depth);
    let depths = || (4..=long_lived).step_by(2);
    let made: u64 = depths().map(|depth| 2 * repeats(depth) * nodes(depth)).sum();
    let made = made + nodes(stretch) + nodes(long_lived);
    while meter.more() {
        meter.sample::<TypedArena, _>(made, || {
            black_box(fork_bottom_up(&Arena::new(), stretch));
            let kept = Arena::new();
            top_down(&kept, kept.alloc(Fork::default()), long_lived);
            let numbers: Vec<f64> = (1..=62_500).map(|i| 1.0 / f64::from(i)).collect();
            black_box(&numbers);
            for depth in depths() {
                for _ in 0..repeats(depth) {
                    let arena = Arena::new();
                    top_down(&arena, arena.alloc(Fork::default()), depth);
                }
                for _ in 0..repeats(depth) {
                    black_box(fork_bottom_up(&Arena::new(), depth));
                }
            }
        });
    }
}

fn family<'a>(arena: &'a Arena<Child<'a>>, depth: u32) -> &'a Child<'a> {
    let below = || (depth > 0).then(|| family(arena, depth - 1));
    let (left, right) = (below(), below());
    let parent = &*arena.alloc(Child { parent: Cell::new(None), left, right });
    for child in [parent.left, parent.right].into_iter().flatten() {
        child.parent.set(Some(parent));
    }
    parent
}

fn parent_trees(meter: &mut Meter) {
    let most = meter.size(11, 6) as u32;
    let made = schedule(most).map(|(depth, count)| count * nodes(depth)).sum();
    while meter.more() {
        meter.sample::<TypedArena, _>(made, || {
            for (depth, trees) in schedule(most) {
                for _ in 0..trees {
                    black_box(family(&Arena::new(), depth));
                }
            }
        });
    }
}

fn singly_linked(meter: &mut Meter) {
    const LENGTH: usize = 10_000;
    let lists = meter.size(20, 1);
    while meter.more() {
        meter.sample::<TypedArena, _>((lists * LENGTH) as u64, || {
            for _ in 0..lists {
                let arena = Arena::new();
                let mut head = None;
                for _ in 0..LENGTH {
                    head = Some(&*arena.alloc(Node { edge: Cell::new(head), words: [1; 4] }));
                }
                black_box(head);
            }
        });
    }
}

fn doubly_linked(meter: &mut Meter) {
    const LENGTH: usize = 10_000;
    let lists = meter.size(10, 1);
    while meter.more() {
        meter.sample::<TypedArena, _>((lists * LENGTH) as u64, || {
            for _ in 0..lists {
                let arena = Arena::new();
                let mut head: Option<&Link<'_>> = None;
                for _ in 0..LENGTH {
                    let new = &*arena.alloc(Link { next: head, previous: Cell::new(None) });
                    if let Some(head) = head {
                        head.previous.set(Some(new));
                    }
                    head = Some(new);
                }
                black_box(head);
            }
        });
    }
}
