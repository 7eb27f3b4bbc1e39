//! The data of a snapshot that checks use, and the addresses of the handles that were
//! reported to it. Debug builds only.

use core::ops::Range;

use super::candidates::Candidates;
use super::set::{Excess, Snapshot};
use crate::collect::arrays::{Arrays, OUTSIDE};
use crate::collect::ephemerons::Conditions;
use crate::object::generation::{Epoch, narrow};
use crate::object::header::ObjPtr;

/// All that a snapshot consists of, for the checks of `validate`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) objects: &'a [ObjPtr],
    /// Candidates, in the set or not.
    pub(crate) listed: &'a [ObjPtr],
    pub(crate) births: &'a [Epoch],
    pub(crate) refs: &'a [u32],
    pub(crate) first_edge: &'a [u32],
    pub(crate) edges: &'a [u32],
    pub(crate) candidates: &'a Candidates,
    pub(crate) has_excess: bool,
    /// Which entries of weak maps depend on which keys.
    pub(crate) conditions: Option<&'a Conditions>,
}

impl Snapshot {
    /// Everything in the snapshot, to be checked.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            objects: &self.arrays.objects,
            listed: &self.arrays.listed,
            births: &self.arrays.births,
            refs: &self.arrays.refs,
            first_edge: &self.arrays.first_edge,
            edges: &self.arrays.edges,
            candidates: &self.candidates,
            has_excess: !self.excess.is_empty(),
            conditions: self.conditions.as_ref(),
        }
    }

    /// What is unreachable, once that is known.
    pub(crate) fn unreachable(&self) -> impl Iterator<Item = ObjPtr> {
        let objects = self.arrays.objects.iter().zip(&self.arrays.refs);
        objects.filter(|&(_, &refs)| refs == 0).map(|(&object, _)| object)
    }

    /// Notes where the handles of the edges that `owners` reported are.
    pub(super) fn note_handles(&mut self, owners: Range<usize>) {
        let Arrays { first_edge, edges, buffer, .. } = &self.arrays;
        let base = first_edge[owners.start] as usize;
        for owner in owners {
            let positions = first_edge[owner] as usize..first_edge[owner + 1] as usize;
            for (position, &target) in positions.clone().zip(&edges[positions]) {
                if target != OUTSIDE {
                    self.handles.note(buffer.handle(position - base), narrow(owner), target);
                }
            }
        }
    }

    /// Notes handles that were reported twice. Their targets have more handles
    /// than were found, perhaps, but which ones nobody knows.
    pub(super) fn note_duplicates(&mut self) {
        let mut duplicates = self.handles.take_duplicates();
        if duplicates.is_empty() {
            return;
        }
        // Each target once, and none that is known: there may be as many as objects.
        duplicates.sort_unstable_by_key(|&(owner, target)| (target, owner));
        duplicates.dedup_by_key(|&mut (_, target)| target);
        self.excess.sort_unstable_by_key(|excess| excess.target);
        let known = self.excess.len();
        for (owner, target) in duplicates {
            let is_new = |excess: &[Excess]| {
                excess.binary_search_by_key(&target, |excess| excess.target).is_err()
            };
            if is_new(&self.excess[..known]) {
                self.excess.push(Excess { owner, target });
            }
        }
        self.excess.sort_unstable_by_key(|excess| (excess.owner, excess.target));
    }
}
