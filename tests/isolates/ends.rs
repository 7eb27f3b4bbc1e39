//! When an isolate is dropped, what happens is what happens when a thread ends.

use std::cell::RefCell;
use std::thread;

use gcycle::weak::WeakSet;
use gcycle::{Finalize, Gc, Isolate, Trace, gc};

use crate::{Counter, Dropped, Finalized, Node, add_ring};

#[test]
fn everything_in_it_is_dropped_and_finalized() {
    let (dropped, finalized) = (Counter::default(), Counter::default());
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    isolate.enter(|root| {
        add_ring(root, 100);
        for _ in 0..10 {
            let value = Finalized { me: RefCell::default(), count: finalized.clone() };
            let value = Gc::new(value);
            *value.me.borrow_mut() = Some(Gc::clone(&value));
        }
    });
    drop(isolate);
    assert_eq!((dropped.get(), finalized.get()), (101, 10));
}

#[test]
fn objects_that_are_held_outside_live_on_and_are_freed_later() {
    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    let (ring, weak) = isolate.enter(|root| {
        add_ring(root, 5);
        let ring = Gc::clone(&root.others.borrow()[0]);
        let weak = Gc::downgrade(&ring);
        (ring, weak)
    });
    drop(isolate);
    assert_eq!(dropped.get(), 1);
    assert_eq!(ring.others.borrow()[0].id, 2);
    ring.visits.set(1);
    assert_eq!(weak.upgrade().unwrap().visits.get(), 1);
    drop(ring);
    assert_eq!(dropped.get(), 6, "its last handle was that outside");
    assert!(weak.upgrade().is_none());
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_heap_that_is_dropped_before_its_objects_goes_with_the_last_of_them() {
    // Where leaks are looked for, they show.
    thread::spawn(|| {
        let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
        let (root, weak, ring) = isolate.enter(|root| {
            add_ring(root, 3);
            let ring = Gc::clone(&root.others.borrow()[0]);
            (Gc::clone(root), Gc::downgrade(root), ring)
        });
        drop(isolate);
        drop(root);
        drop(ring);
        drop(weak);
    })
    .join()
    .unwrap();
}

#[test]
fn many_heaps_whose_objects_live_on_cost_no_more_each_than_few() {
    // Looking through all of them each time would take minutes.
    const HEAPS: usize = if cfg!(any(miri, gc_zeal)) { 20 } else { 30_000 };
    let dropped = Counter::default();
    let held: Vec<_> =
        (0..HEAPS).map(|_| Isolate::new(|| Node::new(0, &dropped)).enter(Gc::clone)).collect();
    assert_eq!(dropped.get(), 0);
    drop(held);
    assert_eq!(dropped.get(), HEAPS);
}

#[test]
fn what_becomes_garbage_during_a_collection_is_collected_after_it() {
    #[derive(Trace)]
    struct Holder(RefCell<Option<Gc<Holder>>>, Gc<Node>);

    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    let ring = isolate.enter(|root| {
        add_ring(root, 5);
        Gc::clone(&root.others.borrow()[0])
    });
    drop(isolate);
    let holder = Gc::new(Holder(RefCell::default(), ring));
    *holder.0.borrow_mut() = Some(Gc::clone(&holder));
    drop(holder);
    assert_eq!((gc::collect(), dropped.get()), (1, 6));
}

#[test]
fn what_a_finalizer_brings_back_after_the_end_is_collected_when_it_is_given_up() {
    std::thread_local! {
        static SAVED: RefCell<Option<Gc<Saves>>> = const { RefCell::new(None) };
    }
    #[derive(Trace)]
    #[trace(finalize)]
    struct Saves {
        me: RefCell<Option<Gc<Saves>>>,
        #[trace(skip)]
        _dropped: Dropped,
    }
    impl Finalize for Saves {
        fn finalize(&self) {
            SAVED.set(self.me.borrow().clone());
        }
    }

    #[derive(Trace)]
    struct Holder(RefCell<Option<Gc<Holder>>>, Gc<Saves>);

    // Its last handle is dropped by the program, or by a collection of another heap.
    for in_collection in [false, true] {
        let dropped = Counter::default();
        let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
        let handle = isolate.enter(|_| {
            let value = Saves { me: RefCell::default(), _dropped: Dropped(dropped.clone()) };
            let handle = Gc::new(value);
            *handle.me.borrow_mut() = Some(Gc::clone(&handle));
            handle
        });
        drop(isolate);
        if in_collection {
            let holder = Gc::new(Holder(RefCell::default(), handle));
            *holder.0.borrow_mut() = Some(Gc::clone(&holder));
            drop(holder);
            gc::collect();
        } else {
            drop(handle);
        }
        let saved = SAVED.take();
        assert!(saved.is_some());
        drop(saved);
        assert_eq!(dropped.get(), 1);
    }
}

#[test]
fn an_isolate_may_be_part_of_a_value_that_a_collection_reclaims() {
    #[derive(Trace)]
    struct Session {
        me: RefCell<Option<Gc<Session>>>,
        #[trace(skip)]
        isolate: Isolate<Node>,
    }

    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    isolate.enter(|root| add_ring(root, 50));
    let session = Gc::new(Session { me: RefCell::default(), isolate });
    *session.me.borrow_mut() = Some(Gc::clone(&session));
    assert_eq!(session.isolate.enter(|root| root.others.borrow().len()), 1);
    drop(session);
    assert_eq!(dropped.get(), 0);
    assert_eq!(gc::collect(), 1);
    assert_eq!(dropped.get(), 51);
}

#[test]
fn finalizers_may_make_and_drop_isolates() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Maker {
        me: RefCell<Option<Gc<Maker>>>,
        #[trace(skip)]
        dropped: Counter,
    }
    impl Finalize for Maker {
        fn finalize(&self) {
            let isolate = Isolate::new(|| Node::new(0, &self.dropped));
            isolate.enter(|root| {
                add_ring(root, 3);
                // Nothing is collected inside of another collection.
                gc::collect();
            });
        }
    }

    let dropped = Counter::default();
    let maker = Gc::new(Maker { me: RefCell::default(), dropped: dropped.clone() });
    *maker.me.borrow_mut() = Some(Gc::clone(&maker));
    drop(maker);
    assert_eq!(gc::collect(), 1);
    assert_eq!(dropped.get(), 4);
}

