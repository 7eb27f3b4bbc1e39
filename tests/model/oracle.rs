//! The oracle: what a program must do, on a plain graph.
//!
//! Objects are entries of a vector, handles are numbers, and every question is
//! answered by walking the graph: a collection of a generation looks at **all**
//! objects of it, as CPython does, and frees what nothing outside reaches.
//! There are no candidates here, no epochs, no pages, and no unsafe code. What
//! CPython's collector defines (which generation an object is in, what
//! `gc.collect()` returns, when an automatic collection starts, what
//! `gc.get_count()` says) is written as CPython does it.

use super::program::{Behaviour, Kind};
use super::values::Id;

pub(crate) use watches::Watch;

#[path = "oracle/collections.rs"]
mod collections;
#[path = "oracle/copies.rs"]
mod copies;
#[path = "oracle/watches.rs"]
mod watches;

/// One object.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) behaviour: Behaviour,
    /// Targets of the handles it owns.
    pub(crate) edges: Vec<Id>,
    /// Targets of the weak handles it owns, without the one to itself.
    pub(crate) weaks: Vec<Id>,
    /// Numbers of the entries of the weak map it owns.
    pub(crate) map: Vec<Id>,
    /// The key, if it is an entry.
    pub(crate) key: Option<Id>,
    /// The number of handles to it.
    pub(crate) strong: usize,
    /// 0, 1 or 2, or [`PERMANENT`], if it is tracked.
    pub(crate) generation: usize,
    pub(crate) is_alive: bool,
    pub(crate) is_finalized: bool,
    /// It became the key of a weak map: the collector examines it, whatever its
    /// kind says.
    pub(crate) is_examined: bool,
    /// A collection found it unreachable, and runs finalizers.
    in_collection: bool,
}

impl Object {
    /// Whether its value keeps a weak handle to itself.
    pub(crate) fn has_own_weak(&self) -> bool {
        self.has_finalizer()
    }

    fn has_finalizer(&self) -> bool {
        let has_body = !matches!(self.kind, Kind::Empty | Kind::Leaf | Kind::Acyclic);
        has_body && self.behaviour.has_finalizer()
    }

    /// Whether dropping the value panics.
    fn panics_in_drop(&self) -> bool {
        self.behaviour == Behaviour::PanicInDrop && self.kind != Kind::Empty
    }
}

/// The generation of objects that no collection examines.
pub(crate) const PERMANENT: usize = 3;

/// What a collection came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) collections: u64,
    pub(crate) collected: u64,
}

/// The heap as it must be, and what the program holds.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    /// By number.
    pub(crate) objects: Vec<Object>,
    /// Targets of the handles that the program holds.
    pub(crate) roots: Vec<Id>,
    /// Targets of the weak handles that the program holds.
    pub(crate) weaks: Vec<Id>,
    /// Weak handles with a callback, by number.
    pub(crate) watches: Vec<Watch>,
    /// Targets of the handles that finalizers stored.
    pub(crate) stored: Vec<Id>,
    /// Objects whose values were dropped since the last check.
    pub(crate) dropped: Vec<Id>,
    /// Objects whose finalizers ran since the last check.
    pub(crate) finalized: Vec<Id>,
    /// User code panicked since the last check.
    pub(crate) has_panicked: bool,
    /// The count of the young generation depends on the order in which
    /// finalizers ran, which is not defined.
    pub(crate) is_count_vague: bool,
    pub(crate) thresholds: [u32; 3],
    pub(crate) counts: [u32; 3],
    pub(crate) totals: [Totals; 3],
    pub(crate) is_enabled: bool,
    pub(crate) pauses: u32,
    /// Tracked objects that the last middle or full collection left.
    tracked_after_middle: isize,
    tracked_after_full: isize,
    is_collecting: bool,
    /// Objects whose count reached zero.
    dying: Vec<Id>,
}

/// The collection before every allocation that is due under `cfg(gc_zeal)`.
const IS_ZEALOUS: bool = cfg!(gc_zeal);

impl Oracle {
    /// An empty heap.
    pub(crate) fn new() -> Oracle {
        Oracle { thresholds: [700, 10, 10], is_enabled: true, ..Oracle::default() }
    }

    /// The object with this number.
    pub(crate) fn object(&self, id: Id) -> &Object {
        &self.objects[id as usize]
    }

    /// The object with this number.
    pub(crate) fn object_mut(&mut self, id: Id) -> &mut Object {
        &mut self.objects[id as usize]
    }

