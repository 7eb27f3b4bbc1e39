//! `weakref.finalize`: a callback that needs nobody to hold it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::cell::{Cell, RefCell};
use core::mem::ManuallyDrop;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use crate::pointer::Gc;
use crate::watch::{Callback, WatchRef};

/// A registered finalizer; the registry owns the one handle of its watch.
struct Entry {
    watch: WatchRef,
    callback: Callback,
    /// Whether it runs when the thread ends before the object dies.
    runs_at_exit: bool,
}

/// The finalizers of a thread that did not run, oldest first.
struct Registry {
    entries: RefCell<BTreeMap<u64, Entry>>,
    last: Cell<u64>,
}

std::thread_local! {
    /// Without `Drop`: objects may die in other thread-locals' drops.
    static REGISTRY: ManuallyDrop<Registry> = const {
        ManuallyDrop::new(Registry { entries: RefCell::new(BTreeMap::new()), last: Cell::new(0) })
    };
}

/// Takes a finalizer out of the registry, so that it runs at most once.
fn take(id: u64) -> Option<Callback> {
    let entry = REGISTRY.with(|registry| {
        let mut entries = registry.entries.borrow_mut();
        let entry = entries.remove(&id);
        if entries.is_empty() {
            // An empty map may keep memory, which nobody would free.
            *entries = BTreeMap::new();
        }
        entry
    })?;
    // SAFETY: the entry held this handle and is gone.
    unsafe { entry.watch.release() };
    Some(entry.callback)
}

/// Names a finalizer made by [`finalize`], to call it early or to cancel it.
///
/// Dropping it changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finalizer {
    id: u64,
    of_this_thread: core::marker::PhantomData<*const ()>,
}

/// Calls `callback` when the object dies, or when the thread ends before.
///
/// Unlike the callback of [`Gc::downgrade_with`], it needs no handle to be
/// kept. At the end of a thread those that are left run newest first. Panics of
/// the callback are reported and go no further. What the callback captures is
/// kept alive: a handle to the object itself would keep it for ever.
///
/// This is Python's `weakref.finalize`.
///
/// # Examples
///
/// ```
/// use std::{cell::Cell, rc::Rc};
/// use gcycle::{Gc, weak};
///
/// let closed = Rc::new(Cell::new(false));
/// let file = Gc::new("a handle of the operating system");
/// let finalizer = weak::finalize(&file, {
///     let closed = Rc::clone(&closed);
///     move || closed.set(true)
/// });
/// assert!(finalizer.is_alive());
///
/// drop(file);
/// assert!(closed.get());
/// assert!(!finalizer.is_alive());
/// ```
pub fn finalize<T: ?Sized>(gc: &Gc<T>, callback: impl FnOnce() + 'static) -> Finalizer {
    REGISTRY.with(|registry| {
        let id = registry.last.get() + 1;
        registry.last.set(id);
        let run = move || {
            if let Some(callback) = take(id) {
                callback();
            }
        };
        let watch = WatchRef::new(gc.object(), Box::new(run));
        let entry = Entry { watch, callback: Box::new(callback), runs_at_exit: true };
        registry.entries.borrow_mut().insert(id, entry);
        Finalizer { id, of_this_thread: core::marker::PhantomData }
    })
}

impl Finalizer {
    /// Whether the callback is still to run.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        REGISTRY.with(|registry| registry.entries.borrow().contains_key(&self.id))
    }

    /// Calls the callback now; `false` if it ran or was detached before.
    pub fn call(&self) -> bool {
        take(self.id).map(|callback| callback()).is_some()
    }

    /// Sets whether the callback runs when the thread ends before the object
    /// dies, as it does at first. Has no effect when the callback ran or was
    /// detached before.
    pub fn set_at_exit(&self, runs_at_exit: bool) {
        REGISTRY.with(|registry| {
            if let Some(entry) = registry.entries.borrow_mut().get_mut(&self.id) {
                entry.runs_at_exit = runs_at_exit;
            }
        });
    }

    /// Cancels the callback; `false` if it ran or was detached before.
    pub fn detach(&self) -> bool {
        take(self.id).is_some()
    }
}

/// Runs the finalizers that are left, newest first, but for those that are not
/// to run now and are forgotten: the thread ends.
///
/// Runs user code.
pub(crate) fn run_at_exit() {
    while let Some(callback) = newest(|entry| entry.runs_at_exit).and_then(take) {
        drop(catch_unwind(AssertUnwindSafe(callback)));
    }
    while let Some(callback) = newest(|_| true).and_then(take) {
        drop(catch_unwind(AssertUnwindSafe(|| drop(callback))));
    }
}

/// The newest finalizer that is `wanted`.
fn newest(wanted: impl Fn(&Entry) -> bool) -> Option<u64> {
    REGISTRY.with(|registry| {
        let entries = registry.entries.borrow();
        let mut newest_first = entries.iter().rev();
        newest_first.find(|(_, entry)| wanted(entry)).map(|(&id, _)| id)
    })
}
