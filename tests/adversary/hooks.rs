//! The panic hook is code of the program, and runs wherever a panic starts: inside a
//! hand-written `trace`, while a collection or a heap tool looks at the heap.

#![forbid(unsafe_code)]

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::{Mutex, Once};
use std::thread;

use gcycle::inspect::HeapSnapshot;
use gcycle::weak::{self, WeakMap};
use gcycle::{Gc, Trace, Untraced, Weak, gc};

use crate::honest::{BUG, Fragile, FragileGc, break_after, set_broken};

type Hook = Box<dyn FnOnce()>;

/// How many objects a hook makes, enough for a collection to be due.
const MADE: usize = if cfg!(miri) { 40 } else { 2000 };

thread_local! {
    /// What the hook does at the next panic of this thread.
    static NEXT: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// From now on the hook does what a thread asks for, once, and says nothing of the panics
/// of such threads.
fn set_hook() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| match NEXT.try_with(RefCell::take) {
            Ok(Some(hook)) => hook(),
            _ => before(info),
        }));
    });
}

/// Runs `look` while traces panic, and `hook` inside of the first of them.
fn with_hook(look: impl FnOnce(), hook: impl FnOnce() + 'static) {
    set_hook();
    let has_run = Rc::new(Cell::new(false));
    let notice = Rc::clone(&has_run);
    NEXT.set(Some(Box::new(move || {
        notice.set(true);
        hook();
    })));
    set_broken(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(look));
    set_broken(false);
    assert!(has_run.get(), "a `trace` panicked");
    assert_eq!(outcome.expect_err("it goes on").downcast_ref(), Some(&BUG));
}

/// Whoever calls `trace`.
const LOOKS: [fn(); 5] = [
    || {
        gc::collect();
    },
    || {
        gc::collect_generation(gc::Generation::Young);
    },
    || drop(gc::get_referrers(&[])),
    || drop(gc::get_referents(&gc::get_objects(None))),
    || drop(HeapSnapshot::capture()),
];

/// Runs `attack` with each of them on a heap of its own, and checks that the next
/// collection leaves nothing.
fn against_all(attack: fn(fn())) {
    for (number, look) in LOOKS.into_iter().enumerate() {
        let run = move || {
            let pause = gc::pause();
            attack(look);
            drop(pause);
            for _ in 0..3 {
                gc::collect();
            }
            assert_eq!(gc::memory().objects, 0);
        };
        assert!(thread::spawn(run).join().is_ok(), "number {number}");
    }
}

/// Makes a candidate of an object, so that collections look at it.
fn touch<T: ?Sized>(gc: &Gc<T>) {
    drop(gc.clone());
}

/// A node with all that may be changed through a shared reference.
#[derive(Default, Trace)]
struct Node {
    next: RefCell<Option<Gc<Node>>>,
    list: RefCell<Vec<Fragile<String>>>,
    fragile: RefCell<Option<Box<Fragile<Vec<String>>>>>,
    locked: Mutex<Option<Fragile<String>>>,
    once: OnceCell<Fragile<Gc<Node>>>,
    weak: RefCell<Vec<Weak<Node>>>,
}

fn node() -> Gc<Node> {
    let node = Gc::new(Node::default());
    node.list.borrow_mut().push(Fragile::late(String::from("one")));
    *node.fragile.borrow_mut() = Some(Box::new(Fragile::new(vec![String::from("text"); 9])));
    *node.locked.lock().unwrap() = Some(Fragile::new(String::from("two")));
    node
}

#[test]
fn a_hook_replaces_no_value_that_is_looked_at() {
    against_all(|look| {
        let node = node();
        touch(&node);
        let hooked = node.clone();
        with_hook(look, move || {
            // Those that are being looked at are borrowed, the others are not.
            let was_changed = [
                hooked.fragile.try_borrow_mut().map(|mut cell| *cell = None).is_ok(),
                hooked.list.try_borrow_mut().map(|mut cell| cell.clear()).is_ok(),
                hooked.locked.try_lock().map(|mut cell| *cell = None).is_ok(),
            ];
            assert!(was_changed.contains(&false), "the panic came from one of them");
            hooked.next.take();
        });
        // What was borrowed is not any more.
        assert!(node.fragile.try_borrow_mut().is_ok() && node.list.try_borrow_mut().is_ok());
        assert!(node.locked.try_lock().is_ok());
    });
}

/// A value in a value in a value: so many that those further in are put off.
#[derive(Trace)]
struct Nest {
    inner: RefCell<Option<Box<Nest>>>,
    fragile: Option<Fragile<Vec<Gc<Nest>>>>,
}

