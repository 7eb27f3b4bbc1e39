//! The functions of the collector of objects that threads share.

use crate::sync::collector;

/// Finds the objects that no thread can reach, drops them, and returns how many there were.
///
/// Other threads go on meanwhile. What was unreachable when this was called is found, unless its
/// `trace` panics; it is dropped when this returns, but for what a collection that another
/// thread began is still dropping.
///
/// Called by the `trace` of a collection, it does nothing and returns 0.
///
/// # Panics
///
/// If a `trace` or a drop panics, after everything else was dropped.
///
/// # Examples
///
/// ```
/// use std::sync::OnceLock;
///
/// use gcycle::{Trace, sync};
///
/// #[derive(Trace)]
/// #[trace(shared)]
/// struct Own(OnceLock<sync::Gc<Own>>);
///
/// let own = sync::Gc::new(Own(OnceLock::new()));
/// own.0.set(own.clone()).ok();
/// drop(own);
/// assert_eq!(sync::gc::collect(), 1);
/// ```
pub fn collect() -> usize {
    collector::collect()
}
