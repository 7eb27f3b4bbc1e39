//! What drops may do.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gcycle::__private::{drops_quietly, shared_drops_quietly};
use gcycle::sync::{self, Gc};
use gcycle::{Trace, Untraced};

use crate::values::{Counter, Node, ring, turn};

#[test]
fn a_long_list_is_dropped_without_recursion() {
    let _turn = turn();
    let len = if cfg!(miri) { 300 } else { 200_000 };
    let counter = Counter::default();
    let mut list = Node::new(&counter);
    for _ in 0..len {
        list = Node::of(&counter, vec![list]);
    }
    drop(list);
    counter.all_are_dropped();
}

/// Runs code when it is dropped.
struct OnDrop(Box<dyn Fn() + Send + Sync>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[derive(Trace)]
#[trace(shared)]
struct Object {
    #[trace(skip)]
    _on_drop: OnDrop,
    own: Mutex<Option<Gc<Object>>>,
}

/// An object that runs `on_drop`, in a cycle or not.
fn object(in_cycle: bool, on_drop: impl Fn() + Send + Sync + 'static) -> Gc<Object> {
    let object = Gc::new(Object { _on_drop: OnDrop(Box::new(on_drop)), own: Mutex::default() });
    if in_cycle {
        *object.own.lock().unwrap() = Some(object.clone());
    }
    object
}

#[test]
fn what_a_value_holds_is_dropped_in_the_order_of_its_fields() {
    let _turn = turn();
    static DROPPED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    let noting = |number| object(false, move || DROPPED.lock().unwrap().push(number));
    let inner = noting(1);
    *inner.own.lock().unwrap() = Some(noting(2));
    drop(Gc::new((noting(0), inner, noting(3))));
    assert_eq!(*DROPPED.lock().unwrap(), [0, 1, 2, 3]);
}

#[test]
fn a_drop_may_collect_and_make_garbage() {
    let _turn = turn();
    let counter = Counter::default();
    for in_cycle in [false, true] {
        let inner = counter.clone();
        drop(object(in_cycle, move || {
            let counted = inner.count();
            drop(ring(&inner, 3));
            sync::gc::collect();
            drop(counted);
        }));
    }
    sync::gc::collect();
    counter.all_are_dropped();
}

#[test]
fn a_drop_may_use_what_it_holds_untraced() {
    let _turn = turn();
    let counter = Counter::default();
    let held = ring(&counter, 2);
    for in_cycle in [false, true] {
        let held = held.clone();
        drop(object(in_cycle, move || {
            held.counted.check();
            held.clone().fixed.iter().for_each(|node| node.counted.check());
        }));
    }
    drop(held);
    counter.all_are_dropped();
}

#[test]
fn a_drop_that_dies_inside_a_drop_runs_before_the_outer_handle_is_gone() {
    let _turn = turn();
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    let count = || {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    };
    let [inner, outer] = [object(false, count), object(false, count)];
    *outer.own.lock().unwrap() = Some(inner);
    drop(outer);
    assert_eq!(DROPPED.load(Ordering::Relaxed), 2);
}

/// Types that contain each other, and a value of the type that is given.
macro_rules! language {
    ($name:ident, $value:ty) => {
        mod $name {
            use super::*;

            #[derive(Trace)]
            #[trace(shared)]
            pub(super) struct Expression {
                statements: Vec<Statement>,
                value: Vec<$value>,
                own: Mutex<Option<Gc<Expression>>>,
            }

            #[derive(Trace)]
            #[trace(shared)]
            pub(super) struct Statement {
                expression: Option<Vec<Expression>>,
                next: Mutex<Option<Gc<Statement>>>,
            }
        }
    };
}

language!(quiet, Gc<str>);
language!(loud, Untraced<OnDrop>);

#[test]
fn types_that_contain_each_other_drop_as_quietly_as_the_rest_of_them() {
    assert!(shared_drops_quietly::<quiet::Expression>());
    assert!(shared_drops_quietly::<quiet::Statement>());
    assert!(!shared_drops_quietly::<loud::Expression>());
    assert!(!shared_drops_quietly::<loud::Statement>());
    assert!(!drops_quietly::<quiet::Expression>(), "the shared objects that die with it count");
}
