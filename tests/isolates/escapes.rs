//! Whatever leads into a heap from outside, or out of it, is found and named.

use std::cell::RefCell;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc;
use std::sync::{Mutex, RwLock};

use gcycle::{EscapeKind, Gc, Isolate, Movable, Weak, gc, weak};

use crate::{Counter, Node, add_ring};

fn isolate() -> Isolate<Node> {
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    isolate.enter(|root| add_ring(root, 4));
    isolate
}

/// The escapes of an isolate that cannot be detached, and itself.
fn refused(isolate: Isolate<Node>) -> (Isolate<Node>, Vec<EscapeKind>) {
    let refused = isolate.detach().expect_err("something refers to it");
    assert_eq!(refused.count(), refused.escapes().len());
    assert!(refused.to_string().starts_with("not isolated: "), "{refused}");
    let kinds = refused.escapes().iter().map(gcycle::Escape::kind).collect();
    (refused.into_isolate(), kinds)
}

/// Panics if it cannot be detached.
fn accepted(isolate: Isolate<Node>) {
    drop(isolate.detach().unwrap_or_else(|refused| panic!("{refused}")));
}

#[test]
fn handles_in_variables_are_named() {
    let isolate = isolate();
    let handle = isolate.enter(|root| Gc::clone(&root.others.borrow()[0]));
    let more = (Gc::clone(&handle), Gc::clone(&handle));
    let refused = isolate.detach().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "not isolated: 3 handles from outside to isolates::Node at root.others[0]"
    );
    let (isolate, kinds) = self::refused(refused.into_isolate());
    assert_eq!(kinds, [EscapeKind::Held(3)]);
    drop((handle, more));
    accepted(isolate);
}

#[test]
fn the_way_to_what_is_held_is_the_shortest_and_cut_in_the_middle() {
    let isolate = isolate();
    let last = isolate.enter(|root| {
        let first = Gc::clone(&root.others.borrow()[0]);
        let mut last = first;
        for id in 0..3 {
            let next = Gc::clone(&last.others.borrow()[0]);
            assert_eq!(next.id, id + 2);
            last = next;
        }
        last
    });
    let refused = isolate.detach().unwrap_err();
    let way = refused.escapes()[0].way();
    assert_eq!(way, Some("root.others[0].others[0].others[0].others[0]"));
    let isolate = refused.into_isolate();
    isolate.enter(|root| root.link(&last));
    let refused = isolate.detach().unwrap_err();
    assert_eq!(refused.escapes()[0].way(), Some("root.others[1]"));
    drop(last);
    let isolate = refused.into_isolate();

    let far = isolate.enter(|root| {
        let mut far = Gc::clone(root);
        for id in 0..30 {
            let next = Gc::new(Node::new(id, &root.dropped));
            far.link(&next);
            far = next;
        }
        far
    });
    let refused = isolate.detach().unwrap_err();
    let way = refused.escapes()[0].way().unwrap();
    let ends = (way.starts_with("root.others[2].others[0]."), way.ends_with(".others[0]"));
    assert_eq!(ends, (true, true), "{way}");
    assert!(way.contains(" ... 14 more ... "), "{way}");
    drop(far);
    accepted(refused.into_isolate());
}

#[test]
fn the_root_itself_can_be_held() {
    let isolate = isolate();
    let root = isolate.enter(Gc::clone);
    let refused = isolate.detach().unwrap_err();
    assert_eq!(refused.escapes()[0].way(), Some("root"));
    let (isolate, kinds) = self::refused(refused.into_isolate());
    assert_eq!(kinds, [EscapeKind::Held(1)]);
    drop(root);
    accepted(isolate);
}

#[test]
fn handles_in_thread_locals_channels_boxes_and_closures_are_found() {
    std::thread_local! {
        static HELD: RefCell<Option<Gc<Node>>> = const { RefCell::new(None) };
    }
    let isolate = isolate();
    isolate.enter(|root| HELD.set(Some(Gc::clone(root))));
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Held(1)]);
    HELD.take();

    let captured = isolate.enter(Gc::clone);
    let closure = move || captured.id;
    let (isolate, kinds) = refused(isolate);
    assert_eq!((kinds, closure()), (vec![EscapeKind::Held(1)], 0));
    drop(closure);

    let (sender, receiver) = mpsc::channel();
    isolate.enter(|root| sender.send(Gc::clone(root)).unwrap());
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Held(1)]);
    drop(receiver);

    let boxed = Box::new(isolate.enter(Gc::clone));
    let leaked: &'static mut Gc<Node> = Box::leak(boxed);
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Held(1)]);
    // SAFETY: the box was leaked above.
    drop(unsafe { Box::from_raw(leaked) });
    accepted(isolate);
}

#[test]
fn a_forgotten_handle_is_found_and_only_leaks() {
    let isolate = isolate();
    isolate.enter(|root| mem::forget(Gc::clone(root)));
    let (_isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Held(1)]);
}

