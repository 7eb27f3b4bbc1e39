//! Memory runs out during a collection: an allocator that fails on demand, at
//! each allocation of a collection in turn. The collection is abandoned,
//! nothing is lost, and the next one finds what this one did not.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests read like the code of users"
)]

use core::cell::{Cell, RefCell};
use std::alloc::{GlobalAlloc, Layout, System};
use std::mem::ManuallyDrop;
use std::process::Command;
use std::rc::Rc;

use gcycle::intern::intern;
use gcycle::weak::{WeakMap, WeakSet, WeakValueMap};
use gcycle::{Gc, Trace, Tracer, Weak, gc};

thread_local! {
    /// How many allocations of this thread still succeed.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    /// How many failed.
    static FAILED: Cell<usize> = const { Cell::new(0) };
    /// Bytes that this thread took and did not give back.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

struct Failing;

fn may_allocate() -> bool {
    let left = LEFT.get();
    if left == 0 {
        FAILED.set(FAILED.get() + 1);
        return false;
    }
    LEFT.set(left.saturating_sub(usize::from(left != usize::MAX)));
    true
}

// SAFETY: everything is the system allocator's, or null.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !may_allocate() {
            return core::ptr::null_mut();
        }
        TAKEN.set(TAKEN.get().wrapping_add(layout.size()));
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        TAKEN.set(TAKEN.get().wrapping_sub(layout.size()));
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !may_allocate() {
            return core::ptr::null_mut();
        }
        TAKEN.set(TAKEN.get().wrapping_add(size).wrapping_sub(layout.size()));
        // SAFETY: as promised by the caller.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Failing = Failing;

/// Runs `run` with so many allocations; returns how many failed.
fn with_allocations<R>(count: usize, run: impl FnOnce() -> R) -> (R, usize) {
    FAILED.set(0);
    LEFT.set(count);
    let result = run();
    LEFT.set(usize::MAX);
    (result, FAILED.get())
}

thread_local! {
    static FINALIZED: Cell<usize> = const { Cell::new(0) };
    static SAVED: RefCell<Vec<Gc<Node>>> = const { RefCell::new(Vec::new()) };
}

struct Node {
    edges: RefCell<Vec<Gc<Node>>>,
    own: RefCell<Weak<Node>>,
    is_saved: Cell<bool>,
}

// SAFETY: the edges are reported once.
unsafe impl Trace for Node {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(|node| {
            FINALIZED.set(FINALIZED.get() + 1);
            if node.is_saved.get()
                && let Some(own) = node.own.borrow().upgrade()
            {
                // Room was made before.
                SAVED.with(|saved| saved.borrow_mut().push(own));
            }
        })
    }
}

/// A ring of so many objects; `saved` of them resurrect themselves.
fn ring(length: usize, saved: usize) -> Vec<Gc<Node>> {
    let nodes: Vec<Gc<Node>> = (0..length)
        .map(|index| {
            let node = Gc::new(Node {
                edges: RefCell::default(),
                own: RefCell::default(),
                is_saved: Cell::new(index < saved),
            });
            *node.own.borrow_mut() = Gc::downgrade(&node);
            node
        })
        .collect();
    for (index, node) in nodes.iter().enumerate() {
        node.edges.borrow_mut().push(nodes[(index + 1) % length].clone());
        node.edges.borrow_mut().push(nodes[(index * 7) % length].clone());
    }
    nodes
}

/// Under Miri only some of the places where memory may run out are tried.
const STEP: usize = if cfg!(miri) { 4 } else { 1 };

