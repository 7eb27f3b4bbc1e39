//! The edges of an object, in one of the containers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;

use gcycle::{Trace, Tracer};

use super::handle::Handle;
use crate::program::Container;

/// The edges of an object.
pub(super) enum Edges {
    Vector(RefCell<Vec<Handle>>),
    Map(RefCell<BTreeMap<usize, Handle>>),
    Locked(Mutex<VecDeque<Handle>>),
    Cell(Cell<Vec<Handle>>),
}

impl Edges {
    pub(super) fn new(container: Container) -> Edges {
        match container {
            Container::Vector => Edges::Vector(RefCell::default()),
            Container::Map => Edges::Map(RefCell::default()),
            Container::Locked => Edges::Locked(Mutex::default()),
            Container::Cell => Edges::Cell(Cell::default()),
        }
    }

    /// No edges, in a container of the same type.
    pub(super) fn empty(&self) -> Edges {
        Edges::new(match self {
            Edges::Vector(_) => Container::Vector,
            Edges::Map(_) => Container::Map,
            Edges::Locked(_) => Container::Locked,
            Edges::Cell(_) => Container::Cell,
        })
    }

    /// Adds an edge behind the others.
    pub(super) fn push(&self, handle: Handle) {
        match self {
            Edges::Vector(edges) => edges.borrow_mut().push(handle),
            Edges::Map(edges) => {
                let mut edges = edges.borrow_mut();
                let key = edges.len();
                edges.insert(key, handle);
            }
            Edges::Locked(edges) => edges.lock().unwrap().push_back(handle),
            Edges::Cell(edges) => {
                let mut taken = edges.take();
                taken.push(handle);
                edges.set(taken);
            }
        }
    }

    /// Removes an edge; the last one takes its place.
    pub(super) fn swap_remove(&self, index: usize) -> Handle {
        match self {
            Edges::Vector(edges) => edges.borrow_mut().swap_remove(index),
            Edges::Map(edges) => {
                let mut edges = edges.borrow_mut();
                let last = edges.len() - 1;
                let removed = edges.remove(&index).unwrap();
                if let Some(moved) = edges.remove(&last) {
                    edges.insert(index, moved);
                }
                removed
            }
            Edges::Locked(edges) => edges.lock().unwrap().swap_remove_back(index).unwrap(),
            Edges::Cell(edges) => {
                let mut taken = edges.take();
                let removed = taken.swap_remove(index);
                edges.set(taken);
                removed
            }
        }
    }

    /// Removes all edges without dropping them inside of a borrow.
    pub(super) fn take(&self) -> Vec<Handle> {
        match self {
            Edges::Vector(edges) => edges.take(),
            Edges::Map(edges) => edges.take().into_values().collect(),
            Edges::Locked(edges) => mem::take(&mut *edges.lock().unwrap()).into(),
            Edges::Cell(edges) => edges.take(),
        }
    }

    /// Runs `run` while the edges cannot be looked at, if the container knows
    /// such a state.
    pub(super) fn borrowed<R>(&self, run: impl FnOnce() -> R) -> R {
        match self {
            Edges::Vector(edges) => {
                let _borrowed = edges.borrow_mut();
                run()
            }
            Edges::Map(edges) => {
                let _borrowed = edges.borrow_mut();
                run()
            }
            Edges::Locked(edges) => {
                let locked = edges.lock();
                // Caught, so that the lock is not poisoned.
                let result = catch_unwind(AssertUnwindSafe(run));
                drop(locked);
                result.unwrap_or_else(|panic| resume_unwind(panic))
            }
            Edges::Cell(_) => run(),
        }
    }

    /// Calls `look` with each edge, in order.
    pub(super) fn for_each(&self, look: impl FnMut(&Handle)) {
        match self {
            Edges::Vector(edges) => edges.borrow().iter().for_each(look),
            Edges::Map(edges) => edges.borrow().values().for_each(look),
            Edges::Locked(edges) => edges.lock().unwrap().iter().for_each(look),
            Edges::Cell(edges) => {
                let taken = edges.take();
                taken.iter().for_each(look);
                edges.set(taken);
            }
        }
    }
}

// SAFETY: reports each edge of the one container once; the containers' own
// implementations keep the contract.
unsafe impl Trace for Edges {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        match self {
            Edges::Vector(edges) => edges.trace(tracer),
            Edges::Map(edges) => edges.trace(tracer),
            Edges::Locked(edges) => edges.trace(tracer),
            Edges::Cell(edges) => edges.trace(tracer),
        }
    }
}
