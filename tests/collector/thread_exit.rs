//! A thread that ends leaves nothing behind, in whatever order its
//! thread-locals are destroyed.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gcycle::{Gc, Trace, Untraced, gc};

/// Counts how many of it were dropped.
#[derive(Clone)]
struct Witness(Arc<AtomicUsize>);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Trace)]
struct Own {
    itself: RefCell<Option<Gc<Own>>>,
    witness: Untraced<Witness>,
}

fn own_cycle(dropped: &Arc<AtomicUsize>) -> Gc<Own> {
    let witness = Untraced(Witness(Arc::clone(dropped)));
    let own = Gc::new(Own { itself: RefCell::new(None), witness });
    *own.itself.borrow_mut() = Some(own.clone());
    own
}

thread_local! {
    static BEFORE: RefCell<Vec<Gc<Own>>> = const { RefCell::new(Vec::new()) };
    static AFTER: RefCell<Vec<Gc<Own>>> = const { RefCell::new(Vec::new()) };
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn live_cycles_are_freed_when_their_thread_ends() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&dropped);
    thread::spawn(move || drop(own_cycle(&count))).join().unwrap();
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn what_only_the_list_of_garbage_holds_is_freed_when_its_thread_ends() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&dropped);
    let work = move || {
        gc::set_debug(gc::DebugFlags::SAVEALL);
        drop(own_cycle(&count));
        gc::collect();
        let saved = gc::garbage();
        let own = saved[0].downcast::<Own>().unwrap();
        own.itself.take();
        drop((own, saved));
        assert_eq!(count.load(Ordering::Relaxed), 0, "the list holds it");
    };
    thread::spawn(work).join().unwrap();
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
fn handles_in_thread_locals_destroyed_before_and_after_the_heap_are_freed() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&dropped);
    let work = move || {
        // Destructors run in the opposite order of first use: `AFTER` when the
        // heap has been torn down, `BEFORE` while it stands.
        AFTER.with(|_| {});
        let (one, other, both) = (own_cycle(&count), own_cycle(&count), own_cycle(&count));
        AFTER.with(|keep| keep.borrow_mut().extend([one, both.clone()]));
        BEFORE.with(|keep| keep.borrow_mut().extend([other, both]));
    };
    thread::spawn(work).join().unwrap();
    assert_eq!(dropped.load(Ordering::Relaxed), 3);
}
