//! [`HeapSnapshot`]: a heap as it was, and the results that are computed from it once.
//!
//! The questions that can be asked of it are in files of their own, one for each kind,
//! above this one; each adds its methods. Results that several of them need are computed
//! when the first one asks for them, and kept.

use core::fmt;
use std::sync::OnceLock;

use crate::inspect::dominators::dominator_tree::DominatorTree;
use crate::inspect::graph::breadth_first::Forest;
use crate::inspect::graph::capture::{capture, capture_with_texts};
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

    /// Takes a snapshot with the texts of objects, so that you see *which* user, file or order
    /// an object is.
    ///
    /// Objects whose value is a `str`, a `String`, a number, a `bool` or a `char` have a text,
    /// and so do those of types with `#[trace(describe)]`. A text has at most 100 characters:
    /// one that is longer is cut, and ends with `…`. It is shown wherever the object is, with
    /// control characters, and others that would change what is around them, written as in Rust.
    ///
    /// Code that writes texts is code of the program. It runs after the snapshot proper was
    /// taken, in which the objects that it makes do not appear, and may do anything. If it
    /// panics, for instance because a `RefCell` is mutably borrowed, the text is `(panicked)`.
    /// If it takes a snapshot with texts itself, or if a `trace` calls this function, there are
    /// no texts. The objects whose texts are written are held meanwhile.
    ///
    /// A text costs a few hundred nanoseconds and as many bytes as it has.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::fmt;
    ///
    /// use gcycle::{Gc, Trace, inspect::HeapSnapshot};
    ///
    /// #[derive(Trace)]
    /// #[trace(describe)]
    /// struct User {
    ///     name: String,
    ///     friends: Vec<Gc<User>>,
    /// }
    ///
    /// impl fmt::Display for User {
    ///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         write!(f, "{} with {} friends", self.name, self.friends.len())
    ///     }
    /// }
    ///
    /// let ada = Gc::new(User { name: "Ada".into(), friends: Vec::new() });
    /// let snapshot = HeapSnapshot::capture_with_texts();
    /// assert_eq!(snapshot.get(&ada).unwrap().text(), Some("Ada with 0 friends"));
    /// assert_eq!(HeapSnapshot::capture().get(&ada).unwrap().text(), None);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`capture`](HeapSnapshot::capture).
    #[must_use]
    pub fn capture_with_texts() -> HeapSnapshot {
        HeapSnapshot::from_graph(capture_with_texts())
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

    /// The bytes of all objects, as [`ObjectInfo::bytes`](crate::inspect::ObjectInfo::bytes):
    /// those of the heap itself.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.graph.count_by_kind().map(|(kind, count)| count * kind.bytes).sum()
    }

    /// The bytes that the values of all objects own elsewhere in memory, as
    /// [`ObjectInfo::owned`](crate::inspect::ObjectInfo::owned).
    #[must_use]
    pub fn owned(&self) -> usize {
        self.graph.indices().map(|index| self.graph.owned.of(index)).fold(0, usize::saturating_add)
    }
}

impl fmt::Debug for HeapSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeapSnapshot")
            .field("objects", &self.len())
            .field("edges", &self.edge_count())
            .field("bytes", &self.bytes())
            .field("owned", &self.owned())
            .finish()
    }
}
