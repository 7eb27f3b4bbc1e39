//! Objects that own much memory are collected earlier than their number asks for.

#![cfg(not(gc_zeal))]
#![cfg(not(miri))]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use gcycle::{Gc, Trace, Tracer, gc};

use super::{Link, ring_of_two};

const MIB: usize = 1 << 20;

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

/// What a picture owns, counted.
struct Counted(usize);

impl Counted {
    fn new(bytes: usize) -> Counted {
        BYTES.set(BYTES.get() + bytes);
        MOST.set(MOST.get().max(BYTES.get()));
        Counted(bytes)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        BYTES.set(BYTES.get() - self.0);
    }
}

/// Owns `T`, and is in a cycle.
#[derive(Trace)]
struct Picture<T> {
    pixels: T,
    #[trace(skip)]
    _counted: Counted,
    own: RefCell<Option<Gc<Picture<T>>>>,
}

fn picture<T: Trace + 'static>(bytes: usize, pixels: T) -> Gc<Picture<T>> {
    let counted = Counted::new(bytes);
    let picture = Gc::new(Picture { pixels, _counted: counted, own: RefCell::new(None) });
    *picture.own.borrow_mut() = Some(picture.clone());
    picture
}

/// Makes pictures of 1 MiB, keeps the last `live`, and says how many MiB there were at most.
fn most_mib<T: Trace + 'static>(live: usize, pixels: impl Fn() -> T) -> usize {
    gc::set_pace(gc::Pace::default());
    gc::collect();
    MOST.set(0);
    let mut kept = VecDeque::new();
    for _ in 0..600 {
        kept.push_back(picture(MIB, pixels()));
        if kept.len() > live {
            kept.pop_front();
        }
    }
    MOST.get() / MIB
}

#[test]
fn at_most_three_times_the_live_bytes_are_there_at_once() {
    for live in [1, 10, 100] {
        let most = most_mib(live, || Vec::<u8>::with_capacity(MIB));
        // One more while the next one is made.
        assert!(most <= 3 * live + 1, "{most} MiB for {live} that are live");
    }
}

#[test]
fn every_container_of_std_is_weighed() {
    let most = [
        most_mib(10, || String::with_capacity(MIB)),
        most_mib(10, || vec![0_u8; MIB].into_boxed_slice()),
        most_mib(10, || RefCell::new(Some(Box::new(Vec::<u64>::with_capacity(MIB / 8))))),
        most_mib(10, || VecDeque::<u32>::with_capacity(MIB / 4)),
        most_mib(10, || Rc::<[u8]>::from(vec![0; MIB])),
        most_mib(10, || (1, [String::with_capacity(MIB / 2), String::with_capacity(MIB / 2)])),
        most_mib(10, || HashMap::<u64, u64>::with_capacity(MIB / 16)),
        most_mib(10, || (0..1000).map(|at| (at, vec![0_u8; 1000])).collect::<BTreeMap<_, _>>()),
        most_mib(10, || (0..1000).map(|_| String::with_capacity(1000)).collect::<Vec<_>>()),
    ];
    assert!(most.iter().all(|&most| most <= 40), "MiB at most: {most:?}");
}

#[test]
fn memory_in_large_objects_and_untracked_ones_counts() {
    let most = [
        most_mib(10, || Gc::<[u8]>::from(vec![0; MIB])),
        most_mib(10, || (0..64).map(|_| Gc::new([0_u8; MIB / 64])).collect::<Vec<_>>()),
    ];
    assert!(most.iter().all(|&most| most <= 40), "MiB at most: {most:?}");
}

#[test]
fn memory_that_the_program_adds_counts_as_long_as_the_guard_lives() {
    let most = most_mib(10, || gc::add_pressure(MIB));
    assert!(most <= 30, "{most} MiB");
    let mut guard = gc::add_pressure(1);
    guard.set_bytes(usize::MAX);
    guard.set_bytes(5);
    assert_eq!(guard.bytes(), 5);
}

#[test]
fn pictures_are_freed_beside_many_small_objects() {
    let keep: Vec<Gc<Link>> = (0..200_000).map(|_| Gc::new(Link::default())).collect();
    MOST.set(0);
    for _ in 0..300 {
        drop(picture(MIB, vec![0_u8; MIB]));
        for _ in 0..20 {
            drop(ring_of_two());
        }
    }
    let most = MOST.get() / MIB;
    assert!(most < 100, "{most} MiB of pictures");
    drop(keep);
}

#[test]
fn a_program_that_turns_to_pictures_late_is_noticed() {
    for _ in 0..300_000 {
        drop(ring_of_two());
    }
    for _ in 0..1000 {
        drop(picture(MIB, Vec::<u8>::with_capacity(MIB)));
    }
    let most = MOST.get() / MIB;
    assert!(most < 300, "{most} MiB of pictures");
}

