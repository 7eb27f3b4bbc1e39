//! Hand-written `Trace`s that break the contract. What is reported too often is
//! noticed before anything is freed; what is left out leaks; a `trace` that
//! panics, changes its answer or does what it must not does no harm.

use std::cell::RefCell;
use std::process::Command;
use std::rc::Rc;

use gcycle::{Gc, Trace, Tracer, gc};

use crate::objects::{Tally, Tracing, assert_sound, assert_sound_and_empty, node, panic_of, ring};

/// The number of objects that full collections could not reclaim.
fn uncollectable() -> u64 {
    gc::get_stats()[2].uncollectable
}

#[test]
fn an_edge_reported_more_often_than_there_are_handles_frees_nothing() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[0].tracing.set(Tracing::Twice);
    let weaks: Vec<_> = nodes.iter().map(Gc::downgrade).collect();
    drop(nodes);
    gc::collect();
    assert!(uncollectable() > 0, "it was noticed");
    assert_eq!((tally.finalized.get(), tally.dropped.get()), (0, 0));
    assert!(weaks.iter().all(|weak| weak.upgrade().is_some()));
    weaks[0].upgrade().expect("it is alive").tracing.set(Tracing::Honest);
    drop(gc::take_garbage());
    assert_eq!(gc::collect(), 3);
    assert_sound();
}

/// The second report makes up for the handle that the test holds: only the
/// address of the handle tells. Debug builds compare addresses.
#[cfg(debug_assertions)]
#[test]
fn an_edge_reported_twice_does_not_free_what_is_held() {
    let tally: Rc<Tally> = Rc::default();
    let (owner, held) = (node(&tally), node(&tally));
    owner.link(&held);
    owner.link(&owner);
    owner.tracing.set(Tracing::Twice);
    drop(owner);
    drop(held.clone());
    gc::collect();
    assert!(uncollectable() > 0, "it was noticed");
    assert_eq!(tally.dropped.get(), 0);
    assert_eq!(held.edges.borrow().len(), 0, "it can be used");
}

/// Reports a handle that it shares with others.
struct Sharer(Rc<Gc<RefCell<Vec<Gc<Sharer>>>>>);

// SAFETY: broken on purpose: the `Rc` is not the only owner's.
unsafe impl Trace for Sharer {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn type_name() -> &'static str {
        "Sharer"
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_handle_reported_by_two_owners_does_not_free_what_is_held() {
    let shared = Gc::new(RefCell::new(Vec::new()));
    let held = shared.clone();
    let rc = Rc::new(shared);
    for _ in 0..2 {
        let sharer = Gc::new(Sharer(rc.clone()));
        held.borrow_mut().push(sharer);
    }
    drop(rc);
    drop(held.clone());
    drop(held.borrow()[0].clone());
    gc::collect();
    assert!(uncollectable() > 0, "it was noticed");
    assert_eq!(held.borrow().len(), 2, "it can be used");
}

#[cfg(debug_assertions)]
#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a process, which wasm cannot")]
#[cfg_attr(miri, ignore = "starts a process, which Miri cannot")]
fn the_type_that_reports_too_much_is_named() {
    if std::env::var_os("GCYCLE_SHARER").is_some() {
        return a_handle_reported_by_two_owners_does_not_free_what_is_held();
    }
    let test = std::env::current_exe().expect("this program is a file");
    let name = "traces::the_type_that_reports_too_much_is_named";
    let output = Command::new(test)
        .args([name, "--exact", "--nocapture"])
        .env("GCYCLE_SHARER", "1")
        .output()
        .expect("it runs again");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("wrong `Trace`: Sharer"), "{stderr}");
}

#[test]
fn an_edge_left_out_only_leaks() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    let weak = Gc::downgrade(&nodes[1]);
    nodes[1].tracing.set(Tracing::Silent);
    drop(nodes);
    assert_eq!(gc::collect(), 0);
    assert_eq!(tally.dropped.get(), 0);
    // Honest again, and noticed again.
    weak.upgrade().expect("it leaked").tracing.set(Tracing::Honest);
    drop(weak);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

