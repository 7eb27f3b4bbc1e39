//! When collections run by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gcycle::sync::{self, Gc, Shared};
use gcycle::{Trace, Tracer};

use crate::values::turn;

/// Counts how often it is traced.
struct Probe<const BYTES: usize>(Arc<AtomicUsize>, [u8; BYTES]);

// SAFETY: there is nothing to report.
unsafe impl<const BYTES: usize> Trace for Probe<BYTES> {
    fn trace(&self, _: &mut Tracer<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: nothing is reported.
unsafe impl<const BYTES: usize> Shared for Probe<BYTES> {}

/// After how many candidates of this size a collection runs.
fn candidates_until_due<const BYTES: usize>() -> usize {
    let traced = Arc::new(AtomicUsize::new(0));
    let probes: Vec<_> = (0..1500).map(|_| Gc::new(Probe(traced.clone(), [0; BYTES]))).collect();
    sync::gc::collect();
    let before = traced.load(Ordering::Relaxed);
    let is_due = |probe: &Gc<Probe<BYTES>>| {
        drop(probe.clone());
        drop(Gc::new(0));
        traced.load(Ordering::Relaxed) > before
    };
    probes.iter().position(is_due).map_or(usize::MAX, |position| position + 1)
}

#[test]
fn a_collection_is_due_after_as_many_candidates_of_any_size() {
    let _turn = turn();
    let found = [
        candidates_until_due::<8>(),
        candidates_until_due::<{ 128 - 48 }>(),
        candidates_until_due::<{ 512 - 48 }>(),
        candidates_until_due::<{ 1024 - 48 }>(),
        candidates_until_due::<{ 2048 - 48 }>(),
    ];
    for candidates in found {
        assert!((1024..1024 + 16 * 16).contains(&candidates), "{found:?}");
    }
}

#[test]
#[expect(clippy::large_stack_arrays, reason = "it goes to the heap")]
fn large_slots_do_not_wait_until_there_are_many() {
    let _turn = turn();
    let traced = Arc::new(AtomicUsize::new(0));
    let probe = Gc::new(Probe(traced.clone(), []));
    sync::gc::collect();
    let before = traced.load(Ordering::Relaxed);
    drop(probe.clone());
    let mut made = Vec::new();
    while traced.load(Ordering::Relaxed) == before {
        let large = Gc::new(Probe(Arc::default(), [0; 64 << 10]));
        drop(large.clone());
        made.push(large);
    }
    // Of 64 KiB each.
    assert!((60..=80).contains(&made.len()), "{}", made.len());
}

#[test]
fn what_refers_to_nothing_is_no_candidate() {
    let _turn = turn();
    sync::gc::collect();
    let before = sync::gc::get_count();
    let number = Gc::new(5);
    let text: Gc<str> = "text".into();
    let bytes: Gc<[u8]> = vec![1, 2, 3].into();
    for _ in 0..100 {
        drop((number.clone(), text.clone(), bytes.clone()));
    }
    assert_eq!(sync::gc::get_count(), before);
    let probe = Gc::new(Probe(Arc::default(), []));
    drop(probe.clone());
    assert_eq!(sync::gc::get_count(), before + 1);
    drop(probe);
}

#[test]
fn what_dies_as_the_last_candidate_is_one_no_more() {
    let _turn = turn();
    sync::gc::collect();
    let before = sync::gc::get_count();
    let probes: Vec<_> = (0..100).map(|_| Gc::new(Probe(Arc::default(), [0; 5000]))).collect();
    probes.iter().for_each(|probe| drop(probe.clone()));
    assert_eq!(sync::gc::get_count(), before + 200);
    // The last one first.
    for (left, probe) in probes.into_iter().rev().enumerate() {
        drop(probe);
        assert_eq!(sync::gc::get_count(), before + 198 - 2 * left);
    }
}
