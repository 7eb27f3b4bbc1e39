//! What becomes of memory that a collection frees.

use std::cell::RefCell;
use std::thread;

use gcycle::gc::Generation;
use gcycle::{Gc, Trace, Untraced, gc};

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

/// Numbers that look random.
fn random(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 40).expect("24 bits")
}

#[test]
fn large_objects_that_come_and_go_use_the_same_memory() {
    const LEN: usize = 100_000;
    let new = || -> Gc<[u8]> { vec![1; LEN].into() };
    drop(new());
    let reserved = gc::memory().reserved_bytes;
    assert!(reserved >= LEN, "the memory is kept for the next one");
    for round in 0..if cfg!(miri) { 3 } else { 1000 } {
        let one = new();
        let other: Gc<[u16]> = vec![round; LEN / 2 - 700].into();
        assert!(one[LEN - 1] == 1 && other[LEN / 2 - 701] == round);
    }
    assert!(gc::memory().reserved_bytes <= 2 * reserved + 64, "{:?}", gc::memory());
    gc::trim();
    assert_eq!(gc::memory().reserved_bytes, 0);
}

#[test]
fn large_objects_of_all_sizes_and_alignments_keep_their_contents() {
    #[derive(Clone, Copy)]
    #[repr(align(16384))]
    struct Aligned([u8; 16384]);
    const ROUNDS: usize = if cfg!(miri) { 12 } else { 2000 };
    let (mut state, mut kept) = (1, Vec::new());
    for round in 0..ROUNDS {
        let fill = u8::try_from(round % 256).expect("below 256");
        let bytes: Gc<[u8]> = vec![fill; 28_000 + random(&mut state) % 150_000].into();
        let aligned: Gc<[Untraced<Aligned>]> =
            vec![Untraced(Aligned([fill; 16384])); 1 + random(&mut state) % 5].into();
        assert!(aligned.as_ptr().addr().is_multiple_of(16384));
        kept.push((fill, bytes, aligned));
        while kept.len() > random(&mut state) % 40 {
            let (fill, bytes, aligned) = kept.swap_remove(random(&mut state) % kept.len());
            assert!(bytes.iter().all(|&byte| byte == fill));
            assert!(aligned.iter().all(|item| item.0.0.iter().all(|&byte| byte == fill)));
        }
        if random(&mut state).is_multiple_of(50) {
            gc::trim();
        }
    }
}

#[test]
fn no_more_than_a_few_megabytes_are_kept_for_large_objects() {
    const COUNT: usize = if cfg!(miri) { 20 } else { 200 };
    let many: Vec<Gc<[u8]>> = (0..COUNT).map(|_| vec![0; 1 << 19].into()).collect();
    drop(many);
    assert!(gc::memory().reserved_bytes < 5 << 20, "{:?}", gc::memory());
    assert_eq!(gc::memory().objects, 0);
    gc::collect();
    assert_eq!(gc::memory().reserved_bytes, 0, "a collection that is asked for returns them");
}