/// Lets the collection of a garbage ring fail at its first, its second, ...
/// allocation, until it needs no more.
fn fail_everywhere(generation: gc::Generation, length: usize, saved: usize) {
    let mut abandoned = 0;
    for allowed in (0..).step_by(STEP) {
        // A thread of its own: no memory is kept from the last collection.
        let is_done = std::thread::spawn(move || {
            gc::disable();
            SAVED.with(|saved| saved.borrow_mut().reserve(length));
            let kept = ring(5, 0);
            drop(ring(length, saved));
            let before = gc::memory().objects;
            let (collected, failed) =
                with_allocations(allowed, || gc::collect_generation(generation));
            // What failed may be one of the checks of debug builds, which change nothing.
            let is_abandoned = failed > 0 && collected == 0;
            if saved == 0 {
                assert!(is_abandoned || collected == length, "with {allowed} allocations");
                if !cfg!(any(debug_assertions, gc_zeal)) {
                    assert_eq!(is_abandoned, failed > 0, "with {allowed} allocations");
                }
                assert_eq!(gc::memory().objects, before - collected);
            } else {
                assert_eq!(collected, 0);
            }
            // Nothing is lost: a collection with memory finds the rest.
            SAVED.with(|saved| saved.borrow_mut().clear());
            let rest = gc::collect();
            if saved == 0 || failed == 0 {
                assert_eq!(collected + rest, length, "with {allowed} allocations");
            }
            SAVED.with(|saved| saved.borrow_mut().clear());
            gc::collect();
            assert_eq!(FINALIZED.get(), length);
            assert_eq!(gc::memory().objects, 5, "what is held is still there");
            assert_eq!(kept[4].edges.borrow().len(), 2);
            failed == 0
        })
        .join()
        .expect("the heap is in order");
        if is_done {
            break;
        }
        abandoned += 1;
    }
    assert!(abandoned >= if cfg!(miri) { 1 } else { 4 }, "only {abandoned} places were tried");
}

#[test]
fn a_collection_without_memory_is_abandoned() {
    let lengths: &[usize] = if cfg!(miri) { &[3] } else { &[1, 3, 100, 1000] };
    let generations = if cfg!(miri) { &gc::Generation::ALL[2..] } else { &gc::Generation::ALL[..] };
    for &generation in generations {
        for &length in lengths {
            fail_everywhere(generation, length, 0);
        }
    }
}

#[test]
fn a_collection_without_memory_after_its_finalizers_loses_nothing() {
    let (length, saved): (usize, &[usize]) =
        if cfg!(miri) { (6, &[3]) } else { (100, &[1, 50, 100]) };
    for &saved in saved {
        fail_everywhere(gc::Generation::Old, length, saved);
    }
}

#[test]
fn a_collection_without_memory_calls_each_weak_callback_once() {
    const COUNT: usize = if cfg!(miri) { 6 } else { 100 };
    for allowed in (0..).step_by(STEP) {
        let is_done = std::thread::spawn(move || {
            gc::disable();
            let called = Rc::new(Cell::new(0));
            let nodes = ring(COUNT, 0);
            let watch = |node| {
                let called = Rc::clone(&called);
                Gc::downgrade_with(node, move || called.set(called.get() + 1))
            };
            let weak: Vec<Weak<Node>> = nodes.iter().map(watch).collect();
            drop(nodes);
            let (collected, failed) = with_allocations(allowed, gc::collect);
            if failed > 0 {
                // It failed before the first callback or after the last, or a check of
                // debug builds did, which changes nothing.
                assert!([0, COUNT].contains(&collected), "with {allowed} allocations");
                assert!([0, COUNT].contains(&called.get()));
                let is_cleared = called.get() > 0;
                assert!(weak.iter().all(|weak| (weak.strong_count() == 0) == is_cleared));
            }
            assert_eq!(collected + gc::collect(), COUNT);
            assert_eq!((called.get(), FINALIZED.get()), (COUNT, COUNT));
            assert!(weak.iter().all(|weak| weak.strong_count() == 0));
            failed == 0
        })
        .join()
        .expect("the heap is in order");
        if is_done {
            break;
        }
    }
}

/// The program allocates nothing itself: collections in between do, and fail.
/// Refers to itself, and has a weak handle with a callback that no `trace` reports.
#[derive(Trace)]
struct Muffled {
    own: RefCell<Option<Gc<Muffled>>>,
    watch: RefCell<Weak<u8>>,
}

