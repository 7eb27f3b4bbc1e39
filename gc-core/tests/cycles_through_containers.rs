//! A cycle is collected whatever container its edges are in.
//!
//! These tests live beside the runtime because only here the optional crates
//! can be named. `cargo test --all-features` runs all of them.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a program names std"
)]

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::io::{self, BufWriter, Write};
use std::ops::Bound;
use std::sync::{Mutex, OnceLock, RwLock};

use gc_core::{Acyclic, Gc, LabelTracer, Trace, Tracer, gc};

/// For each test a type `Node` that holds its edges in the given container, and
/// how to put one there.
macro_rules! cycles {
    ($(
        $(#[$condition:meta])*
        $test:ident: $links:ty => |$this:ident, $target:ident| $add:expr;
    )*) => {$(
        $(#[$condition])*
        #[test]
        fn $test() {
            #[derive(Default)]
            struct Node($links);

            impl Node {
                fn link(&self, $target: Gc<Node>) {
                    let $this = &self.0;
                    $add;
                }
            }

            // SAFETY: passes on what the one field reports; no `Drop`.
            unsafe impl Trace for Node {
                fn trace(&self, tracer: &mut Tracer<'_>) {
                    self.0.trace(tracer);
                }

                fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
                    self.0.trace_labelled(tracer);
                }
            }

            gc::collect();
            let first = Gc::new(Node::default());
            let second = Gc::new(Node::default());
            first.link(Gc::clone(&second));
            second.link(Gc::clone(&first));
            drop(second);
            assert_eq!(gc::collect(), 0, "the cycle is held from outside");
            assert_eq!(Gc::strong_count(&first), 2);
            drop(first);
            assert_eq!(gc::collect(), 2, "nothing holds the cycle any more");
        }
    )*};
}

cycles! {
    cell: Cell<Option<Gc<Node>>> => |this, target| this.set(Some(target));
    once_cell: OnceCell<Gc<Node>> => |this, target| this.set(target).ok().unwrap();
    once_lock: OnceLock<Gc<Node>> => |this, target| this.set(target).ok().unwrap();
    mutex: Mutex<Option<Gc<Node>>> => |this, target| *this.lock().unwrap() = Some(target);
    rw_lock: RwLock<Option<Gc<Node>>> => |this, target| *this.write().unwrap() = Some(target);
    boxed: RefCell<Option<Box<Gc<Node>>>> => |this, target| {
        *this.borrow_mut() = Some(Box::new(target));
    };
    boxed_slice: RefCell<Box<[Gc<Node>]>> => |this, target| {
        *this.borrow_mut() = Box::new([target]);
    };
    boxed_trait_object: RefCell<Option<Box<dyn Trace>>> => |this, target| {
        *this.borrow_mut() = Some(Box::new(target));
    };
    vec: RefCell<Vec<Gc<Node>>> => |this, target| this.borrow_mut().push(target);
    vec_of_maps: RefCell<Vec<BTreeMap<u8, Gc<Node>>>> => |this, target| {
        this.borrow_mut().push(BTreeMap::from([(1, target)]));
    };
    vec_of_mutexes: RefCell<Vec<Mutex<Gc<Node>>>> => |this, target| {
        this.borrow_mut().push(Mutex::new(target));
    };
    vec_of_cows: RefCell<Vec<Cow<'static, [Gc<Node>]>>> => |this, target| {
        this.borrow_mut().push(Cow::Owned(vec![target]));
    };
    vec_deque: RefCell<VecDeque<Gc<Node>>> => |this, target| this.borrow_mut().push_back(target);
    linked_list: RefCell<LinkedList<Gc<Node>>> => |this, target| {
        this.borrow_mut().push_back(target);
    };
    array: [Cell<Option<Gc<Node>>>; 3] => |this, target| this[1].set(Some(target));
    tuple: (u8, Cell<Option<Gc<Node>>>) => |this, target| this.1.set(Some(target));
    hash_map: RefCell<HashMap<u8, Gc<Node>>> => |this, target| {
        this.borrow_mut().insert(0, target);
    };
    btree_map: RefCell<BTreeMap<u8, Gc<Node>>> => |this, target| {
        this.borrow_mut().insert(0, target);
    };
    bound: Cell<Option<Bound<Gc<Node>>>> => |this, target| {
        this.set(Some(Bound::Excluded(target)));
    };

    #[cfg(feature = "arrayvec_0_7")]
    array_vec: RefCell<arrayvec_0_7::ArrayVec<Gc<Node>, 2>> => |this, target| {
        this.borrow_mut().push(target);
    };
    #[cfg(feature = "either_1")]
    either: Cell<Option<either_1::Either<u8, Gc<Node>>>> => |this, target| {
        this.set(Some(either_1::Either::Right(target)));
    };
    #[cfg(feature = "enum-map_2")]
    enum_map: RefCell<enum_map_2::EnumMap<bool, Option<Gc<Node>>>> => |this, target| {
        this.borrow_mut()[true] = Some(target);
    };
    #[cfg(feature = "hashbrown_0_15")]
    hashbrown_0_15: RefCell<hashbrown_0_15::HashMap<u8, Gc<Node>, std::hash::RandomState>>
        => |this, target| { this.borrow_mut().insert(0, target); };
    #[cfg(feature = "hashbrown_0_16")]
    hashbrown_0_16: RefCell<hashbrown_0_16::HashMap<u8, Gc<Node>, std::hash::RandomState>>
        => |this, target| { this.borrow_mut().insert(0, target); };
    #[cfg(feature = "hashbrown_0_17")]
    hashbrown_0_17: RefCell<hashbrown_0_17::HashMap<u8, Gc<Node>, std::hash::RandomState>>
        => |this, target| { this.borrow_mut().insert(0, target); };
    #[cfg(feature = "indexmap_2")]
    index_map: RefCell<indexmap_2::IndexMap<u8, Gc<Node>, std::hash::RandomState>> => |this, target| {
        this.borrow_mut().insert(0, target);
    };
    #[cfg(feature = "ndarray_0_17")]
    ndarray: RefCell<ndarray_0_17::Array2<Option<Gc<Node>>>> => |this, target| {
        *this.borrow_mut() = ndarray_0_17::Array2::from_elem((1, 1), Some(target));
    };
    #[cfg(feature = "parking_lot_0_12")]
    parking_lot_mutex: parking_lot_0_12::Mutex<Option<Gc<Node>>> => |this, target| {
        *this.lock() = Some(target);
    };
    #[cfg(feature = "parking_lot_0_12")]
    parking_lot_rw_lock: parking_lot_0_12::RwLock<Option<Gc<Node>>> => |this, target| {
        *this.write() = Some(target);
    };
    #[cfg(feature = "petgraph_0_8")]
    graph: RefCell<petgraph_0_8::Graph<Gc<Node>, ()>> => |this, target| {
        this.borrow_mut().add_node(target);
    };
    #[cfg(feature = "petgraph_0_8")]
    stable_graph: RefCell<petgraph_0_8::stable_graph::StableGraph<Gc<Node>, ()>>
        => |this, target| { this.borrow_mut().add_node(target); };
    #[cfg(feature = "petgraph_0_8")]
    graph_map: RefCell<petgraph_0_8::graphmap::DiGraphMap<u8, Gc<Node>, std::hash::RandomState>>
        => |this, target| { this.borrow_mut().add_edge(0, 1, target); };
    #[cfg(feature = "slotmap_1")]
    slot_map: RefCell<slotmap_1::SlotMap<slotmap_1::DefaultKey, Gc<Node>>> => |this, target| {
        this.borrow_mut().insert(target);
    };
    #[cfg(feature = "smallvec_1")]
    small_vec: RefCell<smallvec_1::SmallVec<[Gc<Node>; 2]>> => |this, target| {
        this.borrow_mut().push(target);
    };
    #[cfg(feature = "thin-vec_0_2")]
    thin_vec: RefCell<thin_vec_0_2::ThinVec<Gc<Node>>> => |this, target| {
        this.borrow_mut().push(target);
    };
}

