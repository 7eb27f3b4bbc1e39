//! `&mut` to values and moving them out, as with `Rc`.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gcycle::{Finalize, Gc, GcMut, Trace, Tracer, gc};

use crate::kinds::{Drops, Last, Node};

#[test]
fn unwrapping_needs_the_only_handle() {
    let x = Gc::new(3);
    assert_eq!(Gc::try_unwrap(x), Ok(3));
    let x = Gc::new(4);
    let _y = x.clone();
    assert_eq!(Gc::try_unwrap(x), Err(Gc::new(4)));
    let x = Gc::new(5);
    let weak = Gc::downgrade(&x);
    assert_eq!(Gc::try_unwrap(x), Ok(5));
    assert!(weak.upgrade().is_none());
    assert_eq!(weak.strong_count(), 0);
}

#[test]
fn the_last_of_many_gets_the_value() {
    let x = Gc::new(3);
    assert_eq!(Gc::into_inner(x), Some(3));

    let x = Gc::new(4);
    let y = Gc::clone(&x);
    assert_eq!(Gc::into_inner(x), None);
    assert_eq!(Gc::into_inner(y), Some(4));

    let x = Gc::new(5);
    let _weak = Gc::downgrade(&x);
    assert_eq!(Gc::into_inner(x), Some(5));
}

#[test]
fn unwrapping_a_shared_value_clones_it() {
    let drops = Drops::new();
    let x = Gc::new(drops.watch());
    let y = x.clone();
    let clone = Gc::unwrap_or_clone(x);
    let moved = Gc::unwrap_or_clone(y);
    assert_eq!(drops.count(), 0);
    drop((clone, moved));
    assert_eq!(drops.count(), 2, "one clone was made");
}

#[test]
fn a_value_that_is_moved_out_is_dropped_once_and_its_memory_is_freed() {
    let (drops, before) = (Drops::new(), gc::memory().objects);
    let value = Gc::into_inner(Gc::new(drops.watch()));
    assert_eq!((drops.count(), gc::memory().objects), (0, before));
    drop(value);
    assert_eq!(drops.count(), 1);
}

#[test]
fn a_candidate_can_be_unwrapped() {
    let drops = Drops::new();
    let node = Gc::new(Node::new(&drops));
    drop(node.clone());
    let node = Gc::into_inner(node).unwrap();
    assert_eq!(gc::collect(), 0);
    assert_eq!((node.edges.borrow().len(), drops.count()), (0, 0));
}

#[test]
fn unwrapping_does_not_finalize() {
    let object = Gc::new(Last::new(|_| panic!("finalized")));
    let value = Gc::into_inner(object).unwrap();
    drop(value);
}

#[test]
fn mutable_access_needs_the_only_handle_and_no_weak_one() {
    let mut x = Gc::new(3);
    *Gc::get_mut(&mut x).unwrap() = 4;
    assert_eq!(*x, 4);
    let y = x.clone();
    assert!(Gc::get_mut(&mut x).is_none());
    drop(y);
    assert!(Gc::get_mut(&mut x).is_some());
    let weak = Gc::downgrade(&x);
    assert!(Gc::get_mut(&mut x).is_none());
    drop(weak);
    assert!(Gc::get_mut(&mut x).is_some());
}

#[test]
fn mutable_access_works_for_values_without_a_size() {
    let mut items: Gc<[i32]> = Gc::from([1, 2, 3]);
    Gc::get_mut(&mut items).unwrap()[1] = 20;
    assert_eq!(*items, [1, 20, 3]);
    let mut text: Gc<str> = Gc::from("text");
    Gc::get_mut(&mut text).unwrap().make_ascii_uppercase();
    assert_eq!(&*text, "TEXT");
}

#[test]
fn the_guard_shows_the_value() {
    let mut x = Gc::new(3);
    let guard: GcMut<'_, i32> = Gc::get_mut(&mut x).unwrap();
    assert_eq!((format!("{guard:?}"), format!("{guard}")), ("3".into(), "3".into()));
}

/// Adds `name`, and returns the place where it lies.
fn add<'a>(names: &'a mut Gc<Vec<Gc<str>>>, name: &str) -> &'a mut Gc<str> {
    let names = GcMut::into_mut(Gc::make_mut(names));
    names.push(Gc::from(name));
    names.last_mut().expect("one was added")
}

#[test]
fn an_acyclic_value_is_lent_for_longer_than_its_guard_lives() {
    let mut names = Gc::new(Vec::new());
    let before = names.clone();
    let ada = add(&mut names, "Ada");
    gc::collect();
    drop(gc::get_objects(None));
    *ada = Gc::from("Bob");
    gc::collect();
    assert_eq!((&*names[0], names.len(), before.len()), ("Bob", 1, 0));
    let shared = names.clone();
    add(&mut names, "Eve");
    assert_eq!((names.len(), shared.len()), (2, 1));
    let weak = Gc::downgrade(&names);
    assert!(Gc::get_mut(&mut names).is_none());
    drop(weak);
    let mut text: Gc<str> = Gc::from("text");
    GcMut::into_mut(Gc::get_mut(&mut text).unwrap()).make_ascii_uppercase();
    assert_eq!(&*text, "TEXT");
}

std::thread_local! {
    static CLOSED: Cell<u32> = const { Cell::new(0) };
}

#[derive(Trace, Clone)]
#[trace(acyclic, finalize)]
struct File(u32);

