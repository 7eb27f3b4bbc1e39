//! In an optimised build `tracked` is a constant.
//!
//! Each test calls a function that exists nowhere if the answer is not the one
//! expected. The optimiser removes the call, or this does not link:
//! `cargo test --release --test derive_folds`.

#![cfg(not(debug_assertions))]
#![expect(dead_code, reason = "the types are there to be asked")]

extern crate alloc;

use alloc::rc::Rc;
use core::cell::RefCell;

use gcycle::{Gc, Trace, Weak};

unsafe extern "C" {
    safe fn gcycle_tracked_is_not_a_constant();
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

#[test]
fn the_answer_is_known_to_the_optimiser() {
    expect_untracked::<Leaf>();
    expect_untracked::<Json>();
    expect_tracked::<Ring>();
    expect_untracked::<Observer>();
    expect_untracked::<Pair<Leaf, Pair<Json, Observer>>>();
    expect_tracked::<Pair<Leaf, Pair<Json, Ring>>>();
}
