//! The callbacks of `weakref.finalize` that did not run yet, of this thread.
//!
//! It is below the pointers, so that the end of a thread can run the callbacks that are
//! left.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::any::Any;
use core::cell::{Cell, RefCell};
use core::iter;
use core::mem::ManuallyDrop;

use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::watch::watches::WatchRef;

/// The limit on the callbacks that are run at the end of a thread, in case some register
/// others. If twice the number of callbacks at the start is more, that is the limit.
const MOST_AT_EXIT: usize = 1000;

/// A registered finalizer; the registry owns the one handle of its watch.
struct Entry {
    watch: WatchRef,
    callback: Box<dyn Pending>,
}

impl Entry {
    /// The object, if its value was not dropped.
    fn object(&self) -> Option<ObjPtr> {
        self.watch.target().filter(|object| !object.is_dead())
    }
}

/// A callback with this result.
pub(crate) type Callback<R> = Box<dyn FnOnce() -> R>;

/// A callback as the registry keeps it, whatever its result.
pub(crate) trait Pending {
    /// Runs it and drops the result.
    fn run(self: Box<Self>);

    /// Makes a `Callback<R>` of it again.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<R: 'static> Pending for Callback<R> {
    fn run(self: Box<Self>) {
        drop(self());
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The finalizers of a thread that did not run, by their numbers: oldest first.
struct Entries {
    /// Those that run if the thread ends before the object dies.
    at_exit: BTreeMap<u64, Entry>,
    /// Those that do not. They are kept apart so that the end of a thread need not look
    /// through them for each one that runs.
    others: BTreeMap<u64, Entry>,
}

impl Entries {
    const fn new() -> Entries {
        Entries { at_exit: BTreeMap::new(), others: BTreeMap::new() }
    }

    fn get(&self, id: u64) -> Option<&Entry> {
        self.at_exit.get(&id).or_else(|| self.others.get(&id))
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        self.at_exit.remove(&id).or_else(|| self.others.remove(&id))
    }

    fn set_at_exit(&mut self, id: u64, runs_at_exit: bool) {
        let Some(entry) = self.remove(id) else { return };
        let entries = if runs_at_exit { &mut self.at_exit } else { &mut self.others };
        entries.insert(id, entry);
    }

    fn len(&self) -> usize {
        self.at_exit.len() + self.others.len()
    }

    /// The newest of those that run at the end of the thread.
    fn newest_at_exit(&self) -> Option<u64> {
        self.at_exit.last_key_value().map(|(&id, _)| id)
    }

    /// The newest of all.
    fn newest(&self) -> Option<u64> {
        self.newest_at_exit().max(self.others.last_key_value().map(|(&id, _)| id))
    }
}

struct Registry {
    entries: RefCell<Entries>,
    last: Cell<u64>,
}

std::thread_local! {
    /// Without `Drop`: objects may die in other thread-locals' drops.
    static REGISTRY: ManuallyDrop<Registry> = const {
        ManuallyDrop::new(Registry { entries: RefCell::new(Entries::new()), last: Cell::new(0) })
    };
}

/// Registers `callback` to run when `object` dies, or when the thread ends
/// before; returns the number it has.
pub(crate) fn register(object: ObjPtr, callback: Box<dyn Pending>) -> u64 {
    REGISTRY.with(|registry| {
        let id = registry.last.get() + 1;
        registry.last.set(id);
        let run = move || {
            if let Some(callback) = take(id) {
                callback.run();
            }
        };
        let watch = WatchRef::new(object, Box::new(run));
        registry.entries.borrow_mut().at_exit.insert(id, Entry { watch, callback });
        id
    })
}

/// Whether the finalizer is still to run.
pub(crate) fn is_registered(id: u64) -> bool {
    REGISTRY.with(|registry| registry.entries.borrow().get(id).is_some())
}

/// Whether any finalizer is still to run.
pub(crate) fn is_in_use() -> bool {
    REGISTRY.with(|registry| registry.entries.borrow().len() > 0)
}

/// The object that the finalizer waits for, unless its value was dropped.
pub(crate) fn object_of(id: u64) -> Option<ObjPtr> {
    REGISTRY.with(|registry| registry.entries.borrow().get(id)?.object())
}

/// Sets whether the finalizer runs when the thread ends before the object dies.
pub(crate) fn set_at_exit(id: u64, runs_at_exit: bool) {
    REGISTRY.with(|registry| registry.entries.borrow_mut().set_at_exit(id, runs_at_exit));
}

/// Takes a finalizer out of the registry, so that it runs at most once.
pub(crate) fn take(id: u64) -> Option<Box<dyn Pending>> {
    let entry = REGISTRY.with(|registry| {
        let mut entries = registry.entries.borrow_mut();
        let entry = entries.remove(id);
        if entries.len() == 0 {
            // An empty map may keep memory, which nobody would free.
            *entries = Entries::new();
        }
        entry
    })?;
    // SAFETY: the entry held this handle and is gone.
    unsafe { entry.watch.release() };
    Some(entry.callback)
}

/// Runs the finalizers that are left when the thread ends, newest first. Those that are
/// not to run now are forgotten.
///
/// Runs user code.
pub(crate) fn run_at_exit() {
    // What they register themselves is the newest then, but not without end.
    let count = REGISTRY.with(|registry| registry.entries.borrow().len());
    let most = MOST_AT_EXIT.max(count.saturating_mul(2));
    let next = || id_of(Entries::newest_at_exit).and_then(take);
    for callback in iter::from_fn(next).take(most) {
        drop(FirstPanic::of(|| callback.run()));
    }
    while let Some(callback) = id_of(Entries::newest).and_then(take) {
        drop(FirstPanic::of(|| drop(callback)));
    }
}

/// The number of the finalizer that `look` finds.
fn id_of(look: impl Fn(&Entries) -> Option<u64>) -> Option<u64> {
    REGISTRY.with(|registry| look(&registry.entries.borrow()))
}
