//! `weak::finalize`: what its callback returns, and what is left of it.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use gcycle::weak::{self, Finalizer};
use gcycle::{Gc, gc};

use crate::kinds::{Drops, Last, Node};

#[test]
fn a_finalizer_that_is_called_within_its_own_callback_does_nothing() {
    let object = Gc::new(7);
    let own: Rc<Cell<Option<Finalizer<bool>>>> = Rc::default();
    let finalizer = weak::finalize(&object, {
        let own = Rc::clone(&own);
        move || own.get().is_some_and(|own: Finalizer<bool>| own.call().is_none())
    });
    own.set(Some(finalizer));
    assert_eq!(finalizer.call(), Some(true));
}

#[test]
fn finalizers_are_told_apart_by_what_they_belong_to() {
    let object = Gc::new(7);
    let [one, other] = [1, 2].map(|number| weak::finalize(&object, move || number));
    let same = one;
    assert_eq!(same, one);
    assert_ne!(one, other);
    assert_eq!(HashSet::from([one, same, other]).len(), 2);
    assert_ne!(format!("{one:?}"), format!("{other:?}"));
    assert_eq!((same.call(), one.call()), (Some(1), None), "a copy is the same finalizer");
}

#[test]
fn a_result_that_nobody_asked_for_is_dropped() {
    let drops = Drops::new();
    let object = Gc::new(7);
    let watched = drops.watch();
    let finalizer = weak::finalize(&object, move || watched);
    drop(object);
    assert_eq!(drops.count(), 1);
    assert!(finalizer.call().is_none());
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_of_the_callback_reaches_who_calls_it() {
    let object = Gc::new(7);
    let finalizer: Finalizer<u8> = weak::finalize(&object, || panic!("as the test wants it"));
    assert!(catch_unwind(AssertUnwindSafe(|| finalizer.call())).is_err());
    assert_eq!(finalizer.call(), None);
}

#[test]
fn a_look_at_the_object_keeps_it_as_long_as_it_is_held() {
    let drops = Drops::new();
    let ring = Node::ring(&drops);
    let finalizer = weak::finalize(&ring.0, || 1);
    let held = finalizer.peek();
    drop(ring);
    assert_eq!(gc::collect(), 0);
    assert!(finalizer.is_alive());
    drop(held);
    assert_ne!(gc::collect(), 0);
    assert!(finalizer.peek().is_none());
}

#[test]
fn a_finalizer_that_garbage_made_for_itself_can_be_detached() {
    let made: Rc<RefCell<Option<Finalizer>>> = Rc::default();
    let drops = Drops::new();
    let object = Gc::new_cyclic(|weak| {
        let (weak, made, watched) = (weak.clone(), Rc::clone(&made), RefCell::new(None));
        watched.replace(Some(drops.watch()));
        Last::new(move |_| {
            let object = weak.upgrade().expect("it is not gone yet");
            let watched = watched.take();
            made.replace(Some(weak::finalize(&object, move || drop(watched))));
        })
    });
    object.edge.replace(Some(object.clone()));
    drop(object);
    assert_eq!(gc::collect(), 1);
    let finalizer = made.take().expect("the object was finalized");
    assert!(finalizer.is_alive() && finalizer.peek().is_none());
    assert!(finalizer.detach().is_none());
    assert!(!finalizer.is_alive());
    assert_eq!(drops.count(), 1);
}

/// An object that lives as long as the thread.
fn object_until_the_end() -> Gc<u32> {
    let object = Gc::new(7);
    let held = object.clone();
    // The oldest is forgotten last, and what it holds with it.
    weak::finalize(&object, move || drop(held)).set_at_exit(false);
    object
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn the_end_of_a_thread_does_not_look_through_callbacks_that_do_not_run_then() {
    const MANY: usize = match () {
        () if cfg!(miri) => 20,
        () if cfg!(gc_zeal) => 1_000,
        () => 100_000,
    };
    let called = Arc::new(AtomicUsize::new(0));
    let wrong = Arc::new(AtomicUsize::new(0));
    let counts = (Arc::clone(&called), Arc::clone(&wrong));
    let thread = std::thread::spawn(move || {
        let object = object_until_the_end();
        for number in 0..MANY {
            let (called, wrong) = counts.clone();
            weak::finalize(&object, move || {
                let is_next = called.fetch_add(1, Ordering::Relaxed) == MANY - 1 - number;
                wrong.fetch_add(usize::from(!is_next), Ordering::Relaxed);
            });
        }
        for _ in 0..MANY {
            let (_, wrong) = counts.clone();
            let count = move || wrong.fetch_add(1, Ordering::Relaxed);
            weak::finalize(&object, count).set_at_exit(false);
        }
    });
    thread.join().unwrap();
    assert_eq!(called.load(Ordering::Relaxed), MANY);
    assert_eq!(wrong.load(Ordering::Relaxed), 0, "newest first, and no others");
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn callbacks_at_the_end_of_a_thread_may_choose_which_run_next() {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let object = object_until_the_end();
        let tell = |number: u32| {
            let sender = sender.clone();
            move || sender.send(number).expect("the test waits")
        };
        let [one, two] = [1, 2].map(|number| weak::finalize(&object, tell(number)));
        let five: Rc<Cell<Option<Finalizer>>> = Rc::default();
        weak::finalize(&object, {
            let (tell_three, tell_last) = (tell(3), tell(6));
            let (five, object) = (Rc::clone(&five), object.clone());
            move || {
                tell_three();
                // Not this one, but that; and one that is newer than all.
                two.set_at_exit(false);
                five.get().expect("it was registered").set_at_exit(true);
                weak::finalize(&object, tell_last);
            }
        });
        weak::finalize(&object, tell(4)).set_at_exit(false);
        five.set(Some(weak::finalize(&object, tell(5))));
        five.get().unwrap().set_at_exit(false);
        one.set_at_exit(false);
        one.set_at_exit(true);
    });
    thread.join().unwrap();
    assert_eq!(receiver.iter().collect::<Vec<u32>>(), [3, 6, 5, 1]);
}
