//! What the workloads need of a library, and the libraries.
//!
//! Their nodes have the same fields, so that they differ in their headers alone.

mod arc;
mod dumpster;
mod gcycle;

use std::ops::Deref;
#[cfg(test)]
use std::sync::MutexGuard;
#[cfg(test)]
use std::sync::PoisonError;
use std::sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

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

/// A library with the elements of a document, see [`crate::document`].
pub(crate) trait Elements: Library {
    /// A handle to an element.
    type Element: Clone + Send + Sync;

    /// What an element has of its parent, and a listener of the element that it informs.
    type Back: Send + Sync;

    /// Makes an element that refers to no other.
    fn element(id: u64, texts: Vec<String>) -> Self::Element;

    /// Its number, which no other has.
    fn id(element: &Self::Element) -> u64;

    /// Its texts.
    fn texts(element: &Self::Element) -> &Mutex<Vec<String>>;

    /// Its parent.
    fn parent(element: &Self::Element) -> &Mutex<Option<Self::Back>>;

    /// Its children.
    fn children(element: &Self::Element) -> &RwLock<Vec<Self::Element>>;

    /// Its listeners.
    fn listeners(element: &Self::Element) -> &Mutex<Vec<Self::Back>>;

    /// Refers back to `target`, in the way that leaves no garbage.
    fn back(target: &Self::Element) -> Self::Back;

    /// Looks at what is referred to, if it is still there.
    fn with_target<R>(back: &Self::Back, look: impl FnOnce(&Self::Element) -> R) -> Option<R>;
}

/// A lock for tests that use dumpster: others that drop its handles meanwhile can make a collection wait
/// for itself.
#[cfg(test)]
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks the children of an element, to look at them.
pub(crate) fn read<T>(field: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    field.read().expect("no thread panics")
}

/// Locks the children of an element, to change them.
pub(crate) fn write<T>(field: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    field.write().expect("no thread panics")
}
