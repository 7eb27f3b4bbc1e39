//! What safe code can leak: the objects stay, whole, and nothing else changes.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;

use gcycle::{Gc, Trace, Untraced, gc};

use crate::objects::{Node, Tally, assert_sound, node, ring};

#[test]
fn a_forgotten_handle_only_leaks() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    let weak = Gc::downgrade(&nodes[1]);
    mem::forget(nodes[0].clone());
    drop(nodes);
    assert_eq!(gc::collect(), 0);
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (0, 0));
    assert_eq!(weak.upgrade().expect("it is whole").edges.borrow().len(), 1);
    assert_sound();
}

/// An object whose two fields lead back to it, one of them unseen.
#[derive(Trace)]
struct Skipping {
    seen: RefCell<Option<Gc<Skipping>>>,
    #[trace(skip)]
    unseen: RefCell<Option<Gc<Skipping>>>,
    node: Gc<Node>,
}

#[test]
fn a_cycle_through_a_skipped_field_only_leaks() {
    let tally: Rc<Tally> = Rc::default();
    for is_seen in [true, false] {
        let (seen, unseen) = (RefCell::default(), RefCell::default());
        let object = Gc::new(Skipping { seen, unseen, node: node(&tally) });
        let field = if is_seen { &object.seen } else { &object.unseen };
        *field.borrow_mut() = Some(object.clone());
        let weak = Gc::downgrade(&object);
        drop(object);
        // Its node is found with it, if it is found.
        assert_eq!(gc::collect(), if is_seen { 2 } else { 0 });
        assert_eq!(weak.upgrade().is_none(), is_seen);
        assert_eq!(tally.dropped.get(), 1, "that of the first one");
        assert!(weak.upgrade().is_none_or(|object| object.node.edges.borrow().is_empty()));
    }
    assert_sound();
}

#[test]
fn a_cycle_through_an_untraced_value_only_leaks() {
    #[derive(Trace)]
    struct Hiding(Untraced<RefCell<Vec<Gc<Hiding>>>>, Gc<Node>);

    let tally: Rc<Tally> = Rc::default();
    let object = Gc::new(Hiding(Untraced::default(), node(&tally)));
    object.0.borrow_mut().push(object.clone());
    let weak = Gc::downgrade(&object);
    drop(object);
    assert_eq!(gc::collect(), 0);
    assert_eq!(tally.dropped.get(), 0);
    // Whoever finds it again can break the cycle.
    let found = weak.upgrade().expect("it is whole");
    found.0.borrow_mut().clear();
    drop(found);
    assert_eq!(tally.dropped.get(), 1);
    assert_sound();
}
