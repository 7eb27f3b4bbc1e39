//! `weakref.finalize`: a callback that needs nobody to hold it.

use alloc::boxed::Box;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

use crate::pointer::erased::Object;
use crate::pointer::gc_ptr::Gc;
use crate::watch::pending::{self, Callback, Pending};

/// Names a finalizer made by [`finalize`], to look at it, to call it early or to
/// cancel it.
///
/// `R` is what the callback returns. Dropping a `Finalizer` changes nothing.
///
/// # Invariants
///
/// The callback that is registered under the number, if any, is a
/// `Callback<R>`. So `R` may not vary: the name of a callback that returns another
/// type would lose it.
pub struct Finalizer<R = ()> {
    id: u64,
    of_this_thread: PhantomData<*const ()>,
    returns: PhantomData<fn(R) -> R>,
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
    let callback: Callback<R> = Box::new(callback);
    let id = pending::register(gc.object(), Box::new(callback));
    // INVARIANT: the callback was just registered, and returns an `R`.
    Finalizer { id, of_this_thread: PhantomData, returns: PhantomData }
}

impl<R> Finalizer<R> {
    /// Whether the callback is still to run.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        pending::is_registered(self.id)
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
        pending::object_of(self.id).map(Object::new)
    }

    /// Sets whether the callback runs when the thread ends before the object
    /// dies, as it does at first. Has no effect when the callback ran or was
    /// detached before.
    pub fn set_at_exit(&self, runs_at_exit: bool) {
        pending::set_at_exit(self.id, runs_at_exit);
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
        pending::take(self.id).and_then(Self::typed).map(|callback| callback())
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
