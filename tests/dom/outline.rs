//! A tree as lines of text, down to what serialising leaves out: template
//! contents, identifiers of document types, namespaces.

use core::fmt::Write as _;

use gcycle::Gc;
use html5ever::{Attribute, QualName};
use markup5ever_rcdom::{Handle, NodeData as RcNodeData};

use crate::tree::{Node, NodeData};

/// A handle to a node of either tree.
pub(crate) trait Outlined: Clone {
    /// What the node is, on one line.
    fn describe(&self) -> String;
    /// The children, in order.
    fn child_nodes(&self) -> Vec<Self>;
    /// What the node holds if it is a template.
    fn contents(&self) -> Option<Self>;
}

/// The outline of all that `root` holds.
pub(crate) fn outline<N: Outlined>(root: &N) -> String {
    let mut out = String::new();
    let mut pending = vec![(root.clone(), 0)];
    while let Some((node, depth)) = pending.pop() {
        writeln!(out, "{:1$}{2}", "", 2 * depth, node.describe()).expect("a String takes it all");
        pending.extend(node.child_nodes().into_iter().rev().map(|child| (child, depth + 1)));
        pending.extend(node.contents().map(|contents| (contents, depth + 2)));
    }
    out
}

fn element(name: &QualName, attributes: &[Attribute], is_integration_point: bool) -> String {
    let mut out = format!("<{:?} {}", name.ns, name.local);
    for Attribute { name, value } in attributes {
        write!(out, " {:?}:{:?}:{}={value:?}", name.prefix, name.ns, name.local)
            .expect("a String takes it all");
    }
    out + if is_integration_point { ">!" } else { ">" }
}

impl Outlined for Gc<Node> {
    fn describe(&self) -> String {
        match &self.data {
            NodeData::Document | NodeData::Fragment => String::from("root"),
            NodeData::Doctype { name, public_id, system_id } => {
                format!("<!doctype {name} {public_id:?} {system_id:?}>")
            }
            NodeData::Text(text) => format!("{:?}", &**text.borrow()),
            NodeData::Comment(text) => format!("<!-- {text:?} -->"),
            NodeData::Instruction { target, text } => format!("<?{target} {text:?}>"),
            NodeData::Element(it) => {
                element(&it.name, &it.attributes.borrow(), it.is_integration_point)
            }
        }
    }

    fn child_nodes(&self) -> Vec<Self> {
        self.children().clone()
    }

    fn contents(&self) -> Option<Self> {
        self.as_element()?.template_contents.clone()
    }
}

impl Outlined for Handle {
    fn describe(&self) -> String {
        match &self.data {
            RcNodeData::Document => String::from("root"),
            RcNodeData::Doctype { name, public_id, system_id } => {
                format!("<!doctype {name} {public_id:?} {system_id:?}>")
            }
            RcNodeData::Text { contents } => format!("{:?}", &**contents.borrow()),
            RcNodeData::Comment { contents } => format!("<!-- {contents:?} -->"),
            RcNodeData::ProcessingInstruction { target, contents } => {
                format!("<?{target} {contents:?}>")
            }
            RcNodeData::Element {
                name, attrs, mathml_annotation_xml_integration_point, ..
            } => element(name, &attrs.borrow(), *mathml_annotation_xml_integration_point),
        }
    }

    fn child_nodes(&self) -> Vec<Self> {
        self.children.borrow().clone()
    }

    fn contents(&self) -> Option<Self> {
        match &self.data {
            RcNodeData::Element { template_contents, .. } => template_contents.borrow().clone(),
            _ => None,
        }
    }
}
