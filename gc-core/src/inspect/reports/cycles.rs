//! The cycles of a heap: objects that refer to themselves through others.

use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use crate::inspect::graph::components::Components;
use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::ObjectInfo;

/// Several objects each of which reaches all the others (a strongly connected
/// component).
#[derive(Clone, Debug)]
pub struct Cycle<'a> {
    members: Vec<ObjectInfo<'a>>,
}

impl HeapSnapshot {
    /// All cycles of more than one object, the one with the most objects first.
    ///
    /// Cycles that overlap count as one.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use gcycle::{Gc, Trace, inspect::HeapSnapshot};
    ///
    /// #[derive(Trace)]
    /// struct Ring(RefCell<Option<Gc<Ring>>>);
    ///
    /// let one = Gc::new(Ring(RefCell::default()));
    /// let other = Gc::new(Ring(RefCell::new(Some(one.clone()))));
    /// *one.0.borrow_mut() = Some(other.clone());
    /// drop(one);
    ///
    /// let snapshot = HeapSnapshot::capture();
    /// let cycles = snapshot.cycles();
    /// assert_eq!(cycles.len(), 1);
    /// assert_eq!(cycles[0].members().len(), 2);
    /// assert!(!cycles[0].is_garbage(), "`other` is held");
    /// ```
    #[must_use]
    pub fn cycles(&self) -> Vec<Cycle<'_>> {
        let components = Components::find(&self.graph().edges, |_| true);
        let cycle = |members: Vec<u32>| Cycle {
            members: members.into_iter().map(|index| self.object_at(index)).collect(),
        };
        let mut cycles: Vec<Cycle<'_>> =
            components.larger_than_one().into_iter().map(cycle).collect();
        cycles.sort_by_key(|cycle| (Reverse(cycle.members.len()), cycle.members[0].index()));
        cycles
    }
}

impl<'a> Cycle<'a> {
    /// The objects, by address.
    #[must_use]
    pub fn members(&self) -> &[ObjectInfo<'a>] {
        &self.members
    }

    /// The bytes of all members.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.members.iter().map(|member| member.bytes()).sum()
    }

    /// The bytes that they [own](ObjectInfo::owned) elsewhere.
    #[must_use]
    pub fn owned(&self) -> usize {
        self.members.iter().map(|member| member.owned()).fold(0, usize::saturating_add)
    }

    /// Whether no root reaches the cycle: a collection would free it.
    #[must_use]
    pub fn is_garbage(&self) -> bool {
        self.members.first().is_some_and(|member| !member.is_reachable())
    }
}

impl fmt::Display for Cycle<'_> {
    /// The members by type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&str> = self.members.iter().map(|member| member.type_name()).collect();
        names.sort_unstable();
        let state = if self.is_garbage() { ", garbage" } else { "" };
        write!(f, "cycle of {} objects{state}:", self.members.len())?;
        for names in names.chunk_by(|one, other| one == other) {
            write!(f, " {} x {}", names.len(), Harmless(names[0]))?;
        }
        Ok(())
    }
}