#[test]
fn callbacks_that_nobody_reported_are_dropped_without_memory() {
    const COUNT: usize = if cfg!(miri) { 6 } else { 600 };
    for allowed in (0..).step_by(STEP) {
        let is_done = std::thread::spawn(move || {
            gc::disable();
            let (target, kept) = (Gc::new(1), Rc::new(()));
            for _ in 0..COUNT {
                let kept = kept.clone();
                let watch = Gc::downgrade_with(&target, move || drop(kept));
                let muffled = Gc::new(Muffled { own: RefCell::default(), watch: watch.into() });
                *muffled.own.borrow_mut() = Some(muffled.clone());
                let _forgotten = ManuallyDrop::new(muffled.watch.borrow_mut());
            }
            let (collected, failed) = with_allocations(allowed, gc::collect);
            assert!(collected == COUNT || failed > 0);
            assert_eq!(collected + gc::collect(), COUNT, "with {allowed} allocations");
            assert_eq!(Rc::strong_count(&kept), 1, "with {allowed} allocations");
            assert_eq!(gc::memory().objects, 1);
            failed == 0
        });
        if is_done.join().expect("the heap is in order") {
            break;
        }
    }
}

#[test]
fn automatic_collections_without_memory_do_no_harm() {
    std::thread::spawn(|| {
        gc::set_threshold(10, 2, 2);
        let rounds = if cfg!(miri) { 2 } else { 20 };
        for _ in 0..rounds {
            let kept = ring(50, 0);
            drop(ring(50, 0));
            // The collector has given its memory back, and gets none.
            let ((), _) = with_allocations(0, || {
                for _ in 0..rounds {
                    let more = Gc::new(Cell::new(5));
                    drop(more);
                    gc::collect_generation(gc::Generation::Young);
                }
            });
            assert_eq!(kept[49].edges.borrow().len(), 2);
        }
        gc::collect();
        assert_eq!(gc::memory().objects, 0);
    })
    .join()
    .expect("the heap is in order");
}

#[test]
fn nothing_is_kept_when_a_large_heap_is_gone_and_trimmed() {
    gc::disable();
    // Less than nothing, if the thread gave back what another one took.
    let before = TAKEN.get();
    let taken = || TAKEN.get().wrapping_sub(before).cast_signed();
    let rings = if cfg!(miri) { 2 } else { 1000 };
    for _ in 0..rings {
        drop(ring(100, 0));
    }
    let full = taken();
    assert_eq!(gc::collect(), rings * 100);
    gc::trim();
    let kept = taken();
    assert!(kept <= 1024, "{kept} bytes of {full} are kept");
}

#[test]
#[cfg_attr(miri, ignore = "fills megabytes, which takes too long")]
fn the_collector_keeps_what_each_of_its_runs_fills_until_one_does_not() {
    std::thread::spawn(|| {
        gc::disable();
        let before = TAKEN.get();
        let taken = || TAKEN.get().wrapping_sub(before).cast_signed();
        let kept: Vec<_> = (0..3)
            .map(|_| {
                for _ in 0..2000 {
                    drop(ring(100, 0));
                }
                assert_eq!(gc::collect(), 200_000);
                // Without the memory of the heap.
                taken() - gc::memory().reserved_bytes.cast_signed()
            })
            .collect();
        assert!(kept[0] < 1 << 20, "{kept:?}");
        assert!(kept[1] > 4 << 20 && kept[2] > 4 << 20, "{kept:?}");
        gc::collect();
        assert!(taken() < 1 << 20, "{} bytes are kept", taken());
    })
    .join()
    .unwrap();
}

#[test]
fn the_death_of_a_long_list_needs_no_memory() {
    std::thread::spawn(|| {
        let mut head: Option<Gc<Node>> = None;
        let length = match () {
            () if cfg!(miri) => 200,
            () if cfg!(gc_zeal) => 2_000,
            () => 100_000,
        };
        for _ in 0..length {
            let edges = RefCell::new(head.into_iter().collect());
            let own = RefCell::default();
            head = Some(Gc::new(Node { edges, own, is_saved: Cell::new(false) }));
        }
        let ((), failed) = with_allocations(0, || drop(head));
        assert_eq!(failed, 0);
        assert_eq!(FINALIZED.get(), length);
        assert_eq!(gc::memory().objects, 0);
    })
    .join()
    .expect("the heap is in order");
}

