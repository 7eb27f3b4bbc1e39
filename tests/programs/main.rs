//! Programs from the outside: each file is a small program as a user would write it, with the
//! public API, no `unsafe` and no workaround, and asks whether its output is right, whether it
//! leaves anything on the heap, and whether the heap stays flat while it runs.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "tests read like the code of users"
)]

mod cache;
mod event_bus;
mod graph;
mod linked_list;
mod lisp;
mod simulation;
mod spreadsheet;
mod ui_tree;

use gcycle::gc;

/// The number of objects on the heap that are not garbage.
fn live_objects() -> usize {
    gc::collect();
    gc::memory().objects
}

/// Runs a program, and checks that the heap is afterwards as it was before.
#[track_caller]
fn leaves_nothing<R>(program: impl FnOnce() -> R) -> R {
    let before = live_objects();
    let result = program();
    assert_eq!(live_objects(), before, "objects on the heap after the program, and before it");
    result
}

/// As many rounds as a test is to run: fewer where each takes a thousand times as long.
fn rounds(all: usize) -> usize {
    if cfg!(gc_zeal) { all.min(20) } else { all }
}

/// Runs `round` again and again, and checks that automatic collections alone keep the heap below
/// `most` objects more than there were.
#[track_caller]
fn heap_stays_below(most: usize, all: usize, mut round: impl FnMut(usize)) {
    let before = live_objects();
    for number in 0..rounds(all) {
        round(number);
        let more = gc::memory().objects - before;
        assert!(more <= most, "{more} objects more than before after round {number}");
    }
}
