//! Random programs with several heaps, one of which is collected in slices: nothing that is reachable
//! is freed in any of them, what is garbage when a collection begins is freed when it ends, and a heap
//! can be detached if nothing leads into it or out of it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use std::sync::Mutex;
use std::thread;

use crate::collect::in_slices::{is_elsewhere, is_running};
use crate::collect::slices::{go_on, start};
use crate::collect::state::Collector;
use crate::gc::{self, Generation};
use crate::isolate::handle::Isolate;

use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak::{Weak, WeakMap};
use crate::trace::contract::{Ask, Trace};
use crate::trace::movable::Movable;
use crate::trace::tracer::Tracer;
use crate::watch::ephemeron;

/// The heap of the thread, and the isolates.
const HEAPS: usize = 3;

type Id = usize;

std::thread_local! {
    /// Whether nodes have a finalizer.
    static FINALIZES: Cell<bool> = const { Cell::new(false) };
    static SAVED: RefCell<Vec<Gc<Node<false>>>> = const { RefCell::new(Vec::new()) };
}

/// Which nodes there are, and in which heap each lies.
#[derive(Default)]
struct Known {
    alive: BTreeSet<Id>,
    heaps: BTreeMap<Id, usize>,
}

struct Node<const QUIET: bool> {
    edges: RefCell<Vec<Gc<Node<QUIET>>>>,
    weak: RefCell<Vec<Weak<Node<QUIET>>>>,
    notes: WeakMap<Node<QUIET>, Gc<Node<QUIET>>>,
    this: Weak<Node<QUIET>>,
    saves: bool,
    id: Id,
    known: Arc<Mutex<Known>>,
    /// So that the candidates lie on many pages, which are listed one after the other.
    _padding: [u64; 200],
}

impl<const QUIET: bool> Drop for Node<QUIET> {
    fn drop(&mut self) {
        assert!(self.known.lock().unwrap().alive.remove(&self.id), "dropped once");
    }
}

// SAFETY: all handles are reported once. The drop looks at nothing else.
unsafe impl<const QUIET: bool> Trace for Node<QUIET> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
        self.weak.trace(tracer);
        self.notes.trace(tracer);
        self.this.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        (!QUIET && FINALIZES.get()).then_some(finalize::<QUIET>)
    }

    fn drops_quietly(_: impl Ask) -> bool {
        QUIET
    }
}

fn finalize<const QUIET: bool>(node: &Node<QUIET>) {
    if node.saves
        && let Some(this) = node.this.upgrade()
    {
        let this = Gc::into_raw(this).cast::<Node<false>>();
        // SAFETY: only these have a finalizer.
        SAVED.with_borrow_mut(|saved| saved.push(unsafe { Gc::from_raw(this) }));
    }
}

// SAFETY: all that a node owns may go.
unsafe impl<const QUIET: bool> Movable for Node<QUIET> {}

struct Program<const QUIET: bool> {
    isolates: Vec<Option<Isolate<Node<QUIET>>>>,
    /// Which heap is in which place: each that is made later has a higher number.
    numbers: [usize; HEAPS],
    variables: Vec<Gc<Node<QUIET>>>,
    weak_variables: Vec<Weak<Node<QUIET>>>,
    known: Arc<Mutex<Known>>,
    next: Id,
    /// The heap that is collected in slices, and what was garbage there.
    sliced: Option<usize>,
    garbage: BTreeSet<Id>,
    state: u32,
    seed: u32,
    moved: usize,
    ended: usize,
}

