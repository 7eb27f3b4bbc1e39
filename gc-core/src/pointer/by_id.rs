//! [`ById`]: objects as keys, by what they are and not by what is in them.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use crate::pointer::gc_ptr::Gc;
use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::recursion::{IsAcyclic, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

/// A [`Gc`] that is compared, ordered and hashed by identity: a key for the sets and maps of the
/// standard library that asks nothing of `T`.
///
/// A `Gc` itself is compared by value, like an `Rc`. In a graph that is seldom what you want:
/// two vertices with the same contents are still two, and on a cycle a derived `==` or `Hash`
/// overflows the stack. Two `ById` are equal if and only if they are handles to the same object,
/// as by [`Gc::ptr_eq`].
///
/// The key is a strong handle, and the collector sees it. For keys that do not keep their
/// objects alive there are [`WeakSet`](crate::weak::WeakSet) and
/// [`WeakMap`](crate::weak::WeakMap), which also compare by identity.
///
/// The order is that of the addresses. It stays the same as long as the objects live, and
/// differs from run to run.
///
/// # Examples
///
/// ```
/// use std::cell::RefCell;
/// use std::collections::HashSet;
/// use gcycle::{ById, Gc, Trace};
///
/// #[derive(Trace)]
/// struct Vertex {
///     edges: RefCell<Vec<Gc<Vertex>>>,
/// }
///
/// fn reachable(start: &Gc<Vertex>) -> HashSet<ById<Vertex>> {
///     let mut seen = HashSet::new();
///     let mut pending = vec![start.clone()];
///     while let Some(vertex) = pending.pop() {
///         if seen.insert(ById(vertex.clone())) {
///             pending.extend(vertex.edges.borrow().iter().cloned());
///         }
///     }
///     seen
/// }
///
/// let a = Gc::new(Vertex { edges: RefCell::default() });
/// let b = Gc::new(Vertex { edges: RefCell::new(vec![a.clone(), a.clone()]) });
/// a.edges.borrow_mut().push(b.clone());
/// assert_eq!(reachable(&a).len(), 2);
///
/// // A look-up needs no handle of its own.
/// assert!(reachable(&a).contains(ById::from_ref(&b)));
/// ```
#[repr(transparent)]
pub struct ById<T: ?Sized>(
    /// The handle.
    pub Gc<T>,
);

impl<T: ?Sized> ById<T> {
    /// A borrowed handle as a key, to look up or to compare.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use gcycle::{ById, Gc};
    ///
    /// let (one, same) = (Gc::new("text"), Gc::new("text"));
    /// let names = HashMap::from([(ById(one.clone()), "one")]);
    /// assert_eq!(names.get(ById::from_ref(&one)), Some(&"one"));
    /// assert_eq!(names.get(ById::from_ref(&same)), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_ref(gc: &Gc<T>) -> &ById<T> {
        let gc: *const Gc<T> = gc;
        // SAFETY: a `ById` is a `Gc` but for its type, and has no invariant of its own.
        unsafe { &*gc.cast::<ById<T>>() }
    }

    /// The handle.
    #[inline]
    #[must_use]
    pub fn into_inner(self) -> Gc<T> {
        self.0
    }

    #[inline]
    fn address(&self) -> usize {
        self.0.value_ptr().addr().get()
    }
}

impl<T: ?Sized> Clone for ById<T> {
    /// Another handle to the same object, which is the same key.
    #[inline]
    fn clone(&self) -> Self {
        ById(self.0.clone())
    }
}

impl<T: ?Sized> Deref for ById<T> {
    type Target = Gc<T>;

    #[inline]
    fn deref(&self) -> &Gc<T> {
        &self.0
    }
}

impl<T: ?Sized> AsRef<Gc<T>> for ById<T> {
    fn as_ref(&self) -> &Gc<T> {
        &self.0
    }
}

impl<T: ?Sized> From<Gc<T>> for ById<T> {
    fn from(gc: Gc<T>) -> Self {
        ById(gc)
    }
}

impl<'a, T: ?Sized> From<&'a Gc<T>> for &'a ById<T> {
    fn from(gc: &'a Gc<T>) -> Self {
        ById::from_ref(gc)
    }
}

impl<T: ?Sized> From<ById<T>> for Gc<T> {
    fn from(key: ById<T>) -> Self {
        key.0
    }
}

impl<T: ?Sized> PartialEq for ById<T> {
    /// Whether both are handles to the same object.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        Gc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: ?Sized> Eq for ById<T> {}

impl<T: ?Sized> PartialOrd for ById<T> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: ?Sized> Ord for ById<T> {
    /// Compares the addresses.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.address().cmp(&other.address())
    }
}

impl<T: ?Sized> Hash for ById<T> {
    /// Hashes the address.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.address());
    }
}

impl<T: ?Sized> fmt::Debug for ById<T> {
    /// Shows the address, which is the [`id`](crate::gc::id) of the object, and not its value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ById({:#x})", self.address())
    }
}

// SAFETY: the handle is owned by the key alone and traced once.
unsafe impl<T: ?Sized> Trace for ById<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        self.0.trace_labelled(tracer);
    }

    #[inline]
    fn tracked() -> bool {
        Gc::<T>::tracked()
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

impl<T: Acyclic + ?Sized> Acyclic for ById<T> {}

impl<T: ?Sized> Owns for ById<T> {
    type Owned = IsAcyclic<Self>;
}
