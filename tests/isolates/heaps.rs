//! What is made inside of an isolate lies in its heap.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gcycle::gc::Generation;
use gcycle::{Gc, Isolate, Trace, gc, weak};

use crate::{Counter, Node, add_ring};

#[test]
fn objects_lie_in_the_heap_that_the_thread_is_in() {
    let before = gc::memory().objects;
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    isolate.enter(|root| {
        add_ring(root, 10);
        assert_eq!(gc::memory().objects, 11);
    });
    assert_eq!(gc::memory().objects, before);
    let outside = Gc::new(RefCell::new(5));
    isolate.enter(|_| assert_eq!(gc::memory().objects, 11));
    assert_eq!(*outside.borrow(), 5);
}

#[test]
fn isolates_are_entered_inside_of_each_other_and_left_by_panics() {
    let counter = Counter::default();
    let (one, two) =
        (Isolate::new(|| Node::new(1, &counter)), Isolate::new(|| Node::new(2, &counter)));
    one.enter(|first| {
        add_ring(first, 3);
        two.enter(|second| {
            add_ring(second, 5);
            assert_eq!(gc::memory().objects, 6);
            one.enter(|again| assert!(Gc::ptr_eq(first, again)));
            assert_eq!(gc::memory().objects, 6);
        });
        assert_eq!(gc::memory().objects, 4);
        let caught = catch_unwind(AssertUnwindSafe(|| two.enter(|_| panic!("inside"))));
        assert!(caught.is_err());
        assert_eq!(gc::memory().objects, 4);
    });
    drop((one, two));
    assert_eq!(counter.get(), 10);
}

#[test]
fn a_panic_while_the_root_is_made_leaves_nothing() {
    let counter = Counter::default();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        Isolate::new(|| -> Node {
            let node = Gc::new(Node::new(1, &counter));
            node.link(&node);
            panic!("no root");
        })
    }));
    assert!(caught.is_err());
    assert_eq!(counter.get(), 1);
}

#[test]
fn the_functions_of_gc_mean_the_heap_that_the_thread_is_in() {
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    gc::set_threshold(7, 8, 9);
    isolate.enter(|root| {
        assert_ne!(gc::get_threshold(), (7, 8, 9));
        gc::disable();
        let node = Gc::new(Node::new(1, &root.dropped));
        node.link(&node);
        drop(node);
        assert_eq!(gc::collect(), 1);
        assert_eq!(gc::get_stats()[2].collections, 1);
    });
    assert!(gc::is_enabled());
    assert_eq!(gc::get_threshold(), (7, 8, 9));
    assert_eq!(gc::collect(), 0);
}

#[test]
fn the_id_of_a_callback_means_nothing_in_another_heap() {
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    let outside = gc::add_callback(|_, _| ());
    let inside = isolate.enter(|_| gc::add_callback(|_, _| ()));
    assert!(!gc::remove_callback(inside));
    assert!(!isolate.enter(|_| gc::remove_callback(outside)));
    assert!(gc::remove_callback(outside) && isolate.enter(|_| gc::remove_callback(inside)));
}

#[test]
fn a_guard_that_pauses_collections_pauses_those_of_all_heaps_of_the_thread() {
    let isolate = Isolate::new(|| Node::new(0, &Counter::default()));
    let guard = isolate.enter(|_| gc::pause());
    let count = if cfg!(miri) { 900 } else { 5000 };
    let make = |root: &Gc<Node>| {
        for id in 0..count {
            let node = Gc::new(Node::new(id, &root.dropped));
            node.link(&node);
        }
        root.dropped.get()
    };
    assert_eq!(isolate.enter(make), 0);
    drop(guard);
    assert!(isolate.enter(make) > 0);
}

#[test]
fn handles_from_one_heap_to_another_keep_objects_alive_and_are_not_followed() {
    let counter = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &counter));
    let outside = Gc::new(Node::new(1, &Counter::default()));
    isolate.enter(|root| {
        let inside = Gc::new(Node::new(2, &root.dropped));
        outside.link(&inside);
        root.link(&outside);
        inside.link(&inside);
    });
    for _ in 0..3 {
        assert_eq!(isolate.enter(|_| gc::collect()), 0);
        assert_eq!(gc::collect(), 0);
    }
    assert_eq!(Gc::strong_count(&outside), 2);
    // A cycle through both heaps is nobody's.
    outside.others.borrow_mut().clear();
    assert_eq!(isolate.enter(|_| gc::collect()), 1);
    assert_eq!(counter.get(), 1);
    drop(isolate);
    assert_eq!(Gc::strong_count(&outside), 1);
}