#[test]
fn a_finalizer_that_enters_another_heap_may_break_the_cycle_that_it_is_part_of() {
    #[derive(Trace)]
    #[trace(finalize)]
    struct Breaker {
        others: RefCell<Vec<Gc<Breaker>>>,
        #[trace(skip)]
        isolate: std::rc::Rc<Isolate<Node>>,
    }
    impl Finalize for Breaker {
        fn finalize(&self) {
            self.isolate.enter(|root| {
                add_ring(root, 2);
                self.others.borrow_mut().clear();
            });
        }
    }

    let dropped = Counter::default();
    let isolate = std::rc::Rc::new(Isolate::new(|| Node::new(0, &dropped)));
    let make = || Gc::new(Breaker { others: RefCell::default(), isolate: isolate.clone() });
    let nodes: Vec<_> = (0..10).map(|_| make()).collect();
    for (node, next) in nodes.iter().zip(nodes.iter().cycle().skip(1)) {
        node.others.borrow_mut().push(Gc::clone(next));
    }
    drop(nodes);
    gc::collect();
    assert_eq!(std::rc::Rc::strong_count(&isolate), 1);
    assert_eq!(isolate.enter(|_| gc::memory().objects), 21);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn threads_may_end_with_isolates_in_thread_locals() {
    std::thread_local! {
        static EARLY: RefCell<Option<Isolate<Node>>> = const { RefCell::new(None) };
        static HELD: RefCell<Vec<Gc<Node>>> = const { RefCell::new(Vec::new()) };
        static LATE: RefCell<Option<Isolate<Node>>> = const { RefCell::new(None) };
    }

    for order in 0..2 {
        let dropped = Counter::default();
        let counter = dropped.clone();
        thread::spawn(move || {
            if order == 0 {
                EARLY.set(None);
            }
            let isolate = Isolate::new(|| Node::new(0, &counter));
            isolate.enter(|root| {
                add_ring(root, 10);
                HELD.with_borrow_mut(|held| held.extend(root.others.borrow().iter().cloned()));
            });
            let outside = Gc::new(Node::new(1, &counter));
            outside.link(&outside);
            EARLY.set(Some(isolate));
            LATE.set(Some(Isolate::new(|| Node::new(2, &counter))));
        })
        .join()
        .unwrap();
        assert_eq!(dropped.get(), 13);
    }
}

#[test]
fn a_value_may_refer_to_its_own_isolate_through_a_global() {
    std::thread_local! {
        static ISOLATE: RefCell<Option<Isolate<Closer>>> = const { RefCell::new(None) };
    }
    /// Drops the isolate that it lies in, or tries to.
    #[derive(Trace)]
    struct Closer {
        #[trace(skip)]
        _closes: Closes,
    }
    struct Closes(Counter);
    impl Drop for Closes {
        fn drop(&mut self) {
            self.0.add();
            drop(ISOLATE.take());
        }
    }

    let dropped = Counter::default();
    let closer = || Closer { _closes: Closes(dropped.clone()) };
    let isolate = Isolate::new(closer);
    let other = isolate.enter(|_| Gc::new(closer()));
    ISOLATE.set(Some(isolate));
    drop(other);
    assert_eq!(dropped.get(), 2);
    assert!(ISOLATE.take().is_none());
}

#[test]
fn callbacks_of_collections_that_are_added_at_the_end_are_dropped_there() {
    /// When it is dropped, adds a callback that counts when it is dropped.
    struct Again(Counter);
    impl Drop for Again {
        fn drop(&mut self) {
            let added = Dropped(self.0.clone());
            gc::add_callback(move |_, _| _ = added.get());
        }
    }

    let (dropped, members) = (Counter::default(), WeakSet::new());
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    isolate.enter(|_| {
        // Its slot keeps the heap for longer than its end.
        members.insert(&Gc::new(1));
        let again = Again(dropped.clone());
        gc::add_callback(move |_, _| _ = again.0.get());
    });
    drop(isolate);
    assert_eq!(dropped.get(), 1);
    assert_eq!(members.len(), 0);
}
