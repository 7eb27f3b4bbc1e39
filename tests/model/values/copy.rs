//! Clones of values, as `make_mut` makes them.
//!
//! A clone is an object of its own, with a number of its own, and owns the same
//! as the original: edges, weak handles with and without a callback, but no
//! entries of a weak map. If asked for, cloning panics when all of that was
//! cloned.

use std::cell::{Cell, RefCell};

use gcycle::weak::WeakMap;
use gcycle::{CloneValue, Closure, Gc, GcMut, Untraced, Weak};

use super::edges::Edges;
use super::handle::AnyWeak;
use super::log::{Tag, next_id, panic_as_asked};
use super::payload::Payload;
use super::{Acyclic, Body, Empty, Finalized, Id, Leaf, Shape};
use crate::program::Kind;

thread_local! {
    static CLONES_PANIC: Cell<bool> = const { Cell::new(false) };
}

/// Runs `run`, which does not panic itself, while clones of values panic if
/// `panics`.
pub(crate) fn with_clones_that_panic<R>(panics: bool, run: impl FnOnce() -> R) -> R {
    CLONES_PANIC.set(panics);
    let result = run();
    CLONES_PANIC.set(false);
    result
}

/// Whether clones panic now.
pub(super) fn clones_panic() -> bool {
    CLONES_PANIC.get()
}

fn panic_if_asked() {
    if clones_panic() {
        panic_as_asked();
    }
}

impl Clone for Edges {
    fn clone(&self) -> Edges {
        let clone = self.empty();
        self.for_each(|edge| clone.push(edge.clone()));
        clone
    }
}

impl Clone for Tag {
    /// The next number; dropping the clone does not panic, as only one value of
    /// a program may.
    fn clone(&self) -> Tag {
        Tag { id: next_id(&self.log, Kind::Small), log: self.log.clone(), panics: false }
    }
}

impl Clone for Body {
    fn clone(&self) -> Body {
        let (watches, weaks, edges) =
            (self.watches.clone(), self.weaks.clone(), self.edges.clone());
        panic_if_asked();
        let (map, tag) = (WeakMap::new(), self.tag.clone());
        Body { watches, is_lent: Cell::new(false), map, edges, weaks, tag }
    }
}

impl<P: Payload> Clone for Shape<P> {
    fn clone(&self) -> Shape<P> {
        let body = self.body.clone();
        let payload = Untraced(P::make(body.tag.id));
        Shape { body, payload }
    }
}

impl<P: Payload> Clone for Finalized<P> {
    fn clone(&self) -> Finalized<P> {
        let body = self.body.clone();
        let payload = Untraced(P::make(body.tag.id));
        let own = RefCell::new(AnyWeak::Small(Weak::new()));
        Finalized { body, behaviour: self.behaviour, own, stored: self.stored.clone(), payload }
    }
}

impl Clone for Acyclic {
    fn clone(&self) -> Acyclic {
        Acyclic(self.0.clone())
    }
}

impl Clone for Leaf {
    fn clone(&self) -> Leaf {
        panic_if_asked();
        let tag = self.0.clone();
        let check = !u64::from(tag.id);
        Leaf(tag, check)
    }
}

impl Clone for Empty {
    fn clone(&self) -> Empty {
        panic_if_asked();
        Empty
    }
}

/// A value that may have a weak handle to its own object.
pub(super) trait KnowsItself: Sized {
    /// Where it is.
    fn own(&self) -> Option<&RefCell<AnyWeak>> {
        None
    }
}

impl<P> KnowsItself for Shape<P> {}

impl<P> KnowsItself for Finalized<P> {
    fn own(&self) -> Option<&RefCell<AnyWeak>> {
        Some(&self.own)
    }
}

impl KnowsItself for Acyclic {}

impl KnowsItself for Leaf {}

impl KnowsItself for Closure<Body, fn(&Body) -> Id> {}

/// A handle that `make_mut` is called on. In the end the value, wherever it is
/// then, knows its object again.
pub(super) struct Separate<'a, T: KnowsItself> {
    gc: &'a mut Gc<T>,
    weak: fn(Weak<T>) -> AnyWeak,
}

impl<'a, T: KnowsItself + CloneValue> Separate<'a, T> {
    pub(super) fn new(gc: &'a mut Gc<T>, weak: fn(Weak<T>) -> AnyWeak) -> Self {
        Separate { gc, weak }
    }

    pub(super) fn make_mut(&mut self) -> GcMut<'_, T> {
        Gc::make_mut(self.gc)
    }
}

impl<T: KnowsItself> Drop for Separate<'_, T> {
    fn drop(&mut self) {
        if let Some(own) = self.gc.own() {
            let weak = (self.weak)(Gc::downgrade(self.gc));
            drop(own.replace(weak));
        }
    }
}
