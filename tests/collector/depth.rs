//! No depth of a structure overflows the stack: not dropping it, not collecting
//! it.

use std::cell::RefCell;
use std::thread;

use gcycle::{Gc, Trace, gc};

use super::Link;

/// Ten million in a release build, as a promise; fewer where checks make each
/// step slow, and far fewer where each allocation collects, and under Miri, which has no
/// stack that could overflow.
const LENGTH: usize = if cfg!(miri) {
    200
} else if cfg!(gc_zeal) {
    2000
} else if cfg!(debug_assertions) {
    300_000
} else {
    10_000_000
};

#[derive(Trace)]
struct Station {
    next: RefCell<Option<Gc<Station>>>,
    previous: RefCell<Option<Gc<Station>>>,
}

fn on_a_small_stack(work: fn()) {
    // The only thread there is has 1 MiB, which is not enough for a step of each object.
    if cfg!(target_family = "wasm") {
        return work();
    }
    let thread = thread::Builder::new().stack_size(64 << 10);
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn a_long_list_is_dropped_on_a_stack_of_64_kib() {
    on_a_small_stack(|| {
        let mut list = Gc::new(Link::default());
        for _ in 0..LENGTH {
            list = Gc::new(Link { next: RefCell::new(Some(list)) });
        }
        drop(list);
        assert_eq!(gc::memory().objects, 0);
    });
}

#[test]
fn a_long_list_linked_both_ways_is_collected_on_a_stack_of_64_kib() {
    on_a_small_stack(|| {
        let new =
            |next| Gc::new(Station { next: RefCell::new(next), previous: RefCell::default() });
        let mut first = new(None);
        for _ in 0..LENGTH {
            let station = new(Some(first.clone()));
            *first.previous.borrow_mut() = Some(station.clone());
            first = station;
        }
        drop(first);
        assert!(gc::memory().objects > 0, "the links back keep it");
        gc::collect();
        assert_eq!(gc::memory().objects, 0);
        assert_eq!(gc::memory().reserved_bytes, 0, "all memory was given back");
    });
}