impl Nest {
    /// How many of the cells could be changed.
    fn free(&self) -> usize {
        let is_free = self.inner.try_borrow_mut().is_ok();
        let further_in = self.inner.borrow().as_ref().map_or(0, |inner| inner.free());
        usize::from(is_free) + further_in
    }
}

#[test]
fn a_hook_replaces_no_value_that_something_deep_inside_was_reached_through() {
    const DEPTH: usize = if cfg!(miri) { 200 } else { 1000 };
    against_all(|look| {
        let fragile = Some(Fragile::new(Vec::new()));
        let mut nest = Nest { inner: RefCell::default(), fragile };
        for _ in 0..DEPTH {
            nest = Nest { inner: RefCell::new(Some(Box::new(nest))), fragile: None };
        }
        let nest = Gc::new(nest);
        touch(&nest);
        let free = Rc::new(Cell::new(0));
        let (hooked, notice) = (nest.clone(), Rc::clone(&free));
        with_hook(look, move || notice.set(hooked.free()));
        assert_eq!(free.get(), 1, "the innermost, which is empty");
        // What was borrowed is not any more.
        assert_eq!(nest.free(), DEPTH + 1);
    });
}

#[test]
fn a_hook_frees_nothing_that_is_looked_at() {
    against_all(|look| {
        let nodes: Vec<Gc<Node>> = (0..MADE.min(20) / 2).map(|_| node()).collect();
        for pair in nodes.windows(2) {
            *pair[0].next.borrow_mut() = Some(pair[1].clone());
        }
        let fragile: FragileGc<Vec<Gc<Node>>> = Gc::new(Fragile::late(nodes.clone()));
        touch(&fragile);
        nodes.iter().for_each(touch);
        with_hook(look, move || {
            drop((fragile, nodes));
            for _ in 0..MADE / 20 {
                drop(Gc::new(vec![node()]));
            }
        });
    });
}

#[test]
fn a_hook_takes_no_value_that_is_looked_at() {
    against_all(|look| {
        let one: FragileGc<Vec<String>> = Gc::new(Fragile::new(vec![String::from("text"); 9]));
        let other = Gc::new(vec![Fragile::late(String::from("other"))]);
        touch(&one);
        touch(&other);
        with_hook(look, move || {
            let (mut one, mut other) = (one, other);
            if let Some(mut one) = Gc::get_mut(&mut one) {
                one.value.clear();
            }
            if let Some(mut other) = Gc::get_mut(&mut other) {
                other.clear();
            }
            drop(Gc::try_unwrap(one).map(|one| drop(one.value)));
            drop(Gc::into_inner(other));
        });
    });
}

#[test]
fn a_hook_takes_no_value_that_a_collection_has_listed() {
    against_all(|look| {
        let node = node();
        // More candidates than a collection takes in at once, on a larger heap.
        let count = if cfg!(miri) { 20 } else { 2000 };
        let others: Vec<Gc<Node>> = (0..20 * count).map(|_| Gc::default()).collect();
        let listed: Vec<Gc<Node>> = others.iter().step_by(20).cloned().collect();
        drop(others);
        touch(&node);
        listed.iter().for_each(touch);
        let kept = Rc::new(RefCell::new(Vec::new()));
        let hooked = Rc::clone(&kept);
        with_hook(look, move || {
            hooked.replace(listed.into_iter().map(Gc::try_unwrap).collect());
        });
        let new: Vec<Gc<Node>> = (0..2 * count).map(|_| Gc::default()).collect();
        let left = kept.take().into_iter().filter_map(Result::err);
        let all: Vec<Gc<Node>> = left.chain(new).collect();
        let distinct: HashSet<usize> = all.iter().map(gc::id).collect();
        assert_eq!(distinct.len(), all.len(), "no two objects in one slot");
        drop(node);
    });
}

#[test]
fn a_hook_that_copies_on_write_moves_no_value_that_is_looked_at() {
    against_all(|look| {
        let one: FragileGc<Vec<String>> = Gc::new(Fragile::new(vec![String::from("text"); 9]));
        let weak = Gc::downgrade(&one);
        touch(&one);
        with_hook(look, move || {
            let mut one = one;
            Gc::make_mut(&mut one).value.clear();
            assert!(one.value.is_empty());
            // What is looked at was copied, or it was another: then the value moved.
            assert!(weak.upgrade().is_none_or(|old| old.value.len() == 9));
        });
    });
}