impl<const QUIET: bool> Program<QUIET> {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.state >> 8) as usize % limit.max(1)
    }

    fn inside<R>(&self, heap: usize, work: impl FnOnce() -> R) -> R {
        match heap.checked_sub(1) {
            None => work(),
            Some(number) => self.isolates[number].as_ref().unwrap().enter(|_| work()),
        }
    }

    /// A new node for `heap`.
    fn learn(
        &mut self,
        heap: usize,
    ) -> impl FnOnce(&Weak<Node<QUIET>>) -> Node<QUIET> + use<QUIET> {
        let id = self.next;
        self.next += 1;
        let known = Arc::clone(&self.known);
        let saves = self.below(6) == 0;
        let heap = self.numbers[heap];
        move |this| {
            {
                let mut known = known.lock().unwrap();
                known.alive.insert(id);
                known.heaps.insert(id, heap);
            }
            let this = if saves && !QUIET { this.clone() } else { Weak::new() };
            Node {
                edges: RefCell::default(),
                weak: RefCell::default(),
                notes: WeakMap::new(),
                this,
                saves,
                id,
                known,
                _padding: [0; 200],
            }
        }
    }

    fn isolate(&mut self, heap: usize) -> Isolate<Node<QUIET>> {
        let make = self.learn(heap);
        Isolate::new(|| make(&Weak::new()))
    }

    fn heap_of(&self, id: Id) -> usize {
        self.known.lock().unwrap().heaps[&id]
    }

    fn alive(&self) -> BTreeSet<Id> {
        self.known.lock().unwrap().alive.clone()
    }

    /// What the program reaches: through edges, and through values of weak maps whose keys it reaches.
    fn reachable(&self) -> BTreeSet<Id> {
        let saved: Vec<*const Node<QUIET>> =
            SAVED.with_borrow(|saved| saved.iter().map(|node| Gc::as_ptr(node).cast()).collect());
        let roots = self.isolates.iter().flatten().map(|isolate| isolate.enter(Gc::as_ptr));
        let mut waiting: Vec<*const Node<QUIET>> =
            self.variables.iter().map(Gc::as_ptr).chain(roots).chain(saved).collect();
        let mut seen: BTreeSet<Id> = BTreeSet::new();
        let mut nodes: BTreeMap<Id, *const Node<QUIET>> = BTreeMap::new();
        let mut maps: Vec<*const Node<QUIET>> = Vec::new();
        loop {
            while let Some(pointer) = waiting.pop() {
                // SAFETY: it is reachable, and nothing is freed meanwhile.
                let node = unsafe { &*pointer };
                if seen.insert(node.id) {
                    assert!(
                        self.known.lock().unwrap().alive.contains(&node.id),
                        "{} is alive, seed {}",
                        node.id,
                        self.seed
                    );
                    nodes.insert(node.id, pointer);
                    waiting.extend(node.edges.borrow().iter().map(Gc::as_ptr));
                    if !node.notes.is_empty() {
                        maps.push(pointer);
                    }
                }
            }
            for &map in &maps {
                // SAFETY: as above.
                let map = unsafe { &*map };
                map.notes.for_each_entry(|key, value| {
                    // SAFETY: keys are alive.
                    let key = unsafe { key.as_ref() };
                    if seen.contains(&key.id) && !seen.contains(&value.id) {
                        waiting.push(Gc::as_ptr(value));
                    }
                });
            }
            if waiting.is_empty() {
                return seen;
            }
        }
    }

    fn check(&self) {
        let (alive, reachable) = (self.alive(), self.reachable());
        assert!(alive.is_superset(&reachable), "seed {}", self.seed);
    }

    fn pick(&mut self) -> Option<Gc<Node<QUIET>>> {
        let place = self.below(self.variables.len());
        let mut node = self.variables.get(place)?.clone();
        for _ in 0..self.below(4) {
            let edge = self.below(node.edges.borrow().len());
            let Some(next) = node.edges.borrow().get(edge).cloned() else { break };
            node = next;
        }
        Some(node)
    }

    /// One that may lead to the other.
    fn pick_two(&mut self) -> Option<(Gc<Node<QUIET>>, Gc<Node<QUIET>>)> {
        let (one, other) = (self.pick()?, self.pick()?);
        (self.heap_of(one.id) <= self.heap_of(other.id)).then_some((one, other))
    }

    fn slice(&mut self) {
        if let Some(heap) = self.sliced {
            let objects = 1 + self.below(8);
            let elsewhere = self.below(HEAPS);
            let at = if self.below(4) == 0 { elsewhere } else { heap };
            let found = self.inside(at, || go_on(Collector::current(), objects));
            let runs = self.inside(heap, is_running);
            if !runs {
                self.sliced = None;
                if found.is_some() {
                    self.ended += 1;
                    let left: Vec<_> = self.alive().intersection(&self.garbage).copied().collect();
                    let reachable = self.reachable();
                    let left: Vec<_> =
                        left.into_iter().filter(|id| !reachable.contains(id)).collect();
                    assert!(left.is_empty(), "{left:?} are left, seed {}", self.seed);
                }
            }
        } else {
            let heap = self.below(HEAPS);
            let generation = [Generation::Middle, Generation::Old, Generation::Old][self.below(3)];
            let can =
                self.inside(heap, || !is_running() && !is_elsewhere() && !ephemeron::is_in_use());
            if !can {
                return;
            }
            // Only without weak maps and garbage elsewhere it is known exactly.
            let reachable = self.reachable();
            let alive = self.alive();
            let elsewhere_is_garbage =
                alive.difference(&reachable).any(|&id| self.heap_of(id) != self.numbers[heap]);
            self.garbage = if generation == Generation::Old && !elsewhere_is_garbage {
                alive.difference(&reachable).copied().collect()
            } else {
                BTreeSet::new()
            };
            self.inside(heap, || start(Collector::current(), generation));
            self.sliced = self.inside(heap, is_running).then_some(heap);
        }
        self.check();
    }

    fn collect_all(&mut self) {
        for _ in 0..3 {
            for heap in 0..HEAPS {
                self.inside(heap, gc::collect);
            }
        }
        self.sliced = None;
        assert_eq!(self.alive(), self.reachable(), "seed {}", self.seed);
    }

    fn detach(&mut self, number: usize) {
        let isolate = self.isolates[number].take().unwrap();
        match isolate.detach() {
            Ok(detached) => {
                self.moved += 1;
                if self.sliced == Some(number + 1) {
                    self.sliced = None;
                }
                let finalizes = FINALIZES.get();
                let on_thread = self.below(2) == 0;
                let detached = if on_thread {
                    thread::spawn(move || {
                        FINALIZES.set(finalizes);
                        let isolate = detached.attach();
                        isolate.enter(|_| {
                            gc::disable();
                            if !ephemeron::is_in_use() {
                                start(Collector::current(), Generation::Old);
                                go_on(Collector::current(), 3);
                            }
                        });
                        isolate.detach().unwrap_or_else(|refused| panic!("{refused}"))
                    })
                    .join()
                    .expect("the test passes")
                } else {
                    detached
                };
                self.isolates[number] = Some(detached.attach());
            }
            Err(refused) => {
                self.isolates[number] = Some(refused.into_isolate());
                if self.sliced == Some(number + 1) && !self.inside(number + 1, is_running) {
                    self.sliced = None;
                }
            }
        }
        self.check();
    }

    fn step_weakly(&mut self) {
        let has_maps = self.seed.is_multiple_of(2);
        match self.below(4) {
            0 => {
                if let (Some(from), Some(to)) = (self.pick(), self.pick()) {
                    from.weak.borrow_mut().push(Gc::downgrade(&to));
                    if self.below(3) == 0 {
                        self.weak_variables.push(Gc::downgrade(&to));
                    }
                }
            }
            1 => {
                // A weak handle is upgraded.
                if let Some(from) = self.pick() {
                    let up: Vec<_> = from.weak.borrow().iter().filter_map(Weak::upgrade).collect();
                    self.variables.extend(up);
                    // What was garbage may be reached again.
                    self.garbage = &self.garbage - &self.reachable();
                }
                if self.below(3) == 0 {
                    self.weak_variables.clear();
                }
            }
            2 if has_maps => {
                // The value lies where the key lies, or in a higher heap, and the map in a lower one.
                if let (Some(map), Some(key), Some(value)) = (self.pick(), self.pick(), self.pick())
                {
                    let [m, k, v] = [&map, &key, &value].map(|node| self.heap_of(node.id));
                    let place = self.numbers.iter().position(|&number| number == m);
                    if let Some(place) = place
                        && (m == k && k <= v || m < k && k < v)
                    {
                        self.inside(place, || drop(map.notes.insert(&key, value)));
                    }
                }
            }
            3 if has_maps => {
                if let Some(map) = self.pick() {
                    map.notes.clear();
                }
            }
            _ => {}
        }
    }

    fn do_with_a_heap(&mut self) {
        match self.below(14) {
            0 => {
                let heap = self.below(HEAPS);
                self.inside(heap, || {
                    gc::trim();
                });
            }
            1 => self.collect_all(),
            2 => {
                let saved = SAVED.take();
                drop(saved);
                self.garbage.clear();
            }
            3 => {
                let heap = self.below(HEAPS);
                self.inside(heap, || {
                    gc::freeze();
                    gc::unfreeze();
                });
            }
            4 => {
                let heap = self.below(HEAPS);
                self.inside(heap, || Collector::current().schedule.pass_over());
            }
            5 => {
                // An isolate ends, and another begins.
                let number = self.below(HEAPS - 1);
                drop(self.isolates[number].take());
                self.numbers[number + 1] = self.numbers.iter().max().unwrap() + 1;
                let isolate = self.isolate(number + 1);
                isolate.enter(|_| gc::disable());
                self.isolates[number] = Some(isolate);
                if self.sliced == Some(number + 1) {
                    self.sliced = None;
                }
            }
            6 => {
                let heap = self.below(HEAPS);
                self.inside(heap, || drop(gc::get_objects(None)));
            }
            _ => {
                let number = self.below(HEAPS - 1);
                self.detach(number);
            }
        }
    }

    fn step(&mut self) {
        match self.below(30) {
            0..=3 => {
                let heap = self.below(HEAPS);
                let make = self.learn(heap);
                let node = self.inside(heap, || Gc::new_cyclic(make));
                self.variables.push(node);
            }
            4 => {
                let number = self.below(HEAPS - 1);
                let root = self.isolates[number].as_ref().unwrap().enter(Gc::clone);
                self.variables.push(root);
            }
            5..=8 => {
                if let Some((from, to)) = self.pick_two() {
                    from.edges.borrow_mut().push(to);
                }
            }
            9 | 10 => {
                if let Some(from) = self.pick() {
                    drop(from.edges.borrow_mut().pop());
                }
            }
            // A handle moves without being counted.
            11 => {
                if let (Some(from), Some(to)) = (self.pick(), self.pick())
                    && self.heap_of(from.id) == self.heap_of(to.id)
                {
                    let moved = from.edges.borrow_mut().pop();
                    to.edges.borrow_mut().extend(moved);
                }
            }
            12 => {
                if let (Some(from), Some(to)) = (self.pick(), self.pick())
                    && self.heap_of(from.id) == self.heap_of(to.id)
                    && !Gc::ptr_eq(&from, &to)
                {
                    from.edges.swap(&to.edges);
                }
            }
            13..=15 if !self.variables.is_empty() => {
                let place = self.below(self.variables.len());
                drop(self.variables.swap_remove(place));
            }
            16..=19 => self.step_weakly(),
            20 => {
                let (heap, generation) = (self.below(HEAPS), Generation::ALL[self.below(2)]);
                self.inside(heap, || gc::collect_generation(generation));
            }
            21 => self.do_with_a_heap(),
            22 => {
                let number = self.below(HEAPS - 1);
                let heap = self.numbers[number + 1];
                self.variables.retain(|node| node.known.lock().unwrap().heaps[&node.id] != heap);
            }
            _ => self.slice(),
        }
        // What was given up.
        if let Some(heap) = self.sliced
            && !self.inside(heap, is_running)
        {
            self.sliced = None;
        }
        self.check();
    }
}

