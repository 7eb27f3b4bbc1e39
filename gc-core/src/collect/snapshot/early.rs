//! Garbage that leaves a snapshot before it is complete.
//!
//! Where candidates are taken in by chunks, the objects that a chunk led to, and that
//! were not in the snapshot before, are a *part*. If no count in a part is left, all
//! handles to its objects are owned by the part itself: objects that were there before
//! reach none of them, or they would have been taken in earlier. So the part is garbage,
//! whatever is found later, and can be reclaimed while it is still in the caches. That
//! must not disturb the rest of the snapshot:
//!
//! * It runs no user code, because that could change the objects that are left. So it is
//!   done only if no user code waits for the objects and their drops are quiet; objects
//!   whose last handle they hold die later.
//! * When handles from the part to objects that are left end, so do the edges that stand
//!   for them: the count and the number of edges fall by the same amount, and the
//!   snapshot remains correct about such an object. The last handle to an object cannot
//!   end this way, because an object needs a count while it is left: in that case the
//!   part stays.
//!
//! The program must not notice the difference either. Only finalizers and callbacks of
//! weak references can look at garbage before it is reclaimed. If any of these may run,
//! only parts leave that have no handles but to themselves; otherwise the code could find
//! another object with one handle fewer, or with none.

use core::ops::Range;

use super::set::{MOST_EDGES, Snapshot};
use crate::collect::arrays::Arrays;
use crate::object::flags::Flags;
use crate::object::generation::Stamp;
use crate::object::header::ObjPtr;
use crate::watch::watches;

/// Flags of objects that user code waits for, or can still reach.
const CONCERNS_SOMEBODY: Flags = Flags::NOTABLE.union(Flags::HAS_WEAK);

/// Calls a function with the target of each edge, as the snapshot numbers objects.
#[cfg(any(debug_assertions, gc_zeal))]
pub(crate) type ForEachEdge<'a> = &'a dyn Fn(&mut dyn FnMut(u32));

/// A part of a snapshot that is garbage.
pub(crate) struct Garbage<'a> {
    /// Its objects, which are in no particular order afterwards.
    pub(crate) objects: &'a mut [ObjPtr],
    /// So many at the start are candidates that have no bit.
    pub(crate) candidates: usize,
    /// The stamp of objects that are in no snapshot.
    pub(crate) survived: Stamp,
    /// The index of the first.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) start: usize,
    /// Where their edges lead.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) edges: ForEachEdge<'a>,
}

impl Snapshot {
    /// Calls `reclaim` with what the last chunk of candidates led to, if that is
    /// garbage which can leave early.
    pub(super) fn release_garbage(&mut self, reclaim: &mut impl FnMut(Garbage<'_>)) {
        let Some(chunk) = self.candidates.last_chunk() else { return };
        let start = chunk.start;
        if !have_no_refs(&self.arrays.refs[start..]) || !self.can_leave(start) {
            return;
        }
        #[cfg(any(debug_assertions, gc_zeal))]
        let edges = &self.arrays.edges[self.arrays.first_edge[start] as usize..];
        reclaim(Garbage {
            candidates: chunk.len(),
            survived: Stamp::born(self.survivors_birth),
            #[cfg(any(debug_assertions, gc_zeal))]
            start,
            #[cfg(any(debug_assertions, gc_zeal))]
            edges: &|check| edges.iter().copied().for_each(check),
            objects: &mut self.arrays.objects[start..],
        });
        self.arrays.truncate(start);
        self.candidates.drop_last_chunk();
        #[cfg(any(debug_assertions, gc_zeal))]
        self.handles.forget_part();
    }

    /// Whether the objects from `start` on, which are garbage, can leave.
    fn can_leave(&self, start: usize) -> bool {
        if self.has_watches || self.conditions.is_some() {
            return false;
        }
        let Arrays { objects, first_edge, edges, .. } = &self.arrays;
        let edges = &edges[first_edge[start] as usize..];
        concern_nobody(&objects[start..])
            && (lead_to_no_other(edges, start..objects.len())
                || !self.is_user_waiting() && leave_others_alive(&self.arrays, edges, start))
    }

    /// Whether this collection may run user code before garbage is reclaimed.
    fn is_user_waiting(&self) -> bool {
        self.heap.has_unfinalized() || watches::watch_tracked()
    }
}

/// Whether all of these counts are 0.
pub(in crate::collect) fn have_no_refs(refs: &[u32]) -> bool {
    /// So many counts are a few vector instructions.
    const CHUNK: usize = 64;
    refs.chunks(CHUNK).all(|refs| refs.iter().fold(0, |all, refs| all | refs) == 0)
}

/// Whether no user code waits for `objects`, and their drops are quiet.
pub(in crate::collect) fn concern_nobody(objects: &[ObjPtr]) -> bool {
    let mut quiet = 0;
    objects.iter().all(|object| {
        if let Some(flags) = object.flags_with(quiet) {
            return !flags.intersects(CONCERNS_SOMEBODY);
        }
        quiet = object.vtable_address();
        object.drops_quietly() && !object.has(CONCERNS_SOMEBODY)
    })
}

/// Whether all `edges` lead to objects of `part`.
fn lead_to_no_other(edges: &[u32], part: Range<usize>) -> bool {
    let first_and_last =
        |(first, last): (u32, u32), &target: &u32| (first.min(target), last.max(target));
    let (first, last) = edges.iter().fold((u32::MAX, 0), first_and_last);
    edges.is_empty() || first as usize >= part.start && (last as usize) < part.end
}

/// Whether objects before `start` have other handles than those that `edges` of the
/// objects from there on stand for, if there are any.
fn leave_others_alive(arrays: &Arrays, edges: &[u32], start: usize) -> bool {
    let Arrays { objects, refs, .. } = arrays;
    let others = edges.iter().map(|&target| target as usize).filter(|&target| target < start);
    let mut are_alive = true;
    for target in others.clone() {
        let left = objects[target].strong().wrapping_sub(1);
        objects[target].set_strong(left);
        // A count that is wrong, or not exact, proves nothing.
        are_alive &= left != 0 && refs[target] <= MOST_EDGES;
    }
    for target in others {
        objects[target].set_strong(objects[target].strong().wrapping_add(1));
    }
    are_alive
}
