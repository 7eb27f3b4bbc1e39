//! Random programs with weak maps, against the definition of ephemerons.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::weak::{Value, WeakMap};
use gcycle::{Gc, Trace, Tracer, gc};

/// What a random program knows about an object or an entry.
#[derive(Clone, Default)]
struct Known {
    edges: Vec<usize>,
    is_alive: bool,
}

/// A heap of objects and ephemerons, as plain data: what ought to be alive.
#[derive(Default)]
struct Model {
    objects: Vec<Known>,
    /// Handles on the stack, by object.
    held: Vec<usize>,
    /// Values that are looked at, by object.
    looked_at: Vec<usize>,
    /// Owner of the map, key, value.
    entries: Vec<(Option<usize>, usize, usize)>,
}

impl Model {
    /// Which objects are reachable, by the definition of ephemerons.
    fn reachable(&self) -> Vec<bool> {
        let mut reachable = vec![false; self.objects.len()];
        for &object in self.held.iter().chain(&self.looked_at) {
            reachable[object] = true;
        }
        loop {
            let before = reachable.clone();
            for (owner, known) in self.objects.iter().enumerate() {
                if reachable[owner] {
                    known.edges.iter().for_each(|&target| reachable[target] = true);
                }
            }
            for &(owner, key, value) in &self.entries {
                reachable[value] |= reachable[key] && owner.is_none_or(|owner| reachable[owner]);
            }
            if before == reachable {
                return reachable;
            }
        }
    }

    /// Forgets what is not reachable.
    fn collect(&mut self) {
        let reachable = self.reachable();
        for (known, is_reachable) in self.objects.iter_mut().zip(&reachable) {
            known.is_alive &= is_reachable;
        }
        self.entries.retain(|&(owner, key, _)| {
            reachable[key] && owner.is_none_or(|owner| reachable[owner])
        });
    }
}

/// An object of the random programs: it may own a map.
struct Any {
    number: usize,
    edges: RefCell<Vec<Gc<Any>>>,
    map: WeakMap<Any, Gc<Any>>,
    alive: Rc<RefCell<Vec<bool>>>,
}

// SAFETY: the edges of each field are reported once.
unsafe impl Trace for Any {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
        self.map.trace(tracer);
    }
}

impl Drop for Any {
    fn drop(&mut self) {
        let was_alive = std::mem::replace(&mut self.alive.borrow_mut()[self.number], false);
        assert!(was_alive, "dropped twice");
    }
}

/// A small random number generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[test]
fn random_programs_with_ephemerons_keep_exactly_what_is_reachable() {
    gc::disable();
    let programs = match () {
        () if cfg!(miri) => 2,
        () if cfg!(debug_assertions) => 1500,
        () => 20_000,
    };
    for seed in 1..=programs {
        run_random_program(seed);
    }
    gc::enable();
}

fn run_random_program(seed: u64) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let alive: Rc<RefCell<Vec<bool>>> = Rc::default();
    let mut model = Model::default();
    let mut handles: Vec<Gc<Any>> = Vec::new();
    let shared: WeakMap<Any, Gc<Any>> = WeakMap::new();
    let mut values: Vec<Value<Any, Gc<Any>>> = Vec::new();
    for _ in 0..80 {
        let choice = random.below(20);
        if choice < 3 || handles.is_empty() {
            let number = model.objects.len();
            alive.borrow_mut().push(true);
            model.objects.push(Known { is_alive: true, ..Known::default() });
            model.held.push(number);
            let (edges, map, alive) = (RefCell::default(), WeakMap::new(), Rc::clone(&alive));
            handles.push(Gc::new(Any { number, edges, map, alive }));
            continue;
        }
        let mut pick = || random.below(handles.len());
        let (a, b, c) = (pick(), pick(), pick());
        match choice {
            3..=5 => {
                handles[a].edges.borrow_mut().push(handles[b].clone());
                model.objects[handles[a].number].edges.push(handles[b].number);
            }
            6..=9 => {
                let owner = (choice < 8).then(|| &handles[a]);
                let map = owner.map_or(&shared, |owner| &owner.map);
                map.insert(&handles[b], handles[c].clone());
                let owner = owner.map(|owner| owner.number);
                let (key, value) = (handles[b].number, handles[c].number);
                model.entries.retain(|entry| (entry.0, entry.1) != (owner, key));
                model.entries.push((owner, key, value));
            }
            10 => {
                let edges = std::mem::take(&mut *handles[a].edges.borrow_mut());
                model.objects[handles[a].number].edges.clear();
                drop(edges);
            }
            11..=13 => {
                let handle = handles.swap_remove(a);
                model.held.swap_remove(a);
                drop(handle);
            }
            14 | 15 => {
                let map = if choice == 14 { &shared } else { &handles[a].map };
                if let Some(value) = map.get(&handles[b]) {
                    model.looked_at.push(value.number);
                    values.push(value);
                }
            }
            16 => {
                model.looked_at.clear();
                values.clear();
            }
            17 => {
                let generation = gc::Generation::try_from(random.below(2)).unwrap();
                gc::collect_generation(generation);
            }
            _ => {
                gc::collect();
                model.collect();
                let expected: Vec<bool> =
                    model.objects.iter().map(|known| known.is_alive).collect();
                assert_eq!(*alive.borrow(), expected, "seed {seed}");
                let entries = model.entries.iter().filter(|entry| entry.0.is_none()).count();
                assert_eq!(shared.len(), entries, "seed {seed}");
            }
        }
        let reachable = model.reachable();
        let lost = reachable.iter().zip(&*alive.borrow()).position(|(&is, &was)| is && !was);
        assert_eq!(lost, None, "seed {seed}: a reachable object was freed");
    }
    drop((handles, shared, values));
    gc::collect();
    assert!(alive.borrow().iter().all(|&is_alive| !is_alive), "seed {seed}: a leak");
}
