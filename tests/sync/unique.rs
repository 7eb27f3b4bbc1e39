//! What the only handle allows. It never fails because a collection looks.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use gcycle::Trace;
use gcycle::sync::{self, Gc, Weak};

use crate::values::{Counted, Counter, Node, turn};

#[test]
fn the_only_handle_can_change_the_value() {
    let _turn = turn();
    let mut a = Gc::new(1);
    *Gc::get_mut(&mut a).unwrap() += 1;
    let b = a.clone();
    assert!(Gc::get_mut(&mut a).is_none());
    drop(b);
    *Gc::get_mut(&mut a).unwrap() += 1;
    assert_eq!(format!("{0} {0:?}", Gc::get_mut(&mut a).unwrap()), "3 3");
}

#[test]
fn weak_handles_prevent_that_as_long_as_they_exist() {
    let _turn = turn();
    let mut a = Gc::new(1);
    let weak = Gc::downgrade(&a);
    assert!(Gc::get_mut(&mut a).is_none());
    assert!(weak.upgrade().is_some());
    drop(weak);
    *Gc::get_mut(&mut a).unwrap() += 1;
    assert_eq!(*a, 2);
}

#[test]
fn a_clone_gets_an_object_of_its_own() {
    let _turn = turn();
    let mut a = Gc::new(vec![1]);
    let b = a.clone();
    Gc::make_mut(&mut a).push(2);
    let before = Gc::as_ptr(&a);
    Gc::make_mut(&mut a).push(3);
    assert_eq!((&*a, &*b, Gc::as_ptr(&a)), (&vec![1, 2, 3], &vec![1], before));
}

#[test]
fn weak_handles_lose_a_value_that_is_to_change() {
    let _turn = turn();
    #[derive(Trace)]
    #[trace(shared)]
    struct NoClone(u8);
    impl Clone for NoClone {
        fn clone(&self) -> NoClone {
            panic!("it is moved");
        }
    }
    let mut a = Gc::new(NoClone(1));
    let weak = Gc::downgrade(&a);
    Gc::make_mut(&mut a).0 += 1;
    assert!(weak.upgrade().is_none());
    assert_eq!(a.0, 2);
    let b = a.clone();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(Gc::make_mut(&mut a)))).is_err());
    assert!(Gc::ptr_eq(&a, &b));
}

#[test]
fn the_only_handle_gives_the_value_back() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Node::new(&counter);
    let weak = Gc::downgrade(&node);
    let other = node.clone();
    let node = Gc::try_unwrap(node).unwrap_err();
    drop(other);
    let value = Gc::try_unwrap(node).unwrap();
    assert!(weak.upgrade().is_none());
    assert_eq!(counter.dropped(), 0);
    drop(value);
    assert_eq!(counter.dropped(), 1);
    // Its slot waited for its entry in the list of candidates.
    sync::gc::collect();
    assert_eq!(counter.dropped(), 1);
}

#[test]
fn the_last_of_several_handles_gives_the_value_back() {
    let _turn = turn();
    let a = Gc::new(String::from("a"));
    let b = a.clone();
    assert_eq!(Gc::into_inner(a), None);
    assert_eq!(Gc::into_inner(b).as_deref(), Some("a"));
    let a = Gc::new(String::from("a"));
    let b = a.clone();
    assert_eq!(Gc::unwrap_or_clone(a), Gc::unwrap_or_clone(b));
}

/// A handle that is given up makes a candidate, as one that is dropped.
#[test]
fn a_cycle_whose_last_handle_is_given_up_is_collected() {
    let _turn = turn();
    let counter = Counter::default();
    let node = Node::new(&counter);
    node.push(&node);
    assert!(Gc::into_inner(node).is_none());
    counter.all_are_dropped();
}

#[test]
fn what_is_lent_is_not_looked_at() {
    let _turn = turn();
    let counter = Counter::default();
    let mut outer = Node::new(&counter);
    let inner = Node::new(&counter);
    inner.push(&inner);
    // Both are candidates.
    drop(outer.clone());
    let mut lent = Gc::get_mut(&mut outer).unwrap();
    lent.fixed.push(inner);
    sync::gc::collect();
    lent.fixed[0].counted.check();
    let inner = lent.fixed.pop().unwrap();
    sync::gc::collect();
    inner.counted.check();
    drop(lent);
    drop((inner, outer));
    counter.all_are_dropped();
}

