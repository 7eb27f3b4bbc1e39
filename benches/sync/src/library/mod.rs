//! What the workloads need of a library, and the libraries.
//!
//! Their nodes have the same fields, so that they differ in their headers alone.

mod arc;
mod dumpster;
mod gcycle;

use std::ops::Deref;
use std::sync::{Mutex, MutexGuard};

pub(crate) use arc::ArcAndWeak;
pub(crate) use dumpster::Dumpster;
pub(crate) use gcycle::Gcycle;

/// A library, as the workloads see it.
pub(crate) trait Library: 'static {
    /// A handle to a number, which refers to nothing.
    type Number: Clone + Deref<Target = u64> + Send + Sync;

    /// A handle to a node.
    type Node: Clone + Send + Sync;

    /// Makes a number.
    fn number(number: u64) -> Self::Number;

    /// Makes a node that refers to nothing.
    fn node() -> Self::Node;

    /// The node that follows.
    fn next(node: &Self::Node) -> &Mutex<Option<Self::Node>>;

    /// Other nodes that it refers to.
    fn links(node: &Self::Node) -> &Mutex<Vec<Self::Node>>;

    /// Closes a cycle: `node` refers to `target` from now on, in the way that leaves no garbage.
    fn refer_back(node: &Self::Node, target: &Self::Node);

    /// Frees the cycles that nothing refers to.
    fn collect();

    /// Whether collections run in between.
    fn set_automatic(on: bool);
}

/// Locks a field of a node.
pub(crate) fn lock<T>(field: &Mutex<T>) -> MutexGuard<'_, T> {
    field.lock().expect("no thread panics")
}
