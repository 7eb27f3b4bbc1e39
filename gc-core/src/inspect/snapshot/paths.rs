//! Why an object is alive: the paths that lead to it from the roots.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::inspect::graph::heap_graph::Reversed;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{Edge, ObjectId, ObjectInfo};
use crate::inspect::snapshot::table::{Align, Table, grouped};

/// A path from a root, which is an object with a handle from outside, to another object,
/// edge by edge.
///
/// It prints as a table with one line for each object, from the root to the end:
///
/// ```text
///  held by                 object
/// ────────────────────────────────────────────────────────
///  1 handle from outside   <app::Registry 0x7f5c0a2c0f90>
///  .listeners[3]           <app::Listener 0x7f5c0a2d1230>
///  .window                 <app::Window 0x7f5c0a2e0450>
/// ```
///
/// Of more than 200 edges the middle ones are only counted.
#[derive(Clone, Debug)]
pub struct Path<'a> {
    root: ObjectInfo<'a>,
    edges: Vec<Edge<'a>>,
}

impl<'a> Path<'a> {
    /// The object where it begins: one with handles from outside.
    #[must_use]
    pub fn root(&self) -> ObjectInfo<'a> {
        self.root
    }

    /// The edges, from the root on; none if the path ends at the root.
    #[must_use]
    pub fn edges(&self) -> &[Edge<'a>] {
        &self.edges
    }

    /// The objects on the path, including the first and the last.
    pub fn objects(&self) -> impl Iterator<Item = ObjectInfo<'a>> {
        core::iter::once(self.root).chain(self.edges.iter().map(|edge| edge.target()))
    }

    /// The object where it ends.
    #[must_use]
    pub fn end(&self) -> ObjectInfo<'a> {
        self.edges.last().map_or(self.root, |edge| edge.target())
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([("held by", Align::Left), ("object", Align::Left)]);
        table.add([handles_from_outside(self.root), self.root.to_string()]);
        let left_out = self.edges.len().saturating_sub(2 * MOST_AT_EACH_END);
        let middle = MOST_AT_EACH_END..MOST_AT_EACH_END + left_out;
        for (number, edge) in self.edges.iter().enumerate() {
            if !middle.contains(&number) {
                table.add([Dotted(*edge).to_string(), edge.target().to_string()]);
            } else if number == middle.start {
                table.add(["…".into(), format!("{} more", grouped(left_out))]);
            }
        }
        table.fmt(f)
    }
}

/// Of a longer path only so many edges are printed at its beginning, and at its end.
const MOST_AT_EACH_END: usize = 100;

/// What holds a root, in words.
pub(crate) fn handles_from_outside(root: ObjectInfo<'_>) -> String {
    let handles = root.external_count();
    let plural = if handles == 1 { "" } else { "s" };
    format!("{} handle{plural} from outside", grouped(handles))
}

/// A label as it would follow the name of a variable.
struct Dotted<'a>(Edge<'a>);

impl fmt::Display for Dotted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.0.label().to_string();
        match label.as_bytes().first() {
            None => f.write_str("(unnamed)"),
            Some(b'[') => f.write_str(&label),
            Some(_) => write!(f, ".{label}"),
        }
    }
}

impl HeapSnapshot {
    /// A shortest path from a root to an object, which shows why the object is alive.
    ///
    /// `None` if no root reaches the object, which is then garbage, or if the snapshot
    /// does not contain it.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::{HeapSnapshot, ObjectId}};
    ///
    /// let inner = Gc::new(vec![Gc::new(5)]);
    /// let five = inner[0].clone();
    /// let outer = Gc::new([inner]);
    /// let id = ObjectId::from(&five);
    /// drop(five);
    ///
    /// let snapshot = HeapSnapshot::capture();
    /// let path = snapshot.path_to_root(id).unwrap();
    /// assert_eq!(path.root().id(), (&outer).into());
    /// let labels: Vec<String> = path.edges().iter().map(|edge| edge.label().to_string()).collect();
    /// assert_eq!(labels, ["[0]", "[0]"]);
    /// ```
    pub fn path_to_root(&self, of: impl Into<ObjectId>) -> Option<Path<'_>> {
        let forest = self.forest();
        let mut at = self.get(of).filter(|object| forest.is_reached(object.index()))?;
        let mut edges = Vec::new();
        while let Some(position) = forest.last_edge(at.index()) {
            let edge = self.edge_at(position);
            edges.push(edge);
            at = edge.owner();
        }
        edges.reverse();
        Some(Path { root: at, edges })
    }

    /// A shortest path from **each** root that reaches an object, shortest first: all of
    /// these roots would have to let go of it.
    ///
    /// The paths are found one at a time, so taking the first few is cheap.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let shared = Gc::new(5);
    /// let holders = [Gc::new(vec![shared.clone()]), Gc::new(vec![shared.clone()])];
    /// let snapshot = HeapSnapshot::capture();
    /// let lengths: Vec<usize> =
    ///     snapshot.paths_to(&shared).map(|path| path.edges().len()).collect();
    /// assert_eq!(lengths, [0, 1, 1], "the variable, and each of the holders");
    /// ```
    pub fn paths_to(&self, of: impl Into<ObjectId>) -> impl Iterator<Item = Path<'_>> {
        let target = self.get(of).map(ObjectInfo::index);
        let mut search = BackwardSearch::new(self, target);
        core::iter::from_fn(move || search.next_path())
    }

    fn edge_at(&self, position: usize) -> Edge<'_> {
        let first = &self.graph().edges.first;
        let owner = first.partition_point(|&first| first as usize <= position) - 1;
        Edge::at(self.object_at(crate::inspect::graph::heap_graph::narrow(owner)), position)
    }
}

/// A breadth-first search against the direction of the edges.
struct BackwardSearch<'a> {
    snapshot: &'a HeapSnapshot,
    reversed: &'a Reversed,
    /// The position of the first edge of a shortest way to the target.
    onward: Vec<u32>,
    found: Vec<u32>,
    next: usize,
}

/// The search has not come here.
const NOT_FOUND: u32 = u32::MAX;
/// The object is the target.
const TARGET: u32 = u32::MAX - 1;

impl<'a> BackwardSearch<'a> {
    fn new(snapshot: &'a HeapSnapshot, target: Option<u32>) -> Self {
        let mut onward = Vec::new();
        if let Some(target) = target {
            onward = alloc::vec![NOT_FOUND; snapshot.len()];
            onward[target as usize] = TARGET;
        }
        let found = target.into_iter().collect();
        BackwardSearch { snapshot, reversed: snapshot.reversed(), onward, found, next: 0 }
    }

    fn next_path(&mut self) -> Option<Path<'a>> {
        while let Some(&object) = self.found.get(self.next) {
            self.next += 1;
            let range = self.reversed.rows.range(object);
            for place in range {
                let referrer = self.reversed.rows.entries[place];
                let onward = &mut self.onward[referrer as usize];
                if *onward == NOT_FOUND {
                    *onward = self.reversed.positions[place];
                    self.found.push(referrer);
                }
            }
            let object = self.snapshot.object_at(object);
            if object.is_root() {
                return Some(self.path_from(object));
            }
        }
        None
    }

    fn path_from(&self, root: ObjectInfo<'a>) -> Path<'a> {
        let mut edges = Vec::new();
        let mut at = root;
        loop {
            let onward = self.onward[at.index() as usize];
            if onward == TARGET {
                return Path { root, edges };
            }
            let edge = Edge::at(at, onward as usize);
            edges.push(edge);
            at = edge.target();
        }
    }
}
