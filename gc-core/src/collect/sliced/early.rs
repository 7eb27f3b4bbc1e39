//! Garbage that is known before a collection in slices has traced everything.
//!
//! What the last candidates led to is a *part*, as in a [snapshot](crate::collect::snapshot). If
//! the part was taken in and traced within one slice, the program did not run meanwhile: counts
//! and edges are those of one moment. So T1 holds for it as for any set. What no count and no edge
//! of the part keeps alive is garbage, and need not be suspected and looked at again.
//!
//! Nothing that is noted of other entries becomes wrong. No edge to the part was noted for them,
//! or its target would have been an entry before. The handles that the garbage has to them end with
//! it, and these were subtracted. An entry that loses its last handle so dies before any suspect
//! is looked at again, as any entry may between two slices.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use super::Sliced;
use super::lists::Lists;
use crate::collect::snapshot::early::{Garbage, concern_nobody, have_no_refs};
use crate::object::generation::{Stamp, narrow};
use crate::object::header::ObjPtr;

impl Sliced {
    /// Calls `reclaim` with what is garbage in the last part, if the part is complete, and no user
    /// code waits for it. Returns how much work that was.
    pub(super) fn release_garbage(&mut self, reclaim: &mut impl FnMut(Garbage<'_>)) -> usize {
        /// Entries are looked at in the time in which one object is traced.
        const PER_OBJECT: usize = 8;
        if !self.part.is_known(&self.entries) {
            return 0;
        }
        let (start, len) = (self.part.start(), self.part.len(&self.entries));
        let released = if have_no_refs(&self.entries.lists_mut().refs[start..]) {
            self.release_all(reclaim)
        } else {
            // If there is no memory to find out what is garbage, it stays, and is suspected.
            self.release_some(reclaim).unwrap_or(0)
        };
        released + len / PER_OBJECT
    }

    /// If all of the part is garbage: its entries are forgotten.
    fn release_all(&mut self, reclaim: &mut impl FnMut(Garbage<'_>)) -> usize {
        let start = self.part.start();
        let survived = self.survived();
        #[cfg(not(any(debug_assertions, gc_zeal)))]
        let Lists { objects, .. } = self.entries.lists_mut();
        #[cfg(any(debug_assertions, gc_zeal))]
        let Lists { objects, first_edge, edges, .. } = self.entries.lists_mut();
        #[cfg(any(debug_assertions, gc_zeal))]
        let all_edges = (first_edge[start] as usize..edges.len()).map(|edge| edges.at(edge));
        let objects = &mut objects[start..];
        if !concern_nobody(objects) {
            return 0;
        }
        let released = objects.len();
        reclaim(Garbage {
            candidates: 0,
            survived,
            #[cfg(any(debug_assertions, gc_zeal))]
            start,
            #[cfg(any(debug_assertions, gc_zeal))]
            edges: &|check| all_edges.clone().for_each(&mut *check),
            objects,
        });
        self.entries.truncate(start);
        self.released += released;
        released
    }

    /// If some of the part is alive: the entries of the others stay, without an object.
    fn release_some(
        &mut self,
        reclaim: &mut impl FnMut(Garbage<'_>),
    ) -> Result<usize, TryReserveError> {
        let (start, survived) = (self.part.start(), self.survived());
        let lists = self.entries.lists_mut();
        if !lists.refs[start..].contains(&0) {
            return Ok(0);
        }
        let entries = unreachable(lists, start)?;
        let mut garbage: Vec<ObjPtr> = Vec::new();
        garbage.try_reserve_exact(entries.len())?;
        garbage.extend(entries.iter().map(|&entry| lists.objects[entry as usize]));
        if garbage.is_empty() || !concern_nobody(&garbage) {
            return Ok(0);
        }
        #[cfg(any(debug_assertions, gc_zeal))]
        let edges = |check: &mut dyn FnMut(u32)| {
            for &entry in &entries {
                let targets = lists.edges_of(entry as usize).map(|edge| lists.edges.at(edge));
                // As they are numbered in the list of garbage.
                let numbers = targets.filter_map(|target| entries.binary_search(&target).ok());
                numbers.for_each(|number| check(narrow(number)));
            }
        };
        reclaim(Garbage {
            candidates: 0,
            survived,
            #[cfg(any(debug_assertions, gc_zeal))]
            start: 0,
            #[cfg(any(debug_assertions, gc_zeal))]
            edges: &edges,
            objects: &mut garbage,
        });
        Ok(garbage.len())
    }

    /// The stamp of what is no entry any more.
    fn survived(&self) -> Stamp {
        Stamp::born(self.entries.ages().ceiling())
    }
}

/// Which of the entries from number `start` on are neither held, nor reached from those that are.
/// Who holds the others may be garbage, too, and not traced yet: nothing is noted of them.
fn unreachable(lists: &Lists, start: usize) -> Result<Vec<u32>, TryReserveError> {
    let refs = &lists.refs[start..];
    let (mut is_alive, mut waiting) = (Vec::new(), Vec::new());
    is_alive.try_reserve_exact(refs.len())?;
    is_alive.extend(refs.iter().map(|&refs| refs != 0));
    // Each waits once.
    waiting.try_reserve_exact(refs.len())?;
    waiting.extend((0..refs.len()).filter(|&place| is_alive[place]));
    while let Some(place) = waiting.pop() {
        for edge in lists.edges_of(start + place) {
            let target = (lists.edges.at(edge) as usize).wrapping_sub(start);
            if let Some(is_alive @ false) = is_alive.get_mut(target) {
                *is_alive = true;
                waiting.push(target);
            }
        }
    }
    let places = || (0..refs.len()).filter(|&place| !is_alive[place]);
    let mut entries = Vec::new();
    entries.try_reserve_exact(places().count())?;
    entries.extend(places().map(|place| narrow(start + place)));
    Ok(entries)
}
