//! In an optimised build `tracked` and `has_finalizers` are constants.
//!
//! Each test calls a function that exists nowhere if the answer is not the one
//! expected. The optimiser removes the call, or this does not link:
//! `cargo test --release --test derive_folds`.

#![cfg(not(debug_assertions))]
#![expect(dead_code, reason = "the types are there to be asked")]

extern crate alloc;

use alloc::rc::Rc;
use core::cell::RefCell;

use gcycle::__private::has_finalizers;
use gcycle::{Finalize, Gc, Trace, Weak};

unsafe extern "C" {
    safe fn gcycle_tracked_is_not_a_constant();
    safe fn gcycle_has_finalizers_is_not_a_constant();
}

#[inline]
fn expect_tracked<T: Trace>() {
    if !T::tracked() {
        gcycle_tracked_is_not_a_constant();
    }
}

#[inline]
fn expect_untracked<T: Trace>() {
    if T::tracked() {
        gcycle_tracked_is_not_a_constant();
    }
}

#[inline]
fn expect_finalizers<T: Trace>() {
    if !has_finalizers::<T>() {
        gcycle_has_finalizers_is_not_a_constant();
    }
}

#[inline]
fn expect_no_finalizers<T: Trace>() {
    if has_finalizers::<T>() {
        gcycle_has_finalizers_is_not_a_constant();
    }
}

#[derive(Trace)]
struct Leaf {
    name: String,
    numbers: Vec<u32>,
}

#[derive(Trace)]
enum Json {
    List(Vec<Json>),
    Boxed(Box<Json>),
    Text(String),
}

#[derive(Trace)]
struct Ring {
    next: Option<Gc<Ring>>,
}

#[derive(Trace)]
struct Observer {
    targets: RefCell<Vec<Weak<Ring>>>,
    name: Rc<str>,
}

#[derive(Trace)]
struct Pair<A, B> {
    first: A,
    second: Option<Vec<B>>,
}

#[derive(Trace)]
#[trace(finalize)]
struct Final;

impl Finalize for Final {
    fn finalize(&self) {}
}

#[test]
fn whether_anything_is_to_be_finalized_is_known_to_the_optimiser() {
    expect_no_finalizers::<Leaf>();
    expect_no_finalizers::<Json>();
    expect_no_finalizers::<Ring>();
    expect_no_finalizers::<Observer>();
    expect_no_finalizers::<Gc<Final>>();
    expect_no_finalizers::<Pair<Leaf, Pair<Json, RefCell<Vec<Observer>>>>>();
    expect_finalizers::<Final>();
    expect_finalizers::<Pair<Leaf, Pair<Json, RefCell<Vec<Final>>>>>();
}

#[test]
fn the_answer_is_known_to_the_optimiser() {
    expect_untracked::<Leaf>();
    expect_untracked::<Json>();
    expect_tracked::<Ring>();
    expect_untracked::<Observer>();
    expect_untracked::<Pair<Leaf, Pair<Json, Observer>>>();
    expect_tracked::<Pair<Leaf, Pair<Json, Ring>>>();
}
