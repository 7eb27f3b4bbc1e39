//! Finalizers: what they may do, and what comes of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gcycle::gc::{self, DebugFlags};
use gcycle::{Finalize, Gc, Trace, Weak};

use crate::objects::{Instance, List, Plain};

/// A function that a tuple with a finalizer belongs to.
#[derive(Default, Trace)]
struct Function {
    module: RefCell<Option<Gc<Cyclic>>>,
}

/// The tuple: a function, and an object whose finalizer runs late.
#[derive(Trace)]
#[trace(finalize)]
struct Cyclic {
    function: Gc<Function>,
    late: Gc<LateFinalizer>,
    #[trace(skip)]
    global: Rc<RefCell<Option<Gc<LateFinalizer>>>>,
}

/// Looks for the function when it is finalized.
#[derive(Default, Trace)]
#[trace(finalize)]
struct LateFinalizer {
    #[trace(skip)]
    reference: RefCell<Weak<Function>>,
    #[trace(skip)]
    found: Rc<RefCell<Vec<Option<Gc<Function>>>>>,
}

impl Finalize for Cyclic {
    fn finalize(&self) {
        // A weak reference that the collector did not see at its start.
        *self.late.reference.borrow_mut() = Gc::downgrade(&self.function);
        // From here on this object alone keeps `late` alive.
        drop(self.global.take());
    }
}

impl Finalize for LateFinalizer {
    fn finalize(&self) {
        self.found.borrow_mut().push(self.reference.borrow().upgrade());
    }
}

pub(super) fn test_function_tp_clear_leaves_consistent_state() {
    let found: Rc<RefCell<Vec<_>>> = Rc::default();
    let late = Gc::new(LateFinalizer { reference: RefCell::default(), found: Rc::clone(&found) });
    let function = Gc::new(Function::default());
    let global = Rc::new(RefCell::new(Some(late.clone())));
    let cyclic = Gc::new(Cyclic { function: function.clone(), late, global });
    *function.module.borrow_mut() = Some(cyclic.clone());
    drop((function, cyclic));

    assert_eq!(gc::collect(), 2);
    // The late finalizer ran, and could not get at the function any more.
    assert!(matches!(found.borrow()[..], [None]));
}

/// Finalizers that allocate start collections while the threshold is 1.
fn check_del(make: impl Fn() -> Gc<Instance>) {
    gc::enable();
    gc::set_threshold(1, 10, 10);
    let collections = || gc::get_stats()[0].collections;
    let before = collections();
    drop(make());
    assert!(collections() > before, "the finalizer's allocations started collections");
}

fn allocate(_: &Instance) {
    let names: Vec<Gc<List>> = (0..8).map(|_| List::cyclic()).collect();
    assert_eq!(names.len(), 8);
}

pub(super) fn test_del() {
    check_del(|| Instance::new(allocate));
}

pub(super) fn test_del_newclass() {
    // Python's second kind of class: here, one with an attribute.
    check_del(|| {
        let instance = Instance::new(allocate);
        instance.refs.set("attribute", Instance::new(allocate));
        instance
    });
}

/// Counts its deaths, and collects at every 17th.
#[derive(Trace)]
#[trace(finalize)]
struct Ouch(Rc<Cell<u32>>);

impl Finalize for Ouch {
    fn finalize(&self) {
        self.0.set(self.0.get() + 1);
        if self.0.get().is_multiple_of(17) {
            gc::collect();
        }
    }
}

/// A list in a list in a list, each with an [`Ouch`].
#[derive(Trace)]
struct NestedList {
    inner: Vec<Gc<NestedList>>,
    ouch: Gc<Ouch>,
}

/// The same with dictionaries.
#[derive(Trace)]
struct NestedDict {
    inner: BTreeMap<u32, Gc<NestedDict>>,
    ouch: Gc<Ouch>,
}

