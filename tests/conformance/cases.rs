//! Makes tests of CPython's cases.
//!
//! A module of CPython is a directory here, with one file for each group of
//! cases. Its `mod.rs` lists the cases with [`cases`], so that they are called
//! `test_gc::test_list` and not `test_gc::containers::test_list`, and so that
//! the list can be read in one place.

use std::panic::resume_unwind;
use std::sync::Barrier;
use std::thread;

use gcycle::gc;

/// Makes a test of each case: `file: case, case;`. CPython's `test_gc` runs
/// with automatic collection `disabled`, the other modules with it `enabled`.
/// Some cases wait until it runs by itself, at its `natural` pace. Those that
/// CPython runs with several threads are `threaded`. Those that Miri cannot run are
/// `not under miri`, with the reason.
macro_rules! cases {
    ($automatic:ident; $($file:ident: $($case:ident),+ $(,)?;)+) => {$($(
        #[test]
        fn $case() {
            $crate::cases::$automatic($file::$case);
        }
    )+)+};
    ($automatic:ident, not under miri: $reason:literal;
        $($file:ident: $($case:ident),+ $(,)?;)+) => {$($(
        #[test]
        #[cfg_attr(miri, ignore = $reason)]
        fn $case() {
            $crate::cases::$automatic($file::$case);
        }
    )+)+};
}
pub(crate) use cases;

/// Runs a case on a thread with a fresh heap.
pub(crate) fn enabled(case: fn()) {
    let outcome = thread::spawn(case).join();
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

/// As [`enabled`], on several threads at once.
///
/// They begin together, each with a heap of its own.
pub(crate) fn threaded(case: fn()) {
    const THREADS: usize = if cfg!(miri) { 2 } else { 4 };
    let start = Barrier::new(THREADS);
    let run = || {
        start.wait();
        case();
    };
    // A panic of any of them is the test's.
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

/// As [`enabled`], and switches automatic collection off before.
pub(crate) fn disabled(case: fn()) {
    let run = move || {
        gc::disable();
        case();
    };
    let outcome = thread::spawn(run).join();
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

/// As [`enabled`]. Under `cfg(gc_zeal)` collections start at every allocation, so
/// that there is no natural pace to test.
pub(crate) fn natural(case: fn()) {
    if cfg!(not(gc_zeal)) {
        enabled(case);
    }
}
