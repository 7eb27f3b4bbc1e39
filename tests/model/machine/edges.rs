//! The operations that link and drop objects, and build many at once.

use super::{Machine, pick};
use crate::program::{Behaviour, Container, Kind};
use crate::values::Id;

impl Machine {
    /// Whether the edges of a held object cannot be looked at while borrowed.
    pub(super) fn is_opaque(&self, index: usize) -> bool {
        self.roots[index].is_borrowable()
    }

    pub(super) fn may_own(&self, from: usize, target: usize) -> bool {
        let kind = |index: usize| self.oracle.object(self.oracle.roots[index]).kind;
        let target_id = self.oracle.roots[target];
        let is_hidden_key =
            kind(from) == Kind::Acyclic && self.oracle.object(target_id).is_examined;
        kind(from).may_own(kind(target)) && !is_hidden_key
    }

    pub(super) fn link(&mut self, from: u8, to: u8) {
        let (Some(from), Some(to)) = (pick(from, self.roots.len()), pick(to, self.roots.len()))
        else {
            return;
        };
        if self.may_own(from, to) {
            self.roots[from].push_edge(self.roots[to].clone());
            let (from, to) = (self.oracle.roots[from], self.oracle.roots[to]);
            self.oracle.retain(to);
            self.oracle.object_mut(from).edges.push(to);
        }
    }

    /// The position and the number of a held object, and the position of one
    /// of its edges.
    pub(super) fn pick_edge(&self, from: u8, edge: u8) -> Option<(usize, Id, usize)> {
        let index = pick(from, self.roots.len())?;
        let id = self.oracle.roots[index];
        let edge = pick(edge, self.oracle.object(id).edges.len())?;
        Some((index, id, edge))
    }

    pub(super) fn unlink(&mut self, from: u8, edge: u8) {
        let Some((index, id, edge)) = self.pick_edge(from, edge) else { return };
        let target = self.oracle.object_mut(id).edges.swap_remove(edge);
        self.oracle.release(target);
        self.act(|machine| drop(machine.roots[index].remove_edge(edge)));
    }

    pub(super) fn clear(&mut self, from: u8) {
        let Some((index, id, _)) = self.pick_edge(from, 0) else { return };
        let targets = std::mem::take(&mut self.oracle.object_mut(id).edges);
        self.oracle.release_all(targets);
        self.act(|machine| drop(machine.roots[index].take_edges()));
    }

    pub(super) fn drop_root(&mut self, index: Option<usize>) {
        let Some(index) = index else { return };
        let id = self.oracle.roots.swap_remove(index);
        self.oracle.release(id);
        let doomed = self.roots.swap_remove(index);
        self.act(|_| drop(doomed));
    }

    pub(super) fn move_in(&mut self, from: u8, into: u8) {
        let (Some(from), Some(into)) = (pick(from, self.roots.len()), pick(into, self.roots.len()))
        else {
            return;
        };
        if from != into && self.may_own(into, from) {
            let owner = self.roots[into].clone();
            let owner_id = self.oracle.roots[into];
            owner.push_edge(self.roots.swap_remove(from));
            let target = self.oracle.roots.swap_remove(from);
            self.oracle.object_mut(owner_id).edges.push(target);
        }
    }

    pub(super) fn move_out(&mut self, from: u8, edge: u8) {
        let Some((index, id, edge)) = self.pick_edge(from, edge) else { return };
        let target = self.oracle.object_mut(id).edges.swap_remove(edge);
        let handle = self.roots[index].remove_edge(edge);
        assert_eq!(handle.id(), target, "the edge that was moved out");
        self.keep(handle);
    }

    /// A chain or a ring, held at its head; what cannot own edges is left
    /// unconnected.
    pub(super) fn build(&mut self, length: u8, kind: Kind, behaviour: Behaviour, is_ring: bool) {
        let containers = [Container::Vector, Container::Map, Container::Locked, Container::Cell];
        let mut tail = None;
        for index in 0..length {
            let before = self.roots.len();
            let container = containers[index as usize % containers.len()];
            self.make(kind, container, behaviour, None);
            if self.roots.len() == before || !kind.may_own(kind) {
                break;
            }
            if index == 0 {
                tail = is_ring.then(|| self.roots[before].clone());
                tail.iter().for_each(|handle| self.oracle.retain(handle.id()));
            } else {
                // The new object owns the one before it, which is held right
                // below.
                let target = self.oracle.roots.swap_remove(before - 1);
                let handle = self.roots.swap_remove(before - 1);
                self.roots[before - 1].push_edge(handle);
                let owner = self.oracle.roots[before - 1];
                self.oracle.object_mut(owner).edges.push(target);
            }
        }
        if let Some(tail) = tail {
            let head = self.oracle.roots[self.roots.len() - 1];
            tail.push_edge(self.roots[self.roots.len() - 1].clone());
            self.oracle.retain(head);
            self.oracle.object_mut(tail.id()).edges.push(head);
            self.oracle.release(tail.id());
        }
    }
}
