//! The same pages on `markup5ever_rcdom`, where children are `Rc` and parents
//! are `Weak`, beside the `Gc` tree: time and memory.
//!
//! Rounds of the two alternate, and the best round of each counts: neighbours on
//! the machine then disturb both alike. Text and attributes are the same types in
//! both trees, so the memory compared is that of the nodes and the lists of
//! children.
//!
//! A page of which the two make different trees is not compared: it would not be
//! the same work.

use alloc::rc::{Rc, Weak};
use core::hint::black_box;
use core::{fmt, iter};
use std::path::PathBuf;
use std::time::Instant;

use gcycle::{Gc, gc};
use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, local_name, parse_document};
use markup5ever_rcdom::{Handle, Node as RcNode, NodeData as RcNodeData, RcDom};
use serde::Serialize;

use super::measure::nanoseconds;
use super::pages::Page;
use super::sink;
use super::tree::{Node, NodeData};
use super::walk::{self, Dom, Kind};

/// How often both trees are built.
pub(crate) const ROUNDS: usize = 5;

/// The two trees side by side.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// Pages that were compared.
    pub(crate) files: usize,
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

/// A page of which the two trees are not the same.
#[derive(Debug)]
pub(crate) struct Unlike {
    path: PathBuf,
    /// Whether it is the difference that is known.
    has_copied_option: bool,
    /// What differs, with the number for `Gc` and the number for `Rc`.
    numbers: Vec<(&'static str, usize, usize)>,
}

impl fmt::Display for Unlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = if self.has_copied_option {
            "the tree on Rc and Weak does not fill <selectedcontent>"
        } else {
            "the two trees differ"
        };
        write!(f, "{}: is not compared, since {why}", self.path.display())?;
        let numbers = self.numbers.iter().map(|(what, gc, rc)| format!("{gc} and {rc} {what}"));
        write!(f, " (Gc and Rc: {})", numbers.collect::<Vec<_>>().join(", "))
    }
}

impl core::error::Error for Unlike {}

/// Runs both trees over the pages of which they are the same, if there are any,
/// and says which are not.
pub(crate) fn compare(
    pages: &[Page],
    mut after_round: impl FnMut(),
) -> (Option<Comparison>, Vec<Unlike>) {
    let (mut alike, mut unlike) = (Vec::new(), Vec::new());
    for page in pages {
        match check(page) {
            Ok(()) => alike.push(page),
            Err(difference) => unlike.push(difference),
        }
    }
    if alike.is_empty() {
        return (None, unlike);
    }
    let (mut gc, mut rc) = (Cost::UNKNOWN, Cost::UNKNOWN);
    for _ in 0..ROUNDS {
        gc = gc.best(run::<Gc<Node>>(&alike));
        rc = rc.best(run::<Handle>(&alike));
        after_round();
    }
    (Some(Comparison { files: alike.len(), gc, rc }), unlike)
}

/// Whether the page means the same work for both trees.
fn check(page: &Page) -> Result<(), Unlike> {
    let (gc, rc) = (numbers::<Gc<Node>>(page), numbers::<Handle>(page));
    if gc == rc {
        return Ok(());
    }
    let both = gc.into_iter().zip(rc).filter(|(gc, rc)| gc != rc);
    Err(Unlike {
        path: page.path.clone(),
        has_copied_option: has_copied_option(page),
        numbers: both.map(|((what, gc), (_, rc))| (what, gc, rc)).collect(),
    })
}

/// What is to be the same on both trees.
fn numbers<D: Contender>(page: &Page) -> [(&'static str, usize); 7] {
    let root = D::parse(&page.html);
    let nodes = size(&root).nodes;
    let found = walk::visit(&root);
    drop(root);
    D::clear();
    [
        ("nodes", nodes),
        ("ancestors of the deepest text", found.deepest),
        ("links", found.links),
        ("links inside a <nav>", found.links_in_navigation),
        ("bytes of text", found.text_bytes),
        ("subtrees detached", found.detached),
        ("bytes of text left", found.text_bytes_left),
    ]
}

/// Whether an option is shown in a `<selectedcontent>`, which `markup5ever_rcdom`
/// never does.
fn has_copied_option(page: &Page) -> bool {
    let place = [local_name!("selectedcontent")];
    let root = sink::parse(&page.html).root;
    root.descendants().any(|node| node.is_any(&place) && node.last_child().is_some())
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

fn run<D: Contender>(pages: &[&Page]) -> Cost {
    let start = Instant::now();
    let roots: Vec<D> = pages.iter().map(|page| D::parse(&page.html)).collect();
    let parsed = Instant::now();
    let bytes = roots.iter().map(|root| size(root).bytes::<D>()).sum();
    let counted = Instant::now();
    for root in &roots {
        black_box(walk::visit(root));
    }
    let visited = Instant::now();
    drop(roots);
    D::clear();
    let dropped = Instant::now();
    Cost {
        parse_ns: nanoseconds(parsed - start),
        visit_ns: nanoseconds(visited - counted),
        drop_ns: nanoseconds(dropped - visited),
        bytes,
    }
}

/// How large a tree is, with what its templates hold.
struct Size {
    nodes: usize,
    list_bytes: usize,
}

impl Size {
    fn bytes<D: Contender>(&self) -> usize {
        self.nodes * D::node_bytes() + self.list_bytes
    }
}

fn size<D: Contender>(root: &D) -> Size {
    let (mut nodes, mut list_bytes) = (0, 0);
    let mut roots = vec![root.clone()];
    while let Some(root) = roots.pop() {
        nodes += 1;
        list_bytes += root.list_bytes();
        for node in root.descendants() {
            nodes += 1;
            list_bytes += node.list_bytes();
            roots.extend(node.template_contents());
        }
    }
    Size { nodes, list_bytes }
}