/// An object that somebody may be in the middle of changing.
struct Guarded {
    cell: RefCell<Option<Gc<Guarded>>>,
    mutex: Mutex<Option<Gc<Guarded>>>,
}

// SAFETY: each field passes on what it owns, once; no `Drop`.
unsafe impl Trace for Guarded {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.cell.trace(tracer);
        self.mutex.trace(tracer);
    }
}

#[test]
fn a_collection_under_a_borrow_or_a_lock_frees_nothing_and_the_next_one_does() {
    let guarded = || Guarded { cell: RefCell::default(), mutex: Mutex::default() };
    let (first, second, third) = (Gc::new(guarded()), Gc::new(guarded()), Gc::new(guarded()));
    *second.cell.borrow_mut() = Some(Gc::clone(&first));
    *third.mutex.lock().unwrap() = Some(Gc::clone(&first));

    let mut borrowed = first.cell.borrow_mut();
    let mut locked = first.mutex.lock().unwrap();
    *borrowed = Some(second);
    *locked = Some(third);
    assert_eq!(gc::collect(), 0);
    assert!(borrowed.as_ref().is_some_and(|second| second.cell.borrow().is_some()));
    assert!(locked.as_ref().is_some_and(|third| third.mutex.lock().unwrap().is_some()));
    drop(locked);
    drop(borrowed);

    drop(first);
    assert_eq!(gc::collect(), 3);
}

