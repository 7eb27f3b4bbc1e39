//! The tree is the right one: `markup5ever_rcdom`, on the same parser, builds an
//! equal one from every input. (But for `<selectedcontent>`: see `selects.rs`.)

use std::io;

use gcycle::{Gc, gc};
use html5ever::serialize::{Serialize, SerializeOpts, Serializer, TraversalScope, serialize};
use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, QualName, parse_document};
use markup5ever_rcdom::{RcDom, SerializableHandle};

use crate::input;
use crate::outline::outline;
use crate::sink::{self, Document};
use crate::tree::{self, Node, NodeData};

/// A tree as the serialiser of html5ever wants it.
struct Markup<'a>(&'a Gc<Node>);

enum Step {
    Open(Gc<Node>),
    Close(QualName),
}

impl Serialize for Markup<'_> {
    fn serialize<S: Serializer>(&self, out: &mut S, scope: TraversalScope) -> io::Result<()> {
        assert!(scope == TraversalScope::ChildrenOnly(None), "documents are never written whole");
        let steps = |node: &Gc<Node>| -> Vec<Step> {
            node.children().iter().rev().cloned().map(Step::Open).collect()
        };
        let mut pending = steps(self.0);
        while let Some(step) = pending.pop() {
            let node = match step {
                Step::Open(node) => node,
                Step::Close(name) => {
                    out.end_elem(name)?;
                    continue;
                }
            };
            match &node.data {
                NodeData::Document | NodeData::Fragment => unreachable!("a root is no child"),
                NodeData::Doctype { name, .. } => out.write_doctype(name)?,
                NodeData::Text(text) => out.write_text(&text.borrow())?,
                NodeData::Comment(text) => out.write_comment(text)?,
                NodeData::Instruction { target, text } => {
                    out.write_processing_instruction(target, text)?;
                }
                NodeData::Element(element) => {
                    let attributes = element.attributes.borrow();
                    let attributes = attributes.iter().map(|it| (&it.name, &it.value[..]));
                    out.start_elem(element.name.clone(), attributes)?;
                    pending.push(Step::Close(element.name.clone()));
                    pending.extend(steps(&node));
                }
            }
        }
        Ok(())
    }
}

/// What `root` holds, as HTML.
pub(crate) fn written(root: &Gc<Node>) -> String {
    markup(&Markup(root))
}

fn markup(tree: &impl Serialize) -> String {
    let mut out = Vec::new();
    serialize(&mut out, tree, SerializeOpts::default()).expect("a Vec takes it all");
    String::from_utf8(out).expect("the serialiser writes UTF-8")
}

fn same_as_rcdom(html: &str) -> Document {
    let ours = sink::parse(html);
    let theirs = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    assert_eq!(outline(&ours.root), outline(&theirs.document), "{html}");
    let their_markup = markup(&SerializableHandle::from(theirs.document));
    assert_eq!(written(&ours.root), their_markup, "{html}");
    assert_eq!(ours.quirks_mode, theirs.quirks_mode.get(), "{html}");
    assert_eq!(ours.errors, theirs.errors.borrow().len(), "{html}");
    ours
}

#[test]
fn the_pages_of_the_project_become_the_trees_that_rcdom_builds() {
    let pages = input::pages();
    assert!(pages.len() >= 10 || cfg!(miri));
    for page in pages {
        same_as_rcdom(&page);
    }
}

#[test]
fn awkward_input_becomes_the_tree_that_rcdom_builds() {
    for html in input::awkward() {
        same_as_rcdom(html);
    }
}

#[test]
fn random_soup_becomes_the_tree_that_rcdom_builds() {
    for seed in 0..if cfg!(miri) { 3 } else { 3_000 } {
        same_as_rcdom(&input::soup(seed));
    }
}

#[test]
fn writing_a_page_and_reading_it_again_changes_nothing() {
    for page in input::pages() {
        let tree = sink::parse(&page).root;
        let again = sink::parse(&written(&tree)).root;
        assert_eq!(outline(&tree), outline(&again));
    }
}

#[test]
fn every_node_of_a_plain_page_is_counted() {
    for page in input::pages() {
        let document = sink::parse(&page);
        let nodes: Vec<_> = tree::descendants(&document.root).collect();
        let elements = nodes.iter().filter(|node| node.as_element().is_some()).count();
        assert_eq!((document.nodes, document.elements), (nodes.len() + 1, elements));
    }
}

#[test]
fn nothing_of_a_tree_stays_alive() {
    for html in input::awkward().map(String::from).chain(input::pages()) {
        drop(sink::parse(&html));
        gc::collect();
        assert_eq!(gc::memory().objects, 0, "{html}");
    }
}
