//! `new_cyclic`, and what happens when it does not get that far.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gcycle::{Gc, Trace, Tracer, Weak, gc};

use crate::kinds::{Drops, Node, Watched, stir};

/// Knows itself any number of times.
struct Knowing {
    this: Vec<Weak<Knowing>>,
    edges: RefCell<Vec<Gc<Knowing>>>,
    _watched: Watched,
}

// SAFETY: the edges are reported once each.
unsafe impl Trace for Knowing {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.edges.trace(tracer);
    }
}

impl Knowing {
    fn times(count: usize, this: &Weak<Knowing>, drops: &Drops) -> Knowing {
        let this = vec![this.clone(); count];
        Knowing { this, edges: RefCell::default(), _watched: drops.watch() }
    }
}

#[test]
fn an_object_need_not_keep_the_handle_to_itself() {
    let drops = Drops::new();
    let object = Gc::new_cyclic(|this| {
        assert_eq!((this.strong_count(), this.weak_count()), (0, 0));
        assert!(this.upgrade().is_none());
        Knowing::times(0, this, &drops)
    });
    assert_eq!((Gc::strong_count(&object), Gc::weak_count(&object)), (1, 0));
    drop(object);
    assert_eq!(drops.count(), 1);
}

#[test]
fn an_object_may_know_itself_once() {
    let drops = Drops::new();
    let object = Gc::new_cyclic(|this| Knowing::times(1, this, &drops));
    assert_eq!((Gc::strong_count(&object), Gc::weak_count(&object)), (1, 1));
    let again = object.this[0].upgrade().unwrap();
    assert!(Gc::ptr_eq(&object, &again));
    assert_eq!((object.this[0].strong_count(), object.this[0].weak_count()), (2, 1));
    drop((object, again));
    assert_eq!(drops.count(), 1);
}

#[test]
fn an_object_may_know_itself_twice() {
    let drops = Drops::new();
    let object = Gc::new_cyclic(|this| Knowing::times(2, this, &drops));
    assert_eq!((Gc::strong_count(&object), Gc::weak_count(&object)), (1, 2));
    let again = [&object.this[0], &object.this[1]].map(|this| this.upgrade().unwrap());
    assert!(again.iter().all(|again| Gc::ptr_eq(&object, again)));
    assert_eq!((Gc::strong_count(&object), Gc::weak_count(&object)), (3, 2));
    drop((object, again));
    assert_eq!(drops.count(), 1);
}

#[test]
fn half_built_objects_are_invisible_to_collections() {
    let drops = Drops::new();
    let object = Gc::new_cyclic(|this| {
        stir();
        let value = Knowing::times(1, this, &drops);
        stir();
        assert!(this.upgrade().is_none());
        value
    });
    stir();
    object.edges.borrow_mut().push(object.clone());
    let weak = object.this[0].clone();
    drop(object);
    assert_eq!(gc::collect(), 1, "it can be collected like any other");
    assert_eq!(drops.count(), 1);
    assert!(weak.upgrade().is_none());
}

#[test]
fn an_object_under_construction_may_own_what_owns_its_builder() {
    let drops = Drops::new();
    let outer = Gc::new_cyclic(|outer: &Weak<Knowing>| {
        let inner = Gc::new_cyclic(|inner: &Weak<Knowing>| {
            gc::collect();
            Knowing { this: vec![inner.clone(), outer.clone()], ..Knowing::times(0, inner, &drops) }
        });
        gc::collect();
        Knowing { edges: RefCell::new(vec![inner]), ..Knowing::times(0, outer, &drops) }
    });
    let found = outer.edges.borrow()[0].this[1].upgrade().unwrap();
    assert!(Gc::ptr_eq(&outer, &found));
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_of_the_builder_frees_the_memory() {
    let drops = Drops::new();
    let before = gc::memory().objects;
    let escaped = RefCell::new(None);
    let build = AssertUnwindSafe(|| {
        Gc::new_cyclic(|this| -> Knowing {
            *escaped.borrow_mut() = Some(this.clone());
            let _value = Knowing::times(3, this, &drops);
            gc::collect();
            panic!("no value")
        })
    });
    assert!(catch_unwind(build).is_err());
    assert_eq!(drops.count(), 1, "what the builder had made is dropped");
    let weak = escaped.take().unwrap();
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
    gc::collect();
    assert!(weak.clone().upgrade().is_none());
    assert_eq!(gc::memory().objects, before + 1, "weak handles look at the remains");
    drop(weak);
    assert_eq!(gc::memory().objects, before);
}

#[test]
#[expect(clippy::large_stack_arrays, reason = "too large to share a page with others")]
fn building_a_large_object_in_steps_works_the_same() {
    let before = gc::memory().objects;
    let large = Gc::new_cyclic(|this: &Weak<[u8; 32_000]>| {
        assert!(this.upgrade().is_none());
        [7; 32_000]
    });
    assert_eq!(large[31_999], 7);
    drop(large);
    assert_eq!(gc::memory().objects, before);
}

#[test]
fn untraced_values_keep_what_they_own() {
    let drops = Drops::new();
    let node = Gc::new(Node::new(&drops));
    let owner = Gc::new_untraced((node.clone(), 3));
    drop(node);
    stir();
    assert_eq!(owner.0.edges.borrow().len() + owner.1, 3);
    drop(owner);
    assert_eq!(drops.count(), 1);
}
