//! The operations on weak handles without a callback.

use super::{Machine, pick};
use crate::program::Kind;
use crate::values::{Handle, Id};

impl Machine {
    pub(super) fn keep_upgraded(&mut self, handle: Option<Handle>, id: Id) {
        assert_eq!(handle.is_some(), self.oracle.object(id).is_alive, "whether {id} upgrades");
        if let Some(handle) = handle {
            assert_eq!(handle.id(), id, "the object that a weak handle led to");
            self.oracle.retain(id);
            self.keep(handle);
        }
    }

    pub(super) fn store_weak(&mut self, weak: u8, into: u8) {
        let (Some(weak), Some(into)) = (pick(weak, self.weaks.len()), pick(into, self.roots.len()))
        else {
            return;
        };
        let id = self.oracle.roots[into];
        if !matches!(self.oracle.object(id).kind, Kind::Empty | Kind::Leaf) {
            self.roots[into].store_weak(self.weaks.swap_remove(weak));
            let target = self.oracle.weaks.swap_remove(weak);
            self.oracle.object_mut(id).weaks.push(target);
        }
    }

    pub(super) fn upgrade_stored(&mut self, from: u8, weak: u8) {
        let Some(index) = pick(from, self.roots.len()) else { return };
        let id = self.oracle.roots[index];
        let Some(weak) = pick(weak, self.oracle.object(id).weaks.len()) else { return };
        let target = self.oracle.object(id).weaks[weak];
        self.keep_upgraded(self.roots[index].upgrade_stored(weak), target);
    }
}
