//! Weak callbacks: each is called once when the value is gone, or dropped, and never anywhere else.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use gcycle::sync::gc::{self, Collection};
use gcycle::sync::{self, Gc, Weak};
use gcycle::{Trace, Tracer, unsize};

use crate::values::{Counted, Counter, Node, ring, turn};

/// What was called, in this order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    /// A callback that adds a word.
    fn callback(&self, word: &'static str) -> impl FnOnce() + Send + 'static {
        let log = self.clone();
        move || log.0.lock().unwrap().push(word)
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[test]
fn a_callback_is_called_when_the_last_handle_is_dropped() {
    let log = Log::default();
    let strong = Gc::new(String::from("text"));
    let weak = Gc::downgrade_with(&strong, log.callback("gone"));
    assert!(weak.has_callback());
    assert_eq!(weak.upgrade().as_deref(), Some(&"text".to_owned()));
    drop(strong.clone());
    assert_eq!(log.take(), [""; 0]);
    drop(strong);
    assert_eq!(log.take(), ["gone"]);
    assert!(!weak.has_callback() && weak.upgrade().is_none());
    assert_eq!(weak.strong_count(), 0);
}

#[test]
fn no_weak_handle_upgrades_in_a_callback() {
    let strong = Gc::new(5);
    let plain = Gc::downgrade(&strong);
    let (sender, receiver) = mpsc::channel();
    let weak = Gc::downgrade_with(&strong, move || sender.send(plain.upgrade()).unwrap());
    drop(strong);
    assert_eq!(receiver.recv(), Ok(None));
    drop(weak);
}

#[test]
fn a_callback_is_called_when_a_collection_finds_a_cycle() {
    let _turn = turn();
    let (counter, log) = (Counter::default(), Log::default());
    let ring = ring(&counter, 3);
    let weak = Gc::downgrade_with(&ring, log.callback("gone"));
    drop(ring);
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(gc::collect(), 3);
    assert_eq!(log.take(), ["gone"]);
    assert_eq!(counter.dropped(), 3, "the values are dropped before");
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_saved_cycle_keeps_its_callback() {
    let _turn = turn();
    let (counter, log) = (Counter::default(), Log::default());
    let ring = ring(&counter, 2);
    let weak = Gc::downgrade_with(&ring, log.callback("gone"));
    drop(ring);
    let saved = weak.upgrade();
    gc::collect();
    assert!(weak.has_callback());
    assert_eq!(log.take(), [""; 0]);
    drop(saved);
    gc::collect();
    assert_eq!(log.take(), ["gone"]);
    counter.all_are_dropped();
}

#[test]
fn a_callback_is_dropped_with_the_last_handle_that_shares_it() {
    let (counter, log) = (Counter::default(), Log::default());
    let strong = Gc::new(5);
    let counted = counter.count();
    let callback = log.callback("gone");
    let weak = Gc::downgrade_with(&strong, move || {
        counted.check();
        callback();
    });
    let clone = weak.clone();
    assert_eq!((Gc::weak_count(&strong), weak.weak_count()), (1, 1));
    drop(weak);
    assert!(clone.has_callback());
    assert_eq!(counter.dropped(), 0);
    drop(clone);
    assert_eq!(counter.dropped(), 1);
    assert_eq!(Gc::weak_count(&strong), 0);
    drop(strong);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn a_callback_of_a_handle_in_the_same_garbage_is_not_called() {
    let _turn = turn();
    let (counter, log) = (Counter::default(), Log::default());
    let first = ring(&counter, 2);
    let second = first.locked.lock().unwrap()[0].clone();
    // Whichever value is dropped first.
    for (from, to) in [(&first, &second), (&second, &first), (&first, &first)] {
        let counted = counter.count();
        let callback = log.callback("garbage");
        let weak = Gc::downgrade_with(to, move || {
            counted.check();
            callback();
        });
        from.weak.lock().unwrap().push(weak);
    }
    let outside = Gc::downgrade_with(&second, log.callback("outside"));
    drop((first, second));
    counter.all_are_dropped();
    assert_eq!(log.take(), ["outside"]);
    drop(outside);
}

#[test]
fn a_callback_is_not_called_for_what_dies_while_a_collection_finds_its_handle() {
    /// Lets go of a handle while a collection traces it.
    struct LetsGo(Mutex<Option<Gc<Node>>>);

    // SAFETY: it owns a handle and does not report it.
    unsafe impl Trace for LetsGo {
        fn trace(&self, _: &mut Tracer<'_>) {
            drop(self.0.lock().unwrap().take());
        }
    }

    // SAFETY: nothing is reported.
    unsafe impl sync::Shared for LetsGo {}

    let _turn = turn();
    let (counter, log) = (Counter::default(), Log::default());
    let target = Node::new(&counter);
    let ring = ring(&counter, 2);
    ring.weak.lock().unwrap().push(Gc::downgrade_with(&target, log.callback("garbage")));
    // A candidate, so that the collection holds it when its last handle goes.
    drop(target.clone());
    let lets_go = Gc::new(LetsGo(Mutex::new(Some(target))));
    drop(lets_go.clone());
    drop(ring);
    gc::collect();
    assert!(lets_go.0.lock().unwrap().is_none());
    counter.all_are_dropped();
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn the_newest_callback_is_called_first() {
    let log = Log::default();
    let strong = Gc::new(5);
    let weak =
        ["first", "second", "third"].map(|word| Gc::downgrade_with(&strong, log.callback(word)));
    drop(strong);
    assert_eq!(log.take(), ["third", "second", "first"]);
    drop(weak);
}

#[test]
fn the_panic_of_a_callback_ends_in_it() {
    let log = Log::default();
    let strong = Gc::new(5);
    let first = Gc::downgrade_with(&strong, log.callback("first"));
    let second = Gc::downgrade_with(&strong, || panic!("a callback panics, on purpose"));
    drop(strong);
    assert_eq!(log.take(), ["first"]);
    drop((first, second));
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a callback panics when it is dropped, on purpose");
    }
}

#[test]
fn the_panic_of_a_callback_that_is_dropped_reaches_who_drops_it() {
    let strong = Gc::new(5);
    let bomb = Bomb;
    let weak = Gc::downgrade_with(&strong, move || drop(bomb));
    panic::catch_unwind(AssertUnwindSafe(|| drop(weak))).unwrap_err();
    assert_eq!(Gc::weak_count(&strong), 0);
}

#[test]
fn a_value_that_is_taken_out_is_gone() {
    let log = Log::default();
    let watch = |strong: &Gc<String>| Gc::downgrade_with(strong, log.callback("gone"));

    let strong = Gc::new(String::from("a"));
    let weak = watch(&strong);
    assert_eq!(Gc::try_unwrap(strong).unwrap(), "a");
    assert_eq!(log.take(), ["gone"]);
    drop(weak);

    let strong = Gc::new(String::from("a"));
    let weak = watch(&strong);
    assert_eq!(Gc::into_inner(strong).unwrap(), "a");
    assert_eq!(log.take(), ["gone"]);
    drop(weak);

    let mut strong = Gc::new(String::from("a"));
    let weak = watch(&strong);
    assert!(Gc::get_mut(&mut strong).is_none());
    Gc::make_mut(&mut strong).push('b');
    assert_eq!(log.take(), ["gone"]);
    assert!(weak.upgrade().is_none());
    assert_eq!(*strong, "ab");
}

#[test]
fn a_callback_may_do_what_it_likes() {
    let _turn = turn();
    let (counter, log) = (Counter::default(), Log::default());
    let strong = Gc::new(5);
    let other = ring(&counter, 2);
    let again = log.callback("again");
    let (sender, receiver) = mpsc::channel();
    let weak = Gc::downgrade_with(&strong, move || {
        let new = Gc::new(6);
        let watch = Gc::downgrade_with(&new, again);
        drop((other, new));
        sender.send(watch).unwrap();
        gc::collect();
    });
    drop(strong);
    assert_eq!(log.take(), ["again"]);
    assert!(receiver.recv().is_ok_and(|watch| watch.upgrade().is_none()));
    counter.all_are_dropped();
    drop(weak);
}

#[test]
fn handles_to_text_and_trait_objects_have_callbacks() {
    trait Shape: Send + Sync {
        fn area(&self) -> u32;
    }

    #[derive(Trace)]
    #[trace(shared)]
    struct Square(u32);

    impl Shape for Square {
        fn area(&self) -> u32 {
            self.0 * self.0
        }
    }

    let log = Log::default();
    let text: Gc<str> = Gc::from("text");
    let weak = Gc::downgrade_with(&text, log.callback("text"));
    assert_eq!(weak.upgrade().as_deref(), Some("text"));
    assert!(weak.ptr_eq(&Gc::downgrade(&text)));
    drop(text);

    let square = Gc::new(Square(3));
    let weak = unsize!(Gc::downgrade_with(&square, log.callback("square")) => dyn Shape);
    let shape: Gc<dyn Shape> = unsize!(square => dyn Shape);
    let other: Weak<dyn Shape> = Gc::downgrade_with(&shape, log.callback("shape"));
    assert_eq!(weak.upgrade().unwrap().area(), 9);
    assert_eq!(other.clone().upgrade().unwrap().area(), 9);
    drop(shape);
    assert_eq!(log.take(), ["text", "shape", "square"]);
    assert!(weak.upgrade().is_none() && other.upgrade().is_none());
}

/// Enough for several automatic collections.
const GARBAGE: usize = if cfg!(miri) { 1200 } else { 5000 };

/// An object that refers to itself.
#[derive(Trace)]
#[trace(shared)]
struct Own(Mutex<Option<Gc<Own>>>, Mutex<Option<Weak<Own>>>);

fn own() -> Gc<Own> {
    let own = Gc::new(Own(Mutex::default(), Mutex::default()));
    *own.0.lock().unwrap() = Some(own.clone());
    own
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn callbacks_of_automatic_collections_run_on_a_thread_of_their_own() {
    let _turn = turn();
    gc::set_collection(Collection::Inline);
    let (sender, receiver) = mpsc::channel();
    let mut watches = Vec::new();
    for number in 0..GARBAGE {
        let own = own();
        if number % 50 == 0 {
            let sender = sender.clone();
            let callback = move || sender.send(thread::current().id()).unwrap();
            watches.push(Gc::downgrade_with(&own, callback));
        }
    }
    let called = receiver.recv_timeout(Duration::from_secs(20)).expect("a collection has run");
    assert_ne!(called, thread::current().id());
    gc::collect();
    // The thread may be busy with the rest.
    for _ in 1..watches.len() {
        receiver.recv_timeout(Duration::from_secs(20)).expect("all are called");
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn callbacks_in_the_garbage_of_automatic_collections_are_dropped_on_a_thread_of_their_own() {
    /// Tells on which thread it was dropped.
    struct Tells(mpsc::Sender<thread::ThreadId>);

    impl Drop for Tells {
        fn drop(&mut self) {
            self.0.send(thread::current().id()).unwrap();
        }
    }

    let _turn = turn();
    gc::set_collection(Collection::Inline);
    let (sender, receiver) = mpsc::channel();
    let target = Gc::new(5);
    #[derive(Trace)]
    #[trace(shared)]
    struct Watcher(Mutex<Option<Gc<Watcher>>>, Weak<i32>);
    for _ in 0..GARBAGE {
        let tells = Tells(sender.clone());
        let weak = Gc::downgrade_with(&target, move || drop(tells));
        let watcher = Gc::new(Watcher(Mutex::default(), weak));
        *watcher.0.lock().unwrap() = Some(watcher.clone());
    }
    let dropped = receiver.recv_timeout(Duration::from_secs(20)).expect("a collection has run");
    assert_ne!(dropped, thread::current().id());
    gc::collect();
    for _ in 1..GARBAGE {
        receiver.recv_timeout(Duration::from_secs(20)).expect("all are dropped");
    }
    assert_eq!(Gc::weak_count(&target), 0);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there are no threads")]
fn each_callback_is_called_or_dropped_once_whoever_is_first() {
    let _turn = turn();
    let counter = Counter::default();
    let called = Arc::new(AtomicUsize::new(0));
    for round in 0..if cfg!(miri) { 20 } else { 2000 } {
        let objects: [Gc<Own>; 2] = [own(), own()];
        let watch = |object: &Gc<Own>| {
            let (counted, called): (Counted, _) = (counter.count(), called.clone());
            Gc::downgrade_with(object, move || {
                counted.check();
                called.fetch_add(1, Ordering::Relaxed);
            })
        };
        let watches = [watch(&objects[0]), watch(&objects[1]), watch(&objects[0])];
        *objects[1].1.lock().unwrap() = Some(watches[0].clone());
        let clones = watches.clone();
        thread::scope(|scope| {
            scope.spawn(move || drop(watches));
            scope.spawn(move || {
                drop(objects);
                if round % 2 == 0 {
                    gc::collect();
                }
            });
            scope.spawn(move || {
                let upgraded = clones.each_ref().map(Weak::upgrade);
                drop(clones);
                drop(upgraded);
            });
        });
    }
    counter.all_are_dropped();
    assert_eq!(counter.made(), 3 * if cfg!(miri) { 20 } else { 2000 });
    assert!(called.load(Ordering::Relaxed) <= counter.made());
}

#[test]
fn an_object_of_one_thread_that_drops_a_callback_is_not_quiet() {
    thread_local! {
        static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    struct Tells;

    impl Drop for Tells {
        fn drop(&mut self) {
            DROPPED.with_borrow_mut(|dropped| dropped.push("callback"));
            gcycle::gc::collect();
        }
    }

    #[derive(Trace)]
    struct Local(RefCell<Option<gcycle::Gc<Local>>>, sync::Weak<i32>);

    let strong = Gc::new(5);
    let tells = Tells;
    let weak = Gc::downgrade_with(&strong, move || drop(tells));
    let local = gcycle::Gc::new(Local(RefCell::default(), weak));
    *local.0.borrow_mut() = Some(local.clone());
    drop(local);
    assert_eq!(gcycle::gc::collect(), 1);
    assert_eq!(DROPPED.take(), ["callback"]);
    drop(strong);
}

#[test]
fn a_handle_without_an_object_has_no_callback() {
    assert!(!Weak::<Node>::new().has_callback());
}
