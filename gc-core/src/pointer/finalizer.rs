//! `weakref.finalize`: a callback that runs without a handle being kept for it.

use alloc::boxed::Box;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

use crate::pointer::erased::Object;
use crate::pointer::gc_ptr::Gc;
use crate::watch::pending::{self, Callback, Pending};

/// Identifies a callback registered with [`finalize`], so that you can look at it, call
/// it early or cancel it.
///
/// `R` is the type that the callback returns. Dropping a `Finalizer` has no effect.
///
/// # Invariants
///
/// The callback that is registered under the number, if any, is a `Callback<R>`. So `R`
/// may not vary: a `Finalizer` of another type would not find the callback.
pub struct Finalizer<R = ()> {
    id: u64,
    of_this_thread: PhantomData<*const ()>,
    returns: PhantomData<fn(R) -> R>,
}

/// Calls `callback` when the object dies, or when the thread ends if that happens first.
///
/// Unlike with [`Gc::downgrade_with`], you need not keep a handle. When the thread ends,
/// the callbacks that are left run newest first. A panic of the callback is reported by
/// the panic hook, and is not rethrown. [`Finalizer::call`] returns the result of the
/// callback; in all other cases the result is dropped.
///
/// The captures of the callback are not traced, and stay alive until it has run or is
/// detached. **If it captures a handle to the object itself, or one that leads to it, the
/// object does not die before the thread ends.** Capture what the callback closes, not the
/// object that owned it, or a [`Weak`](crate::Weak) as in the second example.
/// [`Gc::downgrade_with`] shows how to keep values that do lead back, in a
/// [`WeakMap`](crate::weak::WeakMap).
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
///
/// The pool owns the connection, and the connection refers to its pool. A callback that
/// captured the `Gc` of the pool would keep both alive:
///
/// ```
/// use std::cell::{Cell, RefCell};
/// use gcycle::{Gc, Trace, gc, weak};
///
/// #[derive(Trace)]
/// struct Pool {
///     open: Cell<usize>,
///     idle: RefCell<Vec<Gc<Connection>>>,
/// }
///
/// #[derive(Trace)]
/// struct Connection {
///     pool: Gc<Pool>,
/// }
///
/// fn connect(pool: &Gc<Pool>) -> Gc<Connection> {
///     pool.open.set(pool.open.get() + 1);
///     let connection = Gc::new(Connection { pool: pool.clone() });
///     let pool = Gc::downgrade(pool);
///     weak::finalize(&connection, move || {
///         // If the pool is gone as well, there is nothing to count.
///         if let Some(pool) = pool.upgrade() {
///             pool.open.set(pool.open.get() - 1);
///         }
///     });
///     connection
/// }
///
/// let pool = Gc::new(Pool { open: Cell::new(0), idle: RefCell::default() });
/// let first = connect(&pool);
/// pool.idle.borrow_mut().push(connect(&pool));
/// assert!(Gc::ptr_eq(&first.pool, &pool));
/// drop(first);
/// assert_eq!(pool.open.get(), 1);
///
/// drop(pool);
/// assert_eq!(gc::collect(), 2, "the pool and its idle connection");
/// ```
pub fn finalize<T: ?Sized, R: 'static>(
    gc: &Gc<T>,
    callback: impl FnOnce() -> R + 'static,
) -> Finalizer<R> {
    let callback: Callback<R> = Box::new(callback);
    let id = pending::register(gc.object(), Box::new(callback));
    // INVARIANT: the callback was just registered, and returns an `R`.
    Finalizer { id, of_this_thread: PhantomData, returns: PhantomData }
}

impl<R> Finalizer<R> {
    /// Whether the callback has yet to run.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        pending::is_registered(self.id)
    }

    /// The object whose death the callback waits for; `None` if the callback has run or
    /// was detached.
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
        pending::object_of(self.id).map(Object::new)
    }

    /// Sets whether the callback runs if the thread ends before the object dies.
    /// Initially it does. Has no effect if the callback has run or was detached.
    pub fn set_at_exit(&self, runs_at_exit: bool) {
        pending::set_at_exit(self.id, runs_at_exit);
    }
}

impl<R: 'static> Finalizer<R> {
    /// Calls the callback now and returns its result; `None` if it has run or was
    /// detached.
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
        pending::take(self.id).and_then(Self::typed).map(|callback| callback())
    }

    /// Cancels the callback, and returns the object and the callback; `None` if it has
    /// run or was detached.
    ///
    /// If the object is gone, and the callback waits only for the end of the thread, the
    /// callback is cancelled and dropped.
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
        let callback = pending::take(self.id).and_then(Self::typed)?;
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
