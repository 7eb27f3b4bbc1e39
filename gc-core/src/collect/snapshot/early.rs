//! Garbage that leaves a snapshot before it is complete.
//!
//! Where candidates are taken in by chunks, what a chunk led to, as far as it was not
//! there before, is a part. If no count in it is left, all handles to its objects are
//! owned by itself: what was there before reaches none of them, or it would have
//! brought them in. So the part is garbage, whatever is found later, and can be
//! reclaimed while it lies in the caches. That must not disturb the rest of the
//! snapshot:
//!
//! * It runs no code of the user, who could change the objects that are left. So
//!   nobody has to be told of the objects, their drops are quiet, and what they hold
//!   the last handles of dies later.
//! * Handles that they have to objects that are left end with the edges that stood for
//!   them: count and edges sink by as much, so that what the snapshot says of such an
//!   object holds. But the last handle does not end so, since an object needs a count
//!   as long as it is left: then the part stays.
//!
//! And the user must not tell the difference. Nobody can look at garbage before it is
//! reclaimed but finalizers and callbacks of weak references. While any may run, only
//! parts leave that have no handles but to themselves: another object could be found
//! with a handle less, or without one.

use core::ops::Range;

use super::set::{MOST_EDGES, Snapshot};
use crate::collect::arrays::Arrays;
use crate::object::flags::Flags;
use crate::object::generation::Stamp;
use crate::object::header::ObjPtr;
use crate::watch::watches;

/// Flags of objects that somebody is to be told of, or can still get hold of.
const CONCERNS_SOMEBODY: Flags = Flags::NOTABLE.union(Flags::HAS_WEAK);

/// A part of a snapshot that is garbage.
#[derive(Debug)]
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
    pub(crate) edges: &'a [u32],
}

impl Snapshot {
    /// Calls `reclaim` with what the last chunk of candidates led to, if that is
    /// garbage which can leave early.
    pub(super) fn release_garbage(&mut self, reclaim: &mut impl FnMut(Garbage<'_>)) {
        let Some(chunk) = self.candidates.last_chunk() else { return };
        let start = chunk.start;
        if !self.is_garbage(start) || !self.can_leave(start) {
            return;
        }
        reclaim(Garbage {
            candidates: chunk.len(),
            survived: Stamp::born(self.survivors_birth),
            #[cfg(any(debug_assertions, gc_zeal))]
            start,
            #[cfg(any(debug_assertions, gc_zeal))]
            edges: &self.arrays.edges[self.arrays.first_edge[start] as usize..],
            objects: &mut self.arrays.objects[start..],
        });
        self.arrays.truncate(start);
        self.candidates.drop_last_chunk();
        #[cfg(any(debug_assertions, gc_zeal))]
        self.handles.forget_part();
    }

    /// Whether the objects from `start` on have no handles but their own.
    fn is_garbage(&self, start: usize) -> bool {
        /// So many counts are a few vector instructions.
        const CHUNK: usize = 64;
        let refs = &self.arrays.refs[start..];
        refs.chunks(CHUNK).all(|refs| refs.iter().fold(0, |all, refs| all | refs) == 0)
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

    /// Whether this collection may call the user before garbage is reclaimed.
    fn is_user_waiting(&self) -> bool {
        self.heap.has_unfinalized() || watches::watch_tracked()
    }
}

/// Whether nobody is to be told of `objects`, and their drops are quiet.
fn concern_nobody(objects: &[ObjPtr]) -> bool {
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
