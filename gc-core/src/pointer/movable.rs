//! [`Movable`] for handles.
//!
//! Whether a handle refers into the heap that moves is checked when it moves, by the counts; so is
//! whether a weak map and its keys lie in the same heap. A `Closure` is not `Movable`.

use crate::pointer::by_id::ById;
use crate::pointer::collections::weak_map::WeakMap;
use crate::pointer::collections::weak_set::WeakSet;
use crate::pointer::collections::weak_value_map::WeakValueMap;
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

// SAFETY: a map owns its table, which lies in memory of its own, and its entries, which are objects of
// the heap. What leads from the keys to them goes with the heap.
unsafe impl<K: Movable + ?Sized, V: Movable> Movable for WeakMap<K, V> {}

// SAFETY: it owns weak handles, and nothing else that is not `Send`.
unsafe impl<T: Movable + ?Sized> Movable for WeakSet<T> {}

// SAFETY: as for `WeakSet`, and keys and hasher may go.
unsafe impl<K: Movable, V: Movable + ?Sized, S: Send> Movable for WeakValueMap<K, V, S> {}