pub(super) fn test_trashcan() {
    const DEPTH: u32 = if cfg!(miri) { 20 } else { 150 };
    gc::enable();
    let deaths = Rc::new(Cell::new(0));
    let ouch = || Gc::new(Ouch(Rc::clone(&deaths)));
    for _ in 0..2 {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let mut dict = BTreeMap::new();
        for _ in 0..DEPTH {
            first = vec![Gc::new(NestedList { inner: first, ouch: ouch() })];
            second = vec![Gc::new(NestedList { inner: second, ouch: ouch() })];
            dict = BTreeMap::from([(1, Gc::new(NestedDict { inner: dict, ouch: ouch() }))]);
        }
    }
    assert_eq!(deaths.get(), 2 * 3 * DEPTH);
}

/// A list with a finalizer that counts, and allocates.
#[derive(Trace)]
#[trace(finalize)]
struct Counted {
    items: Vec<Gc<Vec<Gc<Counted>>>>,
    deaths: Arc<AtomicUsize>,
}

impl Finalize for Counted {
    fn finalize(&self) {
        self.deaths.fetch_add(1, Ordering::Relaxed);
        drop(List::new());
    }
}

pub(super) fn test_trashcan_threads() {
    const NESTING: usize = if cfg!(miri) { 20 } else { 60 };
    const REPETITIONS: usize = if cfg!(miri) { 2 } else { 200 };
    let deaths = Arc::new(AtomicUsize::new(0));
    let threads = [(); 2].map(|()| {
        let deaths = Arc::clone(&deaths);
        thread::spawn(move || {
            let counted = |items| Gc::new(Counted { items, deaths: Arc::clone(&deaths) });
            for _ in 0..REPETITIONS {
                let mut nested = Gc::new(vec![counted(Vec::new())]);
                for _ in 0..NESTING {
                    nested = Gc::new(vec![counted(vec![nested])]);
                }
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(deaths.load(Ordering::Relaxed), 2 * REPETITIONS * (NESTING + 1));
}

/// Breaks its cycle when it has been asked for something often enough.
#[derive(Trace)]
struct Boom {
    attribute: RefCell<Option<Gc<Boom>>>,
    asked: Cell<u32>,
    patience: u32,
}

impl fmt::Debug for Boom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() > self.patience {
            drop(self.attribute.take());
        }
        f.write_str("Boom")
    }
}

/// The collector prints the objects and runs none of their own code.
fn check_boom(patience: u32) {
    let boom = || Gc::new(Boom { attribute: RefCell::default(), asked: Cell::new(0), patience });
    let (one, other) = (boom(), boom());
    *one.attribute.borrow_mut() = Some(other.clone());
    *other.attribute.borrow_mut() = Some(one.clone());
    gc::collect();
    let garbage = gc::garbage().len();
    drop((one, other));
    gc::set_debug(DebugFlags::COLLECTABLE | DebugFlags::UNCOLLECTABLE);
    assert_eq!(gc::collect(), 2);
    assert_eq!(gc::garbage().len(), garbage);
}

pub(super) fn test_boom() {
    check_boom(0);
}

pub(super) fn test_boom2() {
    check_boom(1);
}

pub(super) fn test_bug21435() {
    gc::collect();
    // A dies by its count while B's finalizer runs, and both are garbage.
    let a = Instance::new(|_| ());
    let b = Instance::new(|this| drop(this.refs.remove("attr")));
    b.refs.set("x", Instance::new(|_| ()));
    a.refs.set("attr", b.clone());
    b.refs.set("attr", a.clone());
    drop((a, b));
    gc::collect();
    assert!(gc::get_objects(None).is_empty());
}

type Instances = Rc<RefCell<Vec<Gc<Instance>>>>;

/// A `__del__` that stores `self` in `instances`.
fn resurrect_in(instances: &Instances) -> impl Fn(&Instance) + 'static {
    let instances = Rc::clone(instances);
    move |this| instances.borrow_mut().push(this.this())
}

pub(super) fn test_resurrection_only_happens_once_per_object() {
    let instances = Instances::default();
    let resurrections = Rc::new(Cell::new(0));
    let lazarus = Instance::cyclic("me", {
        let (resurrect, resurrections) = (resurrect_in(&instances), Rc::clone(&resurrections));
        move |this| {
            resurrections.set(resurrections.get() + 1);
            resurrect(this);
        }
    });
    assert_eq!(resurrections.get(), 0);

    drop(lazarus);
    assert_eq!(gc::collect(), 0, "it was resurrected, not collected");
    assert_eq!(resurrections.get(), 1);
    assert_eq!(instances.borrow().len(), 1);

    instances.take();
    assert_eq!(resurrections.get(), 1);
    assert_eq!(gc::collect(), 1);
    assert_eq!(resurrections.get(), 1);
}

pub(super) fn test_resurrection_is_transitive() {
    let instances = Instances::default();
    let lazarus = Instance::new(resurrect_in(&instances));
    let cargo = Instance::cyclic("me", |_| ());
    let id_of_cargo = gc::id(&cargo);
    lazarus.refs.set("cargo", cargo.clone());
    cargo.refs.set("laz", lazarus.clone());

    drop((lazarus, cargo));
    gc::collect();
    assert_eq!(instances.borrow().len(), 1);
    let lazarus = instances.borrow_mut().pop().unwrap();
    let cargo = lazarus.refs.get("cargo").expect("the cargo came back with it");
    assert_eq!(gc::id(&cargo), id_of_cargo);
    assert!(Gc::ptr_eq(&cargo.refs.get("me").unwrap(), &cargo));
    assert!(Gc::ptr_eq(&cargo.refs.get("laz").unwrap(), &lazarus));
}

pub(super) fn test_resurrection_does_not_block_cleanup_of_other_objects() {
    const N: u32 = if cfg!(miri) { 10 } else { 100 };
    let collected = || {
        let [_, _, full] = gc::get_stats();
        (full.collected, full.uncollectable)
    };
    let instances = Instances::default();
    let make_garbage = || (0..N).for_each(|_| drop(Plain::cyclic("me")));
    let make_lazarus = || drop(Instance::cyclic("me", resurrect_in(&instances)));
    // What a full collection returns, and by how much it raises the statistics.
    let check_collects = |expected: u32| {
        let (before, _) = collected();
        assert_eq!(gc::collect(), expected as usize);
        assert_eq!(collected(), (before + u64::from(expected), 0));
    };
    gc::collect();

    make_garbage();
    check_collects(N);
    // What is resurrected is not collected,
    make_lazarus();
    check_collects(0);
    // and keeps nothing else from being collected.
    make_garbage();
    make_lazarus();
    check_collects(N);
    instances.take();
    check_collects(2);
}

/// A class that finds its subclasses through weak references.
#[derive(Default, Trace)]
struct Class {
    base: Option<Gc<Class>>,
    mro: RefCell<Vec<Gc<Class>>>,
    subclasses: RefCell<Vec<Weak<Class>>>,
    is_cache_valid: Cell<bool>,
    /// An instance with a finalizer, which changes an attribute of the class.
    next: RefCell<Option<Gc<Instance>>>,
}

pub(super) fn test_do_not_cleanup_type_subclasses_before_finalization() {
    let base = Gc::new(Class::default());
    base.mro.borrow_mut().push(base.clone());
    let subclass = Gc::new(Class { base: Some(base.clone()), ..Class::default() });
    subclass.mro.borrow_mut().push(subclass.clone());
    subclass.is_cache_valid.set(true);
    base.subclasses.borrow_mut().push(Gc::downgrade(&subclass));

    let invalidated = Rc::new(Cell::new(false));
    let node = Instance::new({
        let (base, invalidated) = (Gc::downgrade(&base), Rc::clone(&invalidated));
        move |_| {
            // `BaseNode.next = ...`: the caches of the subclasses are stale.
            let base = base.upgrade().expect("handles without callback work in finalizers");
            for subclass in base.subclasses.borrow().iter() {
                let subclass = subclass.upgrade().expect("also those that are garbage");
                subclass.is_cache_valid.set(false);
                invalidated.set(true);
            }
        }
    });
    *base.next.borrow_mut() = Some(node);
    drop((base, subclass));
    assert_eq!(gc::collect(), 3);
    assert!(invalidated.get());
}
