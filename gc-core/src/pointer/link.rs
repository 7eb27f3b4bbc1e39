//! [`Link`]: a field that refers to another object, or to none, and can be set.
//!
//! A `Cell<Option<Gc<T>>>` can only be read by taking the handle out and putting it back, and a
//! `RefCell` costs a second word and panics where it is set while it is read. A link is read in
//! place: neither to clone a handle nor to compare two runs any code of the program, so nothing
//! can set the link meanwhile. Code of the program that looks through the link, in
//! [`with`](Link::with), may set it: it gets the target from a handle of its own.
//!
//! # Why that handle makes no candidate
//!
//! An object becomes a candidate when it loses a handle, because it might have been the last
//! one from outside of a cycle. The handle of `with` cannot have been if the link still refers
//! to the object when the handle is given up. The caller has a reference to the link, so
//! something keeps the owner of the link, and what the owner refers to, the target among it.
//! When that ends, there is a decrement, later than ours, and it leads to the target. This is
//! the argument of `docs/design.md` about what a borrow hides. If the link refers to something
//! else by then, the handle is dropped like any other.

use core::cell::Cell;
use core::fmt;
use core::mem::ManuallyDrop;

use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::recursion::{IsAcyclic, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

/// A field that refers to another object, or to none, and can be set through a shared
/// reference: the parent of a node, the next one in a list.
///
/// It is a `Cell<Option<Gc<T>>>` that can be read without taking the handle out. It takes the
/// space of one [`Gc`], has no borrow flag, and no method fails or panics by itself. An old
/// target is dropped after the link was set, so code that runs then finds the new one.
///
/// The link is strong, and the collector sees it: parents need no [`Weak`](crate::Weak).
///
/// # Examples
///
/// ```
/// use std::cell::RefCell;
/// use std::iter::successors;
/// use gcycle::{Gc, Link, Trace, gc};
///
/// #[derive(Trace)]
/// struct Node {
///     name: &'static str,
///     parent: Link<Node>,
///     children: RefCell<Vec<Gc<Node>>>,
/// }
///
/// let node = |name| Gc::new(Node { name, parent: Link::empty(), children: RefCell::default() });
/// let (root, leaf) = (node("root"), node("leaf"));
/// root.children.borrow_mut().push(leaf.clone());
/// leaf.parent.set(Some(root));
///
/// assert_eq!(leaf.parent.with(|parent| parent.map(|parent| parent.name)), Some("root"));
/// assert_eq!(successors(leaf.parent.get(), |node| node.parent.get()).count(), 1);
///
/// drop(leaf);
/// assert_eq!(gc::collect(), 2);
/// ```
#[repr(transparent)]
pub struct Link<T: ?Sized> {
    target: Cell<Option<Gc<T>>>,
}

const _: () = assert!(size_of::<Link<u8>>() == size_of::<*const u8>());

impl<T: ?Sized> Link<T> {
    /// A link to `target`.
    #[must_use]
    pub const fn new(target: Gc<T>) -> Self {
        Link { target: Cell::new(Some(target)) }
    }

    /// A link to nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Link { target: Cell::new(None) }
    }

    /// The target, by a handle of its own.
    #[inline]
    #[must_use]
    pub fn get(&self) -> Option<Gc<T>> {
        self.peek().cloned()
    }

    /// Calls `read` with the target.
    ///
    /// The target stays alive until `read` returns, whatever `read` does: it may set this link,
    /// collect, or panic.
    ///
    /// It takes a handle, as [`get`](Link::get) does, but if the link still refers to the target
    /// at the end, the collector is not told to examine the target when the handle is given up.
    ///
    /// ```
    /// use gcycle::{Gc, Link};
    ///
    /// let link = Link::new(Gc::new("text"));
    /// let length = link.with(|target| {
    ///     link.set(None);
    ///     target.map_or(0, |text| text.len())
    /// });
    /// assert_eq!(length, 4);
    /// assert!(link.is_none());
    /// ```
    #[inline]
    pub fn with<R>(&self, read: impl FnOnce(Option<&T>) -> R) -> R {
        let held = self.get().map(|target| Held { target: ManuallyDrop::new(target), link: self });
        read(held.as_ref().map(|held| &**held.target))
    }

    /// Sets the target, and drops the old one.
    #[inline]
    pub fn set(&self, target: Option<Gc<T>>) {
        self.target.set(target);
    }

    /// Sets the target, and returns the old one.
    #[inline]
    #[must_use = "use `set` to drop the old target"]
    pub fn replace(&self, target: Option<Gc<T>>) -> Option<Gc<T>> {
        self.target.replace(target)
    }

    /// Empties the link, and returns the target.
    #[inline]
    pub fn take(&self) -> Option<Gc<T>> {
        self.target.take()
    }

    /// The handle in the link.
    #[inline]
    #[must_use]
    pub fn into_inner(self) -> Option<Gc<T>> {
        self.target.into_inner()
    }

    /// Whether `target` is the target.
    #[inline]
    #[must_use]
    pub fn is(&self, target: &Gc<T>) -> bool {
        self.peek().is_some_and(|own| Gc::ptr_eq(own, target))
    }

    /// Whether there is a target.
    #[inline]
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.peek().is_some()
    }

    /// Whether there is none.
    #[inline]
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.peek().is_none()
    }

    /// The handle in the link, for callers in this file that run no code of the program while
    /// they look at it, and do not set the link.
    #[inline]
    fn peek(&self) -> Option<&Gc<T>> {
        // SAFETY: the cell is not `Sync`, its contents are initialised, and it is written only
        // by its methods and by code that has `&mut` to it. As long as the borrow lasts neither
        // runs: see above.
        unsafe { (*self.target.as_ptr()).as_ref() }
    }
}

