//! Permanent objects: what they hold is alive, and nothing is lost when they
//! are permanent no more.

use std::cell::RefCell;
use std::rc::Rc;

use gcycle::weak::WeakMap;
use gcycle::{Gc, Trace, gc};

use crate::objects::{Tally, assert_sound_and_empty, node, ring};

/// The full collection finds the young object alive and takes its flag away;
/// that the permanent object is garbage too shows only later.
#[test]
fn garbage_that_a_permanent_cycle_holds_is_found_after_unfreeze() {
    let tally: Rc<Tally> = Rc::default();
    let permanent = node(&tally);
    gc::freeze();
    let young = node(&tally);
    permanent.link(&young);
    young.link(&permanent);
    drop(permanent);
    drop(young);
    assert_eq!(gc::get_freeze_count(), 1);
    for _ in 0..3 {
        assert_eq!(gc::collect(), 0);
    }
    gc::unfreeze();
    assert_eq!(gc::collect(), 2);
    assert_sound_and_empty();
}

/// The same with a text, which the collector does not track before it is a key:
/// the value that the map has for it holds it.
#[test]
fn garbage_that_a_permanent_key_holds_is_found_after_unfreeze() {
    #[derive(Trace)]
    struct Note(RefCell<Option<Gc<str>>>);

    let (seen, notes) = (WeakMap::new(), WeakMap::new());
    let text: Gc<str> = Gc::from("text");
    seen.insert(&text, 0);
    gc::freeze();
    notes.insert(&text, Note(RefCell::default()));
    let note = notes.get(&text).unwrap();
    *note.0.borrow_mut() = Some(text);
    drop(note);
    assert_eq!(gc::collect(), 0);
    gc::unfreeze();
    assert_eq!(gc::collect(), 2);
    assert!(notes.is_empty() && seen.is_empty());
    assert_sound_and_empty();
}

#[test]
fn a_permanent_object_without_handles_dies_at_once() {
    let tally: Rc<Tally> = Rc::default();
    let one = node(&tally);
    one.link(&node(&tally));
    gc::freeze();
    drop(one);
    assert_eq!(tally.dropped.get(), 2);
    assert_eq!(gc::get_freeze_count(), 0);
    gc::unfreeze();
    assert_sound_and_empty();
}

#[test]
fn freezing_in_a_finalizer_is_harmless() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[0].on_finalize(|_| gc::freeze());
    nodes[1].on_finalize(|_| gc::unfreeze());
    nodes[2].on_finalize(|_| gc::freeze());
    drop(nodes);
    assert_eq!(gc::collect(), 3);
    gc::unfreeze();
    assert_sound_and_empty();
}

#[test]
fn resurrecting_and_freezing_at_once_is_harmless() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    let saved: Rc<std::cell::RefCell<Vec<_>>> = Rc::default();
    nodes[0].on_finalize({
        let saved = saved.clone();
        move |own| {
            gc::freeze();
            saved.borrow_mut().push(own.clone());
        }
    });
    drop(nodes);
    assert_eq!(gc::collect(), 0);
    saved.borrow_mut().clear();
    gc::unfreeze();
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}
