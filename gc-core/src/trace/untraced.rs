//! [`Untraced`]: a wrapper for a foreign value that the collector does not look into.
//!
//! It does the same as `#[trace(skip)]` in places where an attribute cannot stand: for
//! the item of a `Vec`, the value of a map, an argument of a generic type.

use core::ops::{Deref, DerefMut};

use crate::trace::contract::{Acyclic, Ask, Trace};
use crate::trace::recursion::Owns;
use crate::trace::tracer::{LabelTracer, Tracer};

/// A value of any type that the collector does not look into.
///
/// Use it for types of other crates that do not implement [`Trace`]. It is safe for any
/// contents: a [`Gc`](crate::Gc) inside keeps its target alive, and a cycle that leads
/// through it is not found.
///
/// # Examples
///
/// ```
/// # use gc_core as gcycle;
/// use gcycle::{Gc, Untraced};
///
/// /// A type of another crate, without `Trace`.
/// struct Connection {
///     port: u16,
/// }
///
/// let connections = Gc::new(vec![Untraced(Connection { port: 80 })]);
/// assert_eq!(connections[0].port, 80);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Untraced<T>(pub T);

impl<T> Untraced<T> {
    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Untraced<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Untraced<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Untraced<T> {
    fn from(value: T) -> Self {
        Untraced(value)
    }
}

// SAFETY: nothing is reported, created, changed or looked at.
unsafe impl<T> Trace for Untraced<T> {
    #[inline]
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn trace_labelled(&self, _: &mut LabelTracer<'_>) {}

    #[inline]
    fn tracked() -> bool {
        false
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

impl<T> Acyclic for Untraced<T> {}

impl<T> Owns for Untraced<T> {
    type Owned = ();
}

/// The value of an object that was made as `Untraced<T>`, and whose handles say that it is a `T`.
///
/// What may move to another thread is told by the types of handles. So whoever asks whether a heap may
/// move is told here that nobody has looked into the object, although `T` may be `Movable`.
#[repr(transparent)]
pub(crate) struct Concealed<T>(pub(crate) T);

// SAFETY: as for `Untraced`.
unsafe impl<T> Trace for Concealed<T> {
    #[inline]
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        tracer.closed::<T>();
    }

    #[inline]
    fn tracked() -> bool {
        false
    }

    #[inline]
    fn traces_plainly(_: impl Ask) -> bool {
        true
    }

    #[inline]
    fn may_finalize(&self) -> bool {
        false
    }

    fn type_name() -> &'static str {
        Untraced::<T>::type_name()
    }
}