#[test]
fn what_one_large_object_owns_does_not_make_collections_frequent() {
    let root = Gc::new((vec![0_u8; 100 * MIB], RefCell::new(Vec::new())));
    drop(root.clone());
    for _ in 0..200_000 {
        // Not while the cell is borrowed: collections are to see into it.
        let link = Gc::new(Link::default());
        root.1.borrow_mut().push(link);
        drop(root.clone());
    }
    let [young, middle, full] = gc::get_stats();
    let traced = young.traced + middle.traced + full.traced;
    assert!(traced < 1_000_000, "{traced} objects traced: {full:?}");
}

#[test]
fn what_one_old_object_owns_does_not_make_collections_frequent() {
    for mib in [1, 100, 1000] {
        gc::set_pace(gc::Pace::default());
        let root = Gc::new((Vec::<u8>::with_capacity(mib * MIB), RefCell::new(Vec::new())));
        for _ in 0..1000 {
            let link = Gc::new(Link::default());
            root.1.borrow_mut().push(link);
        }
        gc::collect();
        let collections = || gc::get_stats().iter().map(|stats| stats.collections).sum::<u64>();
        let before = collections();
        for _ in 0..50_000 {
            drop(ring_of_two());
        }
        let after = collections() - before;
        assert!(after < 400, "{after} collections beside {mib} MiB");
    }
}

thread_local! {
    static TRACES: Cell<usize> = const { Cell::new(0) };
}

/// Counts how often it is traced.
struct Item(Box<u8>);

// SAFETY: it owns no `Gc`.
unsafe impl Trace for Item {
    fn trace(&self, _: &mut Tracer<'_>) {
        TRACES.set(TRACES.get() + usize::from(*self.0));
    }
}

#[derive(Trace)]
struct World {
    cells: RefCell<Vec<Vec<Vec<Item>>>>,
    own: RefCell<Option<Gc<World>>>,
}

#[test]
fn weighing_looks_at_few_items_of_containers_inside_containers() {
    const SIDE: usize = 64;
    let row = || (0..SIDE).map(|_| Item(Box::new(1))).collect::<Vec<_>>();
    let plane = || (0..SIDE).map(|_| row()).collect::<Vec<_>>();
    let cells = RefCell::new((0..SIDE).map(|_| plane()).collect());
    let world = Gc::new(World { cells, own: RefCell::new(None) });
    let pause = gc::pause();
    let links: Vec<Gc<Link>> = (0..10).map(|_| Gc::new(Link::default())).collect();
    drop(pause);
    TRACES.set(0);
    let more: Vec<Gc<Link>> = (0..500).map(|_| Gc::new(Link::default())).collect();
    let traces = TRACES.get();
    assert!((1..10_000).contains(&traces), "{traces} items were looked at");
    drop((world, links, more));
}

#[test]
fn an_object_is_weighed_only_as_long_as_it_is_new() {
    let root = Gc::new(World { cells: RefCell::default(), own: RefCell::new(None) });
    root.cells.borrow_mut().push(vec![vec![Item(Box::new(1))]]);
    *root.own.borrow_mut() = Some(root.clone());
    gc::collect();
    TRACES.set(0);
    let kept: Vec<Gc<Link>> = (0..500).map(|_| Gc::new(Link::default())).collect();
    assert_eq!(TRACES.get(), 0);
    drop(kept);
}

#[test]
fn exact_thresholds_do_not_depend_on_bytes() {
    gc::set_threshold(100, 10, 10);
    for count in 1..=100 {
        drop(picture(MIB, Vec::<u8>::with_capacity(MIB)));
        assert_eq!(gc::get_count(), (count, 0, 0));
    }
    drop(picture(MIB, Vec::<u8>::with_capacity(MIB)));
    assert_eq!(gc::get_stats()[0].collected, 100);
}

#[test]
fn heavy_objects_that_are_rare_are_not_taken_for_all() {
    // A candidate leads to all of these, so that a full collection examines them.
    let old = super::pace::grow(200_000);
    gc::collect();
    let before = super::pace::traced();
    let mut live = VecDeque::new();
    for round in 0..100_000 {
        drop(old.clone());
        if round % 30 == 0 {
            live.push_back(picture(100 << 10, Vec::<u8>::with_capacity(100 << 10)));
        }
        if live.len() > 100 {
            live.pop_front();
        }
        drop(ring_of_two());
    }
    let times = (super::pace::traced() - before) / 200_000;
    assert!(times <= 12, "the old objects were examined {times} times");
    let most = MOST.get() >> 20;
    assert!(most <= 150, "{most} MiB for 10 that are live");
}