impl Finalize for File {
    fn finalize(&self) {
        CLOSED.set(CLOSED.get() + self.0);
    }
}

#[test]
fn a_value_that_was_lent_is_finalized_with_its_object() {
    let mut file = Gc::new(File(1));
    GcMut::into_mut(Gc::get_mut(&mut file).unwrap()).0 = 5;
    gc::collect();
    let other = file.clone();
    drop(file);
    assert_eq!(CLOSED.get(), 0);
    drop(other);
    assert_eq!(CLOSED.get(), 5);
}

#[test]
#[expect(clippy::mem_forget, reason = "a guard may be forgotten")]
fn a_value_with_a_forgotten_guard_is_finalized_with_its_object() {
    let mut file = Gc::new(File(7));
    std::mem::forget(Gc::get_mut(&mut file).unwrap());
    drop(file);
    assert_eq!(CLOSED.get(), 7);
}

#[test]
fn copies_on_write_are_independent() {
    let mut cow0 = Gc::new(75);
    let mut cow1 = cow0.clone();
    let mut cow2 = cow1.clone();
    assert_eq!(*Gc::make_mut(&mut cow0), 75);
    assert_eq!(*Gc::make_mut(&mut cow1), 75);
    assert_eq!(*Gc::make_mut(&mut cow2), 75);
    *Gc::make_mut(&mut cow0) += 1;
    *Gc::make_mut(&mut cow1) += 2;
    *Gc::make_mut(&mut cow2) += 3;
    assert_eq!((*cow0, *cow1, *cow2), (76, 77, 78));
    assert!(!Gc::ptr_eq(&cow0, &cow1) && !Gc::ptr_eq(&cow1, &cow2));
}

#[test]
fn a_copy_on_write_leaves_the_others_together() {
    let mut cow0 = Gc::new(75);
    let cow1 = cow0.clone();
    let cow2 = cow1.clone();
    *Gc::make_mut(&mut cow0) += 1;
    assert_eq!((*cow0, *cow1, *cow2), (76, 75, 75));
    assert!(Gc::ptr_eq(&cow1, &cow2));
}

#[test]
fn a_write_moves_the_value_away_from_weak_handles() {
    let drops = Drops::new();
    let mut cow = Gc::new((75, drops.watch()));
    let weak = Gc::downgrade(&cow);
    assert_eq!(weak.upgrade().unwrap().0, 75);
    Gc::make_mut(&mut cow).0 += 1;
    assert_eq!(cow.0, 76);
    assert!(weak.upgrade().is_none());
    assert_eq!((Gc::strong_count(&cow), Gc::weak_count(&cow)), (1, 0));
    drop(cow);
    assert_eq!(drops.count(), 1, "it was moved, not cloned");
}

#[test]
fn a_write_to_a_slice_copies_or_moves_it() {
    let mut data: Gc<[i32]> = Gc::from([10, 20, 30]);
    Gc::make_mut(&mut data)[0] += 1;
    let mut other = Gc::clone(&data);
    Gc::make_mut(&mut data)[1] += 1;
    Gc::make_mut(&mut data)[2] += 1;
    Gc::make_mut(&mut other)[0] *= 10;
    assert_eq!((&*data, &*other), (&[11, 21, 31][..], &[110, 20, 30][..]));

    let weak = Gc::downgrade(&data);
    Gc::make_mut(&mut data)[0] = 0;
    assert_eq!(*data, [0, 21, 31]);
    assert!(weak.upgrade().is_none());

    let mut text: Gc<str> = Gc::from("text");
    let before = text.clone();
    Gc::make_mut(&mut text).make_ascii_uppercase();
    assert_eq!((&*text, &*before), ("TEXT", "text"));
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_panic_of_clone_leaves_the_handle_as_it_was() {
    struct Fragile(i32);
    impl Clone for Fragile {
        fn clone(&self) -> Self {
            panic!("cannot be cloned");
        }
    }
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Fragile {
        fn trace(&self, _: &mut Tracer<'_>) {}
    }
    let mut x = Gc::new(Fragile(1));
    let y = x.clone();
    let write = AssertUnwindSafe(|| drop(Gc::make_mut(&mut x)));
    assert!(catch_unwind(write).is_err());
    assert!(Gc::ptr_eq(&x, &y));
    assert_eq!((Gc::strong_count(&x), x.0), (2, 1));
    drop(y);
    Gc::make_mut(&mut x).0 = 2;
    assert_eq!(x.0, 2);
}

#[test]
fn a_value_that_was_finalized_is_not_finalized_again_after_a_write() {
    thread_local! {
        static SAVED: std::cell::RefCell<Option<Gc<Count>>> = const { std::cell::RefCell::new(None) };
        static RUNS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    #[derive(Clone)]
    struct Count(gcycle::Weak<Count>);
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Count {
        fn trace(&self, _: &mut Tracer<'_>) {}
        fn finalizer() -> Option<fn(&Self)> {
            Some(|this| {
                RUNS.set(RUNS.get() + 1);
                SAVED.set(this.0.upgrade());
            })
        }
    }
    drop(Gc::new_cyclic(|this| Count(this.clone())));
    let mut saved = SAVED.take().expect("its finalizer saved it");
    assert_eq!(RUNS.get(), 1);
    let first = Gc::as_ptr(&saved);
    assert_eq!(Gc::make_mut(&mut saved).0.strong_count(), 0);
    assert_ne!(Gc::as_ptr(&saved), first);
    drop(saved);
    assert_eq!(RUNS.get(), 1);
}
