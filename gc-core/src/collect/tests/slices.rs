//! Random programs that run between the slices of full collections: nothing that is reachable
//! is freed, and what is garbage when a collection begins is freed when it ends (T5).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::thread;

use crate::collect::in_slices::is_running;
use crate::collect::slices::{go_on, start};
use crate::collect::state::Collector;
use crate::collect::stats::Phase;
use crate::gc::{self, Generation};
use crate::memory::heap::Heap;
use crate::object::header::ObjPtr;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak::Weak;
use crate::trace::contract::{Ask, Trace};
use crate::trace::tracer::Tracer;

std::thread_local! {
    static ALIVE: RefCell<BTreeSet<usize>> = const { RefCell::new(BTreeSet::new()) };
    static NEXT: Cell<usize> = const { Cell::new(0) };
    /// Whether nodes have a finalizer: if so, garbage is looked at once more.
    static FINALIZES: Cell<bool> = const { Cell::new(false) };
    static SAVED: RefCell<Vec<Gc<Node<Loud>>>> = const { RefCell::new(Vec::new()) };
    /// What was reclaimed in slices and not suspected before.
    static EARLY: Cell<usize> = const { Cell::new(0) };
    /// Which node was made last at which address.
    static MADE: RefCell<BTreeMap<usize, usize>> = const { RefCell::new(BTreeMap::new()) };
}

/// How nodes are counted.
trait Kind: Sized + 'static {
    const DROPS_QUIETLY: bool;
    fn made(id: usize) -> Self;
    /// A new node, which saves itself if it is finalized.
    fn node(id: usize, saves: bool) -> Gc<Node<Self>>;
    fn alive() -> BTreeSet<usize>;
    fn saved() -> Vec<Gc<Node<Self>>>;
    fn finalize(node: &Node<Self>);
}

/// Counts itself; collections have to drop it, and look at it a second time.
struct Loud(usize);

impl Drop for Loud {
    fn drop(&mut self) {
        assert!(ALIVE.with_borrow_mut(|alive| alive.remove(&self.0)), "dropped once");
    }
}

impl Kind for Loud {
    const DROPS_QUIETLY: bool = false;

    fn made(id: usize) -> Loud {
        ALIVE.with_borrow_mut(|alive| alive.insert(id));
        Loud(id)
    }

    fn node(id: usize, saves: bool) -> Gc<Node<Loud>> {
        Gc::new_cyclic(|this| Node::new(id, saves, this.clone()))
    }

    fn alive() -> BTreeSet<usize> {
        ALIVE.with_borrow(Clone::clone)
    }

    fn saved() -> Vec<Gc<Node<Loud>>> {
        SAVED.with_borrow(Clone::clone)
    }

    fn finalize(node: &Node<Loud>) {
        if node.saves.get()
            && let Some(this) = node.this.upgrade()
        {
            SAVED.with_borrow_mut(|saved| saved.push(this));
        }
    }
}

/// Nobody is told when it is dropped, so that it may be reclaimed before all is traced.
struct Quiet;

impl Kind for Quiet {
    const DROPS_QUIETLY: bool = true;

    fn made(_: usize) -> Quiet {
        Quiet
    }

    fn node(id: usize, saves: bool) -> Gc<Node<Quiet>> {
        let node = Gc::new(Node::new(id, saves, Weak::new()));
        MADE.with_borrow_mut(|made| made.insert(gc::id(&node), id));
        node
    }

    fn alive() -> BTreeSet<usize> {
        let objects = Heap::current().collectable_objects();
        let id = |made: &BTreeMap<usize, usize>, object: ObjPtr| {
            made.get(&object.value().addr().get()).copied()
        };
        MADE.with_borrow(|made| objects.filter_map(|object| id(made, object)).collect())
    }

    fn saved() -> Vec<Gc<Node<Quiet>>> {
        Vec::new()
    }

    fn finalize(_: &Node<Quiet>) {}
}

struct Node<K: Kind> {
    edges: RefCell<Vec<Gc<Node<K>>>>,
    saves: Cell<bool>,
    this: Weak<Node<K>>,
    id: usize,
    _kind: K,
    /// So that the candidates lie on many pages, which are listed one after the other.
    _padding: [u64; 500],
}

impl<K: Kind> Node<K> {
    fn new(id: usize, saves: bool, this: Weak<Node<K>>) -> Node<K> {
        Node {
            edges: RefCell::default(),
            saves: Cell::new(saves),
            this,
            id,
            _kind: K::made(id),
            _padding: [0; 500],
        }
    }
}

