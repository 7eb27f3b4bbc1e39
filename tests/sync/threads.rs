//! Handles go from thread to thread, and threads end.

use std::cell::RefCell;
use std::sync::{Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use gcycle::Trace;
use gcycle::sync::{self, Gc};

use crate::values::{Counter, Node, ring, turn};

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_ring_of_objects_of_many_threads_is_collected() {
    let _turn = turn();
    let counter = Counter::default();
    let first = Node::new(&counter);
    let mut last = first.clone();
    for _ in 0..4 {
        let counter = counter.clone();
        let previous = last;
        last = thread::spawn(move || Node::of(&counter, vec![previous])).join().unwrap();
    }
    first.push(&last);
    drop((first, last));
    counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_thread_may_end_with_what_it_dropped_last() {
    let _turn = turn();
    let counter = Counter::default();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let counter = counter.clone();
            thread::spawn(move || drop(ring(&counter, 2)))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    counter.all_are_dropped();
}

/// Drops garbage, and collects, when the thread-locals of a thread are dropped.
struct AtTheEnd(Option<Gc<Node>>, Counter, bool);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        drop(self.0.take());
        drop(ring(&self.1, 2));
        if self.2 {
            sync::gc::collect();
        }
    }
}

std::thread_local! {
    static FIRST: RefCell<Vec<AtTheEnd>> = const { RefCell::new(Vec::new()) };
    static SECOND: RefCell<Vec<AtTheEnd>> = const { RefCell::new(Vec::new()) };
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn thread_locals_may_hold_handles_and_collect_in_every_order() {
    let _turn = turn();
    let counter = Counter::default();
    for order in 0..4 {
        let inner = counter.clone();
        let thread = thread::spawn(move || {
            let keep = |place: &'static thread::LocalKey<RefCell<Vec<AtTheEnd>>>| {
                let end = AtTheEnd(Some(ring(&inner, 3)), inner.clone(), order & 2 != 0);
                place.with_borrow_mut(|place| place.push(end));
            };
            if order & 1 == 0 {
                keep(&FIRST);
                keep(&SECOND);
            } else {
                keep(&SECOND);
                keep(&FIRST);
            }
            drop(ring(&inner, 2));
        });
        thread.join().unwrap();
    }
    counter.all_are_dropped();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn an_automatic_collection_drops_nothing_of_the_program_on_its_thread() {
    static ENTERED: Mutex<()> = Mutex::new(());
    struct Enters(Counter);
    impl Drop for Enters {
        fn drop(&mut self) {
            let _guard = ENTERED.lock().unwrap();
            drop(self.0.count());
        }
    }
    #[derive(Trace)]
    #[trace(shared)]
    struct Own(
        #[trace(skip)]
        #[expect(dead_code, reason = "only dropped")]
        Enters,
        OnceLock<Gc<Own>>,
    );

    let _turn = turn();
    let counter = Counter::default();
    let guard = ENTERED.lock().unwrap();
    let objects = if cfg!(miri) { 1500 } else { 3000 };
    for _ in 0..objects {
        let own = Gc::new(Own(Enters(counter.clone()), OnceLock::new()));
        own.1.set(own.clone()).ok().unwrap();
    }
    assert_eq!(counter.made(), 0);
    drop(guard);
    while counter.dropped() < objects {
        sync::gc::collect();
        thread::sleep(Duration::from_millis(10));
    }
}

/// Locks inside locks, deeper than the stack allows.
#[derive(Trace)]
#[trace(shared)]
enum Nest {
    Deeper(Box<Nest>),
    Lock(Box<Mutex<Option<Nest>>>),
    End(Gc<Mutex<Option<Nest>>>),
}

impl Nest {
    fn of(end: Gc<Mutex<Option<Nest>>>, depth: usize) -> Nest {
        let mut nest = Nest::End(end);
        for level in 0..depth {
            nest = if level % 64 == 0 {
                Nest::Lock(Box::new(Mutex::new(Some(nest))))
            } else {
                Nest::Deeper(Box::new(nest))
            };
        }
        nest
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_lock_may_be_dropped_as_soon_as_the_lock_around_it_is_free() {
    let _turn = turn();
    let steps = if cfg!(miri) { 5 } else { 2000 };
    let nest = Gc::new(Mutex::new(None));
    let other = nest.clone();
    let thread = thread::spawn(move || {
        for step in 0..steps {
            let inner = Nest::of(other.clone(), 300 + step % 5);
            *other.lock().unwrap() = Some(inner);
            drop(other.lock().unwrap().take());
        }
    });
    while !thread.is_finished() {
        drop(nest.clone());
        sync::gc::collect();
    }
    thread.join().unwrap();
    drop(nest);
    sync::gc::collect();
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "no threads")]
fn a_handle_on_its_way_to_another_thread_is_alive() {
    let _turn = turn();
    let steps = if cfg!(miri) { 20 } else { 5000 };
    let counter = Counter::default();
    let (send, receive) = mpsc::sync_channel::<Gc<Node>>(2);
    let other = thread::spawn(move || {
        for node in receive {
            // The hold goes over to the other object of the ring.
            let next = node.locked.lock().unwrap()[0].clone();
            drop(node);
            next.counted.check();
            next.fixed[0].counted.check();
        }
    });
    let collector = thread::spawn(move || {
        for _ in 0..steps / 10 {
            sync::gc::collect();
        }
    });
    let kept = ring(&counter, 2);
    for step in 0..steps {
        let node = if step % 2 == 0 { kept.clone() } else { ring(&counter, 2) };
        send.send(node).unwrap();
    }
    drop(send);
    other.join().unwrap();
    collector.join().unwrap();
    kept.counted.check();
    drop(kept);
    counter.all_are_dropped();
}
