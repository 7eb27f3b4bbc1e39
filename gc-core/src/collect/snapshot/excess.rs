//! Edges that were reported more often than their targets have handles: the sign
//! of a wrong hand-written `Trace`.

use super::set::{Excess, OutOfMemory, Snapshot};
use crate::collect::arrays::Arrays;
use crate::object::generation::narrow;
use crate::object::header::ObjPtr;

impl Snapshot {
    /// Finds edges to objects with fewer handles, whose counts are below 0 now, and
    /// raises these to 0. Other counts as high are those of immortal objects.
    #[cold]
    pub(super) fn list_excess(&mut self) -> Result<(), OutOfMemory> {
        let Arrays { refs, first_edge, edges, .. } = &mut self.arrays;
        for &target in &*edges {
            if let Some(refs) = refs.get_mut(target as usize) {
                *refs = refs.wrapping_add(1);
            }
        }
        for (owner, ends) in first_edge.windows(2).enumerate() {
            for &target in &edges[ends[0] as usize..ends[1] as usize] {
                match refs.get_mut(target as usize) {
                    Some(0) => {
                        self.excess.try_reserve(1)?;
                        self.excess.push(Excess { owner: narrow(owner), target });
                    }
                    Some(refs) => *refs -= 1,
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// Keeps alive the objects that were reported too often, and the objects that
    /// reported them, because wrong counts prove nothing. Returns the edges, owner first.
    pub(crate) fn spare_excess(&mut self) -> impl Iterator<Item = (ObjPtr, ObjPtr)> {
        for excess in &self.excess {
            self.arrays.refs[excess.owner as usize] = 1;
            self.arrays.refs[excess.target as usize] = 1;
        }
        let object = |index: u32| self.arrays.objects[index as usize];
        self.excess.iter().map(move |excess| (object(excess.owner), object(excess.target)))
    }
}
