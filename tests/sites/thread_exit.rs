//! The end of a thread: what its heap holds then is collected.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gcycle::{Gc, gc, weak};

use crate::subject::{Code, Quiet, Site, Subject, allocate, panic};

/// Leaves garbage with `code` at each site to the end of a thread, and an
/// object that a thread-local keeps; how often the code ran.
fn leave_to_the_end(code: fn()) -> usize {
    std::thread_local! {
        static KEPT: RefCell<Option<Gc<Subject>>> = const { RefCell::new(None) };
    }
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let run = move || {
        // One thread-local is made before the heap, so that it goes after it.
        KEPT.set(None);
        // The garbage is there until the end.
        let _pause = gc::pause();
        let code = Code::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            code();
        });
        drop((Subject::cyclic(Site::Finalize, &code), Subject::cyclic(Site::Drop, &code)));
        KEPT.set(Some(Subject::cyclic(Site::Finalize, &code)));
        let waiting = code.clone();
        weak::finalize(&Quiet::cyclic(), move || waiting.call());
        gc::add_callback(|_, _| ());
    };
    assert!(thread::spawn(run).join().is_ok(), "the thread ended well");
    calls.load(Ordering::Relaxed)
}

#[test]
fn code_of_the_user_runs() {
    assert_eq!(leave_to_the_end(|| ()), 4);
}

#[test]
fn it_may_allocate_and_that_is_freed_too() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    let allocate_more = || {
        allocate();
        // Garbage that is made while the last garbage is collected.
        let counted = Code::new(|| {
            DROPS.fetch_add(1, Ordering::Relaxed);
        });
        drop(Subject::cyclic(Site::Drop, &counted));
    };
    assert_eq!(leave_to_the_end(allocate_more), 4);
    assert_eq!(DROPS.load(Ordering::Relaxed), 4);
}

#[test]
fn it_may_collect() {
    let collect = || {
        drop(Quiet::cyclic());
        gc::collect();
    };
    assert_eq!(leave_to_the_end(collect), 4);
}

#[test]
fn a_panic_is_reported_and_goes_no_further() {
    // A panic that came out of a thread-local's destructor would end the
    // process.
    assert_eq!(leave_to_the_end(panic), 4);
}
