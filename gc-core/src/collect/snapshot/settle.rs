//! The end of a snapshot: stamps and candidates are put in order, and the
//! unreachable objects are listed.

use alloc::vec::Vec;

use super::set::{OutOfMemory, Snapshot};
use crate::collect::arrays::{Arrays, list_garbage};
use crate::memory::page::candidates::Filing;
use crate::object::flags::Flags;
use crate::object::generation::{Generation, Stamp};
use crate::object::header::ObjPtr;

impl Snapshot {
    /// Ends the snapshot, if it is complete and its liveness is known.
    ///
    /// The survivors belong to the next generation once the watermarks are raised. So do
    /// the objects without references, which are no longer candidates and are put into
    /// `unreachable`, which is empty. `condemn` is called with each of these, and with
    /// whether it is flagged as a candidate without a bit; that flag must end.
    pub(crate) fn settle(
        mut self,
        unreachable: &mut Vec<ObjPtr>,
        condemn: impl Fn(ObjPtr, bool),
    ) -> Result<Arrays, OutOfMemory> {
        if self.unreachable_count == self.len() {
            let mut arrays = core::mem::take(&mut self.arrays);
            self.settle_garbage(&arrays.objects, condemn);
            core::mem::swap(&mut arrays.objects, unreachable);
            return Ok(arrays);
        }
        unreachable.try_reserve_exact(self.unreachable_count)?;
        let arrays = core::mem::take(&mut self.arrays);
        self.settle_each(&arrays, unreachable, condemn);
        Ok(arrays)
    }

    /// [`settle`](Snapshot::settle), if all `objects` are unreachable.
    fn settle_garbage(&self, objects: &[ObjPtr], condemn: impl Fn(ObjPtr, bool)) {
        let survived = Stamp::born(self.survivors_birth);
        for (part, is_flagged) in self.candidates.parts(objects.len()) {
            if is_flagged {
                for &object in &objects[part] {
                    object.set_stamp(survived);
                    condemn(object, true);
                }
            } else {
                for &object in &objects[part] {
                    object.set_stamp(survived);
                    condemn(object, false);
                }
            }
        }
    }

    /// [`settle`](Snapshot::settle), if some survive.
    fn settle_each(
        &self,
        arrays: &Arrays,
        unreachable: &mut Vec<ObjPtr>,
        condemn: impl Fn(ObjPtr, bool),
    ) {
        let survived = Stamp::born(self.survivors_birth);
        let condemn = |object: ObjPtr, is_flagged: bool| {
            object.set_stamp(survived);
            condemn(object, is_flagged);
        };
        for (part, is_flagged) in self.candidates.parts(arrays.objects.len()) {
            let (objects, refs) = (&arrays.objects[part.clone()], &arrays.refs[part]);
            // One loop for each end that an object comes to: together they need more
            // registers than there are.
            if is_flagged {
                self.settle_candidates(objects, refs, survived);
                list_garbage(objects, refs, unreachable, |object| condemn(object, true));
            } else {
                for_each_referenced(objects, refs, |object| object.set_stamp(survived));
                list_garbage(objects, refs, unreachable, |object| condemn(object, false));
            }
        }
    }

    /// Settles the candidates among `objects` that have references.
    fn settle_candidates(&self, objects: &[ObjPtr], refs: &[u32], survived: Stamp) {
        let mut filing = Filing::new(self.retention.unwrap_or(Generation::Old));
        let is_retained = self.retention.is_some();
        for_each_referenced(objects, refs, |object| {
            object.set_stamp(survived);
            if is_retained {
                filing.add(object);
            } else {
                object.clear(Flags::CANDIDATE);
            }
        });
    }
}

/// Calls `action` with the objects that have references.
#[inline]
fn for_each_referenced(objects: &[ObjPtr], refs: &[u32], mut action: impl FnMut(ObjPtr)) {
    for (&object, &refs) in objects.iter().zip(refs) {
        if refs != 0 {
            action(object);
        }
    }
}
