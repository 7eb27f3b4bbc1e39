//! Collections as CPython makes them: of all objects of a generation.

use super::{Id, Object, Oracle, PERMANENT};

impl Oracle {
    /// Makes all tracked objects permanent.
    pub(crate) fn freeze(&mut self) {
        self.objects.iter_mut().for_each(|object| object.generation = PERMANENT);
        self.counts = [0; 3];
    }

    /// Moves permanent objects to the old generation.
    pub(crate) fn unfreeze(&mut self) {
        for object in &mut self.objects {
            object.generation = object.generation.min(2);
        }
    }

    /// The numbers of the tracked objects of a generation.
    pub(crate) fn count_in(&self, generation: usize) -> usize {
        let is_in = |object: &&Object| object.kind.is_tracked() && object.generation == generation;
        self.objects.iter().filter(|object| object.is_alive).filter(is_in).count()
    }

    /// Collects `generation` and the younger ones; returns what
    /// `gc.collect(generation)` returns. The edges of `opaque` are borrowed.
    pub(crate) fn collect(&mut self, generation: usize, opaque: Option<Id>) -> usize {
        self.collect_with(generation, opaque, 0)
    }

    /// Collects while an object is being built.
    pub(crate) fn collect_unbuilt(&mut self, generation: usize) {
        self.collect_with(generation, None, 1);
    }

    /// As [`collect`](Oracle::collect), with so many objects about to be made.
    pub(super) fn collect_with(
        &mut self,
        generation: usize,
        opaque: Option<Id>,
        pending: isize,
    ) -> usize {
        self.is_collecting = true;
        if let Some(count) = self.counts.get_mut(generation + 1) {
            *count += 1;
        }
        self.counts[..=generation].fill(0);

        let examined: Vec<Id> = self
            .alive()
            .filter(|&id| self.object(id).is_examined)
            .filter(|&id| self.object(id).generation <= generation)
            .collect();
        let mut unreachable = self.unreachable(&examined, opaque);
        for &id in &examined {
            self.object_mut(id).generation = (generation + 1).min(2);
        }
        self.call_callbacks(&unreachable);
        if unreachable.iter().any(|&id| self.is_to_be_finalized(id)) {
            self.finalize_garbage(&unreachable);
            unreachable.retain(|&id| self.object(id).is_alive);
            unreachable = self.unreachable(&unreachable, None);
        }
        let collected = unreachable.len();
        for &id in &unreachable {
            self.object_mut(id).is_alive = false;
        }
        unreachable.into_iter().for_each(|id| self.drop_value(id));
        self.bury_dead();

        let totals = &mut self.totals[generation];
        totals.collections += 1;
        totals.collected += collected as u64;
        if generation > 0 {
            self.tracked_after_middle = self.tracked() + pending;
        }
        if generation == 2 {
            self.tracked_after_full = self.tracked_after_middle;
        }
        self.is_collecting = false;
        collected
    }

    fn is_to_be_finalized(&self, id: Id) -> bool {
        self.object(id).has_finalizer() && !self.object(id).is_finalized
    }

    fn finalize_garbage(&mut self, unreachable: &[Id]) {
        for &id in unreachable {
            self.object_mut(id).in_collection = true;
        }
        for &id in unreachable {
            if self.object(id).is_alive && self.is_to_be_finalized(id) {
                self.retain(id);
                self.finalize(id);
                self.release(id);
                self.bury_dead();
            }
        }
        for &id in unreachable {
            self.object_mut(id).in_collection = false;
        }
    }

    /// What of `set` nothing outside of `set` reaches.
    fn unreachable(&self, set: &[Id], opaque: Option<Id>) -> Vec<Id> {
        let mut refs = vec![None; self.objects.len()];
        for &id in set {
            refs[id as usize] = Some(self.object(id).strong);
        }
        let edges = |id: Id| {
            let is_opaque = Some(id) == opaque;
            let object = self.object(id);
            object.edges.iter().filter(move |_| !is_opaque).chain(&object.map)
        };
        for &owner in set {
            for &target in edges(owner) {
                if let Some(refs) = &mut refs[target as usize] {
                    *refs -= 1;
                }
            }
        }
        let mut is_reached = vec![false; self.objects.len()];
        let mut pending: Vec<Id> =
            set.iter().copied().filter(|&id| refs[id as usize] > Some(0)).collect();
        // An entry that is held waits until its key is known to be alive.
        let mut waiting = Vec::new();
        while let Some(id) = pending.pop() {
            if refs[id as usize].is_none() || is_reached[id as usize] {
                continue;
            }
            let key = self.object(id).key.map(|key| key as usize);
            if key.is_some_and(|key| refs[key].is_some() && !is_reached[key]) {
                waiting.push(id);
                continue;
            }
            is_reached[id as usize] = true;
            pending.extend(edges(id));
            pending.append(&mut waiting);
        }
        set.iter().copied().filter(|&id| !is_reached[id as usize]).collect()
    }
}