#[test]
fn weak_handles_outside_are_found_also_to_objects_that_are_gone() {
    let isolate = isolate();
    let weak = isolate.enter(Gc::downgrade);
    let gone = isolate.enter(|root| Gc::downgrade(&Gc::new(Node::new(9, &root.dropped))));
    let (isolate, mut kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::WeaklyHeld(1); 2]);
    drop(weak);
    let (isolate, left) = refused(isolate);
    kinds.pop();
    assert_eq!(left, kinds);
    drop(gone);
    accepted(isolate);
}

#[test]
fn weak_handles_inside_are_no_escapes_also_to_objects_that_are_gone() {
    let isolate = isolate();
    isolate.enter(|root| {
        let gone = Gc::new(Node::new(9, &root.dropped));
        root.weak.borrow_mut().extend([Gc::downgrade(&gone), Weak::new(), Gc::downgrade(root)]);
        // The collector leaves a slot behind, too, and so does a value that is not made.
        let cycle = Gc::new(Node::new(10, &root.dropped));
        cycle.link(&cycle);
        root.weak.borrow_mut().push(Gc::downgrade(&cycle));
        let _ = catch_unwind(AssertUnwindSafe(|| {
            Gc::new_cyclic(|weak| -> Node {
                root.weak.borrow_mut().push(Weak::clone(weak));
                panic!("no value")
            })
        }));
    });
    accepted(isolate);
}

#[test]
fn garbage_is_no_escape() {
    let isolate = isolate();
    isolate.enter(|root| {
        let node = Gc::new(Node::new(9, &root.dropped));
        node.link(&node);
        node.link(root);
    });
    accepted(isolate);
}

#[test]
fn garbage_that_finalizers_leave_is_named_and_may_own_anything() {
    /// What its finalizer makes may be of a type that must not move.
    #[derive(gcycle::Trace)]
    #[trace(finalize)]
    struct Maker {
        me: RefCell<Option<Gc<Maker>>>,
        #[trace(skip)]
        shared: Rc<()>,
    }
    #[derive(gcycle::Trace)]
    struct Left {
        me: RefCell<Option<Gc<Left>>>,
        #[trace(skip)]
        _shared: Rc<()>,
    }
    impl gcycle::Finalize for Maker {
        fn finalize(&self) {
            let left = Left { me: RefCell::default(), _shared: Rc::clone(&self.shared) };
            let left = Gc::new(left);
            *left.me.borrow_mut() = Some(Gc::clone(&left));
        }
    }

    let (isolate, shared) = (isolate(), Rc::new(()));
    isolate.enter(|_| {
        let maker = Gc::new(Maker { me: RefCell::default(), shared: Rc::clone(&shared) });
        *maker.me.borrow_mut() = Some(Gc::clone(&maker));
    });
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Unreachable]);
    assert_eq!(Rc::strong_count(&shared), 2);
    accepted(isolate);
    assert_eq!(Rc::strong_count(&shared), 1);
}

#[test]
fn callbacks_and_weak_maps_are_found() {
    let isolate = isolate();
    let weak = isolate.enter(|root| Gc::downgrade_with(root, || ()));
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Observed]);
    drop(weak);

    let finalizer = isolate.enter(|root| weak::finalize(root, || ()));
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Observed]);
    finalizer.detach();

    let map = weak::WeakMap::new();
    isolate.enter(|root| map.insert(root, 5));
    let (isolate, kinds) = refused(isolate);
    assert!(kinds.contains(&EscapeKind::Observed), "{kinds:?}");
    drop(map);

    let id = isolate.enter(|_| gc::add_callback(|_, _| ()));
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Callbacks]);
    isolate.enter(|_| gc::remove_callback(id));
    accepted(isolate);
}

#[test]
fn cells_that_are_borrowed_hide_what_they_hold() {
    let isolate = isolate();
    isolate.enter(|root| mem::forget(root.others.borrow_mut()));
    let (_isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Closed, EscapeKind::Held(1)]);
}

/// What keeps an isolate here whose root is this.
fn kinds_of<R: Movable + 'static>(root: R, close: impl FnOnce(&R)) -> Vec<EscapeKind> {
    let isolate = Isolate::new(|| root);
    isolate.enter(|root| close(root));
    match isolate.detach() {
        Ok(_) => Vec::new(),
        Err(refused) => refused.escapes().iter().map(gcycle::Escape::kind).collect(),
    }
}

