//! Random programs with several heaps, beside a model that knows who holds what. A heap may be
//! detached if, and only if, nobody outside refers to anything in it, and nothing in it to anything
//! outside.
//!
//! The model has no cycles through several heaps: edges lead from heaps with lower numbers to those
//! with higher ones, and back only weakly.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::thread;

use gcycle::gc::Generation;
use gcycle::intern::{int, intern};
use gcycle::weak::{WeakMap, WeakSet};
use gcycle::{Gc, Isolate, Trace, Weak, gc};

/// The heap of the thread, and the isolates.
const HEAPS: usize = 4;

type Id = u32;

#[derive(Trace)]
#[trace(movable)]
struct Vertex {
    id: Id,
    edges: RefCell<Vec<Gc<Vertex>>>,
    weak: RefCell<Vec<Weak<Vertex>>>,
    notes: WeakMap<Vertex, Id>,
    marked: WeakSet<Vertex>,
    names: RefCell<Vec<(Gc<str>, Gc<i64>)>>,
    #[trace(skip)]
    alive: Alive,
}

/// Which vertices there are.
struct Alive(Id, Arc<Mutex<BTreeSet<Id>>>);

impl Drop for Alive {
    fn drop(&mut self) {
        assert!(self.1.lock().unwrap().remove(&self.0), "dropped twice");
    }
}

impl Vertex {
    fn new(id: Id, alive: &Arc<Mutex<BTreeSet<Id>>>) -> Vertex {
        assert!(alive.lock().unwrap().insert(id));
        Vertex {
            id,
            edges: RefCell::default(),
            weak: RefCell::default(),
            notes: WeakMap::new(),
            marked: WeakSet::new(),
            names: RefCell::default(),
            alive: Alive(id, Arc::clone(alive)),
        }
    }
}

/// What the model knows of a vertex. Those that are dead stay here.
#[derive(Clone, Default)]
struct Known {
    heap: usize,
    edges: Vec<Id>,
    weak: Vec<Id>,
    /// Keys of its map, and members of its set; those that are dead are not in the map.
    notes: BTreeSet<Id>,
    marked: BTreeSet<Id>,
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// A program under way.
struct Program {
    random: Random,
    alive: Arc<Mutex<BTreeSet<Id>>>,
    isolates: Vec<Option<Isolate<Vertex>>>,
    roots: Vec<Id>,
    variables: Vec<Gc<Vertex>>,
    weak_variables: Vec<(Id, Weak<Vertex>)>,
    known: BTreeMap<Id, Known>,
    /// How many heaps were to be detached, and were not.
    detached: usize,
    refused: usize,
}

impl Program {
    fn new(seed: u64) -> Program {
        let mut program = Program {
            random: Random(seed * 2 + 1),
            alive: Arc::default(),
            isolates: Vec::new(),
            roots: Vec::new(),
            variables: Vec::new(),
            weak_variables: Vec::new(),
            known: BTreeMap::new(),
            detached: 0,
            refused: 0,
        };
        for heap in 1..HEAPS {
            let id = program.learn(heap);
            let alive = Arc::clone(&program.alive);
            program.isolates.push(Some(Isolate::new(|| Vertex::new(id, &alive))));
            program.roots.push(id);
        }
        program
    }

    /// The number of a new vertex in `heap`.
    fn learn(&mut self, heap: usize) -> Id {
        let id = Id::try_from(self.known.len()).unwrap();
        self.known.insert(id, Known { heap, ..Known::default() });
        id
    }

    /// Calls `work` in a heap.
    fn inside<R>(&self, heap: usize, work: impl FnOnce() -> R) -> R {
        match heap.checked_sub(1) {
            None => work(),
            Some(number) => self.isolates[number].as_ref().unwrap().enter(|_| work()),
        }
    }

    fn root(&self, number: usize) -> Gc<Vertex> {
        self.isolates[number].as_ref().unwrap().enter(Gc::clone)
    }

    /// A variable.
    fn any(&mut self) -> Option<Gc<Vertex>> {
        let count = self.variables.len();
        (count > 0).then(|| Gc::clone(&self.variables[self.random.below(count)]))
    }

    fn know(&mut self, vertex: &Gc<Vertex>) -> &mut Known {
        self.known.get_mut(&vertex.id).unwrap()
    }

