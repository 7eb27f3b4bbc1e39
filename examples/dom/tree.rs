//! The tree: nodes that know their parent, their children and both siblings,
//! each by a strong `Gc`.
//!
//! ```text
//!                 parent
//!                .------.
//!       .------->| ul   |<-------.
//!       |        '------'        |
//!       |        |      |        |      children: down, a vector
//!       |        v      v        |      parent:   up
//!      .------. next  .------.   |      siblings: left and right
//!      | li   |------>| li   |---'
//!      |      |<------|      |
//!      '------' prev. '------'
//! ```
//!
//! With `Rc` every arrow up and every arrow left would have to be a `Weak`, or
//! each node would keep its neighbours alive for ever. Here all four are plain
//! handles: whoever holds any node of a tree holds the whole tree, and the
//! collector frees it when nobody does.
//!
//! # Invariants
//!
//! 1. `child.parent` is `Some(node)` if and only if `node.children` contains
//!    `child`, which it does once.
//! 2. The sibling links of the children of one node spell the same order as the
//!    vector does, and are `None` at its ends. A node without a parent has none.

use core::cell::{Ref, RefCell};
use core::iter;

use gcycle::{Gc, Link, Trace};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, QualName};

/// One node of a tree.
#[derive(Trace)]
pub(crate) struct Node {
    parent: Link<Node>,
    children: RefCell<Vec<Gc<Node>>>,
    previous_sibling: Link<Node>,
    next_sibling: Link<Node>,
    /// What the node is.
    pub(crate) data: NodeData,
}

/// What a node is.
#[derive(Trace)]
pub(crate) enum NodeData {
    /// The root of a page.
    Document,
    /// The root of what a template holds, which is no part of the page.
    Fragment,
    /// The document type.
    Doctype {
        /// The name, nearly always `html`.
        #[trace(skip)]
        name: StrTendril,
        /// The public identifier.
        #[trace(skip)]
        public_id: StrTendril,
        /// The system identifier.
        #[trace(skip)]
        system_id: StrTendril,
    },
    /// Text; never beside other text when it comes from the parser.
    Text(#[trace(skip)] RefCell<StrTendril>),
    /// A comment.
    Comment(#[trace(skip)] StrTendril),
    /// A processing instruction; the parser makes none from HTML.
    Instruction {
        /// Whom it instructs.
        #[trace(skip)]
        target: StrTendril,
        /// The instruction.
        #[trace(skip)]
        text: StrTendril,
    },
    /// An element.
    Element(Element),
}

/// A tag with what belongs to it.
#[derive(Trace)]
pub(crate) struct Element {
    /// Namespace and name.
    #[trace(skip)]
    pub(crate) name: QualName,
    /// The attributes, in the order of the source.
    #[trace(skip)]
    pub(crate) attributes: RefCell<Vec<Attribute>>,
    /// The fragment that a `template` element holds.
    pub(crate) template_contents: Option<Gc<Node>>,
    /// Whether this is a `MathML` element whose content is HTML.
    pub(crate) is_integration_point: bool,
}

impl Node {
    /// A node that stands alone.
    pub(crate) fn new(data: NodeData) -> Gc<Node> {
        Gc::new(Node {
            parent: Link::empty(),
            children: RefCell::new(Vec::new()),
            previous_sibling: Link::empty(),
            next_sibling: Link::empty(),
            data,
        })
    }

    /// The node that this one is a child of.
    pub(crate) fn parent(&self) -> Option<Gc<Node>> {
        self.parent.get()
    }

    /// The children, in order.
    pub(crate) fn children(&self) -> Ref<'_, Vec<Gc<Node>>> {
        self.children.borrow()
    }

    /// The child before this one.
    pub(crate) fn previous_sibling(&self) -> Option<Gc<Node>> {
        self.previous_sibling.get()
    }

    /// The child after this one.
    pub(crate) fn next_sibling(&self) -> Option<Gc<Node>> {
        self.next_sibling.get()
    }

    /// The last child.
    pub(crate) fn last_child(&self) -> Option<Gc<Node>> {
        self.children.borrow().last().cloned()
    }

    /// The element, if the node is one.
    pub(crate) fn as_element(&self) -> Option<&Element> {
        match &self.data {
            NodeData::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The parent, its parent, and so on up to the root.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = Gc<Node>> + use<> {
        iter::successors(self.parent(), |node| node.parent())
    }

    /// Where `child` stands among the children.
    ///
    /// Looks from the end: the parser edits nearly always there.
    fn position(&self, child: &Gc<Node>) -> usize {
        let children = self.children.borrow();
        let position = children.iter().rposition(|other| Gc::ptr_eq(other, child));
        position.expect("a child is among the children of its parent (invariant 1)")
    }
}

/// Makes two nodes neighbours; `None` stands for the end of the row.
fn join(left: Option<&Gc<Node>>, right: Option<&Gc<Node>>) {
    if let Some(left) = left {
        left.next_sibling.set(right.cloned());
    }
    if let Some(right) = right {
        right.previous_sibling.set(left.cloned());
    }
}

/// Makes `child` the last child of `parent`, wherever it was before.
pub(crate) fn append(parent: &Gc<Node>, child: Gc<Node>) {
    detach(&child);
    join(parent.last_child().as_ref(), Some(&child));
    child.parent.set(Some(Gc::clone(parent)));
    parent.children.borrow_mut().push(child);
}

/// Puts `node` right before `sibling`, wherever it was before.
///
/// # Panics
///
/// If `sibling` has no parent.
pub(crate) fn insert_before(sibling: &Gc<Node>, node: Gc<Node>) {
    detach(&node);
    let parent = sibling.parent().expect("a node can only stand before one that has a parent");
    let position = parent.position(sibling);
    join(sibling.previous_sibling().as_ref(), Some(&node));
    join(Some(&node), Some(sibling));
    node.parent.set(Some(Gc::clone(&parent)));
    parent.children.borrow_mut().insert(position, node);
}

/// Takes `node`, with everything below it, out of the tree it is in.
pub(crate) fn detach(node: &Gc<Node>) {
    let Some(parent) = node.parent() else { return };
    let position = parent.position(node);
    join(node.previous_sibling.take().as_ref(), node.next_sibling.take().as_ref());
    node.parent.set(None);
    parent.children.borrow_mut().remove(position);
}

/// Makes the children of `from` the last children of `to`.
pub(crate) fn move_children(from: &Gc<Node>, to: &Gc<Node>) {
    let moved = from.children.take();
    for child in &moved {
        child.parent.set(Some(Gc::clone(to)));
    }
    join(to.last_child().as_ref(), moved.first());
    to.children.borrow_mut().extend(moved);
}

/// The nodes below `root`, parents before children, in the order of the source.
///
/// Goes by the links alone: down to the first child, else to the next sibling of
/// the nearest ancestor that has one. No stack, however deep the tree.
pub(crate) fn descendants(root: &Gc<Node>) -> impl Iterator<Item = Gc<Node>> + use<> {
    let root = Gc::clone(root);
    let first = root.children().first().cloned();
    iter::successors(first, move |node| {
        let child = node.children().first().cloned();
        child.or_else(|| following(node, &root))
    })
}

/// The next node after `node` and everything below it, inside `root`.
fn following(node: &Gc<Node>, root: &Gc<Node>) -> Option<Gc<Node>> {
    node.next_sibling().or_else(|| {
        let mut inside = node.ancestors().take_while(|ancestor| !Gc::ptr_eq(ancestor, root));
        inside.find_map(|ancestor| ancestor.next_sibling())
    })
}