#[test]
fn handles_out_of_the_heap_cannot_hide_in_what_is_never_given_back() {
    let outside = Gc::new(5);
    let out = || Gc::clone(&outside);
    assert_eq!(kinds_of(RefCell::new(out()), |_| ()), [EscapeKind::LeadsOut]);
    let kinds = kinds_of(RefCell::new(out()), |cell| mem::forget(cell.borrow_mut()));
    assert_eq!(kinds, [EscapeKind::Closed]);
    let kinds = kinds_of(Mutex::new(out()), |lock| mem::forget(lock.lock()));
    assert_eq!(kinds, [EscapeKind::Closed]);
    let kinds = kinds_of(RwLock::new(out()), |lock| mem::forget(lock.write()));
    assert_eq!(kinds, [EscapeKind::Closed]);
    let weak = Gc::downgrade(&outside);
    let kinds = kinds_of(RefCell::new(weak), |cell| mem::forget(cell.borrow_mut()));
    assert_eq!(kinds, [EscapeKind::Closed]);
    // What needs no drop owns no handle.
    assert_eq!(kinds_of(RefCell::new(5), |cell| mem::forget(cell.borrow_mut())), []);
}

#[test]
fn weak_handles_with_a_callback_do_not_move_whatever_they_refer_to() {
    let outside = Gc::new(5);
    let weak = Gc::downgrade_with(&outside, || ());
    assert_eq!(kinds_of(weak.clone(), |_| ()), [EscapeKind::Observes]);
    // Its clones share what becomes of the callback, also when the object is gone.
    drop(outside);
    assert_eq!(kinds_of(weak.clone(), |_| ()), [EscapeKind::Observes]);
    assert!(weak.upgrade().is_none());
}

#[test]
fn guards_that_were_forgotten_are_found() {
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    isolate.enter(|root| {
        let mut node = Gc::new(Node::new(1, &root.dropped));
        mem::forget(Gc::get_mut(&mut node).unwrap());
        root.link(&node);
    });
    let (_isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::Exclusive]);
}

#[test]
fn handles_out_of_the_heap_are_found() {
    let isolate = isolate();
    let outside = Gc::new(Node::new(7, &Counter::default()));
    isolate.enter(|root| root.link(&outside));
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::LeadsOut]);
    isolate.enter(|root| root.others.borrow_mut().pop());
    isolate.enter(|root| root.weak.borrow_mut().push(Gc::downgrade(&outside)));
    let (isolate, kinds) = refused(isolate);
    assert_eq!(kinds, [EscapeKind::LeadsOut]);
    isolate.enter(|root| root.weak.borrow_mut().clear());
    accepted(isolate);
}

#[test]
fn handles_in_from_another_heap_are_found() {
    let one = isolate();
    let two = isolate();
    let inside = one.enter(Gc::clone);
    two.enter(|root| root.link(&inside));
    drop(inside);
    let (one, kinds) = refused(one);
    assert_eq!(kinds, [EscapeKind::Held(1)]);
    drop(two);
    accepted(one);
}

#[test]
fn an_object_that_is_being_dropped_is_found() {
    std::thread_local! {
        static ISOLATE: RefCell<Option<Isolate<Node>>> = const { RefCell::new(None) };
        static KINDS: RefCell<Vec<EscapeKind>> = const { RefCell::new(Vec::new()) };
    }
    /// Detaches the isolate that it lies in when it is dropped.
    #[derive(gcycle::Trace)]
    struct Value(#[trace(skip)] Detaches);
    struct Detaches;
    impl Drop for Detaches {
        fn drop(&mut self) {
            let (isolate, kinds) = refused(ISOLATE.take().unwrap());
            ISOLATE.set(Some(isolate));
            KINDS.set(kinds);
        }
    }

    let isolate = isolate();
    let detaches = isolate.enter(|_| Gc::new(Value(Detaches)));
    ISOLATE.set(Some(isolate));
    drop(detaches);
    assert!(KINDS.take().contains(&EscapeKind::InUse));
    accepted(ISOLATE.take().unwrap());
}

#[test]
fn nothing_is_detached_during_a_collection() {
    std::thread_local! {
        static ISOLATE: RefCell<Option<Isolate<Node>>> = const { RefCell::new(None) };
    }
    #[derive(gcycle::Trace)]
    struct Value(RefCell<Option<Gc<Value>>>, #[trace(skip)] Detaches);
    struct Detaches;
    impl Drop for Detaches {
        fn drop(&mut self) {
            let (isolate, kinds) = refused(ISOLATE.take().unwrap());
            ISOLATE.set(Some(isolate));
            assert_eq!(kinds, [EscapeKind::Busy]);
        }
    }
    ISOLATE.set(Some(isolate()));
    let detaches = Gc::new(Value(RefCell::default(), Detaches));
    *detaches.0.borrow_mut() = Some(Gc::clone(&detaches));
    drop(detaches);
    assert_eq!(gc::collect(), 1);
    accepted(ISOLATE.take().unwrap());
}

#[test]
fn interned_text_and_names_are_found() {
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    let text = isolate.enter(|_| gcycle::intern::intern("a text that only this test uses"));
    let (_isolate, kinds) = refused(isolate);
    assert!(kinds.iter().any(|kind| matches!(kind, EscapeKind::Held(_))), "{kinds:?}");
    assert_eq!(&*text, "a text that only this test uses");
}
