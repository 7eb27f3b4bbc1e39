//! Weak handles: they become handles as long as there is a value, and never answer wrongly.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use gcycle::Trace;
use gcycle::sync::{self, Gc, Weak};

use crate::values::{Counted, Counter, Node, ring, turn};

#[test]
fn a_weak_handle_keeps_no_value() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Node::new(&counter);
    let weak = Gc::downgrade(&node);
    assert!(Gc::ptr_eq(&weak.upgrade().unwrap(), &node));
    drop(node);
    assert_eq!(counter.dropped(), 1);
    assert!(weak.upgrade().is_none());
    assert!(weak.clone().upgrade().is_none());
}

#[test]
fn handles_are_counted() {
    let node = Gc::new(5);
    assert_eq!((Gc::strong_count(&node), Gc::weak_count(&node)), (1, 0));
    let weak = Gc::downgrade(&node);
    let other = weak.clone();
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 2));
    let upgraded = other.upgrade();
    assert_eq!((weak.strong_count(), Gc::weak_count(&node)), (2, 2));
    drop((upgraded, other));
    assert_eq!((weak.strong_count(), Gc::weak_count(&node)), (1, 1));
    drop(node);
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
}

#[test]
fn a_new_weak_handle_has_no_object() {
    let none = Weak::<Node>::new();
    assert!(none.upgrade().is_none());
    assert!(none.ptr_eq(&Weak::default()) && none.ptr_eq(&none.clone()));
    assert_eq!((none.strong_count(), none.weak_count()), (0, 0));
    assert_eq!(format!("{none:?}"), "(Weak)");
    let one = Gc::new(1);
    assert!(!Gc::downgrade(&one).ptr_eq(&Weak::new()));
    assert!(Gc::downgrade(&one).ptr_eq(&Gc::downgrade(&one)));
}

#[test]
fn a_handle_from_a_weak_one_saves_a_cycle() {
    let _turn = turn();
    let counter = Counter::default();
    let weak = {
        let ring = ring(&counter, 3);
        Gc::downgrade(&ring)
    };
    let saved = weak.upgrade().unwrap();
    sync::gc::collect();
    assert_eq!(counter.dropped(), 0);
    saved.locked.lock().unwrap()[0].counted.check();
    drop(saved);
    counter.all_are_dropped();
    assert!(weak.upgrade().is_none());
    assert_eq!(weak.strong_count(), 0);
}

/// An object that has weak handles to others.
#[derive(Trace)]
#[trace(shared)]
struct Watcher {
    #[trace(skip)]
    counted: Counted,
    watched: Mutex<Vec<Weak<Watcher>>>,
    next: Mutex<Option<Gc<Watcher>>>,
}

impl Watcher {
    fn new(counter: &Counter) -> Gc<Watcher> {
        let watched = Mutex::default();
        Gc::new(Watcher { counted: counter.count(), watched, next: Mutex::default() })
    }
}

#[test]
fn weak_handles_between_objects_are_no_edges() {
    let _turn = turn();
    let counter = Counter::default();
    let [a, b] = [Watcher::new(&counter), Watcher::new(&counter)];
    a.watched.lock().unwrap().push(Gc::downgrade(&b));
    b.watched.lock().unwrap().push(Gc::downgrade(&a));
    a.watched.lock().unwrap().push(Gc::downgrade(&a));
    drop(b);
    assert_eq!(counter.dropped(), 1);
    assert!(a.watched.lock().unwrap()[0].upgrade().is_none());
    drop(a);
    assert_eq!(counter.dropped(), 2);
}

/// The members of a dead cycle have weak handles to each other, whose drops count in each other's
/// slots.
#[test]
fn weak_handles_inside_a_cycle_die_with_it() {
    let _turn = turn();
    let counter = Counter::default();
    let [a, b] = [Watcher::new(&counter), Watcher::new(&counter)];
    *a.next.lock().unwrap() = Some(b.clone());
    *b.next.lock().unwrap() = Some(a.clone());
    for (from, to) in [(&a, &b), (&b, &a), (&a, &a)] {
        from.watched.lock().unwrap().push(Gc::downgrade(to));
        to.counted.check();
    }
    let outside = Gc::downgrade(&b);
    drop((a, b));
    assert!(outside.upgrade().unwrap().watched.lock().unwrap()[0].upgrade().is_some());
    counter.all_are_dropped();
    assert!(outside.upgrade().is_none());
}

