//! What is collected, and what is not.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, OnceLock, RwLock};

use gcycle::sync::{self, Gc};
use gcycle::{Trace, Untraced};

use crate::values::{Counted, Counter, Node, ring, turn};

#[test]
fn the_last_handle_drops_the_value_at_once() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Node::new(&counter);
    let other = node.clone();
    drop(node);
    assert_eq!(counter.dropped(), 0);
    assert_eq!(Gc::strong_count(&other), 1);
    drop(other);
    counter.all_are_dropped();
}

#[test]
fn rings_are_collected() {
    let _turn = turn();
    let counter = Counter::default();
    let long = if cfg!(miri) { 50 } else { 1000 };
    for len in [1, 2, 3, 10, long] {
        drop(ring(&counter, len));
    }
    counter.all_are_dropped();
    assert_eq!(counter.made(), 16 + long);
}

#[test]
fn what_is_held_survives() {
    let _turn = turn();
    let counter = Counter::default();
    let ring = ring(&counter, 10);
    for _ in 0..3 {
        sync::gc::collect();
        assert_eq!(counter.dropped(), 0);
        ring.clone().counted.check();
    }
    let inner = ring.locked.lock().unwrap()[0].clone();
    drop(ring);
    sync::gc::collect();
    assert_eq!(counter.dropped(), 0);
    inner.fixed[0].counted.check();
    drop(inner);
    counter.all_are_dropped();
}

#[test]
fn a_cycle_through_a_cell_that_is_filled_once_is_collected() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Node::new(&counter);
    node.once.set(node.clone()).unwrap();
    drop(node);
    counter.all_are_dropped();
}

#[test]
fn what_hangs_on_a_cycle_is_dropped_with_it() {
    let _turn = turn();
    let counter = Counter::default();
    let leaf = Node::new(&counter);
    let ring = ring(&counter, 2);
    ring.push(&leaf);
    ring.push(&leaf);
    drop((ring, leaf));
    counter.all_are_dropped();
}

#[test]
fn what_a_live_object_refers_to_survives() {
    let _turn = turn();
    let counter = Counter::default();
    let holder = Node::new(&counter);
    let ring = ring(&counter, 3);
    holder.push(&ring);
    drop(ring);
    sync::gc::collect();
    assert_eq!(counter.dropped(), 0);
    drop(holder);
    counter.all_are_dropped();
}

/// A generic type, whose edges lie in each container that is `Shared`.
#[derive(Trace)]
#[trace(shared)]
struct Everything<T> {
    #[trace(skip)]
    _counted: Counted,
    content: T,
    array: RwLock<[Option<Gc<Everything<T>>>; 2]>,
    pair: Mutex<(u8, Option<Gc<Everything<T>>>)>,
    boxed: Mutex<Option<Box<Gc<Everything<T>>>>>,
    sorted: Mutex<BTreeMap<u8, Gc<Everything<T>>>>,
    hashed: Mutex<HashMap<String, Result<Gc<Everything<T>>, u8>>>,
    inner: Mutex<Vec<Inner<T>>>,
    opaque: Untraced<Mutex<Vec<u8>>>,
}

/// A type that is `Send` and owns handles, so that nothing but its fields says so.
#[derive(Trace)]
#[trace(shared)]
struct Inner<T>(OnceLock<Gc<Everything<T>>>);

#[derive(Trace)]
#[trace(shared)]
struct Outer(Mutex<Vec<Middle>>);

#[derive(Trace)]
#[trace(shared)]
struct Middle {
    inner: Wrapped,
    #[trace(skip)]
    _counted: Counted,
}

#[derive(Trace)]
#[trace(shared)]
enum Wrapped {
    Handle(Gc<Outer>),
    #[expect(dead_code, reason = "another variant")]
    Nothing,
}

#[test]
fn a_cycle_through_any_container_is_collected() {
    let _turn = turn();
    let counter = Counter::default();
    for place in 0..6 {
        let node = Gc::new(Everything {
            _counted: counter.count(),
            content: 5_u8,
            array: RwLock::default(),
            pair: Mutex::default(),
            boxed: Mutex::default(),
            sorted: Mutex::default(),
            hashed: Mutex::default(),
            inner: Mutex::default(),
            opaque: Untraced(Mutex::default()),
        });
        assert_eq!(node.content, 5);
        node.opaque.lock().unwrap().push(1);
        let own = node.clone();
        match place {
            0 => node.array.write().unwrap()[1] = Some(own),
            1 => node.pair.lock().unwrap().1 = Some(own),
            2 => *node.boxed.lock().unwrap() = Some(Box::new(own)),
            3 => drop(node.sorted.lock().unwrap().insert(1, own)),
            4 => drop(node.hashed.lock().unwrap().insert("own".to_owned(), Ok(own))),
            _ => node.inner.lock().unwrap().push(Inner(OnceLock::from(own))),
        }
    }
    let outer = Gc::new(Outer(Mutex::default()));
    let middle = Middle { inner: Wrapped::Handle(outer.clone()), _counted: counter.count() };
    outer.0.lock().unwrap().push(middle);
    drop(outer);
    counter.all_are_dropped();
    assert_eq!(counter.made(), 7);
}

