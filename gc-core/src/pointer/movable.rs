//! [`Movable`] for handles.
//!
//! Whether a handle refers into the heap that moves is checked when it moves, by the counts. Weak
//! maps and sets are not `Movable`: their tables lie outside of the heap. Nor is a `Closure`.

use crate::pointer::by_id::ById;
use crate::pointer::gc_ptr::Gc;
use crate::pointer::link::Link;
use crate::pointer::weak_ptr::Weak;
use crate::trace::movable::Movable;

// SAFETY: a handle owns nothing but what it refers to, which is `Movable`.
unsafe impl<T: Movable + ?Sized> Movable for Gc<T> {}

// SAFETY: as for `Gc`.
unsafe impl<T: Movable + ?Sized> Movable for Weak<T> {}

// SAFETY: as for `Gc`.
unsafe impl<T: Movable + ?Sized> Movable for Link<T> {}

// SAFETY: as for `Gc`.
unsafe impl<T: Movable + ?Sized> Movable for ById<T> {}