/// A sink that looks at an object whenever something is written to it.
struct Sink(Gc<Cell<usize>>);

impl Acyclic for Sink {}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_buffered_writer_in_garbage_flushes_to_an_object_that_is_intact() {
    struct Logger {
        itself: Cell<Option<Gc<Logger>>>,
        log: RefCell<BufWriter<Sink>>,
    }

    // SAFETY: each field passes on what it owns, once; no `Drop`.
    unsafe impl Trace for Logger {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.itself.trace(tracer);
            self.log.trace(tracer);
        }
    }

    let written = Gc::new(Cell::new(0));
    let log = RefCell::new(BufWriter::new(Sink(Gc::clone(&written))));
    let logger = Gc::new(Logger { itself: Cell::default(), log });
    logger.log.borrow_mut().write_all(b"four").unwrap();
    logger.itself.set(Some(Gc::clone(&logger)));
    drop(logger);
    assert_eq!(gc::collect(), 1);
    assert_eq!(written.get(), 4);
    assert_eq!(Gc::strong_count(&written), 1);
}

/// Counts its finalizers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Final;

std::thread_local! {
    static FINALIZED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: nothing is reported; no `Drop`.
unsafe impl Trace for Final {
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn finalizer() -> Option<fn(&Self)> {
        Some(|_| FINALIZED.set(FINALIZED.get() + 1))
    }
}

#[test]
fn values_in_containers_are_finalized_with_the_object_that_they_lie_in() {
    #[track_caller]
    fn expect<T: Trace + 'static>(count: usize, contents: T) {
        drop(Gc::new((0, contents)));
        assert_eq!(FINALIZED.take(), count);
    }

    expect(2, vec![Final, Final]);
    expect(2, HashMap::from([(Final, RefCell::new(Final))]));
    #[cfg(feature = "arrayvec_0_7")]
    expect(2, arrayvec_0_7::ArrayVec::from([Final, Final]));
    #[cfg(feature = "either_1")]
    expect(1, either_1::Either::<Final, i32>::Left(Final));
    #[cfg(feature = "hashbrown_0_16")]
    expect(2, hashbrown_0_16::HashMap::<_, _, std::hash::RandomState>::from_iter([(Final, Final)]));
    #[cfg(feature = "indexmap_2")]
    expect(2, indexmap_2::IndexMap::<_, _, std::hash::RandomState>::from_iter([(Final, Final)]));
    #[cfg(feature = "parking_lot_0_12")]
    expect(2, (parking_lot_0_12::Mutex::new(Final), parking_lot_0_12::RwLock::new(Final)));
    #[cfg(feature = "petgraph_0_8")]
    expect(3, {
        let mut graph = petgraph_0_8::graph::Graph::<Final, Final>::new();
        let (from, to) = (graph.add_node(Final), graph.add_node(Final));
        graph.add_edge(from, to, Final);
        graph
    });
    #[cfg(feature = "slotmap_1")]
    expect(1, {
        let mut map = slotmap_1::SlotMap::new();
        map.insert(Final);
        map
    });
    #[cfg(feature = "smallvec_1")]
    expect(2, smallvec_1::SmallVec::from([Final, Final]));
}
