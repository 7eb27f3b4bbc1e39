//! What `make_mut` does: nothing, or it moves the value, or clones it.

use super::{Id, Oracle};
use crate::program::{Behaviour, Kind};

impl Oracle {
    /// Whether the one handle is the only way to the object.
    pub(crate) fn is_unique(&self, id: Id) -> bool {
        self.object(id).strong == 1 && self.weak_counts()[id as usize] == 0 && !self.is_key(id)
    }

    /// The value of `id` moves to a new object, which keeps the number. What is
    /// left of the old one gets a new number, for the weak handles that knew it.
    pub(crate) fn move_value(&mut self, id: Id) {
        let husk = self.add_object(Kind::Small, Behaviour::Plain);
        let owned = self.objects.iter_mut().map(|object| &mut object.weaks);
        for target in owned.chain([&mut self.weaks]).flatten().filter(|target| **target == id) {
            *target = husk;
        }
        self.call_watches_of(id);
        let object = self.object_mut(id);
        object.generation = 0;
        object.is_examined = object.kind.is_tracked();
        let entries = self.detach_all(id);
        self.release_all(entries);
    }

    /// Gives up a handle to `id` for one to a clone of its value; the number of
    /// the clone. `None` if the collection that came first panicked.
    pub(crate) fn clone_value(&mut self, id: Id) -> Option<Id> {
        let original = self.object(id).clone();
        let behaviour = match original.behaviour {
            Behaviour::PanicInDrop => Behaviour::Plain,
            other => other,
        };
        original.edges.iter().for_each(|&edge| self.retain(edge));
        let watches = self.clone_watches_of(id);
        let Some(clone) = self.make(original.kind, behaviour, None) else {
            self.release_all(original.edges);
            self.release_watches(&watches);
            return None;
        };
        for &watch in &watches {
            self.watches[watch].hand_over(None, Some(clone));
        }
        let object = self.object_mut(clone);
        (object.edges, object.weaks) = (original.edges, original.weaks);
        self.release(id);
        Some(clone)
    }
}