// SAFETY: the edges are reported once. Beside handles there is only the kind to be dropped.
unsafe impl<K: Kind> Trace for Node<K> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        FINALIZES.get().then_some(K::finalize)
    }

    fn drops_quietly(_: impl Ask) -> bool {
        K::DROPS_QUIETLY
    }
}

/// Large enough for a run of its own.
struct Large<K: Kind> {
    _bytes: [u8; 40_000],
    edges: RefCell<Vec<Gc<Node<K>>>>,
}

// SAFETY: the edges are reported once, and nothing else is dropped.
unsafe impl<K: Kind> Trace for Large<K> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }

    fn drops_quietly(_: impl Ask) -> bool {
        true
    }
}

fn node<K: Kind>(saves: bool) -> Gc<Node<K>> {
    K::node(NEXT.replace(NEXT.get() + 1), saves)
}

/// The nodes that `roots` reach.
fn reachable<'a, K: Kind, I>(roots: I) -> BTreeSet<usize>
where
    I: IntoIterator<Item = &'a Gc<Node<K>>>,
{
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<*const Node<K>> = roots.into_iter().map(Gc::as_ptr).collect();
    while let Some(node) = waiting.pop() {
        // SAFETY: it is reachable, and nothing is freed meanwhile. No handle is made, which
        // would make a candidate.
        let node = unsafe { &*node };
        if seen.insert(node.id) {
            waiting.extend(node.edges.borrow().iter().map(Gc::as_ptr));
        }
    }
    seen
}

struct Program<K: Kind> {
    roots: Vec<Gc<Node<K>>>,
    large: Vec<Gc<Large<K>>>,
    /// What was garbage when the collection in slices began, and was not resurrected and dropped
    /// since.
    garbage: BTreeSet<usize>,
    state: u32,
    seed: u32,
}

