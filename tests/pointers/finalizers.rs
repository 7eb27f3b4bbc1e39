//! `weak::finalize`: what its callback returns, and what is left of it.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

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
