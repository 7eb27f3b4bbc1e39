//! What is compared after each step, and what now and then.

use std::mem;

use gcycle::gc::{self, Generation};

use super::{Machine, totals};
use crate::oracle::{Object, PERMANENT, Totals};
use crate::program::Kind;
use crate::values::{Handle, Id, empty_dropped, open};

impl Machine {
    /// Compares what can be seen of both sides.
    pub(super) fn check(&mut self) {
        self.check_log();
        self.check_numbers();
        self.check_special();
        let weak_counts = self.oracle.weak_counts();
        for (handle, &id) in self.roots.iter().zip(&self.oracle.roots) {
            assert_eq!(handle.id(), id, "the target of a handle");
            assert_eq!(handle.strong_count(), self.oracle.object(id).strong, "handles to {id}");
            assert_eq!(handle.weak_count(), weak_counts[id as usize], "weak handles to {id}");
            assert_eq!(handle.entries(), self.oracle.object(id).map.len(), "entries of {id}");
        }
        for (weak, &id) in self.weaks.iter().zip(&self.oracle.weaks) {
            let object = self.oracle.object(id);
            let counts = (object.strong, weak_counts[id as usize]);
            let expected = if object.is_alive { counts } else { (0, 0) };
            assert_eq!(weak.counts(), expected, "handles and weak handles to {id}");
        }
        self.stored.borrow_mut().sort_by_key(|&(id, _)| id);
        self.oracle.stored.sort_unstable();
        let stored: Vec<Id> = self.stored.borrow().iter().map(|&(id, _)| id).collect();
        assert_eq!(stored, self.oracle.stored, "what finalizers stored");
    }

    pub(super) fn check_log(&mut self) {
        let mut guard = open(&self.log);
        let log = &mut *guard;
        assert!(log.complaints.is_empty(), "{:?}", log.complaints);
        assert_eq!(log.times_dropped.len(), self.oracle.objects.len(), "objects made");
        let oracle = &mut self.oracle;
        let objects = &oracle.objects;
        oracle.dropped.retain(|&id| objects[id as usize].kind != Kind::Empty);
        for (here, there, what) in [
            (&mut log.dropped, &mut oracle.dropped, "values dropped"),
            (&mut log.finalized, &mut oracle.finalized, "finalizers run"),
        ] {
            here.sort_unstable();
            there.sort_unstable();
            assert_eq!(here, there, "{what}");
            here.clear();
            there.clear();
        }
        drop(guard);
        let is_dead_empty = |object: &&Object| object.kind == Kind::Empty && !object.is_alive;
        let dead = self.oracle.objects.iter().filter(is_dead_empty).count();
        assert_eq!((empty_dropped() - self.empty_before) as usize, dead, "empty values dropped");
    }

    pub(super) fn check_numbers(&mut self) {
        let (young, middle, old) = gc::get_count();
        if mem::take(&mut self.oracle.is_count_vague) {
            self.oracle.counts[0] = young;
        }
        assert_eq!([young, middle, old], self.oracle.counts, "gc::get_count()");
        let (young, middle, old) = gc::get_threshold();
        assert_eq!([young, middle, old], self.oracle.thresholds, "gc::get_threshold()");
        assert_eq!(gc::is_enabled(), self.oracle.is_enabled, "gc::is_enabled()");
        for (index, (now, before)) in totals().iter().zip(self.totals_before).enumerate() {
            let expected = self.oracle.totals[index];
            let since = Totals {
                collections: now.collections - before.collections,
                collected: now.collected - before.collected,
            };
            assert_eq!(since, expected, "gc::get_stats()[{index}]");
        }
    }

    /// Walks the whole graph from what the program holds.
    pub(super) fn check_graph(&self) {
        self.oracle.check_itself();
        let mut is_seen = vec![false; self.oracle.objects.len()];
        for handle in self.roots.iter().chain(self.stored.borrow().iter().map(|(_, stored)| stored))
        {
            self.check_from(handle, &mut is_seen);
        }
    }

    /// Looks, without changing a count, at what was not seen yet.
    pub(super) fn check_from(&self, handle: &Handle, is_seen: &mut [bool]) {
        let id = handle.id();
        if mem::replace(&mut is_seen[id as usize], true) {
            return;
        }
        assert!(self.oracle.object(id).is_alive, "{id} is reachable");
        assert!(handle.is_intact(), "{id} was written over");
        assert_eq!(handle.targets(), self.oracle.object(id).edges, "the edges of {id}");
        handle.for_each_edge(|edge| self.check_from(edge, is_seen));
    }

    /// Compares the generations of all objects.
    pub(super) fn look_around(&self) {
        for generation in Generation::ALL {
            let objects = gc::get_objects(Some(generation));
            let expected = self.oracle.count_in(generation as usize);
            assert_eq!(objects.len(), expected, "objects in {generation:?}");
            assert!(objects.iter().all(|object| object.generation() == Some(generation)));
        }
        assert_eq!(gc::get_freeze_count(), self.oracle.count_in(PERMANENT), "permanent objects");
    }
}