impl<K: Kind> Program<K> {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.state >> 8) as usize % limit.max(1)
    }

    fn reachable(&self) -> BTreeSet<usize> {
        let large: Vec<_> =
            self.large.iter().flat_map(|large| large.edges.borrow().clone()).collect();
        let saved = K::saved();
        reachable(self.roots.iter().chain(&large).chain(&saved))
    }

    fn check(&self) {
        let (alive, reachable) = (K::alive(), self.reachable());
        assert!(alive.is_superset(&reachable), "seed {}", self.seed);
    }

    /// A node that a root reaches.
    fn pick(&mut self) -> Option<Gc<Node<K>>> {
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
                let left: Vec<_> = K::alive().intersection(&self.garbage).copied().collect();
                let saved = reachable(&K::saved());
                let left: Vec<_> = left.into_iter().filter(|id| !saved.contains(id)).collect();
                assert!(left.is_empty(), "{left:?} are left, seed {}", self.seed);
            }
        } else if self.below(3) == 0 {
            let generation = [Generation::Middle, Generation::Old, Generation::Old][self.below(3)];
            // What a collection of the middle generation misses must be found by a full one.
            self.garbage = match generation {
                Generation::Old => K::alive().difference(&self.reachable()).copied().collect(),
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
                let large = Gc::new(Large { _bytes: [0; 40_000], edges: RefCell::new(edges) });
                MADE.with_borrow_mut(|made| made.remove(&gc::id(&large)));
                self.large.push(large);
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
                    assert_eq!(K::alive(), self.reachable(), "seed {}", self.seed);
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

/// Runs one program. Returns how many objects its full collections in slices reclaimed before all
/// was traced.
fn run<K: Kind>(seed: u32, steps: u32) -> usize {
    gc::disable();
    gc::add_callback(|phase, info| {
        let suspected = info.suspected - info.refuted;
        if phase == Phase::Stop && info.slices > 1 {
            EARLY.set(EARLY.get() + info.collected.saturating_sub(suspected));
        }
    });
    FINALIZES.set(seed.is_multiple_of(3));
    let mut program = Program::<K> {
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
    assert_eq!(K::alive(), BTreeSet::new(), "seed {seed}");
    assert!(!Heap::current().has_candidates());
    EARLY.get()
}

#[test]
fn what_is_garbage_when_a_collection_in_slices_begins_is_freed_and_nothing_that_is_alive() {
    let (seeds, steps) = if cfg!(miri) { (3, 80) } else { (300, 600) };
    let mut early = 0;
    for seed in 0..seeds {
        let quiet = seed % 3 == 1;
        let run = move || if quiet { run::<Quiet>(seed, steps) } else { run::<Loud>(seed, steps) };
        early += thread::spawn(run).join().expect("the test passes");
    }
    assert!(early > 0 || cfg!(miri), "some garbage is known before all is traced");
}

/// `kept` is looked at again in the slice in which `left` leaves early. `between`, whose last handle
/// `left` had, must be gone by then.
#[test]
fn what_only_early_garbage_held_does_not_hold_what_is_looked_at_again() {
    gc::disable();
    let [kept, between, left] = [(); 3].map(|()| node::<Quiet>(false));
    kept.edges.borrow_mut().extend([kept.clone(), kept.clone()]);
    between.edges.borrow_mut().push(kept.clone());
    left.edges.borrow_mut().extend([between.clone(), left.clone()]);
    drop([kept, between, left]);
    let collector = Collector::current();
    start(collector, Generation::Old);
    go_on(collector, 4);
    while is_running() {
        go_on(collector, 100);
    }
    assert_eq!(Quiet::alive(), BTreeSet::new());
}

/// Runs a collection of `generation` in slices, and `between` them.
fn collect_in_slices(generation: Generation, between: impl Fn()) {
    let collector = Collector::current();
    start(collector, generation);
    for slice in 0.. {
        go_on(collector, 1);
        if !is_running() {
            break;
        }
        between();
        assert!(slice < 1000, "it does not end");
    }
}

#[test]
fn candidates_that_are_made_as_fast_as_they_are_listed_do_not_keep_a_collection_from_its_end() {
    gc::disable();
    let nodes: Vec<_> = (0..40).map(|_| node::<Quiet>(false)).collect();
    let touch = || {
        for node in &nodes {
            drop(node.clone());
        }
        Collector::current().schedule.pass_over();
    };
    touch();
    collect_in_slices(Generation::Old, touch);
    assert_eq!(Quiet::alive().len(), 40);
}

#[test]
fn a_middle_collection_in_slices_leaves_what_older_objects_hold_to_a_full_one() {
    gc::disable();
    let old = node::<Quiet>(false);
    gc::collect();
    let [held_by_old, own] = [(); 2].map(|()| node::<Quiet>(false));
    old.edges.borrow_mut().push(held_by_old.clone());
    held_by_old.edges.borrow_mut().push(old.clone());
    own.edges.borrow_mut().push(own.clone());
    let left = BTreeSet::from([old.id, held_by_old.id]);
    drop([old, held_by_old, own]);
    collect_in_slices(Generation::Middle, || ());
    assert_eq!(Quiet::alive(), left);
    collect_in_slices(Generation::Old, || ());
    assert_eq!(Quiet::alive(), BTreeSet::new());
}

/// What the last handle that is dropped leads to is a candidate, however old it is. A middle
/// collection has nothing to do with the old ones, and must not lose them.
#[test]
fn a_middle_collection_in_slices_lists_no_candidates_of_the_old_generation() {
    gc::disable();
    let old: Vec<_> = (0..40).map(|_| node::<Quiet>(false)).collect();
    let ring = node::<Quiet>(false);
    ring.edges.borrow_mut().push(ring.clone());
    gc::collect();
    let young = node::<Quiet>(false);
    for node in old.iter().chain([&young]) {
        drop(node.clone());
    }
    drop(ring);
    let listed = Rc::new(Cell::new(0));
    let count = Rc::clone(&listed);
    gc::add_callback(move |phase, info| {
        if phase == Phase::Stop {
            count.set(info.candidates);
        }
    });
    collect_in_slices(Generation::Middle, || ());
    assert_eq!((listed.get(), Quiet::alive().len()), (1, 42));
    collect_in_slices(Generation::Old, || ());
    assert_eq!((listed.get(), Quiet::alive().len()), (42, 41));
}

/// What a large part leads to takes many slices, and is alive. It is not to be traced together with
/// all candidates: what is garbage is still known in the slice that traces it.
#[test]
fn garbage_that_holds_a_large_live_structure_is_not_suspected() {
    const RINGS: usize = 20;
    gc::disable();
    let top = node::<Quiet>(false);
    let mut last = top.clone();
    for _ in 0..200 {
        let next = node::<Quiet>(false);
        last.edges.borrow_mut().push(next.clone());
        last = next;
    }
    for _ in 0..RINGS {
        let ring = node::<Quiet>(false);
        ring.edges.borrow_mut().extend([ring.clone(), last.clone(), top.clone()]);
    }
    let collector = Collector::current();
    start(collector, Generation::Old);
    while is_running() {
        go_on(collector, 50);
    }
    assert_eq!(Quiet::alive().len(), 201);
    let suspected = gc::get_stats()[Generation::Old.index()].suspected;
    assert!(suspected <= 1, "{suspected}: the one that led to the structure");
}

std::thread_local! {
    /// How many of them were traced.
    static TRACED: Cell<usize> = const { Cell::new(0) };
}

/// Owns many handles, and counts when it is traced.
#[derive(Default)]
struct Book(RefCell<Vec<Gc<Owner>>>);

// SAFETY: the handles are reported once.
unsafe impl Trace for Book {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        TRACED.set(TRACED.get() + 1);
        self.0.trace(tracer);
    }
}

#[test]
#[cfg_attr(miri, ignore = "it takes long")]
fn objects_with_many_handles_are_traced_one_by_one() {
    const BOOKS: usize = 80;
    const HANDLES: usize = 2000;
    gc::disable();
    let held = Gc::new(Owner::default());
    let books: Vec<_> = (0..BOOKS).map(|_| Gc::new(Book::default())).collect();
    for book in &books {
        book.0.borrow_mut().extend((0..HANDLES).map(|_| held.clone()));
        drop(book.clone());
    }
    let collector = Collector::current();
    start(collector, Generation::Old);
    let mut long_slices = 0;
    while is_running() {
        let before = TRACED.get();
        // As much work as the handles of one of them.
        go_on(collector, HANDLES / 4);
        long_slices += usize::from(TRACED.get() - before > 2);
    }
    assert_eq!(TRACED.get(), BOOKS);
    // After a batch without handles it is not known.
    assert!(long_slices <= 2, "{long_slices} long slices");
}

std::thread_local! {
    /// So many traces before a [`Touchy`] object gives a handle to itself up while it is traced.
    static UNTIL_TOUCHED: Cell<usize> = const { Cell::new(usize::MAX) };
    static IS_DROPPED: Cell<bool> = const { Cell::new(false) };
}

/// Gives a handle to itself up while it is traced, as a panic hook could, and panics then, or not.
struct Touchy {
    this: RefCell<Option<Gc<Touchy>>>,
    weak: Weak<Touchy>,
    panics: bool,
}

impl Drop for Touchy {
    fn drop(&mut self) {
        IS_DROPPED.set(true);
    }
}

// SAFETY: the handle is reported once.
unsafe impl Trace for Touchy {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.this.trace(tracer);
        let left = UNTIL_TOUCHED.get().wrapping_sub(1);
        UNTIL_TOUCHED.set(left);
        if left == 0 {
            drop(self.weak.upgrade());
            assert!(!self.panics, "this trace panics");
        }
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_handle_that_is_given_up_while_suspects_are_traced_makes_no_candidate_twice() {
    for panics in [false, true] {
        gc::disable();
        IS_DROPPED.set(false);
        let touchy =
            Gc::new_cyclic(|weak| Touchy { this: RefCell::default(), weak: weak.clone(), panics });
        touchy.this.replace(Some(touchy.clone()));
        drop(touchy);
        // It is traced once, and then looked at again.
        UNTIL_TOUCHED.set(2);
        let collector = Collector::current();
        start(collector, Generation::Old);
        while is_running() {
            let slice = catch_unwind(AssertUnwindSafe(|| go_on(collector, 100)));
            assert!(slice.is_ok() || panics);
        }
        assert_eq!(UNTIL_TOUCHED.get(), 0);
        assert_eq!(gc::collect(), usize::from(panics));
        assert!(IS_DROPPED.get());
        assert!(!Heap::current().has_candidates());
    }
}

#[derive(Default)]
struct Owner(RefCell<Vec<Gc<Owner>>>);

// SAFETY: the handles are reported once.
unsafe impl Trace for Owner {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }
}

/// A variable holds `top`. A handle to `top` moves from a member that was traced to one that was
/// not, so that it is noted twice, and hides the variable. No count changes meanwhile.
#[test]
fn suspects_whose_counts_did_not_change_may_be_alive() {
    const MEMBERS: usize = 100;
    let mut hidden = 0;
    for slices in 0..12 {
        hidden += thread::spawn(move || {
            gc::disable();
            let top = Gc::new(Owner::default());
            top.0.borrow_mut().extend((0..MEMBERS).map(|_| Gc::new(Owner::default())));
            top.0.borrow()[0].0.borrow_mut().push(top.clone());
            drop(top.clone());
            let collector = Collector::current();
            start(collector, Generation::Old);
            for _ in 0..slices {
                go_on(collector, 1);
            }
            let moved = top.0.borrow()[0].0.borrow_mut().pop();
            top.0.borrow()[MEMBERS - 1].0.borrow_mut().extend(moved);
            while is_running() {
                go_on(collector, 1);
            }
            assert_eq!(top.0.borrow().len(), MEMBERS);
            let refuted = gc::get_stats()[Generation::Old.index()].refuted;
            drop(top);
            assert_eq!(gc::collect(), MEMBERS + 1);
            refuted
        })
        .join()
        .expect("the test passes");
    }
    assert!(hidden > 0, "the second look is needed");
}
