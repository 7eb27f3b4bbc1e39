//! Panics of drops and of hand-written traces.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use gcycle::sync::{self, Gc, Shared};
use gcycle::{Finalize, Trace, Tracer};

use crate::values::{Counted, Counter, Node, ring, turn};

struct PanicsWhenDropped(Counted);

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        self.0.check();
        panic!("a drop panics");
    }
}

#[derive(Trace)]
#[trace(shared)]
struct Bomb {
    #[trace(skip)]
    _bomb: PanicsWhenDropped,
    own: Mutex<Vec<Gc<Bomb>>>,
    other: Gc<Node>,
}

fn bomb(counter: &Counter) -> Gc<Bomb> {
    let bomb = PanicsWhenDropped(counter.count());
    Gc::new(Bomb { _bomb: bomb, own: Mutex::default(), other: Node::new(counter) })
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn the_panic_of_a_drop_reaches_who_dropped_the_last_handle() {
    let _turn = turn();
    let counter = Counter::default();
    let bomb = bomb(&counter);
    bomb.other.counted.check();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(bomb))).is_err());
    assert_eq!(counter.dropped(), counter.made());
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn the_panics_of_drops_inside_a_drop_keep_nothing_from_dying() {
    let _turn = turn();
    let counter = Counter::default();
    let nested = bomb(&counter);
    nested.own.lock().unwrap().extend([bomb(&counter), bomb(&counter)]);
    let holder = Gc::new((bomb(&counter), nested, Node::new(&counter)));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(holder))).is_err());
    assert_eq!(counter.dropped(), counter.made());
    // The next death begins anew.
    assert!(catch_unwind(AssertUnwindSafe(|| drop(Node::new(&counter)))).is_ok());
    assert_eq!(counter.dropped(), counter.made());
}

/// Drops a handle while it unwinds.
struct Unwinds(Option<Gc<Bomb>>);

impl Drop for Unwinds {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn the_panic_of_a_drop_while_another_unwinds_ends_there() {
    let _turn = turn();
    let counter = Counter::default();
    let unwinds = Unwinds(Some(bomb(&counter)));
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _unwinds = unwinds;
        panic!("the first");
    }));
    assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"the first"));
    assert_eq!(counter.dropped(), counter.made());
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn the_panic_of_one_drop_does_not_keep_the_others_of_a_cycle() {
    let _turn = turn();
    let counter = Counter::default();
    let bombs: Vec<_> = (0..3).map(|_| bomb(&counter)).collect();
    for (index, bomb) in bombs.iter().enumerate() {
        bomb.own.lock().unwrap().push(bombs[(index + 1) % 3].clone());
    }
    drop(bombs);
    assert!(catch_unwind(sync::gc::collect).is_err());
    assert_eq!(counter.dropped(), counter.made());
}

/// Its trace panics after it has reported, until it is told not to.
struct Panics<T> {
    inner: T,
    calm: &'static AtomicBool,
}

// SAFETY: the one field is passed on.
unsafe impl<T: Trace> Trace for Panics<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.inner.trace(tracer);
        assert!(self.calm.load(Ordering::Relaxed), "a trace panics");
    }
}

// SAFETY: as the field promises.
unsafe impl<T: Shared> Shared for Panics<T> {}