/// The handle through which [`Link::with`] lends the target.
///
/// # Invariants
///
/// `target` is a handle that was counted, until `drop` gives it up.
struct Held<'a, T: ?Sized> {
    target: ManuallyDrop<Gc<T>>,
    link: &'a Link<T>,
}

impl<T: ?Sized> Drop for Held<'_, T> {
    /// Gives the handle up. The link counts too if it refers to the target, and then this is
    /// neither the last handle nor one to make a candidate for.
    #[inline]
    fn drop(&mut self) {
        if self.link.is(&self.target) {
            self.target.object().release_beside_another();
        } else {
            // SAFETY: the handle is given up here, and not used again.
            unsafe { ManuallyDrop::drop(&mut self.target) };
        }
    }
}

impl<T: ?Sized> Default for Link<T> {
    /// A link to nothing.
    fn default() -> Self {
        Link::empty()
    }
}

impl<T: ?Sized> Clone for Link<T> {
    /// Another link to the same target.
    fn clone(&self) -> Self {
        Link::from(self.get())
    }
}

impl<T: ?Sized> From<Gc<T>> for Link<T> {
    fn from(target: Gc<T>) -> Self {
        Link::new(target)
    }
}

impl<T: ?Sized> From<Option<Gc<T>>> for Link<T> {
    fn from(target: Option<Gc<T>>) -> Self {
        Link { target: Cell::new(target) }
    }
}

impl<T: ?Sized> fmt::Debug for Link<T> {
    /// Shows only whether there is a target: a node is shown with its neighbours otherwise, and
    /// those with theirs, on each of the ways through the graph.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_some() { "Link(..)" } else { "Link(None)" })
    }
}

// SAFETY: the handle is owned by the link alone, and the cell reports it once.
unsafe impl<T: ?Sized> Trace for Link<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.target.trace(tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        self.target.trace_labelled(tracer);
    }

    #[inline]
    fn tracked() -> bool {
        Cell::<Option<Gc<T>>>::tracked()
    }

    #[inline]
    fn drops_quietly(_: impl Ask) -> bool {
        true
    }

    #[inline]
    fn traces_plainly(_: impl Ask) -> bool {
        true
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        false
    }
}

impl<T: Acyclic + ?Sized> Acyclic for Link<T> {}

impl<T: ?Sized> Owns for Link<T> {
    type Owned = IsAcyclic<Self>;
}