/// A rule of the language: an object that there is no memory for ends the
/// process, and does not become a null pointer or a panic.
#[test]
#[cfg_attr(miri, ignore = "starts a process, which Miri cannot")]
fn an_object_without_memory_ends_the_process() {
    const NAME: &str = "an_object_without_memory_ends_the_process";
    if let Ok(size) = std::env::var("GCYCLE_WITHOUT_MEMORY") {
        let (count, mut kept) = (1_000_000, Vec::with_capacity(1_000_000));
        kept.push(Gc::new(0_u64));
        let bytes = vec![0_u8; 1 << 20];
        let make = || match size.as_str() {
            "large" => drop(Gc::<[u8]>::from(bytes)),
            _ => kept.extend((1..count).map(Gc::new)),
        };
        with_allocations(0, make);
        println!("went on");
        return;
    }
    for size in ["small", "large"] {
        let output = Command::new(std::env::current_exe().expect("this program is a file"))
            .args([NAME, "--exact", "--nocapture", "--test-threads=1"])
            .env("GCYCLE_WITHOUT_MEMORY", size)
            .output()
            .expect("it runs again");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{size}: {:?}", output.status);
        assert!(stderr.contains("memory allocation of"), "{size}: {stderr}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("went on"));
    }
}

/// Runs `act` with no allocation that succeeds, then with one, and so on until it needs no
/// more; afterwards a collection with memory finds whatever was not found. Under Miri, where
/// each thread's heap takes seconds, the numbers grow by half.
fn run_out_everywhere(prepare: fn() -> Box<dyn FnOnce()>) {
    let next =
        |allowed: &usize| Some(if cfg!(miri) { allowed + allowed / 2 + 1 } else { allowed + 1 });
    for allowed in core::iter::successors(Some(0), next) {
        let run = move || {
            gc::disable();
            let act = prepare();
            let ((), failed) = with_allocations(allowed, act);
            gc::set_debug(gc::DebugFlags::empty());
            drop(gc::take_garbage());
            gc::collect();
            gc::collect();
            assert_eq!(gc::memory().objects, 0, "with {allowed} allocations");
            failed == 0
        };
        if std::thread::spawn(run).join().expect("nothing panics") {
            assert!(allowed < 1000);
            return;
        }
    }
}

#[test]
fn keys_of_weak_maps_die_without_memory() {
    run_out_everywhere(|| {
        let map: WeakMap<Node, Gc<Node>> = WeakMap::new();
        let [key, other] = [ring(1, 0), ring(3, 0)].map(|mut ring| ring.remove(0));
        map.insert(&key, other.clone());
        map.insert(&other, key.clone());
        let text: Gc<str> = Gc::from("a key of another kind");
        let texts: WeakMap<str, Gc<Node>> = WeakMap::new();
        texts.insert(&text, key.clone());
        Box::new(move || {
            drop((text, key, other));
            gc::collect();
            drop((map, texts));
        })
    });
}

/// So many keys that tables which held them are large.
const KEYS: usize = match () {
    () if cfg!(miri) => 120,
    () if cfg!(gc_zeal) => 2_000,
    () => 100_000,
};

#[test]
fn weak_collections_give_the_memory_of_many_keys_back() {
    std::thread::spawn(|| {
        gc::disable();
        let mut keys: Vec<Gc<usize>> = (0..KEYS).map(Gc::new).collect();
        let before = TAKEN.get();
        let taken = || {
            gc::trim();
            TAKEN.get().wrapping_sub(before).cast_signed()
                - gc::memory().reserved_bytes.cast_signed()
        };
        let empty = taken();
        let map: WeakMap<usize, ()> = keys.iter().map(|key| (key.clone(), ())).collect();
        let set: WeakSet<usize> = keys.iter().cloned().collect();
        let mut values: WeakValueMap<usize, usize> =
            keys.iter().map(|key| (**key, key.clone())).collect();
        let strings: Vec<Gc<str>> = keys.iter().map(|key| intern(&key.to_string())).collect();
        let full = taken() - empty;
        keys.truncate(10);
        drop(strings);
        assert_eq!((map.len(), set.len()), (10, 10));
        values.shrink_to_fit();
        let kept = taken() - empty;
        assert!(
            kept < 32 << 10 && full > 20 * KEYS.cast_signed(),
            "{kept} bytes of {full} are kept"
        );
    })
    .join()
    .expect("the heap is in order");
}

#[test]
fn keys_of_large_maps_die_without_memory_and_leave_theirs_later() {
    std::thread::spawn(|| {
        gc::disable();
        let mut keys: Vec<Gc<usize>> = (0..KEYS).map(Gc::new).collect();
        let map: WeakMap<usize, usize> = keys.iter().map(|key| (key.clone(), **key)).collect();
        let set: WeakSet<usize> = keys.iter().cloned().collect();
        let mut values: WeakValueMap<usize, usize> =
            keys.iter().map(|key| (**key, key.clone())).collect();
        let strings: Vec<Gc<str>> = keys.iter().map(|key| intern(&key.to_string())).collect();
        let capacity = map.capacity();
        let ((), failed) = with_allocations(0, || {
            keys.truncate(10);
            drop(strings);
            map.shrink_to_fit();
            set.shrink_to_fit();
            values.purge();
            values.retain(|&key, _| key != 9);
            values.remove(&8);
        });
        assert!(failed > 0, "it was tried");
        assert_eq!((map.len(), set.len(), values.len()), (10, 10, 8));
        assert!(map.capacity() >= capacity / 2, "there was nowhere to move the entries to");
        for key in &keys {
            assert!(map.get(key).is_some_and(|value| *value == **key) && set.contains(key));
            assert_eq!(values.contains_key(&**key), **key < 8);
        }
        drop(keys.pop());
        set.shrink_to_fit();
        values.insert(8, &keys[8]);
        for capacity in [map.capacity(), set.capacity(), values.capacity()] {
            assert!((9..=32).contains(&capacity), "{capacity}");
        }
        let ((), failed) = with_allocations(0, || {
            keys.clear();
            values.purge();
        });
        assert_eq!(failed, 0);
        assert!(map.is_empty() && values.is_empty());
    })
    .join()
    .expect("the heap is in order");
}

#[test]
fn callbacks_of_collections_are_left_out_without_memory() {
    run_out_everywhere(|| {
        for _ in 0..3 {
            gc::add_callback(|_, _| ());
        }
        drop(ring(5, 0));
        Box::new(|| {
            gc::collect();
        })
    });
}

#[test]
fn garbage_that_is_to_be_saved_is_found_again_without_memory() {
    run_out_everywhere(|| {
        gc::set_debug(gc::DebugFlags::SAVEALL);
        drop((ring(if cfg!(miri) { 10 } else { 50 }, 0), ring(2, 0)));
        Box::new(|| {
            gc::collect();
        })
    });
}

#[test]
fn what_lies_deep_inside_an_object_is_found_again_without_memory() {
    /// A list inside one object.
    #[derive(Default, gcycle::Trace)]
    struct Deep {
        inner: std::sync::Mutex<Option<Box<Deep>>>,
        node: Option<Gc<Node>>,
    }

    run_out_everywhere(|| {
        let nodes = ring(3, 0);
        let mut deep = Deep::default();
        for number in 0..if cfg!(miri) { 50 } else { 2000 } {
            let node = Some(nodes[number % 3].clone());
            deep = Deep { inner: std::sync::Mutex::new(Some(Box::new(deep))), node };
        }
        let object = Gc::new(RefCell::new(deep));
        drop((object.clone(), nodes));
        Box::new(move || {
            gc::collect();
            // It is whole, and nobody holds a lock.
            let mut deep = object.take();
            while let Some(inner) = deep.inner.into_inner().unwrap() {
                assert!(deep.node.is_some());
                deep = *inner;
            }
        })
    });
}

#[test]
fn weak_callbacks_and_finalizers_of_garbage_run_out_of_memory() {
    run_out_everywhere(|| {
        let nodes = ring(10, 0);
        let handles: Vec<Weak<Node>> =
            nodes.iter().map(|node| Gc::downgrade_with(node, || ())).collect();
        let watching = Gc::new(RefCell::new(handles));
        drop((watching.clone(), nodes));
        Box::new(move || {
            gc::collect();
            drop(watching);
        })
    });
}
