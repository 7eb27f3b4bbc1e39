//! Handles as raw pointers and back, as with `Rc`.

use std::fmt::Display;

use gcycle::{Gc, Weak, gc, unsize};

use crate::kinds::{Drops, Node, stir};

#[test]
fn a_handle_goes_out_as_a_pointer_and_comes_back() {
    let x = Gc::new(Box::new("hello"));
    let y = x.clone();
    let raw = Gc::into_raw(x);
    drop(y);
    // SAFETY: the pointer stands for a handle.
    assert_eq!(unsafe { &**raw }, &"hello");
    // SAFETY: it comes back once.
    let x = unsafe { Gc::from_raw(raw) };
    assert_eq!(Gc::try_unwrap(x).map(|x| *x), Ok("hello"));
}

#[test]
fn handles_to_unsized_values_go_out_and_come_back() {
    let text: Gc<str> = Gc::from("foo");
    let raw = Gc::into_raw(text.clone());
    // SAFETY: the pointer stands for a handle, and comes back once.
    let back = unsafe { Gc::from_raw(raw) };
    assert_eq!(text, back);

    let shown: Gc<dyn Display> = unsize!(Gc::new(123) => dyn Display);
    let raw = Gc::into_raw(shown.clone());
    // SAFETY: the pointer stands for a handle, and comes back once.
    let back = unsafe { Gc::from_raw(raw) };
    assert_eq!(back.to_string(), "123");
    assert!(Gc::ptr_eq(&shown, &back));
}

#[test]
fn weak_handles_go_out_and_come_back() {
    let x = Gc::new(Box::new("hello"));
    let raw = Gc::downgrade(&x).into_raw();
    assert_eq!(raw, Gc::as_ptr(&x));
    // SAFETY: it comes back once.
    let weak = unsafe { Weak::from_raw(raw) };
    assert_eq!(**weak.upgrade().unwrap(), "hello");
    assert_eq!(Gc::try_unwrap(x).map(|x| *x), Ok("hello"));
    assert!(weak.upgrade().is_none());
}

#[test]
fn weak_handles_to_unsized_values_go_out_and_come_back() {
    let text: Gc<str> = Gc::from("foo");
    let weak = Gc::downgrade(&text);
    // SAFETY: it comes back once.
    let back = unsafe { Weak::from_raw(weak.clone().into_raw()) };
    assert!(weak.ptr_eq(&back));

    let shown: Gc<dyn Display> = unsize!(Gc::new(123) => dyn Display);
    let weak = Gc::downgrade(&shown);
    // SAFETY: it comes back once.
    let back = unsafe { Weak::from_raw(weak.clone().into_raw()) };
    assert!(weak.ptr_eq(&back));
    assert_eq!(back.upgrade().unwrap().to_string(), "123");
}

#[test]
fn weak_handles_without_an_object_go_out_and_come_back() {
    let raw = Weak::<u64>::new().into_raw();
    // SAFETY: it comes back once.
    let weak = unsafe { Weak::from_raw(raw) };
    assert!(weak.upgrade().is_none());
}

#[test]
fn counts_can_be_changed_through_a_pointer() {
    let x = Gc::new(5);
    let raw = Gc::into_raw(x.clone());
    // SAFETY: the pointer stands for a handle.
    unsafe { Gc::increment_strong_count(raw) };
    assert_eq!(Gc::strong_count(&x), 3);
    // SAFETY: the handle that was just counted.
    unsafe { Gc::decrement_strong_count(raw) };
    // SAFETY: the handle that went out.
    unsafe { Gc::decrement_strong_count(raw) };
    assert_eq!(Gc::strong_count(&x), 1);
}

#[test]
fn the_pointer_is_that_of_the_value() {
    let x = Gc::new(5);
    assert_eq!(Gc::as_ptr(&x), &raw const *x);
    assert_eq!(format!("{x:p}"), format!("{:p}", &*x));
}

#[test]
fn a_handle_that_is_out_as_a_pointer_keeps_all_it_reaches() {
    let drops = Drops::new();
    let (a, b) = Node::ring(&drops);
    drop(b);
    let raw = Gc::into_raw(a);
    stir();
    assert_eq!(drops.count(), 0);
    // SAFETY: the pointer stands for a handle, and comes back once.
    drop(unsafe { Gc::from_raw(raw) });
    assert_eq!(gc::collect(), 2);
    assert_eq!(drops.count(), 2);
}