fn run<const QUIET: bool>(seed: u32, steps: u32) -> (usize, usize) {
    gc::disable();
    FINALIZES.set(seed.is_multiple_of(3));
    let mut program = Program::<QUIET> {
        isolates: Vec::new(),
        numbers: core::array::from_fn(|place| place),
        variables: Vec::new(),
        weak_variables: Vec::new(),
        known: Arc::default(),
        next: 0,
        sliced: None,
        garbage: BTreeSet::new(),
        state: seed,
        seed,
        moved: 0,
        ended: 0,
    };
    for heap in 1..HEAPS {
        let isolate = program.isolate(heap);
        isolate.enter(|_| gc::disable());
        program.isolates.push(Some(isolate));
    }
    for _ in 0..steps {
        program.step();
    }
    program.variables.clear();
    program.weak_variables.clear();
    for _ in 0..10 {
        drop(SAVED.take());
        program.collect_all();
    }
    drop(SAVED.take());
    program.collect_all();
    for number in 0..HEAPS - 1 {
        program.detach(number);
    }
    let (known, counts) = (Arc::clone(&program.known), (program.moved, program.ended));
    drop(program);
    for _ in 0..10 {
        gc::collect();
        drop(SAVED.take());
    }
    gc::collect();
    assert_eq!(known.lock().unwrap().alive, BTreeSet::new(), "seed {seed}");
    counts
}

#[test]
fn heaps_that_are_collected_in_slices_do_not_mix_and_may_move() {
    let (seeds, steps) = if cfg!(miri) { (2, 30) } else { (300, 600) };
    let (mut moved, mut ended) = (0, 0);
    for seed in 0..seeds {
        let quiet = seed % 3 == 1;
        let run = move || if quiet { run::<true>(seed, steps) } else { run::<false>(seed, steps) };
        let counts = thread::spawn(run).join().unwrap_or_else(|_| panic!("seed {seed}"));
        moved += counts.0;
        ended += counts.1;
    }
    assert!(moved > 0 && ended > 0, "{moved} moved, {ended} ended");
}