    fn step(&mut self) {
        match self.random.below(16) {
            0 | 1 => {
                let heap = self.random.below(HEAPS);
                let id = self.learn(heap);
                let vertex = self.inside(heap, || Gc::new(Vertex::new(id, &self.alive)));
                self.variables.push(vertex);
            }
            2 => {
                let number = self.random.below(HEAPS - 1);
                let root = self.root(number);
                self.variables.push(root);
            }
            3..=5 => self.link(),
            6 => self.unlink(),
            7 => self.follow(),
            8 | 9 => {
                if !self.variables.is_empty() {
                    let place = self.random.below(self.variables.len());
                    self.variables.swap_remove(place);
                }
            }
            10 => self.link_weakly(),
            11 => self.note(),
            12 => self.name(),
            13 => {
                let heap = self.random.below(HEAPS);
                match self.random.below(4) {
                    0 => {
                        self.inside(heap, || gc::step(7_usize));
                    }
                    1 => {
                        self.inside(heap, || gc::collect_generation(Generation::Young));
                    }
                    2 => {
                        let young = self.random.below(9).try_into().unwrap();
                        self.inside(heap, || gc::set_threshold(young, 2, 2));
                    }
                    _ => {
                        self.inside(heap, gc::collect);
                    }
                }
            }
            14 => {
                let number = self.random.below(HEAPS - 1);
                self.detach(number);
            }
            _ => self.forget_weak(),
        }
    }

    fn link(&mut self) {
        let (Some(from), Some(to)) = (self.any(), self.any()) else { return };
        if self.know(&from).heap <= self.know(&to).heap {
            from.edges.borrow_mut().push(Gc::clone(&to));
            self.know(&from).edges.push(to.id);
        }
    }

    fn unlink(&mut self) {
        let Some(from) = self.any() else { return };
        let count = from.edges.borrow().len();
        if count > 0 {
            let place = self.random.below(count);
            drop(from.edges.borrow_mut().swap_remove(place));
            self.know(&from).edges.swap_remove(place);
        }
    }

    /// A variable for what another one leads to.
    fn follow(&mut self) {
        let Some(from) = self.any() else { return };
        let count = from.edges.borrow().len();
        if count > 0 {
            let place = self.random.below(count);
            let target = Gc::clone(&from.edges.borrow()[place]);
            self.variables.push(target);
        }
    }

    fn link_weakly(&mut self) {
        let (Some(from), Some(to)) = (self.any(), self.any()) else { return };
        match self.random.below(3) {
            0 => self.weak_variables.push((to.id, Gc::downgrade(&to))),
            1 => {
                from.weak.borrow_mut().push(Gc::downgrade(&to));
                self.know(&from).weak.push(to.id);
            }
            _ => {
                from.marked.insert(&to);
                self.know(&from).marked.insert(to.id);
            }
        }
    }

    /// An entry of a map, which is made in any heap.
    fn note(&mut self) {
        let (Some(from), Some(to)) = (self.any(), self.any()) else { return };
        if self.random.below(4) == 0 {
            from.notes.remove(&to);
            self.know(&from).notes.remove(&to.id);
        } else {
            let heap = self.know(&from).heap;
            self.inside(heap, || drop(from.notes.insert(&to, to.id)));
            self.know(&from).notes.insert(to.id);
        }
    }

    fn name(&mut self) {
        let Some(vertex) = self.any() else { return };
        let heap = self.know(&vertex).heap;
        let number = self.random.below(6);
        let named = self
            .inside(heap, || (intern(&number.to_string()), int(i64::try_from(number).unwrap())));
        vertex.names.borrow_mut().push(named);
    }

    fn forget_weak(&mut self) {
        if self.random.below(2) == 0 {
            self.weak_variables.clear();
        } else if let Some(vertex) = self.any() {
            vertex.weak.borrow_mut().clear();
            vertex.marked.clear();
            let known = self.know(&vertex);
            known.weak.clear();
            known.marked.clear();
        }
    }

    /// What can be reached from variables and roots.
    fn reachable(&self) -> BTreeSet<Id> {
        let variables = self.variables.iter().map(|vertex| vertex.id);
        let mut pending: Vec<Id> = variables.chain(self.roots.iter().copied()).collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = pending.pop() {
            if reached.insert(id) {
                pending.extend(&self.known[&id].edges);
            }
        }
        reached
    }

