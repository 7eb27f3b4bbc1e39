//! What a program does with a page: asks about ancestors, extracts the text,
//! cuts parts out.
//!
//! Written once over [`Dom`], so that `--compare` runs the very same work on
//! another tree. Nothing here recurses: a page may nest as deep as it likes.

use core::iter;

use gcycle::Gc;
use html5ever::{LocalName, local_name};
use serde::Serialize;

use super::tree::{self, Node, NodeData};

/// What a walk needs to know of a node.
pub(crate) enum Kind<'a> {
    /// An element of this name.
    Element(&'a LocalName),
    /// Text.
    Text,
    /// A comment.
    Comment,
    /// Something else.
    Other,
}

/// A handle to a node of a tree.
pub(crate) trait Dom: Clone {
    /// What the node is.
    fn kind(&self) -> Kind<'_>;
    /// The node that this one is a child of.
    fn parent(&self) -> Option<Self>;
    /// The nodes below this one, in the order of the source.
    fn descendants(&self) -> impl Iterator<Item = Self>;
    /// Adds the text of a text node to `out`.
    fn push_text(&self, out: &mut String);
    /// Takes the node, with everything below it, out of its tree.
    fn detach(&self);

    /// Whether this is an element of one of the names.
    fn is_any(&self, names: &[LocalName]) -> bool {
        matches!(self.kind(), Kind::Element(name) if names.contains(name))
    }

    /// The parent, its parent, and so on up to the root.
    fn ancestors(&self) -> impl Iterator<Item = Self> {
        iter::successors(self.parent(), Self::parent)
    }
}

impl Dom for Gc<Node> {
    fn kind(&self) -> Kind<'_> {
        match &self.data {
            NodeData::Element(element) => Kind::Element(&element.name.local),
            NodeData::Text(_) => Kind::Text,
            NodeData::Comment(_) => Kind::Comment,
            _ => Kind::Other,
        }
    }

    fn parent(&self) -> Option<Self> {
        Node::parent(self)
    }

    fn descendants(&self) -> impl Iterator<Item = Self> {
        tree::descendants(self)
    }

    fn push_text(&self, out: &mut String) {
        if let NodeData::Text(text) = &self.data {
            out.push_str(&text.borrow());
        }
    }

    fn detach(&self) {
        tree::detach(self);
    }
}

/// What walking and editing pages brought to light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Findings {
    /// The number of ancestors of the deepest node.
    pub(crate) deepest: usize,
    /// Links, and those of them that stand inside a `<nav>`.
    pub(crate) links: usize,
    /// See `links`.
    pub(crate) links_in_navigation: usize,
    /// Bytes of text that a reader would see.
    pub(crate) text_bytes: usize,
    /// Subtrees that were cut out.
    pub(crate) detached: usize,
    /// Bytes of text after that.
    pub(crate) text_bytes_left: usize,
}

impl Findings {
    /// Adds what another page has shown.
    pub(crate) fn add(&mut self, other: Findings) {
        self.deepest = self.deepest.max(other.deepest);
        self.links += other.links;
        self.links_in_navigation += other.links_in_navigation;
        self.text_bytes += other.text_bytes;
        self.detached += other.detached;
        self.text_bytes_left += other.text_bytes_left;
    }
}

/// Walks and edits one page.
pub(crate) fn visit<D: Dom>(root: &D) -> Findings {
    let mut findings = Findings { text_bytes: text(root).len(), ..Findings::default() };
    ask_ancestors(root, &mut findings);
    findings.detached = keep_article(root);
    findings.text_bytes_left = text(root).len();
    findings
}

/// Looks up the tree from each node of interest.
fn ask_ancestors<D: Dom>(root: &D, findings: &mut Findings) {
    for node in root.descendants() {
        match node.kind() {
            Kind::Element(name) if *name == local_name!("a") => {
                let in_navigation =
                    node.ancestors().any(|ancestor| ancestor.is_any(&[local_name!("nav")]));
                findings.links += 1;
                findings.links_in_navigation += usize::from(in_navigation);
            }
            Kind::Text => findings.deepest = findings.deepest.max(node.ancestors().count()),
            Kind::Element(_) | Kind::Comment | Kind::Other => {}
        }
    }
}

/// The text that a reader would see.
pub(crate) fn text<D: Dom>(root: &D) -> String {
    let unseen = [local_name!("script"), local_name!("style"), local_name!("noscript")];
    let mut out = String::new();
    for node in root.descendants().filter(|node| matches!(node.kind(), Kind::Text)) {
        if !node.parent().is_some_and(|parent| parent.is_any(&unseen)) {
            node.push_text(&mut out);
        }
    }
    out
}

/// Cuts out what is not part of the article, and says how many pieces that was.
///
/// Some pieces are single nodes, which the count frees at once. The others refer
/// to themselves all over and are left to the collector.
fn keep_article<D: Dom>(root: &D) -> usize {
    let unwanted = [
        local_name!("nav"),
        local_name!("script"),
        local_name!("style"),
        local_name!("noscript"),
        local_name!("svg"),
        local_name!("button"),
        local_name!("link"),
        local_name!("meta"),
        local_name!("wbr"),
    ];
    let cut: Vec<D> = root
        .descendants()
        .filter(|node| matches!(node.kind(), Kind::Comment) || node.is_any(&unwanted))
        .collect();
    // Backwards, since trees look for a child from the end.
    for node in cut.iter().rev() {
        node.detach();
    }
    cut.len()
}
