//! [`HeapSnapshot`]: a heap as it was, and the results that are computed from it once.
//!
//! The questions that can be asked of it are in files of their own, one for each kind,
//! above this one; each adds its methods. Results that several of them need are computed
//! when the first one asks for them, and kept.

use core::fmt;
use std::sync::OnceLock;

use crate::inspect::dominators::dominator_tree::DominatorTree;
use crate::inspect::graph::breadth_first::Forest;
use crate::inspect::graph::capture::capture;
use crate::inspect::graph::heap_graph::{Graph, Reversed};

/// All objects of a thread's heap and all edges between them, as they were when
/// it was taken.
///
/// A snapshot is plain data. It keeps no object alive, does not count as a referrer of
/// any, and can be sent to another thread and examined there.
///
/// # Examples
///
/// ```
/// use std::cell::RefCell;
/// use gcycle::{Gc, Trace, inspect::HeapSnapshot};
///
/// #[derive(Trace)]
/// struct Folder {
///     parent: Option<Gc<Folder>>,
///     children: RefCell<Vec<Gc<Folder>>>,
/// }
///
/// let top = Gc::new(Folder { parent: None, children: RefCell::default() });
/// let inner = Gc::new(Folder { parent: Some(top.clone()), children: RefCell::default() });
/// top.children.borrow_mut().push(inner.clone());
///
/// let snapshot = HeapSnapshot::capture();
/// let edge = snapshot.referrers(&inner).next().unwrap();
/// assert_eq!(edge.owner().id(), (&top).into());
/// assert_eq!(edge.label().to_string(), "children[0]");
/// ```
pub struct HeapSnapshot {
    graph: Graph,
    referrers: OnceLock<Reversed>,
    forest: OnceLock<Forest>,
    dominators: OnceLock<DominatorTree>,
}

const fn is_plain_data<T: Send + Sync + 'static>() {}
const _: () = is_plain_data::<HeapSnapshot>();

impl HeapSnapshot {
    /// Takes a snapshot of this thread's heap.
    ///
    /// It contains every object whose value exists: tracked or untracked, permanent, and
    /// unreachable but not yet found by a collection. It does **not** collect first,
    /// because that would hide the cycle you are looking for.
    ///
    /// It does not show objects that are not fully built, that are being dropped, or that
    /// a running collection has found unreachable. The objects that these refer to count
    /// as [held from outside](crate::inspect::ObjectInfo::external_count).
    ///
    /// Nor does it show edges that it must not read: those of an object in exclusive use
    /// through `Gc::get_mut`, and those inside a `RefCell` that is mutably borrowed or a
    /// lock that is taken. The targets of these edges count as held from outside, too.
    ///
    /// You can take a snapshot at any time, also in a finalizer or a callback. It takes
    /// about as long as a full collection that finds nothing.
    ///
    /// # Panics
    ///
    /// If a hand-written `trace` panics, or if there are more than 2³² edges.
    #[must_use]
    pub fn capture() -> HeapSnapshot {
        HeapSnapshot::from_graph(capture())
    }

    pub(crate) fn from_graph(graph: Graph) -> HeapSnapshot {
        HeapSnapshot {
            graph,
            referrers: OnceLock::new(),
            forest: OnceLock::new(),
            dominators: OnceLock::new(),
        }
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(crate) fn reversed(&self) -> &Reversed {
        self.referrers.get_or_init(|| self.graph.edges.reversed())
    }

    pub(crate) fn forest(&self) -> &Forest {
        self.forest.get_or_init(|| Forest::grow(&self.graph.edges, self.graph.roots()))
    }

    pub(crate) fn dominator_tree(&self) -> &DominatorTree {
        self.dominators.get_or_init(|| DominatorTree::grow(&self.graph))
    }

    /// The number of objects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.records.len()
    }

    /// Whether the heap was empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.graph.records.is_empty()
    }

    /// The number of edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.graph.edges.entries.len()
    }

    /// The bytes of all objects, as [`ObjectInfo::bytes`](crate::inspect::ObjectInfo::bytes).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.graph.count_by_kind().map(|(kind, count)| count * kind.bytes).sum()
    }
}

impl fmt::Debug for HeapSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeapSnapshot")
            .field("objects", &self.len())
            .field("edges", &self.edge_count())
            .field("bytes", &self.bytes())
            .finish()
    }
}
