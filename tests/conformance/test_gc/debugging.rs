//! Debug flags, the list of garbage, and what cannot be collected.
//!
//! CPython's old kind of finalizer, which made a cycle uncollectable, has no
//! counterpart: finalizers never do that here. What does is a hand-written
//! `Trace` that reports a handle twice. The cases about the old finalizers are
//! held against that: such objects are listed, others are collected all the
//! same.

use std::cell::RefCell;

use gcycle::gc::{self, DebugFlags, Phase};
use gcycle::{Gc, Trace, Tracer};

use crate::child;
use crate::objects::{List, Plain};

/// An object whose `Trace` is wrong.
#[derive(Default)]
pub(super) struct Uncollectable {
    /// What it reports twice.
    pub(super) partner: RefCell<Option<Gc<Uncollectable>>>,
}

// SAFETY: none: the edge is reported twice. The cases below make sure that the
// only handle to each partner is the one that is reported, which the collector
// notices.
unsafe impl Trace for Uncollectable {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.partner.trace(tracer);
        self.partner.trace(tracer);
    }
}

impl Uncollectable {
    fn pair() -> Gc<Uncollectable> {
        let one = Gc::new(Uncollectable::default());
        let other = Gc::new(Uncollectable { partner: RefCell::new(Some(one.clone())) });
        *one.partner.borrow_mut() = Some(other);
        one
    }

    pub(super) fn cyclic() -> Gc<Uncollectable> {
        let one = Gc::new(Uncollectable::default());
        *one.partner.borrow_mut() = Some(one.clone());
        one
    }
}

/// An uncollectable object shows up in the garbage, a plain cycle does not.
fn check_uncollectable(plain: Gc<impl Sized>, uncollectable: Gc<Uncollectable>) {
    let id = gc::id(&uncollectable);
    drop((plain, uncollectable));
    assert_eq!(gc::collect(), 2, "one collected, one uncollectable");
    let [.., full] = gc::get_stats();
    assert_eq!((full.collected, full.uncollectable), (1, 1));

    let mut garbage = gc::take_garbage();
    assert_eq!(garbage.len(), 1);
    let found = garbage.pop().unwrap();
    assert_eq!(found.id(), id);
    drop(found.downcast::<Uncollectable>().unwrap().partner.take());
    drop(found);
    assert!(gc::get_objects(None).is_empty());
}

pub(super) fn test_legacy_finalizer() {
    check_uncollectable(Plain::cyclic("b"), Uncollectable::cyclic());
}

pub(super) fn test_legacy_finalizer_newclass() {
    check_uncollectable(List::cyclic(), Uncollectable::cyclic());
}

pub(super) fn test_saveall() {
    gc::collect();
    assert!(gc::garbage().is_empty());

    let list = List::cyclic();
    let id = gc::id(&list);
    let weak = Gc::downgrade(&list);
    let debug = gc::get_debug();
    gc::set_debug(debug | DebugFlags::SAVEALL);
    drop(list);
    assert_eq!(gc::collect(), 1, "what is saved counts as collected");
    gc::set_debug(debug);

    let mut garbage = gc::take_garbage();
    assert_eq!(garbage.len(), 1);
    let object = garbage.pop().unwrap();
    assert_eq!(object.id(), id);
    // The object lives, and so does a weak handle without a callback.
    assert!(weak.upgrade().is_some());

    object.downcast::<List>().unwrap().clear();
    drop(object);
    assert!(weak.upgrade().is_none());
}

/// What follows the number, with or without a fraction, that `text` starts
/// with.
fn after_number(text: &str) -> &str {
    let is_digit = |c: char| c.is_ascii_digit();
    let rest = text.trim_start_matches(is_digit);
    match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with(is_digit) => fraction.trim_start_matches(is_digit),
        _ => rest,
    }
}

/// Whether `line` consists of `parts` with numbers between them.
fn is_like(line: &str, parts: &[&str]) -> bool {
    let mut rest = line;
    for (position, part) in parts.iter().enumerate() {
        let tail = if position > 0 { after_number(rest) } else { rest };
        let Some(tail) = tail.strip_prefix(part) else { return false };
        rest = tail;
    }
    rest.is_empty()
}

fn collect_without_flags() {
    gc::set_debug(DebugFlags::empty());
    gc::collect();
}

fn collect_with_stats() {
    gc::set_debug(DebugFlags::STATS);
    gc::collect();
    gc::set_debug(DebugFlags::empty());
}

pub(super) fn test_gc_debug_stats() {
    let [lines, silent] = child::stderr_of(
        "test_gc::test_gc_debug_stats",
        [collect_with_stats, collect_without_flags],
    );
    let expected: [&[&str]; 4] = [
        &["gc: collecting generation ", "..."],
        &["gc: objects in each generation: ", " ", " ", ""],
        &["gc: objects in permanent generation: ", ""],
        &["gc: done, ", " unreachable, ", " uncollectable, ", "s elapsed"],
    ];
    assert_eq!(lines.lines().count(), expected.len(), "{lines}");
    for (line, expected) in lines.lines().zip(expected) {
        assert!(is_like(line, expected), "{line}");
    }
    assert_eq!(silent, "");
}

pub(super) fn test_collect_garbage() {
    // Two pairs that cannot be collected, and one object that can.
    drop((Uncollectable::pair(), Uncollectable::pair(), Plain::cyclic("loop")));
    let expect = |collected, uncollectable| {
        gc::add_callback(move |phase, info| {
            if phase == Phase::Stop {
                assert_eq!((info.collected, info.uncollectable), (collected, uncollectable));
            }
        })
    };
    let callback = expect(1, 4);
    assert_eq!(gc::collect(), 5);
    gc::remove_callback(callback);
    assert_eq!(gc::garbage().len(), 4);
    assert!(gc::garbage().iter().all(|object| object.downcast::<Uncollectable>().is_some()));

    // A callback may take care of them.
    drop(gc::take_garbage());
    expect(0, 4);
    gc::add_callback(|phase, _| {
        if phase == Phase::Stop {
            for object in gc::take_garbage() {
                drop(object.downcast::<Uncollectable>().unwrap().partner.take());
            }
        }
    });
    assert_eq!(gc::collect(), 4);
    assert!(gc::garbage().is_empty());
    assert!(gc::get_objects(None).is_empty());
}

fn collect_a_wrong_trace() {
    drop(Uncollectable::cyclic());
    assert_eq!(gc::collect(), 1);
}

pub(super) fn test_refcount_errors() {
    // A count that is too small for the references reported: nothing that
    // touches the object is freed, and standard error names the types.
    let [stderr] = child::stderr_of("test_gc::test_refcount_errors", [collect_a_wrong_trace]);
    let first = stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("gc: wrong `Trace`: "), "{stderr}");
    assert!(first.contains("Uncollectable reports a handle to "), "{stderr}");
    assert!(first.contains("more often than there are handles"), "{stderr}");
}