#[test]
fn a_hook_that_allocates_does_not_end_the_process() {
    against_all(|look| {
        let node = node();
        touch(&node);
        with_hook(look, || {
            let made: Vec<Gc<Node>> = (0..MADE).map(|_| Gc::new(Node::default())).collect();
            for node in &made {
                *node.next.borrow_mut() = Some(node.clone());
            }
            let text: Gc<str> = Gc::from("text");
            let boxed: Gc<[Gc<Node>]> = made.into_iter().collect();
            drop(Gc::new_cyclic(|weak| {
                let node = Node::default();
                node.weak.borrow_mut().push(weak.clone());
                node
            }));
            assert_eq!((text.len(), boxed.len()), (4, MADE));
        });
    });
}

#[test]
fn a_hook_uses_the_whole_interface() {
    against_all(|look| {
        let nodes: Vec<Gc<Node>> = (0..10).map(|_| node()).collect();
        for (one, other) in nodes.iter().zip(nodes.iter().skip(1)) {
            *one.next.borrow_mut() = Some(other.clone());
            one.weak.borrow_mut().push(Gc::downgrade_with(other, || ()));
        }
        let map: WeakMap<Node, Gc<Node>> = WeakMap::new();
        for pair in nodes.windows(2) {
            map.insert(&pair[0], pair[1].clone());
            weak::finalize(&pair[1], || ());
        }
        nodes.iter().for_each(touch);
        let called = Rc::new(Cell::new(0));
        let count = Rc::clone(&called);
        with_hook(look, move || {
            assert_eq!(gc::collect(), 0);
            gc::trim();
            gc::freeze();
            gc::unfreeze();
            gc::set_threshold(1, 1, 1);
            gc::enable();
            let id = gc::add_callback(|_, _| ());
            let objects = gc::get_objects(None);
            assert!(objects.iter().all(|object| object.size() > 0));
            gc::remove_callback(id);
            for (key, _) in &map {
                map.remove(&key);
            }
            map.insert(&nodes[3], nodes[4].clone());
            let weak = Gc::downgrade_with(&nodes[5], move || count.set(count.get() + 1));
            nodes[6].next.take();
            drop((map, nodes));
            drop(weak);
        });
        assert!(called.get() <= 1);
    });
}

#[test]
fn a_hook_in_what_is_found_garbage_frees_it_once() {
    // The look after finalizers, and the one at the weak handles of garbage.
    struct Drops(Rc<Cell<u32>>);
    impl Drop for Drops {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    #[derive(Trace)]
    #[trace(finalize)]
    struct Garbage {
        me: RefCell<Option<Gc<Garbage>>>,
        watch: RefCell<Option<Weak<Garbage>>>,
        fragile: Fragile<String>,
        breaks: Cell<bool>,
        _drops: Untraced<Drops>,
    }
    impl gcycle::Finalize for Garbage {
        fn finalize(&self) {
            if self.breaks.get() {
                set_broken(true);
            }
        }
    }
    thread::spawn(|| {
        set_hook();
        let dropped: Rc<Cell<u32>> = Rc::default();
        for is_watched in [false, true] {
            let pause = gc::pause();
            dropped.set(0);
            let made: Vec<Gc<Garbage>> = (0..10)
                .map(|number| {
                    let garbage = Gc::new(Garbage {
                        me: RefCell::default(),
                        watch: RefCell::default(),
                        fragile: Fragile::late(String::from("text")),
                        breaks: Cell::new(number == 4 && !is_watched),
                        _drops: Untraced(Drops(Rc::clone(&dropped))),
                    });
                    *garbage.me.borrow_mut() = Some(garbage.clone());
                    if is_watched {
                        let watch = Gc::downgrade_with(&garbage, || ());
                        *garbage.watch.borrow_mut() = Some(watch);
                    }
                    garbage
                })
                .collect();
            let weak: Vec<Weak<Garbage>> = made.iter().map(Gc::downgrade).collect();
            let texts: usize = made.iter().map(|garbage| garbage.fragile.value.len()).sum();
            assert_eq!(texts, 40);
            drop(made);
            NEXT.set(Some(Box::new(move || {
                for garbage in weak.iter().filter_map(Weak::upgrade) {
                    garbage.me.take();
                }
                for _ in 0..MADE / 20 {
                    drop(node());
                }
            })));
            if is_watched {
                // Each is traced once before, to find that it is garbage.
                break_after(15);
            }
            let outcome = panic::catch_unwind(gc::collect);
            set_broken(false);
            NEXT.take();
            assert_eq!(outcome.expect_err("it goes on").downcast_ref(), Some(&BUG));
            drop(pause);
            gc::collect();
            assert_eq!(dropped.get(), 10);
            assert_eq!(gc::memory().objects, 0);
        }
    })
    .join()
    .expect("nothing is freed twice");
}
