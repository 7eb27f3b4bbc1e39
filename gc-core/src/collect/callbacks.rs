//! How the program is told of collections: callbacks, and the lines that debug flags ask
//! for.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use crate::collect::stats::{CollectionInfo, Phase};
use crate::object::unwind::FirstPanic;

/// Called when a collection starts and when it is done.
pub(crate) type Observer = Box<dyn FnMut(Phase, &CollectionInfo)>;

type Callback = Rc<RefCell<Observer>>;

/// Identifies a callback, so that it can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallbackId(u64);

/// The callbacks of one heap.
pub(crate) struct Callbacks {
    /// By their ids: in the order they were added.
    entries: RefCell<BTreeMap<u64, Callback>>,
    /// Whether none is kept any more.
    is_closed: Cell<bool>,
}

std::thread_local! {
    /// That of the last callback, in whichever heap it was added.
    static LAST_ID: Cell<u64> = const { Cell::new(0) };
}

impl Callbacks {
    /// No callbacks.
    pub(crate) const fn new() -> Callbacks {
        Callbacks { entries: RefCell::new(BTreeMap::new()), is_closed: Cell::new(false) }
    }

    /// Adds a callback, or drops it if they are [closed](Callbacks::close).
    ///
    /// Runs user code then: the drop of the callback.
    pub(crate) fn add(&self, callback: Observer) -> CallbackId {
        let id = CallbackId(LAST_ID.get() + 1);
        LAST_ID.set(id.0);
        if !self.is_closed.get() {
            self.entries.borrow_mut().insert(id.0, Rc::new(RefCell::new(callback)));
        }
        id
    }

    /// Removes a callback; `false` if there is none with this id.
    pub(crate) fn remove(&self, id: CallbackId) -> bool {
        // The callback is dropped, which is user code, when the borrow is over.
        let removed = self.entries.borrow_mut().remove(&id.0);
        removed.is_some()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    /// Removes all callbacks, and keeps none from now on: they would go with the last slot of the
    /// heap, where no user code may run. Panics are reported by the panic hook and not rethrown.
    ///
    /// Runs user code: drops of callbacks.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        for callback in self.entries.take().into_values() {
            drop(FirstPanic::of(|| drop(callback)));
        }
    }

    /// Calls every callback. Those that others add meanwhile are called the next time.
    /// Panics are reported by the panic hook and not rethrown.
    ///
    /// Runs user code.
    pub(crate) fn call(&self, phase: Phase, info: &CollectionInfo) {
        if self.entries.borrow().is_empty() {
            return;
        }
        let mut callbacks: Vec<Callback> = Vec::new();
        let entries = self.entries.borrow();
        if callbacks.try_reserve_exact(entries.len()).is_err() {
            // A collection goes on without memory, and nobody is told of it.
            return;
        }
        callbacks.extend(entries.values().map(Rc::clone));
        drop(entries);
        for callback in callbacks {
            // A callback that panicked is called again: its state is its own. One that
            // was removed meanwhile is dropped here.
            drop(FirstPanic::of(|| {
                // One that gave up a collection itself is not told of it.
                if let Ok(mut callback) = callback.try_borrow_mut() {
                    callback(phase, info);
                }
            }));
            drop(FirstPanic::of(|| drop(callback)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_callbacks_are_removed_in_any_order() {
        // Looking each one up among all, or moving the others up, would take minutes.
        let count = if cfg!(miri) { 100 } else { 100_000 };
        let callbacks = Callbacks::new();
        let ids: Vec<_> = (0..count).map(|_| callbacks.add(Box::new(|_, _| ()))).collect();
        let (older, newer) = ids.split_at(count / 2);
        assert!(older.iter().all(|&id| callbacks.remove(id)));
        assert!(newer.iter().rev().all(|&id| callbacks.remove(id)));
        assert!(callbacks.is_empty() && !callbacks.remove(ids[0]));
    }
}
