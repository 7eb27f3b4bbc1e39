//! [`Isolate`]: a heap of its own, and the object that all else in it hangs on.

use core::fmt;
use core::mem::ManuallyDrop;

use crate::collect::abandoned::abandon;
use crate::collect::isolated::IsolatedHeap;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::Trace;

/// A heap that is a value, with the root `R` that all else in it hangs on.
///
/// A thread has one heap, in which [`Gc::new`] makes objects. An isolate is another one: what is made
/// while the thread is [inside](Isolate::enter) lies there, is collected there, and goes when the
/// isolate is dropped. It suits what lives and dies together and has state of its own: a virtual
/// machine, a document, a session. Several isolates on one thread do not slow each other down: a
/// collection looks at one heap.
///
/// An isolate can go to another thread, though its handles cannot: see
/// [`detach`](Isolate::detach).
///
/// # Examples
///
/// A server hands machines from thread to thread:
///
/// ```
/// use std::cell::RefCell;
/// use std::thread;
///
/// use gcycle::{Gc, Isolate, Trace};
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Machine {
///     stack: RefCell<Vec<Gc<Frame>>>,
/// }
///
/// #[derive(Trace)]
/// #[trace(movable)]
/// struct Frame {
///     name: String,
///     caller: Option<Gc<Frame>>,
///     machine: Gc<Machine>,
/// }
///
/// fn call(machine: &Gc<Machine>, name: &str) {
///     let caller = machine.stack.borrow().last().cloned();
///     let (name, machine) = (name.to_owned(), Gc::clone(machine));
///     let frame = Gc::new(Frame { name, caller, machine: Gc::clone(&machine) });
///     machine.stack.borrow_mut().push(frame);
/// }
///
/// let isolate = Isolate::new(|| Machine { stack: RefCell::default() });
/// isolate.enter(|machine| call(machine, "main"));
///
/// let detached = isolate.detach()?;
/// let depth = thread::spawn(move || {
///     let isolate = detached.attach();
///     isolate.enter(|machine| {
///         call(machine, "print");
///         machine.stack.borrow().len()
///     })
/// });
/// assert_eq!(depth.join().unwrap(), 2);
/// # Ok::<(), gcycle::NotIsolated<Machine>>(())
/// ```
///
/// # Handles between heaps
///
/// A handle may leave the closure, and may lie in an object of another heap. It keeps its object
/// alive, and if it outlives the isolate the object lives on until it is dropped. A collection does
/// not follow it into the other heap: **a cycle through two heaps is never found**. An isolate to which
/// such a handle leads cannot be detached.
///
/// # What belongs to a heap
///
/// Everything that [`gc`](crate::gc) sets, counts and lists belongs to the heap that the thread is in:
/// thresholds, budgets, statistics, callbacks, frozen objects. A new isolate has the defaults. Only
/// [`gc::pause`](crate::gc::pause) concerns all heaps of the thread, and so does the rule that no
/// collection starts while another runs: [`gc::collect`](crate::gc::collect) in a finalizer returns 0,
/// whichever heap the thread is in. Of the collections in slices one runs at a time on a thread.
///
/// So do [interned](crate::intern) text and small integers: each heap has objects of its own for them.
pub struct Isolate<R: Trace + 'static> {
    /// The one handle outside of the heap that belongs to the isolate.
    root: ManuallyDrop<Gc<R>>,
    heap: IsolatedHeap,
}

impl<R: Trace + 'static> Isolate<R> {
    /// Calls `make` inside of a new heap, and makes its result the root there.
    ///
    /// An isolate whose root is its only object takes about 20 KiB, and reserves 128 KiB of address
    /// space.
    ///
    /// # Panics
    ///
    /// If `make` does; what it has made is dropped then.
    #[must_use]
    pub fn new(make: impl FnOnce() -> R) -> Isolate<R> {
        /// The heap of an isolate that is not there yet.
        struct New(IsolatedHeap);
        impl Drop for New {
            /// `make` panicked.
            fn drop(&mut self) {
                abandon(self.0);
            }
        }
        let new = New(IsolatedHeap::new());
        let root = ManuallyDrop::new(new.0.enter(|| Gc::new(make())));
        let heap = ManuallyDrop::new(new).0;
        Isolate { root, heap }
    }

    /// Calls `work` inside of the heap: objects that it makes lie there, and the functions of
    /// [`gc`](crate::gc) mean this heap.
    ///
    /// Isolates can be entered inside of each other, the same one twice as well.
    ///
    /// # Panics
    ///
    /// If `work` does.
    pub fn enter<T>(&self, work: impl FnOnce(&Gc<R>) -> T) -> T {
        self.heap.enter(|| work(&self.root))
    }

    /// The heap.
    pub(super) fn heap(&self) -> IsolatedHeap {
        self.heap
    }

    /// The object that all else hangs on.
    pub(super) fn root(&self) -> ObjPtr {
        self.root.object()
    }

    /// The root's handle and the heap, which is not given up.
    pub(super) fn into_parts(self) -> (Gc<R>, IsolatedHeap) {
        let mut isolate = ManuallyDrop::new(self);
        // SAFETY: the isolate is not used again.
        let root = unsafe { ManuallyDrop::take(&mut isolate.root) };
        (root, isolate.heap)
    }

    /// An isolate of these parts.
    pub(super) fn of_parts((root, heap): (Gc<R>, IsolatedHeap)) -> Isolate<R> {
        Isolate { root: ManuallyDrop::new(root), heap }
    }
}

impl<R: Trace + 'static> Drop for Isolate<R> {
    /// Gives the root up, and collects the rest of the heap: finalizers, callbacks and drops run as
    /// at the end of a thread. Objects that somebody outside holds live on.
    ///
    /// Panics of these are reported by the panic hook and not rethrown.
    fn drop(&mut self) {
        // SAFETY: the isolate is not used again.
        let root = unsafe { ManuallyDrop::take(&mut self.root) };
        drop(FirstPanic::of(|| self.heap.enter(|| drop(root))));
        abandon(self.heap);
    }
}

impl<R: Trace + fmt::Debug + 'static> fmt::Debug for Isolate<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.enter(|root| f.debug_tuple("Isolate").field(root).finish())
    }
}
