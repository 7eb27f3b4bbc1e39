//! Handles, weak handles and their counts, as with `Rc`.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use gcycle::{Gc, Trace, Tracer, Weak, gc};

use crate::kinds::{Drops, Node};

#[test]
fn a_clone_shows_what_was_changed_through_the_other_handle() {
    let x = Gc::new(RefCell::new(5));
    let y = x.clone();
    *x.borrow_mut() = 20;
    assert_eq!(*y.borrow(), 20);
}

#[test]
fn all_handles_read_the_same_value() {
    let x = Gc::new(5);
    let y = x.clone();
    assert_eq!((*x, *y), (5, 5));
    let boxed = Gc::new(Box::new(5));
    assert_eq!(**boxed, 5);
}

#[test]
fn erased_handles_count_and_are_equal_if_their_objects_are_the_same() {
    let x = Gc::new(5);
    let erased = gc::Object::from(&x);
    let copy = erased.clone();
    assert_eq!(Gc::strong_count(&x), 3);
    let all = HashSet::from([erased, copy, gc::Object::from(&Gc::new(5))]);
    assert_eq!(all.len(), 2);
    drop(all);
    assert_eq!(Gc::strong_count(&x), 1);
}

#[test]
fn the_last_handle_drops_the_value_at_once() {
    let drops = Drops::new();
    let x = Gc::new(drops.watch());
    let y = x.clone();
    drop(x);
    assert_eq!(drops.count(), 0);
    drop(y);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_weak_handle_upgrades_while_the_object_lives() {
    let x = Gc::new(5);
    let y = Gc::downgrade(&x);
    assert!(y.upgrade().is_some());
    drop(x);
    assert!(y.upgrade().is_none());
}

#[test]
fn an_object_with_a_weak_handle_to_itself_is_freed_by_its_count() {
    struct Cycle {
        this: RefCell<Option<Weak<Cycle>>>,
        drops: Drops,
    }
    // SAFETY: a weak handle is not reported.
    unsafe impl Trace for Cycle {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    impl Drop for Cycle {
        fn drop(&mut self) {
            drop(self.drops.watch());
        }
    }
    let drops = Drops::new();
    let a = Gc::new(Cycle { this: RefCell::new(None), drops: drops.clone() });
    *a.this.borrow_mut() = Some(Gc::downgrade(&a));
    drop(a);
    assert_eq!(drops.count(), 1);
}

#[test]
fn the_strong_count_is_the_number_of_handles() {
    let a = Gc::new(0);
    assert_eq!(Gc::strong_count(&a), 1);
    let w = Gc::downgrade(&a);
    assert_eq!(Gc::strong_count(&a), 1);
    let b = w.upgrade().expect("a is alive");
    assert_eq!((Gc::strong_count(&a), Gc::strong_count(&b)), (2, 2));
    drop(w);
    drop(a);
    assert_eq!(Gc::strong_count(&b), 1);
    let c = b.clone();
    assert_eq!((Gc::strong_count(&b), Gc::strong_count(&c)), (2, 2));
}

#[test]
fn the_weak_count_is_the_number_of_weak_handles() {
    let a = Gc::new(0);
    assert_eq!((Gc::strong_count(&a), Gc::weak_count(&a)), (1, 0));
    let w = Gc::downgrade(&a);
    assert_eq!((Gc::strong_count(&a), Gc::weak_count(&a)), (1, 1));
    drop(w);
    assert_eq!((Gc::strong_count(&a), Gc::weak_count(&a)), (1, 0));
    let c = a.clone();
    assert_eq!((Gc::strong_count(&a), Gc::weak_count(&a)), (2, 0));
    drop(c);
}

#[test]
fn a_weak_handle_tells_both_counts() {
    assert_eq!(Weak::<u64>::new().weak_count(), 0);
    assert_eq!(Weak::<u64>::new().strong_count(), 0);

    let a = Gc::new(0);
    let w = Gc::downgrade(&a);
    assert_eq!((w.strong_count(), w.weak_count()), (1, 1));
    let w2 = w.clone();
    assert_eq!((w.strong_count(), w.weak_count()), (1, 2));
    assert_eq!((w2.strong_count(), w2.weak_count()), (1, 2));
    drop(w);
    assert_eq!((w2.strong_count(), w2.weak_count()), (1, 1));
    let a2 = a.clone();
    assert_eq!((w2.strong_count(), w2.weak_count()), (2, 1));
    drop(a2);
    drop(a);
    assert_eq!((w2.strong_count(), w2.weak_count()), (0, 0));
}

#[test]
fn a_weak_handle_without_an_object_never_upgrades() {
    let none: Weak<usize> = Weak::new();
    assert!(none.upgrade().is_none());
    assert!(none.clone().upgrade().is_none());
    assert!(Weak::<usize>::default().upgrade().is_none());
    assert_eq!(format!("{none:?}"), "(Weak)");
}

#[test]
fn a_weak_handle_may_be_for_a_type_without_values() {
    enum Void {}
    let none = Weak::<Void>::new();
    assert!(none.clone().upgrade().is_none());
}

#[test]
fn handles_are_the_same_if_their_object_is() {
    let five = Gc::new(5);
    let same = five.clone();
    let other = Gc::new(5);
    assert!(Gc::ptr_eq(&five, &same));
    assert!(!Gc::ptr_eq(&five, &other));

    let (w, same, other) = (Gc::downgrade(&five), Gc::downgrade(&same), Gc::downgrade(&other));
    assert!(w.ptr_eq(&same));
    assert!(!w.ptr_eq(&other));
    assert!(!w.ptr_eq(&Weak::new()));
    assert!(Weak::<u8>::new().ptr_eq(&Weak::new()));
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_in_drop_goes_on_and_the_memory_is_freed() {
    struct PanicOnDrop;
    impl Drop for PanicOnDrop {
        fn drop(&mut self) {
            panic!("PanicOnDrop");
        }
    }
    // SAFETY: there is nothing to report.
    unsafe impl Trace for PanicOnDrop {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    let before = gc::memory().objects;
    let object = Gc::new(PanicOnDrop);
    assert_eq!(gc::memory().objects, before + 1);
    let drop = std::panic::AssertUnwindSafe(|| drop(object));
    let panic = std::panic::catch_unwind(drop).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"PanicOnDrop"));
    assert_eq!(gc::memory().objects, before);
}

#[test]
fn a_cycle_drops_no_weak_handle_twice() {
    let drops = Drops::new();
    let (a, b) = Node::ring(&drops);
    let weak = [Gc::downgrade(&a), Gc::downgrade(&b)];
    drop((a, b));
    assert!(weak.iter().all(|weak| weak.upgrade().is_some()), "nobody collected yet");
    assert_eq!(gc::collect(), 2);
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
    assert_eq!(drops.count(), 2);
}

#[test]
fn handles_in_cells_are_cells_of_handles() {
    let cell = Cell::new(Some(Gc::new(1)));
    assert_eq!(cell.take().as_deref(), Some(&1));
    assert_eq!(cell.take(), None);
}

/// It would take minutes if each one were looked for among all the others.
#[test]
fn many_callbacks_of_one_object_are_given_up_in_any_order() {
    const MANY: usize = if cfg!(miri) { 50 } else { 60_000 };
    let object = Gc::new(5);
    let mut handles: Vec<_> =
        (0..MANY).map(|_| Gc::downgrade_with(&object, || panic!("it was given up"))).collect();
    assert_eq!(Gc::weak_count(&object), MANY);
    let newer = handles.split_off(MANY / 2);
    // Oldest first, then newest first.
    handles.into_iter().for_each(drop);
    assert_eq!(Gc::weak_count(&object), MANY - MANY / 2);
    newer.into_iter().rev().for_each(drop);
    assert_eq!(Gc::weak_count(&object), 0);
    drop(object);
}