#[test]
fn a_drop_cannot_save_its_value() {
    let _turn = turn();
    struct Saves(Weak<Holder>, Arc<AtomicBool>);
    impl Drop for Saves {
        fn drop(&mut self) {
            self.1.store(self.0.upgrade().is_none(), Ordering::Relaxed);
        }
    }
    #[derive(Trace)]
    #[trace(shared)]
    struct Holder {
        #[trace(skip)]
        saves: Saves,
        own: Mutex<Option<Gc<Holder>>>,
    }
    for is_cycle in [false, true] {
        let refused = Arc::new(AtomicBool::new(false));
        let holder = Gc::new_cyclic(|this| Holder {
            saves: Saves(this.clone(), refused.clone()),
            own: Mutex::default(),
        });
        assert!(holder.saves.0.upgrade().is_some());
        if is_cycle {
            *holder.own.lock().unwrap() = Some(holder.clone());
        }
        drop(holder);
        sync::gc::collect();
        assert!(refused.load(Ordering::Relaxed));
    }
}

#[test]
fn a_weak_handle_to_what_is_being_made_does_not_upgrade() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Gc::new_cyclic(|weak: &Weak<Watcher>| {
        assert!(weak.upgrade().is_none());
        assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
        sync::gc::collect();
        let other = weak.clone();
        thread::spawn(move || assert!(other.upgrade().is_none())).join().unwrap();
        let watched = Mutex::new(vec![weak.clone()]);
        Watcher { counted: counter.count(), watched, next: Mutex::default() }
    });
    assert!(Gc::ptr_eq(&node, &node.watched.lock().unwrap()[0].upgrade().unwrap()));
    drop(node);
    assert_eq!(counter.dropped(), 1);
}

#[test]
fn a_value_that_is_not_made_leaves_a_weak_handle_without_one() {
    let _turn = turn();
    let mut kept = None;
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        Gc::new_cyclic(|weak: &Weak<Watcher>| {
            kept = Some(weak.clone());
            panic!("no value");
        })
    }));
    assert!(panic.is_err());
    let kept = kept.unwrap();
    assert!(kept.upgrade().is_none() && kept.clone().upgrade().is_none());
}

/// Threads make handles from weak ones to rings that a collection is about to drop. Either the whole
/// ring is there, or none of it ever again.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn an_upgrade_and_a_collection_agree() {
    let _turn = turn();
    let counter = Counter::default();
    let rounds = if cfg!(miri) { 5 } else { 500 };
    for round in 0..rounds {
        let weak: Vec<Weak<Node>> = {
            let ring = ring(&counter, 4);
            let next = ring.locked.lock().unwrap()[0].clone();
            vec![Gc::downgrade(&ring), Gc::downgrade(&next), Gc::downgrade(&next.fixed[0])]
        };
        let collects = thread::spawn(sync::gc::collect);
        let threads: Vec<_> = (0..2)
            .map(|thread| {
                let weak = weak[(round + thread) % 3].clone();
                thread::spawn(move || match weak.upgrade() {
                    Some(mut node) => {
                        for _ in 0..4 {
                            node.counted.check();
                            let locked = node.locked.lock().unwrap().first().cloned();
                            let next = node.fixed.first().cloned().or(locked);
                            node = next.expect("the ring is there");
                        }
                        true
                    }
                    None => false,
                })
            })
            .collect();
        collects.join().unwrap();
        for thread in threads {
            if !thread.join().unwrap() {
                assert!(weak.iter().all(|weak| weak.upgrade().is_none()), "it was gone");
            }
        }
    }
    counter.all_are_dropped();
}

/// Many threads, one object that each has weak handles to: its slot is freed once.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn the_last_weak_handle_is_dropped_by_any_thread() {
    let _turn = turn();
    let counter = Counter::default();
    let rounds = if cfg!(miri) { 5 } else { 500 };
    for _ in 0..rounds {
        let node = Node::new(&counter);
        // It is a candidate, too.
        drop(node.clone());
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let weak = Gc::downgrade(&node);
                thread::spawn(move || {
                    let other = weak.clone();
                    drop(weak);
                    if let Some(node) = other.upgrade() {
                        node.counted.check();
                    }
                })
            })
            .collect();
        drop(node);
        sync::gc::collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
    counter.all_are_dropped();
}
