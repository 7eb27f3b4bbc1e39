//! Safe code that does the most inconvenient thing: weak maps that change while
//! they are walked, destructors that collect, panics deep in a cascade, objects
//! of awkward sizes, objects that are taken apart while they are candidates.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread;

use gcycle::weak::WeakMap;
use gcycle::{Gc, Trace, Untraced, Weak, gc, unsize};

/// Runs a function when it is dropped.
struct OnDrop(Cell<Option<Box<dyn FnOnce()>>>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run();
        }
    }
}

#[derive(Trace)]
struct Node {
    edges: RefCell<Vec<Gc<Node>>>,
    anything: RefCell<Vec<Gc<dyn Any>>>,
    on_drop: Untraced<OnDrop>,
    name: u32,
}

fn node(name: u32, on_drop: impl FnOnce() + 'static) -> Gc<Node> {
    let on_drop = Untraced(OnDrop(Cell::new(Some(Box::new(on_drop)))));
    Gc::new(Node { edges: RefCell::default(), anything: RefCell::default(), on_drop, name })
}

/// A cycle of two, held by the result.
fn pair(name: u32, on_drop: impl FnOnce() + 'static) -> Gc<Node> {
    let (one, other) = (node(name, on_drop), node(name + 1, || ()));
    one.edges.borrow_mut().push(other.clone());
    other.edges.borrow_mut().push(one.clone());
    one
}

/// Nothing is left, and a cycle is found.
fn assert_sound() {
    gc::collect();
    drop(pair(0, || ()));
    assert_eq!(gc::collect(), 2, "the collector works");
    assert_eq!(gc::memory().objects, 0, "nothing is left");
}

type Map = WeakMap<Node, Gc<Node>>;

thread_local! {
    static MAP: RefCell<Option<Rc<Map>>> = const { RefCell::new(None) };
    static FOUND: RefCell<Vec<Gc<Patient>>> = const { RefCell::new(Vec::new()) };
    static PATIENTS: RefCell<Option<Rc<WeakMap<Patient, u32>>>> = const { RefCell::new(None) };
}

/// Its finalizer saves whatever the weak map still knows.
#[derive(Trace)]
#[trace(finalize)]
struct Patient {
    next: RefCell<Option<Gc<Patient>>>,
    name: u32,
}

impl gcycle::Finalize for Patient {
    fn finalize(&self) {
        let map = PATIENTS.with_borrow(Clone::clone);
        let saved: Vec<_> = map.iter().flat_map(|map| map.iter()).map(|(key, _)| key).collect();
        FOUND.with_borrow_mut(|found| found.extend(saved));
    }
}

#[test]
fn a_finalizer_may_save_objects_that_it_finds_in_a_weak_map() {
    const COUNT: u32 = if cfg!(miri) { 4 } else { 8 };
    let map = Rc::new(WeakMap::new());
    PATIENTS.set(Some(map.clone()));
    let patients: Vec<_> =
        (0..COUNT).map(|name| Gc::new(Patient { next: RefCell::default(), name })).collect();
    for (index, patient) in patients.iter().enumerate() {
        *patient.next.borrow_mut() = Some(patients[(index + 1) % patients.len()].clone());
        map.insert(patient, patient.name);
    }
    drop(patients);
    assert_eq!(gc::collect(), 0, "all were saved, and none of the entries went");
    assert_eq!(map.len(), COUNT as usize);
    let saved = FOUND.take();
    assert_eq!(saved.len(), map.len() * map.len(), "each finalizer found all of them");
    for patient in &saved {
        assert_eq!(map.get(patient).as_deref(), Some(&patient.name));
    }
    drop(saved);
    assert_eq!(gc::collect(), COUNT as usize, "their entries own no handles, and go with them");
    assert!(map.is_empty());
    PATIENTS.set(None);
    drop(map);
    assert_sound();
}

