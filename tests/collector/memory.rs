//! What becomes of memory that a collection frees.

use std::cell::RefCell;
use std::thread;

use gcycle::gc::Generation;
use gcycle::{Gc, Trace, gc};

const MIB: usize = 1 << 20;

/// Takes so many MiB, gives them up, collects, and says how much is still
/// there.
fn task(mebibytes: usize) -> usize {
    let values: Vec<_> = (0..mebibytes * 256).map(|_| Gc::new([0_u8; 4000])).collect();
    assert!(gc::memory().reserved_bytes >= mebibytes * MIB);
    drop(values);
    gc::collect();
    gc::memory().reserved_bytes
}

fn on_a_new_heap(work: fn()) {
    // There are no threads; `.ci/wasi.mjs` gives each test a heap of its own.
    if cfg!(target_family = "wasm") {
        return work();
    }
    thread::spawn(work).join().unwrap();
}

#[test]
#[cfg_attr(miri, ignore = "fills megabytes, which takes too long")]
fn what_is_taken_once_goes_back() {
    on_a_new_heap(|| assert_eq!(task(8), 0));
}

#[test]
#[cfg_attr(miri, ignore = "fills megabytes, which takes too long")]
fn what_each_task_takes_again_is_kept_until_none_does() {
    on_a_new_heap(|| {
        task(20);
        assert!((20 * MIB..32 * MIB).contains(&task(20)));
        assert!((20 * MIB..32 * MIB).contains(&task(20)));
        gc::collect();
        assert_eq!(gc::memory().reserved_bytes, 0, "nobody wanted it");
    });
}

#[test]
#[cfg_attr(miri, ignore = "fills megabytes, which takes too long")]
fn of_more_than_32_mib_nothing_is_kept() {
    on_a_new_heap(|| {
        for _ in 0..3 {
            assert_eq!(task(40), 0);
        }
    });
}

#[test]
#[cfg_attr(miri, ignore = "fills megabytes, which takes too long")]
fn trim_keeps_nothing_and_what_it_gives_back_is_not_missed() {
    on_a_new_heap(|| {
        task(20);
        assert!(task(20) > 0);
        assert!(gc::trim() > 0);
        assert_eq!(gc::memory().reserved_bytes, 0);
        assert_eq!(task(20), 0);
    });
}

/// Too large for a page that others share.
#[derive(Trace)]
struct Large {
    next: RefCell<Option<Gc<Large>>>,
    small: RefCell<Option<Gc<Small>>>,
    _room: [u8; 30_000],
}

#[derive(Default, Trace)]
struct Small(RefCell<Option<Gc<Small>>>);

/// Objects too large to share a page are candidates of all generations, between those of
/// other pages, and die by their counts in a scattered order. Each one would take long if
/// it were looked for among all the others.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a thread, which wasm has not")]
#[expect(clippy::large_stack_arrays, reason = "the object is to be large")]
fn large_candidates_die_in_any_order() {
    const MANY: usize = if cfg!(miri) { 12 } else { 5003 };
    on_a_new_heap(|| {
        let _paused = gc::pause();
        let mut objects: Vec<Option<Gc<Large>>> = Vec::new();
        for number in 0..MANY {
            let small = Gc::new(Small::default());
            drop(small.clone());
            let large = Gc::new(Large {
                next: RefCell::default(),
                small: RefCell::new(Some(small)),
                _room: [0; 30_000],
            });
            drop(large.clone());
            objects.push(Some(large));
            match number * 7 / MANY {
                2 if number % 16 == 0 => drop(gc::collect_generation(Generation::Young)),
                4 if number % 64 == 0 => drop(gc::collect_generation(Generation::Middle)),
                _ => {}
            }
        }
        // Half die in an order without pattern; 2503 and MANY have no common divisor.
        for number in 0..MANY / 2 {
            objects[number * 2503 % MANY] = None;
        }
        assert_eq!(gc::memory().objects, 2 * (MANY - MANY / 2));
        // The others are in rings of one now, and small ones became candidates anew.
        for large in objects.iter().flatten() {
            *large.next.borrow_mut() = Some(large.clone());
            let small = large.small.borrow();
            *small.as_ref().unwrap().0.borrow_mut() = small.clone();
        }
        drop(objects);
        assert_eq!(gc::collect(), 2 * (MANY - MANY / 2));
        assert_eq!((gc::memory().objects, gc::memory().reserved_bytes), (0, 0));
    });
}
