//! `<selectedcontent>`: the place in a `<select>` where the browser shows a copy
//! of the selected option.
//!
//! It is the one moment where parsing copies a subtree; the copy needs no
//! recursion. The HTML standard renews the copy whenever an `<option>` ends,
//! with or without an end tag, and only the last copy is left in the end. Here it
//! is made once, when the page ends. So it replaces whatever the source has
//! inside `<selectedcontent>`, where only an empty one is valid.

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

/// Copies the selected options into `places`: all the `<selectedcontent>` of a
/// page, in the order of the source.
///
/// `create` makes the nodes of the copies.
pub(crate) fn fill_all(places: &[Gc<Node>], create: impl Fn(NodeData) -> Gc<Node>) {
    let mut selects: Vec<_> = places.iter().filter_map(|place| select_showing_in(place)).collect();
    selects.dedup_by(|one, other| Gc::ptr_eq(one, other));
    for select in &selects {
        if let (Some(place), Some(option)) = (place_of(select), selected_option(select)) {
            fill(&place, &option, &create);
        }
    }
}

/// The `<select>` around `place`, if it may show its option there: not in a copy,
/// in an option, or in a `<select>` in another.
fn select_showing_in(place: &Node) -> Option<Gc<Node>> {
    let mut select = None;
    for ancestor in place.ancestors() {
        let ends = [local_name!("option"), local_name!("selectedcontent")];
        if ends.iter().any(|name| is_html(&ancestor, name)) {
            return None;
        }
        if is_html(&ancestor, &local_name!("select")) && select.replace(ancestor).is_some() {
            return None;
        }
    }
    select
}

/// Where `select` shows its option: in the first place, or nowhere.
fn place_of(select: &Gc<Node>) -> Option<Gc<Node>> {
    if has_attribute(select, &local_name!("multiple")) {
        return None;
    }
    tree::descendants(select)
        .find(|node| is_html(node, &local_name!("selectedcontent")))
        .filter(|place| select_showing_in(place).is_some())
}

/// The option that is selected as long as no user has chosen one: the last one
/// that says `selected`, or else the first one that is not disabled.
///
/// A `<select>` that shows several rows has no such default.
fn selected_option(select: &Gc<Node>) -> Option<Gc<Node>> {
    let mut default = None;
    let mut selected = None;
    let is_option = |node: &Gc<Node>| is_html(node, &local_name!("option"));
    for option in tree::descendants(select).filter(is_option) {
        if !select_around(&option).is_some_and(|around| Gc::ptr_eq(&around, select)) {
            continue;
        }
        if has_attribute(&option, &local_name!("selected")) {
            selected = Some(option);
        } else if default.is_none() && !is_disabled(&option) {
            default = Some(option);
        }
    }
    selected.or(default.filter(|_| !shows_several_rows(select)))
}

/// Whether `option`, or the group that it belongs to, is disabled.
fn is_disabled(option: &Gc<Node>) -> bool {
    let is_select = |node: &Gc<Node>| is_html(node, &local_name!("select"));
    let group = option
        .ancestors()
        .take_while(|ancestor| !is_select(ancestor))
        .find(|ancestor| is_html(ancestor, &local_name!("optgroup")));
    let disabled = local_name!("disabled");
    has_attribute(option, &disabled) || group.is_some_and(|group| has_attribute(&group, &disabled))
}

/// Whether `size` is a number above 1. What follows the digits does not matter.
fn shows_several_rows(select: &Node) -> bool {
    select.as_element().is_some_and(|element| {
        element.attributes.borrow().iter().any(|attribute| {
            let text = attribute.value.trim_ascii_start();
            let text = text.strip_prefix('+').unwrap_or(text).trim_start_matches('0');
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            attribute.name.local == local_name!("size") && !matches!(&text[..digits], "" | "1")
        })
    })
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
fn fill(target: &Gc<Node>, option: &Gc<Node>, create: impl Fn(NodeData) -> Gc<Node>) {
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
