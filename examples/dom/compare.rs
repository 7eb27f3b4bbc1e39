//! The same pages on `markup5ever_rcdom`, where children are `Rc` and parents
//! are `Weak`, beside the `Gc` tree: time and memory.
//!
//! Rounds of the two alternate, and the best round of each counts: neighbours on
//! the machine then disturb both alike. Text and attributes are the same types in
//! both trees, so the memory compared is that of the nodes and the lists of
//! children.

use alloc::rc::{Rc, Weak};
use core::iter;
use std::time::Instant;

use gcycle::{Gc, gc};
use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, Node as RcNode, NodeData as RcNodeData, RcDom};
use serde::Serialize;

use super::measure::nanoseconds;
use super::pages::Page;
use super::sink;
use super::tree::{Node, NodeData};
use super::walk::{self, Dom, Findings, Kind};

/// How often both trees are built.
pub(crate) const ROUNDS: usize = 5;

/// The two trees side by side.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// The tree on `Gc`.
    pub(crate) gc: Cost,
    /// The tree on `Rc` and `Weak`.
    pub(crate) rc: Cost,
}

/// What the pages cost on one kind of tree, at the best round.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Cost {
    /// Parsing, which builds the trees.
    pub(crate) parse_ns: u64,
    /// Walking and editing.
    pub(crate) visit_ns: u64,
    /// Dropping the trees, a full collection included.
    pub(crate) drop_ns: u64,
    /// Bytes of nodes and of lists of children when all trees stand.
    pub(crate) bytes: usize,
}

impl Cost {
    const UNKNOWN: Cost =
        Cost { parse_ns: u64::MAX, visit_ns: u64::MAX, drop_ns: u64::MAX, bytes: usize::MAX };

    /// All the time together.
    pub(crate) fn total_ns(&self) -> u64 {
        self.parse_ns + self.visit_ns + self.drop_ns
    }

    fn best(self, other: Cost) -> Cost {
        Cost {
            parse_ns: self.parse_ns.min(other.parse_ns),
            visit_ns: self.visit_ns.min(other.visit_ns),
            drop_ns: self.drop_ns.min(other.drop_ns),
            bytes: self.bytes.min(other.bytes),
        }
    }
}

/// Runs both trees over the pages.
///
/// # Panics
///
/// If the two trees do not show the same findings: then they did not do the same
/// work.
pub(crate) fn compare(pages: &[Page], mut after_round: impl FnMut()) -> Comparison {
    let mut comparison = Comparison { gc: Cost::UNKNOWN, rc: Cost::UNKNOWN };
    for _ in 0..ROUNDS {
        let (gc, gc_findings) = run::<Gc<Node>>(pages);
        let (rc, rc_findings) = run::<Handle>(pages);
        assert_eq!(gc_findings, rc_findings, "both trees show the same");
        comparison.gc = comparison.gc.best(gc);
        comparison.rc = comparison.rc.best(rc);
        after_round();
    }
    comparison
}

/// A kind of tree with what the comparison needs beyond walking it.
trait Contender: Dom {
    /// Parses a page.
    fn parse(html: &str) -> Self;
    /// The root of what a template holds.
    fn template_contents(&self) -> Option<Self>;
    /// Bytes that one node occupies.
    fn node_bytes() -> usize;
    /// Bytes of the list of children.
    fn list_bytes(&self) -> usize;
    /// Frees what dropping the roots has not freed.
    fn clear() {}
}

impl Contender for Gc<Node> {
    fn parse(html: &str) -> Self {
        sink::parse(html).root
    }

    fn template_contents(&self) -> Option<Self> {
        self.as_element()?.template_contents.clone()
    }

    fn node_bytes() -> usize {
        let _pause = gc::pause();
        let before = gc::memory().live_bytes;
        let _node = Node::new(NodeData::Document);
        gc::memory().live_bytes - before
    }

    fn list_bytes(&self) -> usize {
        self.children().capacity() * size_of::<Self>()
    }

    fn clear() {
        gc::collect();
    }
}

impl Dom for Handle {
    fn kind(&self) -> Kind<'_> {
        match &self.data {
            RcNodeData::Element { name, .. } => Kind::Element(&name.local),
            RcNodeData::Text { .. } => Kind::Text,
            RcNodeData::Comment { .. } => Kind::Comment,
            _ => Kind::Other,
        }
    }

    fn parent(&self) -> Option<Self> {
        let parent = self.parent.take();
        let upgraded = parent.as_ref().and_then(Weak::upgrade);
        self.parent.set(parent);
        upgraded
    }

    /// There are no siblings to follow, so what is still to come must be kept.
    fn descendants(&self) -> impl Iterator<Item = Self> {
        let mut pending: Vec<Handle> = self.children.borrow().iter().rev().cloned().collect();
        iter::from_fn(move || {
            let node = pending.pop()?;
            pending.extend(node.children.borrow().iter().rev().cloned());
            Some(node)
        })
    }

    fn push_text(&self, out: &mut String) {
        if let RcNodeData::Text { contents } = &self.data {
            out.push_str(&contents.borrow());
        }
    }

    fn detach(&self) {
        let Some(parent) = Dom::parent(self) else {
            return;
        };
        self.parent.set(None);
        let mut siblings = parent.children.borrow_mut();
        if let Some(position) = siblings.iter().rposition(|node| Rc::ptr_eq(node, self)) {
            siblings.remove(position);
        }
    }
}

impl Contender for Handle {
    fn parse(html: &str) -> Self {
        parse_document(RcDom::default(), ParseOpts::default()).one(html).document
    }

    fn template_contents(&self) -> Option<Self> {
        match &self.data {
            RcNodeData::Element { template_contents, .. } => template_contents.borrow().clone(),
            _ => None,
        }
    }

    fn node_bytes() -> usize {
        let counts = 2 * size_of::<usize>();
        counts + size_of::<RcNode>()
    }

    fn list_bytes(&self) -> usize {
        self.children.borrow().capacity() * size_of::<Self>()
    }
}

fn run<D: Contender>(pages: &[Page]) -> (Cost, Findings) {
    let start = Instant::now();
    let roots: Vec<D> = pages.iter().map(|page| D::parse(&page.html)).collect();
    let parsed = Instant::now();
    let bytes = roots.iter().map(tree_bytes).sum();
    let counted = Instant::now();
    let mut findings = Findings::default();
    for root in &roots {
        findings.add(walk::visit(root));
    }
    let visited = Instant::now();
    drop(roots);
    D::clear();
    let dropped = Instant::now();
    let cost = Cost {
        parse_ns: nanoseconds(parsed - start),
        visit_ns: nanoseconds(visited - counted),
        drop_ns: nanoseconds(dropped - visited),
        bytes,
    };
    (cost, findings)
}

/// The bytes of a tree, with those that its templates hold.
fn tree_bytes<D: Contender>(root: &D) -> usize {
    let (mut nodes, mut lists) = (0, 0);
    let mut roots = vec![root.clone()];
    while let Some(root) = roots.pop() {
        nodes += 1;
        lists += root.list_bytes();
        for node in root.descendants() {
            nodes += 1;
            lists += node.list_bytes();
            roots.extend(node.template_contents());
        }
    }
    nodes * D::node_bytes() + lists
}
