//! `weakref.finalize`: a callback that needs nobody to hold it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::any::Any;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use crate::erased::Object;
use crate::pointer::Gc;
use crate::watch::WatchRef;

/// A registered finalizer; the registry owns the one handle of its watch.
struct Entry {
    watch: WatchRef,
    callback: Box<dyn Pending>,
    /// Whether it runs when the thread ends before the object dies.
    runs_at_exit: bool,
}

impl Entry {
    /// The object, if its value was not dropped.
    fn object(&self) -> Option<Object> {
        self.watch.target().filter(|object| !object.is_dead()).map(Object::new)
    }
}

/// A callback with this result.
type Callback<R> = Box<dyn FnOnce() -> R>;

/// A callback as the registry keeps it, whatever its result.
trait Pending {
    /// Runs it; nobody asks for the result.
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
fn take(id: u64) -> Option<Box<dyn Pending>> {
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

/// Names a finalizer made by [`finalize`], to look at it, to call it early or to
/// cancel it.
///
/// `R` is what the callback returns. Dropping a `Finalizer` changes nothing.
///
/// # Invariants
///
/// The callback that is registered under the number, if any, is a
/// `Callback<R>`.
pub struct Finalizer<R = ()> {
    id: u64,
    of_this_thread: PhantomData<*const ()>,
    returns: PhantomData<fn() -> R>,
}

/// Calls `callback` when the object dies, or when the thread ends before.
///
/// Unlike the callback of [`Gc::downgrade_with`], it needs no handle to be
/// kept. At the end of a thread those that are left run newest first. Panics of
/// the callback are reported and go no further. What the callback captures is
/// kept alive: a handle to the object itself would keep it for ever. What it
/// returns is for [`Finalizer::call`]; otherwise it is dropped.
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
pub fn finalize<T: ?Sized, R: 'static>(
    gc: &Gc<T>,
    callback: impl FnOnce() -> R + 'static,
) -> Finalizer<R> {
    REGISTRY.with(|registry| {
        let id = registry.last.get() + 1;
        registry.last.set(id);
        let run = move || {
            if let Some(callback) = take(id) {
                callback.run();
            }
        };
        let watch = WatchRef::new(gc.object(), Box::new(run));
        let callback: Callback<R> = Box::new(callback);
        let entry = Entry { watch, callback: Box::new(callback), runs_at_exit: true };
        registry.entries.borrow_mut().insert(id, entry);
        // INVARIANT: the callback was just registered, and returns an `R`.
        Finalizer { id, of_this_thread: PhantomData, returns: PhantomData }
    })
}

impl<R> Finalizer<R> {
    /// Whether the callback is still to run.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        REGISTRY.with(|registry| registry.entries.borrow().contains_key(&self.id))
    }

    /// The object whose death the callback waits for; `None` if the callback
    /// ran or was detached before.
    ///
    /// ```
    /// use gcycle::{Gc, weak};
    ///
    /// let file = Gc::new(7_i32);
    /// let finalizer = weak::finalize(&file, || println!("closed"));
    /// let object = finalizer.peek().expect("the file is open");
    /// assert!(Gc::ptr_eq(&object.downcast::<i32>().unwrap(), &file));
    ///
    /// finalizer.call();
    /// assert!(finalizer.peek().is_none());
    /// ```
    #[must_use]
    pub fn peek(&self) -> Option<Object> {
        REGISTRY.with(|registry| registry.entries.borrow().get(&self.id)?.object())
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
}

impl<R: 'static> Finalizer<R> {
    /// Calls the callback now and returns its result; `None` if it ran or was
    /// detached before.
    ///
    /// ```
    /// use gcycle::{Gc, weak};
    ///
    /// let file = Gc::new("a handle of the operating system");
    /// let finalizer = weak::finalize(&file, || Ok::<(), String>(()));
    /// assert_eq!(finalizer.call(), Some(Ok(())));
    /// assert_eq!(finalizer.call(), None);
    /// ```
    pub fn call(&self) -> Option<R> {
        take(self.id).and_then(Self::typed).map(|callback| callback())
    }

    /// Cancels the callback, and returns the object and the callback; `None` if
    /// it ran or was detached before.
    ///
    /// A callback that waits for the end of the thread only, since the object is
    /// gone, is cancelled and dropped.
    ///
    /// ```
    /// use gcycle::{Gc, gc::Object, weak};
    ///
    /// let file = Gc::new("a handle of the operating system");
    /// let finalizer = weak::finalize(&file, || 7);
    /// let (object, callback) = finalizer.detach().expect("nothing called it");
    /// assert_eq!(object, Object::from(&file));
    /// assert!(!finalizer.is_alive());
    /// assert_eq!(callback(), 7);
    /// ```
    pub fn detach(&self) -> Option<(Object, Box<dyn FnOnce() -> R>)> {
        let object = self.peek();
        let callback = take(self.id).and_then(Self::typed)?;
        Some((object?, callback))
    }

    /// The callback that was registered under the number of a `Self`; by the
    /// type invariant there is one.
    fn typed(callback: Box<dyn Pending>) -> Option<Callback<R>> {
        callback.into_any().downcast().ok().map(|callback| *callback)
    }
}

impl<R> Clone for Finalizer<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Finalizer<R> {}

impl<R> PartialEq for Finalizer<R> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<R> Eq for Finalizer<R> {}

impl<R> Hash for Finalizer<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<R> fmt::Debug for Finalizer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finalizer").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Runs the finalizers that are left, newest first, but for those that are not
/// to run now and are forgotten: the thread ends.
///
/// Runs user code.
pub(crate) fn run_at_exit() {
    while let Some(callback) = newest(|entry| entry.runs_at_exit).and_then(take) {
        drop(catch_unwind(AssertUnwindSafe(|| callback.run())));
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
