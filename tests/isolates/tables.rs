//! What a heap keeps about its objects goes where the heap goes: entries of weak maps, interned text,
//! small integers.

use std::cell::RefCell;
use std::thread;

use gcycle::intern::{int, intern};
use gcycle::weak::{WeakMap, WeakSet, WeakValueMap};
use gcycle::{Detached, EscapeKind, Gc, Isolate, Movable, Trace, gc};

use crate::{Counter, Node};

/// Calls `work` with the root of an isolate, on another thread.
fn elsewhere<R: Movable + 'static>(
    isolate: Isolate<R>,
    work: impl FnOnce(&Gc<R>) + Send + 'static,
) -> Isolate<R> {
    let detached = detached(isolate);
    let there = move || {
        let isolate = detached.attach();
        isolate.enter(work);
        self::detached(isolate)
    };
    thread::spawn(there).join().unwrap().attach()
}

fn detached<R: Movable + 'static>(isolate: Isolate<R>) -> Detached<R> {
    isolate.detach().unwrap_or_else(|refused| panic!("{refused}"))
}

fn kinds<R: Movable + 'static>(isolate: Isolate<R>) -> (Isolate<R>, Vec<EscapeKind>) {
    let refused = isolate.detach().expect_err("something refers to it");
    let kinds = refused.escapes().iter().map(gcycle::Escape::kind).collect();
    (refused.into_isolate(), kinds)
}

/// Nodes, and what is known of them.
#[derive(Trace)]
#[trace(movable)]
struct Known {
    nodes: RefCell<Vec<Gc<Node>>>,
    /// In a list, so that nobody asks each for its edges without need.
    notes: Vec<WeakMap<Node, RefCell<Option<Gc<Node>>>>>,
    sizes: Vec<WeakMap<Node, usize>>,
    marked: Vec<WeakSet<Node>>,
    by_name: RefCell<WeakValueMap<String, Node>>,
}

impl Known {
    /// Three nodes, each in every map. What is noted of a node holds the node itself.
    fn new(counter: &Counter) -> Known {
        let known = Known {
            nodes: RefCell::default(),
            notes: vec![WeakMap::new(), WeakMap::new()],
            sizes: vec![WeakMap::new()],
            marked: vec![WeakSet::new()],
            by_name: RefCell::default(),
        };
        (0..3).for_each(|id| known.add(id, counter));
        known
    }

    fn add(&self, id: u32, counter: &Counter) {
        let node = Gc::new(Node::new(id, counter));
        self.notes[0].insert(&node, RefCell::new(Some(Gc::clone(&node))));
        self.notes[1].insert(&node, RefCell::new(None));
        self.sizes[0].insert(&node, id as usize);
        self.marked[0].insert(&node);
        self.by_name.borrow_mut().insert(id.to_string(), &node);
        self.nodes.borrow_mut().push(node);
    }

