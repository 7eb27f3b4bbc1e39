//! Chapter: memory that goes back.

use gcycle::Gc;
use gcycle::gc::{self, MemoryStats};

use super::list::List;
use super::story::{Story, run, show};

/// How many pairs of lists are made.
const PAIRS: usize = 100_000;

fn mebibytes(bytes: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    format!("{mebibytes:.1} MiB")
}

pub(super) fn tell(story: &mut Story) {
    story.chapter("Memory that goes back");
    let guard = gc::pause();
    gc::collect();
    without_cycles(story);
    with_cycles(story);
    drop(guard);
}

fn without_cycles(story: &mut Story) {
    story.say(
        "A program that made something large, and deleted it, wants the memory back. Here are a
         million numbers. `del` frees them at once, but the heap keeps the memory for the
         next objects until it is told to give it back, or has run a full collection.",
    );
    let start = gc::memory();
    run!(story, let numbers: Vec<_> = (0..1_000_000).map(Gc::new).collect());
    let full = gc::memory();
    show!(story, full.objects - start.objects => 1_000_000);
    story.note(&format!("taken from the system: {}", mebibytes(full.reserved_bytes)));
    run!(story, drop(numbers));
    show!(story, gc::memory().objects == start.objects => true);
    show!(story, gc::memory().reserved_bytes == full.reserved_bytes => true);
    run!(story, let given_back = gc::trim());
    show!(story, gc::memory().reserved_bytes == full.reserved_bytes - given_back => true);
    check_given_back(story, &start, &full);
}

fn with_cycles(story: &mut Story) {
    story.say(
        "If there are cycles in it, `del` alone frees nothing: here are 100,000 pairs of lists
         that refer to each other.",
    );
    let start = gc::memory();
    let pair = |_| -> Gc<List> {
        let (one, other) = (List::named("one"), List::named("other"));
        one.append(&other);
        other.append(&one);
        one
    };
    run!(story, let pairs: Vec<_> = (0..PAIRS).map(pair).collect());
    let full = gc::memory();
    show!(story, full.objects - start.objects => 2 * PAIRS);
    story.note(&format!("taken from the system: {}", mebibytes(full.reserved_bytes)));
    run!(story, drop(pairs));
    show!(story, gc::memory() == full => true);

    story.say("After a full collection the objects are gone, and so is the memory.");
    show!(story, gc::collect() => 2 * PAIRS);
    let after = gc::memory();
    show!(story, after.objects == start.objects => true);
    show!(story, after.live_bytes == start.live_bytes => true);
    check_given_back(story, &start, &full);
}

fn check_given_back(story: &mut Story, start: &MemoryStats, full: &MemoryStats) {
    let now = gc::memory().reserved_bytes;
    let given_back = full.reserved_bytes - now;
    let grown = full.reserved_bytes - start.reserved_bytes;
    story.note(&format!(
        "given back to the system: {}, kept: {}",
        mebibytes(given_back),
        mebibytes(now),
    ));
    story.check("at least nine tenths of what was taken went back", given_back * 10 >= grown * 9);
}