    fn alive(&self) -> impl Iterator<Item = Id> + '_ {
        (0..self.objects.len() as Id).filter(|&id| self.object(id).is_alive)
    }

    // Allocation.

    /// An object that is not there, with a number of its own.
    fn add_object(&mut self, kind: Kind, behaviour: Behaviour) -> Id {
        self.objects.push(Object {
            kind,
            behaviour,
            edges: Vec::new(),
            weaks: Vec::new(),
            map: Vec::new(),
            key: None,
            strong: 0,
            generation: 0,
            is_alive: false,
            is_finalized: false,
            is_examined: kind.is_tracked(),
            in_collection: false,
        });
        self.objects.len() as Id - 1
    }

    /// Makes an object, with one handle that the caller stores; `None` if the
    /// collection that came first panicked, so that the value was dropped.
    /// `opaque` is an object whose edges are borrowed.
    pub(crate) fn make(
        &mut self,
        kind: Kind,
        behaviour: Behaviour,
        opaque: Option<Id>,
    ) -> Option<Id> {
        let id = self.add_object(kind, behaviour);
        if kind.is_tracked() {
            self.counts[0] += 1;
            if self.is_due() {
                let had_panicked = std::mem::take(&mut self.has_panicked);
                let generation = self.due_generation();
                self.collect_with(generation, opaque, 1);
                if self.has_panicked {
                    self.counts[0] = self.counts[0].saturating_sub(1);
                    self.dropped.push(id);
                    return None;
                }
                self.has_panicked = had_panicked;
            }
        }
        let object = self.object_mut(id);
        object.is_alive = true;
        object.strong = 1;
        Some(id)
    }

    fn is_due(&self) -> bool {
        let is_on = self.is_enabled && self.pauses == 0 && !self.is_collecting;
        let threshold = if IS_ZEALOUS { 0 } else { self.thresholds[0] };
        is_on && self.thresholds[0] != 0 && self.counts[0] > threshold
    }

    fn due_generation(&self) -> usize {
        let [_, middle, old] = self.thresholds;
        // CPython's `long_lived_pending < long_lived_total / 4`.
        let pending = self.tracked_after_middle - self.tracked_after_full;
        let has_grown = pending >= self.tracked_after_full / 4;
        match self.counts {
            [_, _, count] if count > old && has_grown => 2,
            [_, count, _] if count > middle => 1,
            _ => 0,
        }
    }

    /// The number of tracked objects.
    pub(crate) fn tracked(&self) -> isize {
        self.alive().filter(|&id| self.object(id).kind.is_tracked()).count() as isize
    }

    // Handles.

    /// One handle more.
    pub(crate) fn retain(&mut self, id: Id) {
        assert!(self.object(id).is_alive, "the oracle revives {id}");
        self.object_mut(id).strong += 1;
    }

    /// One handle less; what that kills dies.
    pub(crate) fn release(&mut self, id: Id) {
        self.release_later(id);
        self.bury_dead();
    }

    /// Some handles less, all at once.
    pub(crate) fn release_all(&mut self, ids: Vec<Id>) {
        ids.into_iter().for_each(|id| self.release_later(id));
        self.bury_dead();
    }

    fn release_later(&mut self, id: Id) {
        let object = self.object_mut(id);
        object.strong -= 1;
        if object.strong == 0 && object.is_alive {
            self.dying.push(id);
        }
    }

    fn bury_dead(&mut self) {
        while let Some(id) = self.dying.pop() {
            let object = self.object(id);
            if object.has_finalizer() && !object.is_finalized {
                self.object_mut(id).strong = 1;
                self.finalize(id);
                self.object_mut(id).strong -= 1;
                if self.object(id).strong > 0 {
                    // Resurrected: it starts over, unless a collection decides
                    // about it.
                    if !self.object(id).in_collection {
                        self.object_mut(id).generation = 0;
                    }
                    continue;
                }
            }
            self.drop_value(id);
        }
    }

    fn drop_value(&mut self, id: Id) {
        let object = self.object_mut(id);
        object.is_alive = false;
        object.weaks.clear();
        let mut edges = std::mem::take(&mut object.edges);
        edges.append(&mut object.map);
        if object.kind.is_tracked() {
            self.counts[0] = self.counts[0].saturating_sub(1);
        }
        self.has_panicked |= self.object(id).panics_in_drop();
        self.dropped.push(id);
        self.note_death(id);
        edges.extend(self.detach_all(id));
        edges.into_iter().for_each(|edge| self.release_later(edge));
    }

    /// Runs a finalizer; the caller holds the object.
    fn finalize(&mut self, id: Id) {
        self.object_mut(id).is_finalized = true;
        self.finalized.push(id);
        match self.object(id).behaviour {
            Behaviour::ResurrectSelf => {
                self.retain(id);
                self.stored.push(id);
            }
            Behaviour::ResurrectNeighbour => {
                if let Some(&neighbour) = self.object(id).edges.first() {
                    self.retain(neighbour);
                    self.stored.push(neighbour);
                }
            }
            Behaviour::BreakCycle => {
                let edges = std::mem::take(&mut self.object_mut(id).edges);
                edges.into_iter().for_each(|edge| self.release_later(edge));
            }
            Behaviour::Allocate => {
                self.is_count_vague = true;
                self.pauses += 1;
                let new = self.make(Kind::Small, Behaviour::Plain, None);
                self.pauses -= 1;
                self.stored.push(new.expect("no collection came first"));
            }
            Behaviour::Panic => self.has_panicked = true,
            Behaviour::Plain | Behaviour::Note | Behaviour::PanicInDrop => {}
        }
    }

    /// The number of weak handles to each object.
    pub(crate) fn weak_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.objects.len()];
        for id in self.alive() {
            counts[id as usize] += usize::from(self.object(id).has_own_weak());
            for &target in &self.object(id).weaks {
                counts[target as usize] += 1;
            }
        }
        for &target in &self.weaks {
            counts[target as usize] += 1;
        }
        for watch in self.watches.iter().filter(|watch| !watch.is_done) {
            counts[watch.target as usize] += watch.holders.len();
        }
        counts
    }

    /// Checks that the counts are the handles there are.
    pub(crate) fn check_itself(&self) {
        let mut counts = vec![0; self.objects.len()];
        let owned = |id| self.object(id).edges.iter().chain(&self.object(id).map);
        let edges = self.alive().flat_map(owned);
        for &target in edges.chain(&self.roots).chain(&self.stored) {
            counts[target as usize] += 1;
        }
        for id in self.alive() {
            assert_eq!(self.object(id).strong, counts[id as usize], "the oracle miscounts {id}");
        }
    }
}
