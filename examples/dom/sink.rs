//! From the HTML parser to the tree: html5ever's `TreeSink` on [`Node`]s.
//!
//! The parser decides what goes where, by the rules of the HTML standard; it
//! asks the sink to create nodes and to move them. A sink therefore is short,
//! and all of it is here, misnested tags, foster parents and templates included.
//! The parser itself holds `Gc` handles meanwhile, on its stack of open elements.
//! The collector needs no list of them: they are counted like any others.

use alloc::borrow::Cow;
use core::cell::{Cell, RefCell};
use std::collections::HashSet;

use gcycle::Gc;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::{
    Attribute, ExpandedName, ParseOpts, QualName, expanded_name, local_name, ns, parse_document,
};

use super::selectedcontent;
use super::tree::{self, Element, Node, NodeData};

/// A parsed page.
pub(crate) struct Document {
    /// The node at the top.
    pub(crate) root: Gc<Node>,
    /// How many nodes were created, those included that are gone again.
    pub(crate) nodes: usize,
    /// How many of them are elements.
    pub(crate) elements: usize,
    /// How many mistakes the parser met, and mended.
    pub(crate) errors: usize,
    /// How closely a browser would imitate old browsers for this page.
    pub(crate) quirks_mode: QuirksMode,
}

/// Parses a page.
pub(crate) fn parse(html: &str) -> Document {
    parse_document(Sink::new(), ParseOpts::default()).one(html)
}

/// The tree while the parser builds it.
struct Sink {
    root: Gc<Node>,
    nodes: Cell<usize>,
    elements: Cell<usize>,
    errors: Cell<usize>,
    quirks_mode: Cell<QuirksMode>,
    /// The `<selectedcontent>` elements, which are filled at the end.
    selectedcontents: RefCell<Vec<Gc<Node>>>,
}

impl Sink {
    fn new() -> Sink {
        Sink {
            root: Node::new(NodeData::Document),
            nodes: Cell::new(1),
            elements: Cell::new(0),
            errors: Cell::new(0),
            quirks_mode: Cell::new(QuirksMode::NoQuirks),
            selectedcontents: RefCell::default(),
        }
    }

    fn create(&self, data: NodeData) -> Gc<Node> {
        self.nodes.update(|nodes| nodes + 1);
        if matches!(data, NodeData::Element(_)) {
            self.elements.update(|elements| elements + 1);
        }
        Node::new(data)
    }

    /// The node to insert behind `previous`, unless that is text which takes in
    /// the text to insert.
    fn merge(&self, previous: Option<&Gc<Node>>, new: NodeOrText<Gc<Node>>) -> Option<Gc<Node>> {
        let text = match new {
            NodeOrText::AppendNode(node) => return Some(node),
            NodeOrText::AppendText(text) => text,
        };
        if let Some(NodeData::Text(existing)) = previous.map(|previous| &previous.data) {
            existing.borrow_mut().push_tendril(&text);
            return None;
        }
        Some(self.create(NodeData::Text(text.into())))
    }
}

/// What the parser promises about the nodes it calls elements.
fn element(node: &Gc<Node>) -> &Element {
    node.as_element().expect("the parser asks this of elements only")
}

impl TreeSink for Sink {
    type Handle = Gc<Node>;
    type Output = Document;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Document {
        let places = self.selectedcontents.take();
        selectedcontent::fill_all(&places, |data| self.create(data));
        Document {
            root: self.root,
            nodes: self.nodes.get(),
            elements: self.elements.get(),
            errors: self.errors.get(),
            quirks_mode: self.quirks_mode.get(),
        }
    }

    fn parse_error(&self, _message: Cow<'static, str>) {
        self.errors.update(|errors| errors + 1);
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.quirks_mode.set(mode);
    }

    fn get_document(&self) -> Gc<Node> {
        Gc::clone(&self.root)
    }

    fn same_node(&self, one: &Gc<Node>, other: &Gc<Node>) -> bool {
        Gc::ptr_eq(one, other)
    }

    fn elem_name<'a>(&'a self, target: &'a Gc<Node>) -> ExpandedName<'a> {
        element(target).name.expanded()
    }

    fn get_template_contents(&self, target: &Gc<Node>) -> Gc<Node> {
        let contents = element(target).template_contents.clone();
        contents.expect("the parser asks this of templates only")
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &Gc<Node>) -> bool {
        element(target).is_integration_point
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> Gc<Node> {
        let is_selectedcontent = name.expanded() == expanded_name!(html "selectedcontent");
        let created = self.create(NodeData::Element(Element {
            name,
            attributes: attributes.into(),
            template_contents: flags.template.then(|| self.create(NodeData::Fragment)),
            is_integration_point: flags.mathml_annotation_xml_integration_point,
        }));
        if is_selectedcontent {
            self.selectedcontents.borrow_mut().push(Gc::clone(&created));
        }
        created
    }

    fn create_comment(&self, text: StrTendril) -> Gc<Node> {
        self.create(NodeData::Comment(text))
    }

    fn create_pi(&self, target: StrTendril, text: StrTendril) -> Gc<Node> {
        self.create(NodeData::Instruction { target, text })
    }

    fn append_doctype_to_document(
        &self,
        name: StrTendril,
        public_id: StrTendril,
        system_id: StrTendril,
    ) {
        let doctype = self.create(NodeData::Doctype { name, public_id, system_id });
        tree::append(&self.root, doctype);
    }

    fn append(&self, parent: &Gc<Node>, child: NodeOrText<Gc<Node>>) {
        if let Some(child) = self.merge(parent.last_child().as_ref(), child) {
            tree::append(parent, child);
        }
    }

    fn append_before_sibling(&self, sibling: &Gc<Node>, new: NodeOrText<Gc<Node>>) {
        if let Some(new) = self.merge(sibling.previous_sibling().as_ref(), new) {
            tree::insert_before(sibling, new);
        }
    }

    /// A foster parent: what may not stand in a table goes before it, or, where
    /// a script took the table out of the tree, into the element around it.
    fn append_based_on_parent_node(
        &self,
        table: &Gc<Node>,
        around: &Gc<Node>,
        new: NodeOrText<Gc<Node>>,
    ) {
        if table.parent().is_some() {
            self.append_before_sibling(table, new);
        } else {
            self.append(around, new);
        }
    }

    fn add_attrs_if_missing(&self, target: &Gc<Node>, attributes: Vec<Attribute>) {
        let mut present = element(target).attributes.borrow_mut();
        let names: HashSet<_> = present.iter().map(|attribute| attribute.name.clone()).collect();
        present.extend(attributes.into_iter().filter(|new| !names.contains(&new.name)));
    }

    fn remove_from_parent(&self, target: &Gc<Node>) {
        tree::detach(target);
    }

    fn reparent_children(&self, node: &Gc<Node>, new_parent: &Gc<Node>) {
        tree::move_children(node, new_parent);
    }
}