#[test]
fn a_forgotten_guard_only_hides_the_value_until_the_next_handle() {
    let _turn = turn();
    let counter = Counter::default();
    let mut node = Node::new(&counter);
    let _forgotten = ManuallyDrop::new(Gc::get_mut(&mut node));
    let weak = Gc::downgrade(&node);
    assert!(weak.upgrade().is_some());
    drop(weak);
    let _forgotten = ManuallyDrop::new(Gc::get_mut(&mut node));
    assert!(Gc::get_mut(&mut node).is_some());
    let _forgotten = ManuallyDrop::new(Gc::get_mut(&mut node));
    node.push(&node);
    drop(node);
    counter.all_are_dropped();
    let mut node = Node::new(&counter);
    let _forgotten = ManuallyDrop::new(Gc::get_mut(&mut node));
    drop(node);
    counter.all_are_dropped();
}

/// Collections run all the time and look at the object, which is a candidate.
fn while_collections_run(act: impl FnOnce()) {
    let ends = Arc::new(AtomicBool::new(false));
    let thread = thread::spawn({
        let ends = ends.clone();
        move || {
            while !ends.load(Ordering::Relaxed) {
                sync::gc::collect();
            }
        }
    });
    act();
    ends.store(true, Ordering::Relaxed);
    thread.join().unwrap();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn nothing_fails_because_a_collection_looks() {
    let _turn = turn();
    let counter = Counter::default();
    let rounds = if cfg!(miri) { 10 } else { 20_000 };
    while_collections_run(|| {
        for round in 0..rounds {
            let mut node = Node::of(&counter, vec![Node::new(&counter)]);
            drop(node.clone());
            drop(node.fixed[0].clone());
            match round % 4 {
                0 => {
                    let taken = Gc::get_mut(&mut node).unwrap().fixed.pop().unwrap();
                    taken.counted.check();
                }
                1 => {
                    let weak = Gc::downgrade(&node);
                    assert!(Gc::get_mut(&mut node).is_none());
                    assert!(weak.upgrade().is_some());
                    drop(weak);
                    Gc::get_mut(&mut node).unwrap().fixed.clear();
                }
                2 => drop(Gc::try_unwrap(node).unwrap()),
                _ => Gc::into_inner(node).unwrap().counted.check(),
            }
        }
    });
    counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn one_of_all_threads_gets_the_value() {
    let _turn = turn();
    let counter = Counter::default();
    let rounds = if cfg!(miri) { 10 } else { 1000 };
    while_collections_run(|| {
        for _ in 0..rounds {
            let node = Node::new(&counter);
            let handles = [node.clone(), node.clone(), node];
            let threads = handles.map(|node| thread::spawn(|| Gc::into_inner(node)));
            let values = threads.map(|thread| thread.join().unwrap());
            assert_eq!(values.iter().flatten().count(), 1);
        }
    });
    counter.all_are_dropped();
}

/// Weak handles that come and go as long as the value is to be had alone: only one of both happens.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn a_weak_handle_and_exclusive_access_agree() {
    let _turn = turn();
    let rounds = if cfg!(miri) { 20 } else { 5000 };
    for _ in 0..rounds {
        let mut number = Gc::new(0_u64);
        let weak = Gc::downgrade(&number);
        let thread = thread::spawn(move || {
            let number = weak.upgrade()?;
            drop(weak);
            let before = *number;
            let weak = Gc::downgrade(&number);
            drop(number);
            Some((before, weak.upgrade().map(|number| *number)))
        });
        if let Some(mut number) = Gc::get_mut(&mut number) {
            *number += 1;
        }
        let seen = thread.join().unwrap().expect("it is held");
        assert!(seen.0 == 0 && seen.1.is_some());
    }
}

#[derive(Trace)]
#[trace(shared)]
struct Watched {
    #[trace(skip)]
    counted: Counted,
    this: Mutex<Weak<Watched>>,
}

#[test]
fn what_was_moved_out_does_not_find_itself() {
    let _turn = turn();
    let counter = Counter::default();
    let this = |this: &Weak<Watched>| Mutex::new(this.clone());
    let watched = Gc::new_cyclic(|weak| Watched { counted: counter.count(), this: this(weak) });
    let value = Gc::try_unwrap(watched).ok().unwrap();
    value.counted.check();
    assert!(value.this.lock().unwrap().upgrade().is_none());
    drop(value);
    counter.all_are_dropped();
}
