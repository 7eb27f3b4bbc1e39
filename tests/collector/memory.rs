//! What becomes of memory that a collection frees.

use std::thread;

use gcycle::{Gc, gc};

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