#[derive(Trace)]
#[trace(shared)]
struct Fragile {
    #[trace(skip)]
    _counted: Counted,
    own: Mutex<Option<Panics<Gc<Fragile>>>>,
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn a_trace_that_panics_keeps_its_object_and_no_other() {
    let _turn = turn();
    static CALM: AtomicBool = AtomicBool::new(false);
    let fragile_counter = Counter::default();
    let counter = Counter::default();
    let fragile = Gc::new(Fragile { _counted: fragile_counter.count(), own: Mutex::default() });
    *fragile.own.lock().unwrap() = Some(Panics { inner: fragile.clone(), calm: &CALM });
    drop(fragile.clone());
    drop(ring(&counter, 3));
    assert!(catch_unwind(sync::gc::collect).is_err());
    assert_eq!(fragile_counter.dropped(), 0);
    assert_eq!(counter.dropped(), 3);
    CALM.store(true, Ordering::Relaxed);
    counter.all_are_dropped();
    assert!(!fragile.own.is_poisoned());
    drop(fragile);
    fragile_counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn garbage_whose_trace_panicked_is_found_when_it_panics_no_more() {
    let _turn = turn();
    static CALM: AtomicBool = AtomicBool::new(false);
    let counter = Counter::default();
    let fragile = || Gc::new(Fragile { _counted: counter.count(), own: Mutex::default() });
    let refer = |from: &Gc<Fragile>, to: &Gc<Fragile>| {
        *from.own.lock().unwrap() = Some(Panics { inner: to.clone(), calm: &CALM });
    };
    let ring = [fragile(), fragile(), fragile()];
    refer(&ring[0], &ring[1]);
    refer(&ring[1], &ring[2]);
    refer(&ring[2], &ring[0]);
    drop(ring);
    for _ in 0..3 {
        assert!(catch_unwind(sync::gc::collect).is_err());
        assert_eq!(counter.dropped(), 0);
    }
    CALM.store(true, Ordering::Relaxed);
    assert_eq!(sync::gc::collect(), 3);
    assert_eq!(counter.dropped(), 3);
    assert_eq!(sync::gc::collect(), 0);
}

/// A trace that breaks its contract: it collects, clones and drops.
struct Meddles(Gc<Node>);

// SAFETY: it is none; the tests look at what happens.
unsafe impl Trace for Meddles {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        let clone = self.0.clone();
        sync::gc::collect();
        self.0.trace(tracer);
        drop(clone);
    }
}

// SAFETY: as above.
unsafe impl Shared for Meddles {}

#[test]
fn a_trace_may_collect_clone_and_drop() {
    let _turn = turn();
    let counter = Counter::default();
    let node = ring(&counter, 2);
    let meddles = Gc::new(Mutex::new(Some(Meddles(node))));
    drop(meddles.clone());
    for _ in 0..3 {
        sync::gc::collect();
        drop(meddles.clone());
    }
    assert_eq!(counter.dropped(), 0);
    *meddles.lock().unwrap() = None;
    counter.all_are_dropped();
}

/// Notes when it is finalized.
#[derive(Trace)]
#[trace(shared, finalize)]
struct New {
    #[trace(skip)]
    _counted: Counted,
    #[trace(skip)]
    is_finalized: &'static AtomicBool,
    others: Mutex<Vec<Gc<New>>>,
}

impl Finalize for New {
    fn finalize(&self) {
        self.is_finalized.store(true, Ordering::Relaxed);
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no caught panics")]
fn a_value_that_a_panic_of_the_collection_keeps_from_being_an_object_is_dropped_and_not_finalized()
{
    let _turn = turn();
    static CALM: AtomicBool = AtomicBool::new(false);
    static IS_FINALIZED: AtomicBool = AtomicBool::new(false);
    let counter = Counter::default();
    let fragile_counter = Counter::default();
    let fragile = Gc::new(Fragile { _counted: fragile_counter.count(), own: Mutex::default() });
    *fragile.own.lock().unwrap() = Some(Panics { inner: fragile.clone(), calm: &CALM });
    sync::gc::set_threshold(1024);
    drop(fragile.clone());
    // Whether a collection is due is asked for every 16 candidates of a list.
    let nodes: Vec<_> =
        (0..1024 + 16 * 16).map(|_| Gc::new(Mutex::new(Some(fragile.clone())))).collect();
    drop(nodes.clone());
    let made = catch_unwind(AssertUnwindSafe(|| {
        let (counted, others) = (counter.count(), Mutex::default());
        Gc::new(New { _counted: counted, is_finalized: &IS_FINALIZED, others })
    }));
    CALM.store(true, Ordering::Relaxed);
    assert!(made.is_err());
    assert_eq!((counter.made(), counter.dropped()), (1, 1));
    assert!(!IS_FINALIZED.load(Ordering::Relaxed));
    drop((nodes, fragile));
    fragile_counter.all_are_dropped();
}