/// A generic type that owns others of itself, and whose parameter lies behind a trait object.
#[derive(Trace)]
#[trace(shared)]
struct Tree<T> {
    #[trace(skip)]
    _counted: Counted,
    value: T,
    first: Option<Box<Tree<T>>>,
    up: OnceLock<Gc<Self>>,
    shapes: Vec<Box<dyn Shape>>,
}

trait Shape: sync::Shared {
    fn corners(&self) -> usize;
}

impl Shape for Mutex<Vec<Gc<Tree<u8>>>> {
    fn corners(&self) -> usize {
        self.lock().unwrap().len()
    }
}

#[test]
fn a_cycle_through_a_recursive_type_and_a_trait_object_is_collected() {
    let _turn = turn();
    let counter = Counter::default();
    let tree = |value, first, shapes| Tree {
        _counted: counter.count(),
        value,
        first,
        up: OnceLock::new(),
        shapes,
    };
    let root = Gc::new(tree(1_u8, Some(Box::new(tree(2, None, Vec::new()))), Vec::new()));
    root.first.as_ref().unwrap().up.set(root.clone()).ok().unwrap();
    let shape: Mutex<Vec<Gc<Tree<u8>>>> = Mutex::new(vec![root.clone()]);
    let other = Gc::new(tree(3, None, vec![Box::new(shape)]));
    root.up.set(other.clone()).ok().unwrap();
    assert_eq!((other.shapes[0].corners(), root.value), (1, 1));
    drop(other);
    sync::gc::collect();
    assert_eq!(counter.dropped(), 0);
    drop(root);
    counter.all_are_dropped();
    assert_eq!(counter.made(), 3);
}

/// A list of boxes inside each other, deeper than the stack.
#[derive(Trace)]
#[trace(shared)]
enum Deep {
    End(
        #[trace(skip)]
        #[expect(dead_code, reason = "only dropped")]
        Counted,
        Mutex<Option<Gc<Mutex<Option<Deep>>>>>,
    ),
    More(Box<Deep>),
}

impl Deep {
    /// Takes it apart without recursion.
    fn unwrap(mut self) {
        while let Deep::More(inner) = self {
            self = *inner;
        }
    }
}

#[test]
fn contents_may_be_deeper_than_the_stack() {
    let _turn = turn();
    let depth = if cfg!(miri) { 300 } else { 100_000 };
    let counter = Counter::default();
    let object = Gc::new(Mutex::new(None));
    let mut deep = Deep::End(counter.count(), Mutex::new(Some(object.clone())));
    for _ in 0..depth {
        deep = Deep::More(Box::new(deep));
    }
    *object.lock().unwrap() = Some(deep);
    sync::gc::collect();
    assert_eq!(counter.dropped(), 0);
    let deep = object.lock().unwrap().take();
    deep.unwrap().unwrap();
    drop(object);
    counter.all_are_dropped();
}

#[test]
fn a_handle_in_an_object_of_one_thread_holds_its_target() {
    let _turn = turn();
    let counter = Counter::default();
    let local = gcycle::Gc::new(std::cell::RefCell::new(vec![ring(&counter, 2)]));
    sync::gc::collect();
    gcycle::gc::collect();
    assert_eq!(counter.dropped(), 0);
    drop(local);
    gcycle::gc::collect();
    counter.all_are_dropped();
}

#[test]
fn showing_a_cycle_ends() {
    let _turn = turn();
    let own = Gc::new(RwLock::new(Vec::<Gc<Link>>::new()));
    #[derive(Trace, Debug)]
    #[trace(shared)]
    struct Link(OnceLock<Gc<Link>>);
    let link = Gc::new(Link(OnceLock::new()));
    link.0.set(link.clone()).unwrap();
    own.write().unwrap().push(link.clone());
    assert!(format!("{own:?}").contains("Gc(<cycle>)"));
    assert!(Gc::ptr_eq(&link, link.0.get().unwrap()));
    assert_eq!(format!("{}", Gc::new(5)), "5");
    assert!(Gc::new(1) < Gc::new(2));
}

#[test]
fn many_rings_and_a_large_one_are_found_at_once() {
    let _turn = turn();
    let counter = Counter::default();
    sync::gc::disable();
    let rings = if cfg!(miri) { 50 } else { 2000 };
    let large = if cfg!(miri) { 50 } else { 3000 };
    (0..rings).for_each(|_| drop(ring(&counter, 2)));
    let held = ring(&counter, 3);
    drop(ring(&counter, large));
    assert_eq!(sync::gc::collect(), 2 * rings + large);
    drop(held);
    assert_eq!(sync::gc::collect(), 3);
    sync::gc::enable();
    counter.all_are_dropped();
}
