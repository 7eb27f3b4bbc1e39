//! Garbage: what collections would free, which of them, and why it is still there.
//!
//! A collection of a generation examines the objects of that generation and of all younger
//! ones. It frees those that nothing else holds: no handle from outside, and no object that it
//! does not examine, be that one garbage itself. When they die, so do the objects whose last
//! handles were in them, of whatever generation. This file does the same on the numbers of a
//! snapshot, generation by generation.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::inspect::graph::heap_graph::{Graph, Place};
use crate::inspect::graph::switches::{SharedSwitches, Switches};
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{ObjectId, ObjectInfo};
use crate::inspect::snapshot::table::{Align, Table, grouped};
use crate::object::generation::Generation;

/// What garbage waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WaitsFor {
    /// A collection of this generation, or of an older one.
    Collection(Generation),
    /// [`gc::unfreeze`](crate::gc::unfreeze): it is frozen, or something that is frozen holds it.
    /// No collection frees it before.
    Unfreeze,
    /// A collection of objects that threads share: `sync::gc::collect`.
    SharedCollection,
}

impl fmt::Display for WaitsFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            WaitsFor::Collection(Generation::Young) => "any collection",
            WaitsFor::Collection(Generation::Middle) => "a middle or full collection",
            WaitsFor::Collection(Generation::Old) => "a full collection",
            WaitsFor::Unfreeze => "gc::unfreeze",
            WaitsFor::SharedCollection => "a collection of shared objects",
        })
    }
}

/// The garbage of a snapshot: objects that no root reaches, each with what it waits for.
///
/// It prints as a table, with a sentence that says when the next collection is.
#[derive(Clone, Debug)]
pub struct Garbage<'a> {
    snapshot: &'a HeapSnapshot,
    /// Sorted by the number of the object.
    waiting: Vec<(u32, WaitsFor)>,
}

impl HeapSnapshot {
    /// The garbage: what collections would free, which of them, and why not yet.
    ///
    /// It does not know what finalizers do: they may save objects.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use gcycle::{Gc, Trace, gc, inspect::{HeapSnapshot, WaitsFor}};
    ///
    /// #[derive(Trace)]
    /// struct Ring(RefCell<Option<Gc<Ring>>>);
    ///
    /// let _pause = gc::pause();
    /// let old = Gc::new(Ring(RefCell::default()));
    /// *old.0.borrow_mut() = Some(old.clone());
    /// gc::collect();
    /// gc::collect();
    /// drop(old);
    ///
    /// let snapshot = HeapSnapshot::capture();
    /// let garbage = snapshot.garbage();
    /// assert_eq!(garbage.freed_by(gc::Generation::Young).count(), 0);
    /// assert_eq!(garbage.freed_by(gc::Generation::Old).count(), 1);
    /// assert!(garbage.to_string().contains("gc::pause"));
    /// # gc::collect();
    /// ```
    ///
    /// Of a heap with more young objects than the [budget](crate::gc::set_budget) of a partial
    /// collection it says how many that collection leaves to later ones, and not which. The values
    /// of weak maps count as held.
    #[must_use]
    pub fn garbage(&self) -> Garbage<'_> {
        let is_garbage = |index: &u32| !self.forest().is_reached(*index);
        let objects = self.graph().indices().filter(is_garbage).collect();
        Garbage { snapshot: self, waiting: Fates::of(self.graph(), objects).settle() }
    }
}

impl<'a> Garbage<'a> {
    /// All of it, by address.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = (ObjectInfo<'a>, WaitsFor)> {
        let snapshot = self.snapshot;
        self.waiting.iter().map(move |&(index, waits)| (snapshot.object_at(index), waits))
    }

    /// What a collection of this generation and of the younger ones would free, be it in them or
    /// held by what is in them alone.
    pub fn freed_by(&self, generation: Generation) -> impl Iterator<Item = ObjectInfo<'a>> {
        let is_freed =
            move |(object, waits)| (waits <= WaitsFor::Collection(generation)).then_some(object);
        self.objects().filter_map(is_freed)
    }

    /// What an object waits for; `None` if it is not garbage.
    pub fn waits_for(&self, object: impl Into<ObjectId>) -> Option<WaitsFor> {
        let index = self.snapshot.get(object)?.index();
        let place = self.waiting.binary_search_by_key(&index, |&(index, _)| index).ok()?;
        Some(self.waiting[place].1)
    }

    /// When the next automatic collection is, and what it may leave out, in sentences.
    pub(crate) fn schedule(&self) -> String {
        if let Some(shared) = &self.snapshot.graph().shared {
            return schedule_of_shared(shared);
        }
        let [young, middle] = self.snapshot.graph().switches.most_examined;
        let count = |is_examined: fn(Place) -> bool| {
            self.snapshot.objects().filter(|object| is_examined(object.place())).count()
        };
        let partial = [
            ("young", young, count(|place| place == Place::Young)),
            ("middle", middle, count(|place| matches!(place, Place::Young | Place::Middle))),
        ];
        let left_out = partial.into_iter().filter(|(_, most, all)| most < all);
        let left_out = left_out.map(|(name, most, all)| {
            format!(
                " A {name} collection examines at most {} of {} objects, and leaves the others to \
                 later ones (gc::set_budget).",
                grouped(most),
                grouped(all),
            )
        });
        core::iter::once(self.next()).chain(left_out).collect()
    }

    /// When the next automatic collection is.
    fn next(&self) -> String {
        let Switches { is_enabled, is_paused, made, due_after, .. } =
            self.snapshot.graph().switches;
        if !is_enabled {
            "Automatic collection is off (gc::disable).".into()
        } else if is_paused {
            "Automatic collection is suspended (gc::pause).".into()
        } else if due_after == 0 {
            "No automatic collection is ever due (gc::set_threshold).".into()
        } else {
            format!(
                "Since the last collection {} objects were made and kept; the next one is due \
                 after {} at the earliest.",
                grouped(made),
                grouped(due_after as usize),
            )
        }
    }
}