#[test]
fn an_object_that_dies_outside_of_its_heap_is_freed_in_it() {
    let counter = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &counter));
    let nodes: Vec<_> =
        isolate.enter(|root| (1..1000).map(|id| Gc::new(Node::new(id, &root.dropped))).collect());
    let before = gc::memory();
    drop(nodes);
    assert_eq!(gc::memory().objects, before.objects);
    assert_eq!(isolate.enter(|_| gc::memory().objects), 1);
    assert_eq!(counter.get(), 999);
}

#[test]
fn a_cycle_that_becomes_garbage_outside_of_its_heap_is_collected_in_it() {
    let counter = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &counter));
    let ring = isolate.enter(|root| {
        add_ring(root, 7);
        Gc::clone(&root.others.borrow()[0])
    });
    isolate.enter(|root| root.others.borrow_mut().clear());
    assert_eq!(isolate.enter(|_| gc::collect()), 0);
    drop(ring);
    assert_eq!(gc::collect(), 0);
    assert_eq!(isolate.enter(|_| gc::collect()), 7);
    assert_eq!(counter.get(), 7);
}

#[test]
#[cfg_attr(miri, ignore = "it takes long")]
fn collections_start_by_themselves_in_each_heap() {
    #[derive(Trace)]
    struct Link(RefCell<Option<Gc<Link>>>);
    let isolates: Vec<_> = (0..4).map(|_| Isolate::new(|| Link(RefCell::default()))).collect();
    for round in 0..20_000 {
        isolates[round % 4].enter(|_| {
            let link = Gc::new(Link(RefCell::default()));
            *link.0.borrow_mut() = Some(Gc::clone(&link));
        });
    }
    for isolate in &isolates {
        isolate.enter(|_| {
            assert!(gc::get_stats()[0].collections > 0);
            assert!(gc::memory().objects < 4000, "{:?}", gc::memory());
        });
    }
}

#[test]
#[cfg_attr(miri, ignore = "it takes long")]
fn collections_in_slices_of_several_heaps_do_not_mix() {
    let counter = Counter::default();
    let isolates: Vec<_> = (0..3).map(|_| Isolate::new(|| Node::new(0, &counter))).collect();
    // Old objects of one heap lead into the others.
    for isolate in &isolates {
        isolate.enter(|root| {
            gc::set_budget(10_usize);
            for _ in 0..40 {
                add_ring(root, 20);
            }
            gc::collect();
        });
    }
    let shared: Vec<_> = isolates
        .iter()
        .map(|isolate| isolate.enter(|root| Gc::clone(&root.others.borrow()[3])))
        .collect();
    for isolate in &isolates {
        isolate.enter(|root| shared.iter().for_each(|node| root.link(node)));
    }
    drop(shared);
    for round in 0..3000_u32 {
        isolates[round as usize % 3].enter(|root| {
            add_ring(root, 3);
            root.others.borrow_mut().swap_remove(round as usize % 30);
            gc::step(7_usize);
        });
    }
    for isolate in &isolates {
        isolate.enter(|root| root.others.borrow_mut().clear());
    }
    for isolate in &isolates {
        isolate.enter(|_| gc::collect());
        assert_eq!(isolate.enter(|_| gc::memory().objects), 1);
    }
}

#[test]
fn weak_maps_may_have_keys_of_other_heaps() {
    let counter = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &counter));
    let inside = isolate.enter(|_| Gc::new(weak::WeakMap::new()));
    let outside = Gc::new(weak::WeakMap::new());
    let key = Gc::new(Node::new(1, &counter));
    key.link(&key);
    isolate.enter(|root| {
        outside.insert(root, Gc::new(Node::new(2, &counter)));
        inside.insert(&key, Gc::new(Node::new(3, &counter)));
        // The heaps are of different ages.
        for _ in 0..10 {
            gc::collect();
        }
        drop(Gc::clone(root));
        gc::collect_generation(Generation::Young);
    });
    drop(Gc::clone(&key));
    for _ in 0..20 {
        gc::collect();
        isolate.enter(|_| gc::collect());
        drop(Gc::clone(&key));
    }
    assert_eq!((inside.len(), outside.len(), counter.get()), (1, 1, 0));
    drop(key);
    assert_eq!(gc::collect(), 1);
    assert_eq!((inside.len(), counter.get()), (0, 2));
    drop(isolate);
    assert_eq!((outside.len(), counter.get()), (0, 4));
}
