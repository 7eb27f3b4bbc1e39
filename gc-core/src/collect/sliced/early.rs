//! Garbage that is known before a collection in slices has traced everything.
//!
//! What the last candidates led to is a *part*, as in a [snapshot](crate::collect::snapshot). If
//! the part was taken in and traced within one slice, the program did not run meanwhile: counts
//! and edges are those of one moment. So T1 holds for it as for any set. If no count in it is
//! left, the part is garbage, and need not be suspected and looked at again.
//!
//! Nothing that is noted of other entries becomes wrong. No edge to the part was noted for them,
//! or its target would have been an entry before. The handles that the part has to them end with
//! it, and these were subtracted. An entry that loses its last handle so dies before any suspect
//! is looked at again, as any entry may between two slices.

use super::Sliced;
use super::lists::Lists;
use crate::collect::snapshot::early::{Garbage, concern_nobody, have_no_refs};
use crate::object::generation::Stamp;

impl Sliced {
    /// Calls `reclaim` with the last part, if it is complete, and garbage that no user code waits
    /// for. Returns how much work that was.
    pub(super) fn release_garbage(&mut self, reclaim: &mut impl FnMut(Garbage<'_>)) -> usize {
        let start = self.part;
        let released = self.entries.len() - start;
        if !self.is_part_of_one_go || released == 0 || !self.entries.are_traced() {
            return 0;
        }
        if self.has_watches || !self.can_leave(start) {
            return released / 8;
        }
        let survived = Stamp::born(self.entries.ages().ceiling());
        #[cfg(not(any(debug_assertions, gc_zeal)))]
        let Lists { objects, .. } = self.entries.lists_mut();
        #[cfg(any(debug_assertions, gc_zeal))]
        let Lists { objects, first_edge, edges, .. } = self.entries.lists_mut();
        #[cfg(any(debug_assertions, gc_zeal))]
        let all_edges = (first_edge[start] as usize..edges.len()).map(|edge| edges.at(edge));
        reclaim(Garbage {
            candidates: 0,
            survived,
            #[cfg(any(debug_assertions, gc_zeal))]
            start,
            #[cfg(any(debug_assertions, gc_zeal))]
            edges: &|check| all_edges.clone().for_each(&mut *check),
            objects: &mut objects[start..],
        });
        self.entries.truncate(start);
        self.released += released;
        released
    }

    fn can_leave(&mut self, start: usize) -> bool {
        let Lists { objects, refs, .. } = self.entries.lists_mut();
        have_no_refs(&refs[start..]) && concern_nobody(&objects[start..])
    }
}
