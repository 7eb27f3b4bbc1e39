//! All links of a node agree, whatever was done to the tree, and walks and drops
//! need no stack.

use std::thread;

use gcycle::{Gc, gc};

use crate::input;
use crate::sink;
use crate::tree::{self, Node, NodeData};

fn fragment() -> Gc<Node> {
    Node::new(NodeData::Fragment)
}

fn is_same(one: Option<&Gc<Node>>, other: Option<&Gc<Node>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Gc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// Checks the invariants of `tree.rs` for everything below `root`.
pub(crate) fn check_links(root: &Gc<Node>) {
    let mut pending = vec![Gc::clone(root)];
    while let Some(node) = pending.pop() {
        let children = node.children();
        for (index, child) in children.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| &children[index]);
            assert!(is_same(child.parent().as_ref(), Some(&node)));
            assert!(is_same(child.previous_sibling().as_ref(), before));
            assert!(is_same(child.next_sibling().as_ref(), children.get(index + 1)));
        }
        assert!(is_same(node.last_child().as_ref(), children.last()));
        pending.extend(children.iter().cloned());
        pending.extend(node.as_element().and_then(|it| it.template_contents.clone()));
    }
}

/// The positions in `among` of the children of `parent`.
fn order(parent: &Gc<Node>, among: &[Gc<Node>]) -> Vec<usize> {
    let position = |child| among.iter().position(|node| Gc::ptr_eq(node, child));
    parent.children().iter().map(|child| position(child).expect("a known node")).collect()
}

#[test]
fn the_links_of_parsed_trees_agree() {
    let soups = (0..if cfg!(miri) { 2 } else { 500 }).map(input::soup);
    let awkward = input::awkward().map(String::from);
    for html in input::pages().into_iter().chain(awkward).chain(soups) {
        let root = sink::parse(&html).root;
        check_links(&root);
        assert!(root.parent().is_none() && root.next_sibling().is_none());
    }
}

#[test]
fn nodes_move_with_all_their_links() {
    let (left, right) = (fragment(), fragment());
    let nodes: Vec<_> = (0..5).map(|_| fragment()).collect();
    for node in &nodes {
        tree::append(&left, Gc::clone(node));
    }
    tree::append(&left, Gc::clone(&nodes[1]));
    assert_eq!(order(&left, &nodes), [0, 2, 3, 4, 1]);
    tree::insert_before(&nodes[0], Gc::clone(&nodes[4]));
    assert_eq!(order(&left, &nodes), [4, 0, 2, 3, 1]);
    tree::insert_before(&nodes[1], Gc::clone(&nodes[0]));
    assert_eq!(order(&left, &nodes), [4, 2, 3, 0, 1]);
    tree::append(&right, Gc::clone(&nodes[3]));
    tree::move_children(&left, &right);
    assert_eq!(order(&right, &nodes), [3, 4, 2, 0, 1]);
    tree::move_children(&left, &right);
    check_links(&left);
    check_links(&right);
    assert!(left.children().is_empty());

    tree::detach(&nodes[2]);
    tree::detach(&nodes[2]);
    assert_eq!(order(&right, &nodes), [3, 4, 0, 1]);
    assert!(nodes[2].parent().is_none());
    assert!(nodes[2].previous_sibling().is_none() && nodes[2].next_sibling().is_none());
    check_links(&right);
}

#[test]
fn a_walk_stays_below_its_root() {
    let root = sink::parse("<p>1<b>2<i>3</i></b></p><p>4").root;
    let paragraph = tree::descendants(&root)
        .find(|node| node.as_element().is_some_and(|element| &*element.name.local == "p"))
        .expect("the page has one");
    let text = |root| -> String {
        let below = tree::descendants(root);
        below
            .filter_map(|node| match &node.data {
                NodeData::Text(text) => Some(String::from(&**text.borrow())),
                _ => None,
            })
            .collect()
    };
    assert_eq!(text(&paragraph), "123");
    assert_eq!(text(&root), "1234");
    assert_eq!(tree::descendants(&fragment()).count(), 0);
}

#[test]
fn any_node_keeps_the_whole_tree_until_the_last_handle_goes() {
    let root = sink::parse("<ul><li>1<li>2<li>3</ul>").root;
    let leaf = tree::descendants(&root).last().expect("the page is not empty");
    let nodes = tree::descendants(&root).count() + 1;
    drop(root);
    gc::collect();
    assert_eq!(gc::memory().objects, nodes);
    let top = leaf.ancestors().last().expect("the leaf is not the root");
    assert!(matches!(top.data, NodeData::Document));
    drop((leaf, top));
    assert_eq!(gc::collect(), nodes);
    assert_eq!(gc::memory().objects, 0);
}

#[test]
fn a_cut_subtree_is_freed_while_the_page_lives() {
    let root = sink::parse("<main>1</main><nav><ul><li>2<li>3</ul></nav>").root;
    let before = gc::memory().objects;
    let nav = tree::descendants(&root)
        .find(|node| node.as_element().is_some_and(|element| &*element.name.local == "nav"))
        .expect("the page has one");
    let cut = tree::descendants(&nav).count() + 1;
    tree::detach(&nav);
    drop(nav);
    gc::collect();
    assert_eq!(gc::memory().objects, before - cut);
    check_links(&root);
}

#[test]
fn a_tree_200_000_levels_deep_is_walked_and_freed_on_a_small_stack() {
    const LEVELS: usize = match () {
        () if cfg!(miri) => 100,
        () if cfg!(gc_zeal) => 1_000,
        () => 200_000,
    };
    let small = thread::Builder::new().stack_size(64 * 1024);
    let work = small.spawn(|| {
        let root = fragment();
        let mut lowest = Gc::clone(&root);
        for _ in 0..LEVELS {
            let child = fragment();
            tree::append(&lowest, Gc::clone(&child));
            lowest = child;
        }
        assert_eq!(tree::descendants(&root).count(), LEVELS);
        assert_eq!(lowest.ancestors().count(), LEVELS);
        drop((root, lowest));
        gc::collect();
        gc::memory().objects
    });
    let alive = work.expect("a thread can be started").join().expect("the stack suffices");
    assert_eq!(alive, 0);
}
