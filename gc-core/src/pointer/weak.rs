//! Python's `weakref` module: [`Weak`], a handle that does not keep its object alive,
//! [`finalize`], and collections that do not keep their contents alive.

pub use crate::pointer::collections::weak_map::{Value, WeakMap, WeakMapIter};
pub use crate::pointer::collections::weak_set::{WeakSet, WeakSetIter};
pub use crate::pointer::collections::weak_value_map::{WeakValueMap, WeakValueMapIter};
pub use crate::pointer::finalizer::{Finalizer, finalize};
pub use crate::pointer::weak_ptr::Weak;