#[test]
fn a_callback_may_drop_the_map_that_is_being_walked() {
    let map = Rc::new(Map::new());
    MAP.set(Some(map));
    let keys: Vec<_> =
        (0..if cfg!(miri) { 6 } else { 20 }).map(|name| pair(10 * name, || ())).collect();
    let watches: Vec<_> = keys
        .iter()
        .map(|key| {
            Gc::downgrade_with(key, || {
                if let Some(map) = MAP.take() {
                    map.retain(|key, _| key.name % 20 == 0);
                    map.clear();
                }
            })
        })
        .collect();
    let map = MAP.with_borrow(|map| map.clone().expect("it is there"));
    keys.iter().for_each(|key| drop(map.insert(key, key.clone())));
    drop(keys);
    let mut seen = 0;
    for (_, value) in &*map {
        seen += 1;
        if seen == 3 {
            gc::collect();
        }
        drop(value);
    }
    assert!(seen >= 3, "the walk outlived the collection");
    drop((map, watches));
    assert_sound();
}

#[test]
fn dropping_a_value_may_insert_into_its_map() {
    let map = Rc::new(Map::new());
    let key = pair(0, || ());
    let (other_map, other_key) = (Rc::downgrade(&map), key.clone());
    let value = node(5, move || {
        if let Some(map) = other_map.upgrade() {
            map.insert(&other_key, node(6, || ()));
            gc::collect();
        }
    });
    map.insert(&key, value);
    drop(map.remove(&key));
    assert_eq!(map.get(&key).map(|value| value.name), Some(6));
    drop((key, map));
    assert_sound();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn thread_local_destructors_may_allocate_collect_and_change_weak_maps() {
    thread_local! {
        static LATE: RefCell<Option<OnDrop>> = const { RefCell::new(None) };
        static EARLY: RefCell<Option<OnDrop>> = const { RefCell::new(None) };
    }
    fn misbehave(map: Rc<Map>) -> OnDrop {
        OnDrop(Cell::new(Some(Box::new(move || {
            for name in 0..if cfg!(miri) { 2 } else { 50 } {
                let key = pair(name, || drop(pair(1, || ())));
                map.insert(&key, key.clone());
                gc::collect();
            }
            map.retain(|_, _| false);
            gc::collect();
            assert!(gc::get_objects(None).len() < 500, "they are collected");
        }))))
    }
    thread::spawn(|| {
        let map = Rc::new(Map::new());
        LATE.set(Some(misbehave(map.clone())));
        let key = pair(0, || ());
        map.insert(&key, key.clone());
        EARLY.set(Some(misbehave(map)));
    })
    .join()
    .expect("nothing panics");
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_far_below_the_nesting_limit_spares_nobody() {
    const DEPTH: u32 = if cfg!(miri) { 60 } else { 500 };
    let dropped = Rc::new(Cell::new(0));
    let counting = |panics: bool| {
        let dropped = dropped.clone();
        move || {
            dropped.set(dropped.get() + 1);
            assert!(!panics, "deep down");
        }
    };
    let mut list = node(0, counting(false));
    for name in 1..DEPTH {
        let next = node(name, counting(name == 3));
        next.edges.borrow_mut().push(list);
        list = next;
    }
    let result = catch_unwind(AssertUnwindSafe(|| drop(list)));
    assert!(result.is_err(), "the panic goes on");
    assert_eq!(dropped.get(), DEPTH);
    assert_sound();
}

#[test]
fn collections_in_drops_deep_in_a_cascade_do_no_harm() {
    let mut list = node(0, || ());
    for name in 1..if cfg!(miri) { 6 } else { 300 } {
        let next = node(name, || {
            drop(pair(0, || ()));
            gc::collect();
        });
        next.edges.borrow_mut().push(list);
        list = next;
    }
    drop(list);
    assert_sound();
}

#[test]
fn dying_objects_are_not_found_by_heap_walks_in_callbacks() {
    let seen = Rc::new(Cell::new(usize::MAX));
    let cycle = pair(0, || ());
    let note = seen.clone();
    let watch = Gc::downgrade_with(&cycle, move || {
        let objects = gc::get_objects(None);
        let kept = gc::get_referents(&objects).len();
        note.set(kept);
    });
    drop(cycle);
    gc::collect();
    assert!(!watch.has_callback() || watch.upgrade().is_none());
    assert_ne!(seen.get(), usize::MAX, "the callback ran");
    assert_sound();
}

#[test]
fn a_dying_object_cannot_be_upgraded_unsized_or_downcast() {
    let slot: Rc<RefCell<Option<Weak<dyn Any>>>> = Rc::default();
    let (inner, result) = (slot.clone(), Rc::new(Cell::new(None)));
    let told = result.clone();
    let cycle = pair(0, move || {
        let weak = inner.borrow();
        told.set(weak.as_ref().map(|weak| weak.upgrade().is_none()));
    });
    *slot.borrow_mut() = Some(unsize!(Gc::downgrade(&cycle) => dyn Any));
    drop(cycle);
    assert_eq!(gc::collect(), 2);
    assert_eq!(result.get(), Some(true));
    slot.take();
    assert_sound();
}

#[repr(align(65536))]
struct Widest(#[expect(dead_code, reason = "it has a size")] u8);

// SAFETY: owns nothing.
unsafe impl Trace for Widest {
    fn trace(&self, _: &mut gcycle::Tracer<'_>) {}
}

#[repr(align(4096))]
struct WideAndEmpty;

// SAFETY: owns nothing.
unsafe impl Trace for WideAndEmpty {
    fn trace(&self, _: &mut gcycle::Tracer<'_>) {}
}

#[test]
fn awkward_sizes_and_alignments_live_in_cycles() {
    let hub = pair(0, || ());
    let (rounds, length) = if cfg!(miri) { (1, 10_000) } else { (8, 200_000) };
    for _ in 0..rounds {
        let widest = Gc::new(Widest(7));
        assert_eq!((&raw const *widest).addr() % 65536, 0);
        let empty = Gc::new(WideAndEmpty);
        assert_eq!((&raw const *empty).addr() % 4096, 0);
        let huge: Gc<[u64]> = vec![7; length].into_iter().collect();
        let mut all = hub.anything.borrow_mut();
        all.push(unsize!(widest => dyn Any));
        all.push(unsize!(empty => dyn Any));
        drop(all);
        gc::collect();
        assert_eq!(huge.iter().filter(|&&item| item == 7).count(), length);
    }
    drop(hub);
    gc::collect();
    assert_sound();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn an_iterator_that_panics_leaves_no_half_of_a_slice() {
    let made = Rc::new(Cell::new(0));
    let dropped = Rc::new(Cell::new(0));
    for stop in if cfg!(miri) { 2..4 } else { 0..5 } {
        let result = catch_unwind(AssertUnwindSafe(|| {
            (0..5_u32)
                .map(|index| {
                    assert!(index != stop, "enough");
                    gc::collect();
                    made.set(made.get() + 1);
                    let dropped = dropped.clone();
                    pair(index, move || dropped.set(dropped.get() + 1))
                })
                .collect::<Gc<[Gc<Node>]>>()
        }));
        assert!(result.is_err());
    }
    gc::collect();
    assert_eq!(dropped.get(), made.get(), "what was made is dropped");
    assert_sound();
}

#[test]
fn candidates_with_weak_handles_may_be_taken_apart() {
    #[derive(Trace, Clone)]
    struct Holder {
        held: Gc<Node>,
    }
    for way in 0..3 {
        let holder = Gc::new(Holder { held: pair(0, || ()) });
        let weak = Gc::downgrade(&holder);
        let called = Rc::new(Cell::new(0));
        let note = called.clone();
        let watch = Gc::downgrade_with(&holder, move || note.set(note.get() + 1));
        drop(holder.clone());
        gc::collect_generation(gc::Generation::Young);
        drop(holder.clone());
        let value = match way {
            0 => Gc::try_unwrap(holder).ok(),
            1 => Gc::into_inner(holder),
            _ => Some(Gc::unwrap_or_clone(holder)),
        };
        assert!(weak.upgrade().is_none() && watch.upgrade().is_none());
        assert_eq!(called.get(), 1, "the object is gone, and its callback ran");
        gc::collect();
        assert_eq!(value.expect("there was one handle").held.edges.borrow().len(), 1);
        drop((weak, watch));
        assert_sound();
    }
}

#[test]
fn a_forgotten_guard_only_leaks() {
    let run = || {
        let mut node = node(3, || ());
        let guard = Gc::get_mut(&mut node).expect("it is the only handle");
        mem::forget(guard);
        gc::collect();
        let weak = Gc::downgrade(&node);
        let again = weak.upgrade().expect("it is alive");
        drop(node);
        gc::collect();
        let name = again.name;
        drop((weak, again));
        assert_sound();
        name
    };
    // A test has a heap of its own there.
    if cfg!(target_family = "wasm") {
        return assert_eq!(run(), 3);
    }
    assert_eq!(thread::spawn(run).join().expect("nothing panics"), 3);
}
