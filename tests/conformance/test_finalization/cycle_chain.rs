//! `CycleChainFinalizationTest`: rings of objects of several kinds.

use std::rc::Rc;

use gcycle::gc::Object;
use gcycle::{Gc, Weak, gc};

use super::subjects::Kind::{self, Resurrector, Simple, Suicidal};
use super::subjects::{Log, Subject};
use crate::cases::disabled;

/// A ring, dropped: what happened, the objects' identities, and a weak handle
/// to each.
fn drop_ring(kinds: &[Kind]) -> (Rc<Log>, Vec<usize>, Vec<Weak<Subject>>) {
    let log = Rc::new(Log::default());
    let ring = Subject::ring(kinds, &log);
    let ids = ring.iter().map(gc::id).collect();
    let weak = ring.iter().map(Gc::downgrade).collect();
    (log, ids, weak)
}

fn check_non_resurrecting_chain(kinds: &[Kind]) {
    let (log, ids, weak) = drop_ring(kinds);
    gc::collect();
    log.assert_del_calls(&ids);
    log.assert_survivors(&[]);
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
    gc::collect();
    log.assert_del_calls(&ids);
}

fn check_resurrecting_chain(kinds: &[Kind]) {
    let (log, ids, weak) = drop_ring(kinds);
    let is_resurrector = |(_, kind): &(usize, &Kind)| **kind == Resurrector;
    let resurrectors = ids.iter().copied().zip(kinds).filter(is_resurrector);
    let resurrectors: Vec<usize> = resurrectors.map(|(id, _)| id).collect();
    gc::collect();
    log.assert_del_calls(&ids);
    log.assert_survivors(&resurrectors);
    // As from Python 3.15 on: what lives can be upgraded to, and nothing else.
    let living: Vec<usize> = gc::get_objects(None).iter().map(Object::id).collect();
    for (id, weak) in ids.iter().zip(&weak) {
        assert_eq!(weak.upgrade().is_some(), living.contains(id));
    }
    log.clear_survivors();
    gc::collect();
    log.assert_del_calls(&ids);
    log.assert_survivors(&[]);
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
}

#[test]
fn test_homogenous() {
    disabled(|| check_non_resurrecting_chain(&[Simple; 3]));
}

#[test]
fn test_homogenous_resurrect() {
    disabled(|| check_resurrecting_chain(&[Resurrector; 3]));
}

#[test]
fn test_homogenous_suicidal() {
    disabled(|| check_non_resurrecting_chain(&[Suicidal; 3]));
}

#[test]
fn test_heterogenous_suicidal_one() {
    disabled(|| check_non_resurrecting_chain(&[Suicidal, Simple, Suicidal, Simple]));
}

#[test]
fn test_heterogenous_suicidal_two() {
    disabled(|| check_non_resurrecting_chain(&[Suicidal, Suicidal, Simple, Simple]));
}

#[test]
fn test_heterogenous_resurrect_one() {
    disabled(|| check_resurrecting_chain(&[Resurrector, Simple, Resurrector, Simple]));
}

#[test]
fn test_heterogenous_resurrect_two() {
    disabled(|| {
        check_resurrecting_chain(&[Resurrector, Simple, Suicidal, Resurrector, Simple, Suicidal]);
    });
}

#[test]
fn test_heterogenous_resurrect_three() {
    disabled(|| {
        check_resurrecting_chain(&[Resurrector, Resurrector, Simple, Simple, Suicidal, Suicidal]);
    });
}
