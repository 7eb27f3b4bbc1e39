//! A heap that nothing refers to goes from thread to thread.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::thread;

use gcycle::{Detached, Gc, Isolate, gc};

use crate::{Counter, Node, add_ring};

fn assert_send<T: Send>(_: &T) {}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_heap_goes_on_where_it_arrives() {
    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    isolate.enter(|root| {
        add_ring(root, 10);
        gc::set_threshold(50, 5, 5);
    });
    let detached = isolate.detach().unwrap();
    assert_send(&detached);
    let detached = thread::spawn(move || {
        let isolate = detached.attach();
        isolate.enter(|root| {
            assert_eq!(gc::get_threshold(), (50, 5, 5));
            assert_eq!(gc::memory().objects, 11);
            let ring = Gc::clone(&root.others.borrow()[0]);
            assert_eq!(ring.weak.borrow()[0].upgrade().unwrap().id, 0);
            add_ring(root, 1000);
            root.others.borrow_mut().swap_remove(0);
        });
        isolate.detach().unwrap()
    })
    .join()
    .unwrap();
    assert_eq!(dropped.get(), 10);
    let isolate = detached.attach();
    isolate.enter(|root| assert_eq!(root.others.borrow()[0].id, 1));
    drop(isolate);
    assert_eq!(dropped.get(), 1011);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_detached_heap_is_dropped_wherever_it_is() {
    let dropped = Counter::default();
    let isolate = Isolate::new(|| Node::new(0, &dropped));
    isolate.enter(|root| add_ring(root, 10));
    let detached = isolate.detach().unwrap();
    thread::spawn(move || drop(detached)).join().unwrap();
    assert_eq!(dropped.get(), 11);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
#[cfg_attr(gc_zeal, ignore = "it takes long")]
fn many_heaps_move_between_threads_while_they_are_used() {
    const THREADS: usize = 8;
    const HEAPS: usize = 24;
    const MOVES: usize = if cfg!(miri) { 60 } else { 10_000 };
    let (made, dropped) = (Counter::default(), Counter::default());
    let queue: Mutex<VecDeque<Detached<Node>>> = Mutex::default();
    for _ in 0..HEAPS {
        made.add();
        let isolate = Isolate::new(|| Node::new(0, &dropped));
        queue.lock().unwrap().push_back(isolate.detach().unwrap());
    }
    let moves = Counter::default();
    let (queue_of_all, moves_of_all) = (&queue, &moves);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (made, dropped) = (made.clone(), dropped.clone());
            scope.spawn(move || {
                let mut kept = Vec::new();
                while moves_of_all.get() < MOVES {
                    let next = queue_of_all.lock().unwrap().pop_front();
                    let Some(next) = next else { continue };
                    moves_of_all.add();
                    let isolate = next.attach();
                    let len = isolate.enter(|root| {
                        let len = 2 + (moves_of_all.get() + number) % 20;
                        (0..len).for_each(|_| made.add());
                        add_ring(root, u32::try_from(len).unwrap());
                        if root.others.borrow().len() > 10 {
                            root.others.borrow_mut().drain(..5).for_each(drop);
                        }
                        if len == 7 {
                            gc::collect();
                        }
                        if len == 8 {
                            kept.push(Gc::clone(root));
                        }
                        len
                    });
                    let isolate = if len == 8 {
                        let refused = isolate.detach().unwrap_err();
                        kept.clear();
                        refused.into_isolate()
                    } else {
                        isolate
                    };
                    let detached = if len == 9 {
                        drop(isolate);
                        made.add();
                        Isolate::new(|| Node::new(0, &dropped)).detach().unwrap()
                    } else {
                        isolate.detach().unwrap()
                    };
                    queue_of_all.lock().unwrap().push_back(detached);
                }
            });
        }
    });
    queue.into_inner().unwrap().clear();
    assert_eq!(made.get(), dropped.get());
}