/// When the next automatic collection of shared objects is.
fn schedule_of_shared(shared: &SharedSwitches) -> String {
    let &SharedSwitches { is_automatic, candidates, due_with, backlog } = shared;
    let next = if is_automatic {
        format!(
            "There are {} candidates; the next collection is due when there are {}.",
            grouped(candidates),
            grouped(due_with),
        )
    } else {
        "No collection of shared objects runs unless it is asked for (sync::gc::disable).".into()
    };
    if backlog == 0 {
        return next;
    }
    format!("{next} {} objects wait to be dropped (sync::gc::get_backlog).", grouped(backlog))
}

impl fmt::Display for Garbage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            ("objects", Align::Right),
            ("bytes", Align::Right),
            ("owned bytes", Align::Right),
            ("waits for", Align::Left),
        ]);
        for waits in ALL {
            let of_these = self.objects().filter(|&(_, other)| other == waits);
            let (mut count, mut bytes, mut owned) = (0, 0, 0_usize);
            for (object, _) in of_these {
                count += 1;
                bytes += object.bytes();
                owned = owned.saturating_add(object.owned());
            }
            if count > 0 {
                let [count, bytes, owned] = [count, bytes, owned].map(grouped);
                table.add([count, bytes, owned, waits.to_string()]);
            }
        }
        write!(f, "{table}\n{}", self.schedule())
    }
}

/// What garbage may wait for, soonest first.
pub(crate) const ALL: [WaitsFor; 5] = [
    WaitsFor::Collection(Generation::Young),
    WaitsFor::Collection(Generation::Middle),
    WaitsFor::Collection(Generation::Old),
    WaitsFor::Unfreeze,
    WaitsFor::SharedCollection,
];

/// What becomes of each piece of garbage.
struct Fates<'a> {
    graph: &'a Graph,
    /// By number; `None` for objects that are alive.
    waits: Vec<Option<WaitsFor>>,
    garbage: Vec<u32>,
}

impl<'a> Fates<'a> {
    /// Until it is known better, it stays for good; what threads share has one kind of collection.
    fn of(graph: &'a Graph, garbage: Vec<u32>) -> Fates<'a> {
        let until_known = match graph.shared {
            Some(_) => WaitsFor::SharedCollection,
            None => WaitsFor::Unfreeze,
        };
        let mut waits = alloc::vec![None; graph.records.len()];
        for &object in &garbage {
            waits[object as usize] = Some(until_known);
        }
        Fates { graph, waits, garbage }
    }

    /// Asks of each generation what its collection would free, the youngest first.
    fn settle(mut self) -> Vec<(u32, WaitsFor)> {
        if !self.garbage.is_empty() && self.graph.shared.is_none() {
            for generation in [Generation::Young, Generation::Middle, Generation::Old] {
                for object in self.freed_by(generation) {
                    let waits = &mut self.waits[object as usize];
                    *waits = (*waits).min(Some(WaitsFor::Collection(generation)));
                }
            }
        }
        let waits = |&object: &u32| Some((object, self.waits[object as usize]?));
        self.garbage.iter().filter_map(waits).collect()
    }

    /// What a collection of this generation would free.
    fn freed_by(&self, generation: Generation) -> Vec<u32> {
        let is_examined = |object: u32| {
            let is_young_enough = match self.graph.record(object).place() {
                Place::Young => true,
                Place::Middle => generation >= Generation::Middle,
                Place::Old => generation >= Generation::Old,
                Place::Permanent | Place::Untracked | Place::Shared => false,
            };
            is_young_enough && self.waits[object as usize].is_some()
        };
        // 1. What others hold stays, and what that holds.
        let mut stays = alloc::vec![false; self.graph.records.len()];
        let others = self.garbage.iter().filter(|&&object| !is_examined(object));
        let mut pending: Vec<u32> = others.copied().collect();
        while let Some(holder) = pending.pop() {
            for &held in self.graph.edges.row(holder) {
                if is_examined(held) && !core::mem::replace(&mut stays[held as usize], true) {
                    pending.push(held);
                }
            }
        }
        // 2. The rest dies, and with it what has no handle left.
        let dies = |&object: &u32| is_examined(object) && !stays[object as usize];
        let mut freed: Vec<u32> = self.garbage.iter().copied().filter(dies).collect();
        let mut is_freed = alloc::vec![false; self.graph.records.len()];
        for &object in &freed {
            is_freed[object as usize] = true;
        }
        let mut handles: Vec<u32> = self.graph.records.iter().map(|record| record.strong).collect();
        let mut next = 0;
        while let Some(&dead) = freed.get(next) {
            next += 1;
            for &held in self.graph.edges.row(dead) {
                let left = &mut handles[held as usize];
                *left = left.saturating_sub(1);
                if *left == 0 && !core::mem::replace(&mut is_freed[held as usize], true) {
                    freed.push(held);
                }
            }
        }
        freed
    }
}