    /// How many each of the maps has.
    fn lens(&self) -> [usize; 5] {
        let by_name = self.by_name.borrow().len();
        [
            self.notes[0].len(),
            self.notes[1].len(),
            self.sizes[0].len(),
            self.marked[0].len(),
            by_name,
        ]
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn weak_maps_and_sets_move_with_their_keys() {
    let counter = Counter::default();
    let isolate = Isolate::new(|| Known::new(&counter));
    let there = counter.clone();
    let isolate = elsewhere(isolate, move |known| {
        assert_eq!(known.lens(), [3; 5]);
        let last = known.nodes.borrow_mut().pop().unwrap();
        assert_eq!(known.sizes[0].get(&last).as_deref(), Some(&2));
        assert!(known.by_name.borrow().get("2").is_some());
        drop(last);
        // What is noted of it holds it.
        assert_eq!(gc::collect(), 3, "the node, and two entries that may lead somewhere");
        assert_eq!((known.lens(), there.get()), ([2; 5], 1));
        known.add(7, &there);
    });
    isolate.enter(|known| {
        assert_eq!((known.lens(), counter.get()), ([3; 5], 1));
        known.nodes.borrow_mut().clear();
        gc::collect();
        assert_eq!((known.lens(), counter.get()), ([0; 5], 4));
    });
    drop(detached(isolate));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn keys_die_with_the_heap_wherever_that_is_dropped() {
    let counter = Counter::default();
    let detached = detached(Isolate::new(|| Known::new(&counter)));
    thread::spawn(move || drop(detached)).join().unwrap();
    assert_eq!(counter.get(), 3);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn interned_text_stays_what_it_is_where_it_arrives() {
    let here = intern("name");
    let isolate = Isolate::new(|| vec![intern("name"), intern("other")]);
    isolate.enter(|names| assert!(!Gc::ptr_eq(&names[0], &here), "each heap has its own"));
    let isolate = elsewhere(isolate, |names| {
        assert!(Gc::ptr_eq(&names[0], &intern("name")));
        assert!(Gc::ptr_eq(&names[1], &intern("other")));
        drop(intern("short-lived"));
        assert_eq!(&*intern("short-lived"), "short-lived");
    });
    isolate.enter(|names| assert!(Gc::ptr_eq(&names[0], &intern("name"))));
    assert!(Gc::ptr_eq(&here, &intern("name")));
    drop(detached(isolate));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn small_integers_move_and_are_freed_with_the_heap() {
    let isolate = Isolate::new(|| RefCell::new(vec![int(3), int(3), int(1000)]));
    let isolate = elsewhere(isolate, |numbers| {
        assert!(Gc::ptr_eq(&numbers.borrow()[0], &int(3)));
        numbers.borrow_mut().push(int(256));
        assert!(!Gc::ptr_eq(&numbers.borrow()[2], &int(1000)));
    });
    let held = isolate.enter(|numbers| Gc::clone(&numbers.borrow()[3]));
    let (isolate, kinds) = kinds(isolate);
    assert_eq!(kinds, [EscapeKind::Held(1)]);
    drop(isolate);
    assert_eq!(*held, 256, "who holds it has it");
}

#[test]
fn a_map_keeps_its_heap_here_if_a_key_is_elsewhere() {
    let isolate = Isolate::new(|| vec![WeakMap::<u32, u32>::new()]);
    let outside = Gc::new(1);
    isolate.enter(|maps| maps[0].insert(&outside, 1));
    let (isolate, found) = kinds(isolate);
    assert_eq!(found, [EscapeKind::LeadsOut]);
    drop(outside);
    drop(detached(isolate));
}

#[test]
fn a_key_keeps_its_heap_here_if_a_map_is_elsewhere() {
    let isolate = Isolate::new(|| vec![Gc::new(1_u32)]);
    let outside = WeakMap::new();
    // One entry lies in the heap of the key, one does not.
    isolate.enter(|keys| outside.insert(&keys[0], 1));
    let (isolate, found) = kinds(isolate);
    assert!(found.contains(&EscapeKind::Observed), "{found:?}");
    let key = isolate.enter(|keys| Gc::clone(&keys[0]));
    outside.insert(&key, 2);
    drop(key);
    let (isolate, found) = kinds(isolate);
    assert_eq!(found, [EscapeKind::Observed]);
    outside.clear();
    drop(detached(isolate));
}

#[test]
fn a_guard_for_a_value_is_found() {
    let isolate = Isolate::new(|| (Gc::new(1_u32), WeakMap::new()));
    let guard = isolate.enter(|root| root.1.get_or_insert_with(&root.0, || 5_u32));
    let (isolate, found) = kinds(isolate);
    assert_eq!((found, *guard), (vec![EscapeKind::Held(1)], 5));
    drop(guard);
    drop(detached(isolate));
}

#[test]
fn members_of_sets_elsewhere_are_found() {
    let isolate = Isolate::new(|| vec![Gc::new(1_u32)]);
    let set = WeakSet::new();
    isolate.enter(|keys| set.insert(&keys[0]));
    let (isolate, found) = kinds(isolate);
    assert_eq!(found, [EscapeKind::WeaklyHeld(1)]);
    drop(set);
    drop(detached(isolate));

    let isolate = Isolate::new(|| (WeakSet::new(), RefCell::new(WeakValueMap::new())));
    let text: Gc<u32> = Gc::new(1);
    isolate.enter(|root| (root.0.insert(&text), root.1.borrow_mut().insert(1_u32, &text)));
    let (isolate, found) = kinds(isolate);
    assert_eq!(found, [EscapeKind::LeadsOut]);
    isolate.enter(|root| (root.0.clear(), root.1.borrow_mut().clear()));
    drop(detached(isolate));
}

#[test]
fn a_panic_of_what_a_map_has_for_a_small_integer_spares_the_other_integers() {
    /// Counts, and panics.
    #[derive(Trace)]
    struct Failing {
        #[trace(skip)]
        _fails: Fails,
    }
    struct Fails(Counter);
    impl Drop for Fails {
        fn drop(&mut self) {
            self.0.add();
            panic!("of a value");
        }
    }

    let dropped = Counter::default();
    let sizes = WeakMap::new();
    let isolate = Isolate::new(|| int(1));
    isolate.enter(|_| {
        for number in [-5, 1, 256] {
            sizes.insert(&int(number), Failing { _fails: Fails(dropped.clone()) });
        }
    });
    drop(isolate);
    assert_eq!((dropped.get(), sizes.len()), (3, 0));
}
