//! The memory that an object alone keeps alive.

use alloc::vec::Vec;
use core::cmp::Reverse;
use std::sync::OnceLock;

use crate::inspect::dominators::dominator_tree::DominatorTree;
use crate::inspect::graph::heap_graph::Rows;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{ObjectId, ObjectInfo};

/// Which objects keep which others alive: the dominator tree of a snapshot.
///
/// An object dominates another if every path from the roots to the other leads through
/// it: without it the other would be freed. Each object has one nearest dominator, or
/// none if independent roots hold it. So the nearest dominators form a tree.
///
/// The tree includes garbage that has not been collected yet: if nothing leads into a
/// cycle, each of its members counts as held.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, inspect::HeapSnapshot};
///
/// let shared = Gc::new(1_u64);
/// let list = Gc::new(vec![Gc::new(2_u64), Gc::new(3_u64), shared.clone()]);
///
/// let snapshot = HeapSnapshot::capture();
/// let dominators = snapshot.dominators();
/// let list = snapshot.get(&list).unwrap();
/// assert_eq!(dominators.dominated_by(list).count(), 2, "the variable holds `shared` too");
/// let two_numbers = 2 * snapshot.get(&shared).unwrap().bytes();
/// assert_eq!(list.retained_size(), list.bytes() + list.owned() + two_numbers);
/// ```
#[derive(Debug)]
pub struct Dominators<'a> {
    snapshot: &'a HeapSnapshot,
    tree: &'a DominatorTree,
    dominated: OnceLock<Rows>,
}

impl HeapSnapshot {
    /// The dominator tree of this snapshot. It is computed when it is first asked for.
    #[must_use]
    pub fn dominators(&self) -> Dominators<'_> {
        let tree = self.dominator_tree();
        Dominators { snapshot: self, tree, dominated: OnceLock::new() }
    }

    /// The bytes that would be freed if an object vanished: its own, and those of
    /// everything that it alone keeps alive, on the heap and
    /// [elsewhere](ObjectInfo::owned). 0 if the snapshot does not contain it.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let list = Gc::new(vec![Gc::new(1), Gc::new(2), Gc::new(3)]);
    /// let snapshot = HeapSnapshot::capture();
    /// assert_eq!(snapshot.retained_size(&list), snapshot.bytes() + snapshot.owned());
    /// ```
    pub fn retained_size(&self, of: impl Into<ObjectId>) -> usize {
        self.get(of).map_or(0, ObjectInfo::retained_size)
    }
}

impl<'a> ObjectInfo<'a> {
    /// The bytes that would be freed if the object vanished: [`bytes`](ObjectInfo::bytes) and
    /// [`owned`](ObjectInfo::owned) of all that it alone keeps alive, itself included.
    #[must_use]
    pub fn retained_size(self) -> usize {
        self.snapshot().dominator_tree().retained(self.index())
    }

    /// The nearest object that alone keeps this one alive, if there is one.
    #[must_use]
    pub fn dominator(self) -> Option<ObjectInfo<'a>> {
        let dominator = self.snapshot().dominator_tree().dominator(self.index());
        dominator.map(|index| self.snapshot().object_at(index))
    }
}

impl<'a> Dominators<'a> {
    fn row(&self, row: u32) -> impl ExactSizeIterator<Item = ObjectInfo<'a>> {
        let dominated = self.dominated.get_or_init(|| self.tree.dominated());
        let snapshot = self.snapshot;
        dominated.row(row).iter().map(move |&index| snapshot.object_at(index))
    }

    /// The objects whose nearest dominator this one is.
    pub fn dominated_by(
        &self,
        object: impl Into<ObjectId>,
    ) -> impl Iterator<Item = ObjectInfo<'a>> {
        let object = self.snapshot.get(object);
        object.into_iter().flat_map(|object| self.row(object.index()))
    }

    /// The objects without a dominator: those that are held from outside, by several
    /// roots, or only by themselves. Their retained sizes add up to the bytes of the
    /// heap and what it owns.
    pub fn top(&self) -> impl ExactSizeIterator<Item = ObjectInfo<'a>> {
        self.row(crate::inspect::graph::heap_graph::narrow(self.snapshot.len()))
    }

    /// All objects, the one with the largest retained size first.
    #[must_use]
    pub fn largest(&self) -> Vec<ObjectInfo<'a>> {
        let mut objects: Vec<ObjectInfo<'a>> = self.snapshot.objects().collect();
        objects.sort_by_cached_key(|object| Reverse(object.retained_size()));
        objects
    }
}
