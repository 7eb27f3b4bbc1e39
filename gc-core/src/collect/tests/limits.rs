//! Tests of the numbers that run out: handles, weak handles, epochs, indices.
//! Each starts close to its limit.

#![expect(clippy::mem_forget, reason = "handles that are forgotten raise counts")]

use alloc::vec::Vec;
use core::cell::RefCell;
use std::thread;

use crate::collect::snapshot::set::with_most_objects;
use crate::gc::{self, Generation};
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::generation::{Epoch, Epochs};
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::Trace;
use crate::trace::tracer::Tracer;

#[derive(Default)]
struct Member(RefCell<Vec<Gc<Member>>>);

// SAFETY: the edges are reported once.
unsafe impl Trace for Member {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }
}

fn ring(length: usize) -> Vec<Gc<Member>> {
    let members: Vec<Gc<Member>> = (0..length).map(|_| Gc::new(Member::default())).collect();
    for (index, member) in members.iter().enumerate() {
        member.0.borrow_mut().push(members[(index + 1) % length].clone());
    }
    members
}

/// Runs `test` on a heap of its own.
fn alone(test: impl FnOnce() + Send + 'static) {
    thread::spawn(test).join().expect("the test passes");
}

#[test]
fn a_count_of_handles_that_saturates_makes_the_object_immortal() {
    alone(|| {
        let one = Gc::new(Member::default());
        let object = one.object();
        object.set_strong(i32::MAX as u32 - 1);
        core::mem::forget(one.clone());
        assert!(!object.is_immortal());
        let last = one.clone();
        assert!(object.is_immortal(), "one more than can be counted");
        for _ in 0..10 {
            core::mem::forget(one.clone());
            drop(one.clone());
        }
        drop(last);
        assert!(object.is_immortal());
        let weak = Gc::downgrade(&one);
        drop(one);
        assert_eq!(gc::collect(), 0);
        let again = weak.upgrade().expect("it lives for ever");
        assert_eq!(again.0.borrow().len(), 0);
        // What it holds lives as long.
        again.0.borrow_mut().extend(ring(3));
        again.0.borrow_mut().push(again.clone());
        drop(again);
        assert_eq!(gc::collect(), 0);
        assert_eq!(gc::memory().objects, 4);
    });
}

#[test]
fn an_object_whose_count_saturates_is_not_taken_for_one_that_is_reported_too_often() {
    /// Reports each of its handles twice.
    struct Twice(RefCell<Vec<Gc<Twice>>>);
    // SAFETY: none: the promise is broken, which is to be found out.
    unsafe impl Trace for Twice {
        fn trace(&self, tracer: &mut Tracer<'_>) {
            self.0.trace(tracer);
            self.0.trace(tracer);
        }
    }

    alone(|| {
        let immortal = ring(2);
        immortal[0].object().make_immortal();
        drop(immortal);
        assert_eq!(gc::collect(), 0, "no garbage, and nothing was reported too often");
        assert!(gc::garbage().is_empty());

        let liar = Gc::new(Twice(RefCell::default()));
        liar.0.borrow_mut().push(liar.clone());
        drop(liar);
        assert_eq!(gc::collect(), 1, "the liar counts as uncollectable");
        assert_eq!(gc::garbage().len(), 1);
        assert_eq!(gc::memory().objects, 3);
    });
}

#[test]
fn a_count_of_weak_handles_that_saturates_keeps_the_slot() {
    alone(|| {
        let one = Gc::new(Member::default());
        let weak = Gc::downgrade(&one);
        let object = one.object();
        Page::set_weak_count(object, u32::MAX - 2);
        core::mem::forget(weak.clone());
        let uncounted: Vec<_> = (0..10).map(|_| weak.clone()).collect();
        assert_eq!(Page::weak_count(object), u32::MAX);
        drop(weak);
        drop(one);
        // However many are given up, those that are left look at the slot.
        let last = uncounted.into_iter().next_back().expect("there are ten");
        assert!(last.upgrade().is_none());
        assert_eq!(Page::weak_count(object), u32::MAX);
        assert_eq!(gc::memory().objects, 1, "the slot is kept for ever");
    });
}

/// The number of objects in each generation, and of permanent ones.
fn census() -> [usize; 4] {
    let [young, middle, old] = Generation::ALL.map(|generation| {
        // Not `get_objects`: it would make candidates.
        crate::memory::walk::visible_objects()
            .filter(|&(_, found)| found == Some(generation))
            .count()
    });
    [young, middle, old, gc::get_freeze_count()]
}

#[test]
fn epochs_start_over_without_mixing_the_generations() {
    alone(|| {
        gc::disable();
        let permanent = ring(1);
        gc::freeze();
        let old = ring(2);
        gc::collect();
        let middle = ring(3);
        gc::collect_generation(Generation::Young);
        let young = ring(4);
        assert_eq!(census(), [4, 3, 2, 1]);

        Heap::current().with_epochs(Epochs::exhaust);
        let younger = ring(5);
        assert_eq!(census(), [4 + 5, 3, 2, 1]);
        for _ in 0..4 {
            let before = census();
            drop(ring(6));
            assert_eq!(gc::collect_generation(Generation::Young), 6);
            assert_eq!(census(), [0, before[0] + before[1], 2, 1]);
        }
        assert!(Heap::current().epochs().now() < Epoch::LAST);
        drop(middle);
        assert_eq!(gc::collect_generation(Generation::Young), 0);
        assert_eq!(gc::collect_generation(Generation::Middle), 3);
        drop((young, younger, old));
        assert_eq!(gc::collect(), 4 + 5 + 2);
        drop(permanent);
        assert_eq!(gc::collect(), 0);
        gc::unfreeze();
        assert_eq!(gc::collect(), 1);
    });
}

#[test]
fn freezing_at_the_last_epoch_starts_over_too() {
    alone(|| {
        let kept = ring(3);
        Heap::current().with_epochs(Epochs::exhaust);
        for _ in 0..if cfg!(miri) { 2 } else { 5 } {
            gc::freeze();
            assert_eq!(census(), [0, 0, 0, 3]);
        }
        assert!(Heap::current().epochs().now() < Epoch::LAST);
        gc::unfreeze();
        drop(kept);
        assert_eq!(gc::collect(), 3);
    });
}

#[test]
fn a_set_that_no_snapshot_can_hold_is_left_alone() {
    const GARBAGE: usize = if cfg!(miri) { 12 } else { 100 };
    alone(|| {
        gc::disable();
        let kept = ring(5);
        drop(ring(GARBAGE));
        let most_objects: &[usize] = if cfg!(miri) { &[8] } else { &[0, 1, 7, 8, 9, GARBAGE - 1] };
        for &most in most_objects {
            for generation in Generation::ALL {
                with_most_objects(most, || assert_eq!(gc::collect_generation(generation), 0));
            }
        }
        assert_eq!(gc::memory().objects, GARBAGE + 5);
        with_most_objects(2 * GARBAGE, || assert_eq!(gc::collect(), GARBAGE));
        drop(kept);
        assert_eq!(gc::collect(), 5);
    });
}