#[test]
fn a_trace_that_changes_its_answer_does_no_harm() {
    for turn in 0..4 {
        let tally: Rc<Tally> = Rc::default();
        let nodes = ring(&tally, 4);
        let kept = nodes[0].clone();
        let other = node(&tally);
        nodes[2].link(&other);
        nodes[2].tracing.set(Tracing::Fickle);
        nodes[turn].on_finalize(|_| {});
        drop((nodes, other));
        for _ in 0..4 {
            gc::collect();
            assert_eq!(tally.dropped.get(), 0);
            drop(kept.clone());
        }
        let reached = kept.edges.borrow()[0].edges.borrow()[0].clone();
        assert_eq!(reached.edges.borrow().len(), 2, "all of it can be used");
        drop(reached);
        kept.edges.borrow()[0].edges.borrow()[0].tracing.set(Tracing::Honest);
        drop(kept);
        assert_eq!(gc::collect(), 5);
        assert_sound_and_empty();
    }
}

#[test]
fn a_trace_that_changes_its_answer_between_two_looks_does_no_harm() {
    // The second look is the one after a finalizer ran.
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[0].on_finalize(|own| {
        own.edges.borrow()[0].tracing.set(Tracing::Silent);
    });
    let weak = Gc::downgrade(&nodes[1]);
    drop(nodes);
    assert_eq!(gc::collect(), 0, "the edge from 1 to 2 holds all of them");
    assert_eq!(tally.dropped.get(), 0);
    weak.upgrade().expect("it is alive").tracing.set(Tracing::Honest);
    drop(weak);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

#[test]
fn a_trace_that_reports_too_much_at_the_second_look_frees_nothing() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[0].on_finalize(|own| {
        own.edges.borrow()[0].tracing.set(Tracing::Twice);
    });
    let weaks: Vec<_> = nodes.iter().map(Gc::downgrade).collect();
    drop(nodes);
    gc::collect();
    assert_eq!(tally.dropped.get(), 0);
    assert!(weaks.iter().all(|weak| weak.upgrade().is_some()));
    weaks[1].upgrade().expect("it is alive").tracing.set(Tracing::Honest);
    drop(weaks);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

#[test]
fn a_trace_that_asks_for_a_collection_does_no_harm() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[1].tracing.set(Tracing::Collects);
    drop(nodes);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

#[test]
#[cfg_attr(panic = "abort", ignore = "catches a panic")]
fn a_trace_that_allocates_is_stopped() {
    let tally: Rc<Tally> = Rc::default();
    let nodes = ring(&tally, 3);
    nodes[1].tracing.set(Tracing::Allocates);
    let weak = Gc::downgrade(&nodes[1]);
    drop(nodes);
    let said = panic_of(gc::collect).expect("it is stopped");
    assert!(said.contains("must not allocate"), "{said}");
    assert_eq!(tally.dropped.get(), 0);
    weak.upgrade().expect("it is alive").tracing.set(Tracing::Honest);
    drop(weak);
    assert_eq!(gc::collect(), 3);
    assert_sound_and_empty();
}

/// A cell that is not `Trace` can be traced by taking its contents out for a
/// moment.
struct Taker(RefCell<Option<Gc<Taker>>>);

// SAFETY: the one edge is reported once, and put back.
unsafe impl Trace for Taker {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        let taken = self.0.take();
        taken.trace(tracer);
        *self.0.borrow_mut() = taken;
    }
}

#[test]
fn handles_that_trace_takes_to_the_stack_are_not_mistaken_for_one() {
    let hub = Gc::new(Taker(RefCell::new(None)));
    let spokes: Vec<_> = (0..20).map(|_| Gc::new(Taker(RefCell::new(Some(hub.clone()))))).collect();
    *hub.0.borrow_mut() = Some(spokes[0].clone());
    for spoke in &spokes {
        drop(spoke.clone());
    }
    gc::collect();
    assert_eq!(uncollectable(), 0);
    drop((hub, spokes));
    assert_eq!(gc::collect(), 2);
    assert_sound_and_empty();
}
