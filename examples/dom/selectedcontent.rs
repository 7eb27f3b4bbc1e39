//! `<selectedcontent>`: the place in a `<select>` where the browser shows a copy
//! of the selected option.
//!
//! The HTML standard has the parser fill it when an `<option>` ends. It is the
//! one moment where parsing copies a subtree; the copy needs no recursion.

use gcycle::Gc;
use html5ever::{LocalName, local_name, ns};

use super::tree::{self, Element, Node, NodeData};

/// Whether the node is the HTML element of that name.
fn is_html(node: &Node, name: &LocalName) -> bool {
    node.as_element()
        .is_some_and(|element| element.name.ns == ns!(html) && element.name.local == *name)
}

/// Whether the element has the attribute.
fn has_attribute(node: &Node, name: &LocalName) -> bool {
    node.as_element().is_some_and(|element| {
        element.attributes.borrow().iter().any(|attribute| attribute.name.local == *name)
    })
}

/// The `<selectedcontent>` that shows `option`, if it is a selected one in a
/// `<select>` that has one.
///
/// An option counts as selected if its attribute says so: a tree without a user
/// has no other way to select.
pub(crate) fn target_of(option: &Gc<Node>) -> Option<Gc<Node>> {
    if !has_attribute(option, &local_name!("selected")) {
        return None;
    }
    let select = select_around(option)?;
    if has_attribute(&select, &local_name!("multiple")) {
        return None;
    }
    let first =
        tree::descendants(&select).find(|node| is_html(node, &local_name!("selectedcontent")))?;
    let is_disabled = first
        .ancestors()
        .take_while(|ancestor| !Gc::ptr_eq(ancestor, &select))
        .chain(select.ancestors())
        .any(|ancestor| {
            [local_name!("select"), local_name!("option"), local_name!("selectedcontent")]
                .iter()
                .any(|name| is_html(&ancestor, name))
        });
    (!is_disabled).then_some(first)
}

/// The `<select>` that `option` is a choice of.
fn select_around(option: &Gc<Node>) -> Option<Gc<Node>> {
    let mut groups = 0;
    for ancestor in option.ancestors() {
        if is_html(&ancestor, &local_name!("select")) {
            return Some(ancestor);
        }
        groups += usize::from(is_html(&ancestor, &local_name!("optgroup")));
        let ends = [local_name!("datalist"), local_name!("hr"), local_name!("option")];
        if groups > 1 || ends.iter().any(|name| is_html(&ancestor, name)) {
            return None;
        }
    }
    None
}

/// Replaces what `target` holds by a copy of what `option` holds.
///
/// `create` makes the nodes of the copy.
pub(crate) fn fill(target: &Gc<Node>, option: &Gc<Node>, create: impl Fn(NodeData) -> Gc<Node>) {
    while let Some(old) = target.last_child() {
        tree::detach(&old);
    }
    let mut pending = vec![(Gc::clone(option), Gc::clone(target))];
    while let Some((source, copy)) = pending.pop() {
        for child in source.children().iter() {
            let child_copy = create(copy_data(&child.data, &create));
            let contents = (template_contents(child), template_contents(&child_copy));
            if let (Some(from), Some(to)) = contents {
                pending.push((from, to));
            }
            tree::append(&copy, Gc::clone(&child_copy));
            pending.push((Gc::clone(child), child_copy));
        }
    }
}

fn template_contents(node: &Node) -> Option<Gc<Node>> {
    node.as_element()?.template_contents.clone()
}

/// The data of a copy, which has nothing in its template yet.
fn copy_data(data: &NodeData, create: impl Fn(NodeData) -> Gc<Node>) -> NodeData {
    match data {
        NodeData::Document => NodeData::Document,
        NodeData::Fragment => NodeData::Fragment,
        NodeData::Doctype { name, public_id, system_id } => NodeData::Doctype {
            name: name.clone(),
            public_id: public_id.clone(),
            system_id: system_id.clone(),
        },
        NodeData::Text(text) => NodeData::Text(text.clone()),
        NodeData::Comment(text) => NodeData::Comment(text.clone()),
        NodeData::Instruction { target, text } => {
            NodeData::Instruction { target: target.clone(), text: text.clone() }
        }
        NodeData::Element(element) => NodeData::Element(Element {
            name: element.name.clone(),
            attributes: element.attributes.clone(),
            template_contents: element
                .template_contents
                .as_ref()
                .map(|_| create(NodeData::Fragment)),
            is_integration_point: element.is_integration_point,
        }),
    }
}