    /// Collects all heaps, and compares what is left.
    fn settle(&mut self) -> BTreeSet<Id> {
        for heap in 0..HEAPS {
            self.inside(heap, gc::collect);
        }
        let reached = self.reachable();
        assert_eq!(*self.alive.lock().unwrap(), reached);
        for known in self.known.values_mut() {
            known.notes.retain(|key| reached.contains(key));
        }
        reached
    }

    /// Whether nothing leads into the heap of an isolate, or out of it. Sets purge dead members now
    /// and then, so that it is not known whether they still refer to them weakly.
    fn is_isolated(&self, number: usize, reached: &BTreeSet<Id>) -> Option<bool> {
        let heap = number + 1;
        let is_inside = |id: &Id| self.known[id].heap == heap;
        let mut is_unknown = false;
        let mut is_isolated = !self.variables.iter().any(|vertex| is_inside(&vertex.id))
            && !self.weak_variables.iter().any(|(id, _)| is_inside(id));
        for id in reached {
            let known = &self.known[id];
            let crosses = |other: &Id| (known.heap == heap) != is_inside(other);
            is_isolated &= !known.edges.iter().any(crosses)
                && !known.weak.iter().any(crosses)
                && !known.notes.iter().any(crosses);
            for member in known.marked.iter().filter(|member| crosses(member)) {
                is_isolated &= !reached.contains(member);
                is_unknown |= !reached.contains(member);
            }
        }
        (!is_unknown || !is_isolated).then_some(is_isolated)
    }

    fn detach(&mut self, number: usize) {
        let reached = self.settle();
        let expected = self.is_isolated(number, &reached);
        match self.isolates[number].take().unwrap().detach() {
            Ok(detached) => {
                assert_ne!(expected, Some(false), "something refers to it");
                self.detached += usize::from(expected.is_some());
                let known = self.known.clone();
                let detached = match self.random.below(4) {
                    0 if !cfg!(target_family = "wasm") => thread::spawn(move || {
                        let isolate = detached.attach();
                        isolate.enter(|root| compare(root, &known));
                        isolate.detach().unwrap()
                    })
                    .join()
                    .unwrap(),
                    _ => detached,
                };
                self.isolates[number] = Some(detached.attach());
            }
            Err(refused) => {
                assert_ne!(expected, Some(true), "{refused}");
                self.refused += usize::from(expected.is_some());
                self.isolates[number] = Some(refused.into_isolate());
            }
        }
        let root = self.root(number);
        compare(&root, &self.known);
    }
}

/// Follows all edges in the heap of `root`.
fn compare(root: &Gc<Vertex>, known: &BTreeMap<Id, Known>) {
    let mut pending = vec![Gc::clone(root)];
    let mut reached = BTreeSet::new();
    while let Some(vertex) = pending.pop() {
        if !reached.insert(vertex.id) {
            continue;
        }
        let expected = &known[&vertex.id];
        let edges: Vec<Id> = vertex.edges.borrow().iter().map(|target| target.id).collect();
        assert_eq!(edges, expected.edges);
        let notes: BTreeSet<Id> = vertex.notes.iter().map(|(key, _)| key.id).collect();
        assert_eq!(notes, expected.notes);
        for (key, note) in &vertex.notes {
            assert_eq!(*note, key.id);
        }
        for member in &vertex.marked {
            assert!(expected.marked.contains(&member.id));
        }
        pending.extend(vertex.edges.borrow().iter().cloned());
    }
}

#[test]
fn a_heap_moves_if_and_only_if_nothing_leads_into_it_or_out_of_it() {
    let programs: usize = if cfg!(miri) { 3 } else { 300 };
    let (mut detached, mut refused) = (0, 0);
    for seed in 0..programs {
        let mut program = Program::new(seed as u64);
        let alive = Arc::clone(&program.alive);
        for _ in 0..150 {
            program.step();
        }
        for number in 0..HEAPS - 1 {
            program.detach(number);
        }
        program.variables.clear();
        program.weak_variables.clear();
        program.settle();
        for number in 0..HEAPS - 1 {
            program.detach(number);
        }
        detached += program.detached;
        refused += program.refused;
        drop(program);
        gc::collect();
        assert!(alive.lock().unwrap().is_empty(), "{:?}", alive.lock().unwrap());
    }
    let most = 6 * programs;
    assert!(detached > most / 4 && refused > most / 4, "{detached} moved, {refused} stayed");
}
