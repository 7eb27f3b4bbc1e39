//! The operations on weak handles with a callback, weak maps, closures, objects
//! that know themselves, and objects that `get_mut` lends or `make_mut` copies.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use gcycle::gc::{self, Generation};

use super::super::oracle::Watch;
use super::super::program::{Behaviour, Container, Kind, Op};
use super::super::values::{Handle, Id, Recipe, note_husk, open, with_clones_that_panic};
use super::{Machine, pick};

impl Machine {
    /// The operations that the others do not know.
    pub(super) fn step_specially(&mut self, op: Op) {
        match op {
            Op::Watch(root) => self.watch(root),
            Op::DropWatch(watch) => {
                if let Some(index) = pick(watch, self.watches.len()) {
                    let (number, watch) = self.watches.swap_remove(index);
                    self.oracle.watches[number as usize].give_up();
                    drop(watch);
                }
            }
            Op::CloneWatch(watch) => {
                if let Some(index) = pick(watch, self.watches.len()) {
                    let (number, watch) = self.watches[index].clone();
                    self.oracle.watches[number as usize].holders.push(None);
                    self.watches.push((number, watch));
                }
            }
            Op::MakeMut { object, panics } => self.make_mut(object, panics),
            Op::StoreWatch { watch, into } => self.store_watch(watch, into),
            Op::Attach { map, key } => self.attach(map, key),
            Op::Detach { map, key } => self.detach(map, key),
            Op::LookUp { map, key } => self.look_up(map, key),
            Op::CollectLent { object, generation } => {
                self.collect_lent(object, generation as usize % 3);
            }
            Op::NewLent { object } => self.make_lent(object),
            Op::NewCyclic { container, generation } => {
                self.make_cyclic(container, generation as usize % 3);
            }
            Op::NewClosure(container) => {
                let expected = self.oracle.make(Kind::Small, Behaviour::Plain, None);
                let made = self.act(|machine| machine.with_recipe(container, Handle::make_closure));
                assert_eq!(made.as_ref().map(Handle::id), expected, "the closure that was made");
                made.into_iter().for_each(|handle| self.keep(handle));
            }
            _ => unreachable!("`step` knows the others"),
        }
    }

    /// Calls `make` with what a plain object is made from.
    fn with_recipe<R>(&self, container: Container, make: impl FnOnce(Recipe<'_>) -> R) -> R {
        let stored = Rc::downgrade(&self.stored);
        let (kind, behaviour) = (Kind::Small, Behaviour::Plain);
        make(Recipe { kind, container, behaviour, log: &self.log, stored: &stored })
    }

    // Weak handles with a callback.

    fn watch(&mut self, root: u8) {
        let Some(index) = pick(root, self.roots.len()) else { return };
        let number = self.oracle.watches.len() as u32;
        self.watches.push((number, self.roots[index].watch(number, &self.log)));
        self.oracle.watches.push(Watch::new(self.oracle.roots[index]));
    }

    fn store_watch(&mut self, watch: u8, into: u8) {
        let (Some(watch), Some(into)) =
            (pick(watch, self.watches.len()), pick(into, self.roots.len()))
        else {
            return;
        };
        let id = self.oracle.roots[into];
        if !matches!(self.oracle.object(id).kind, Kind::Empty | Kind::Leaf) {
            let (number, watch) = self.watches.swap_remove(watch);
            self.oracle.watches[number as usize].hand_over(None, Some(id));
            self.roots[into].store_watch(watch);
        }
    }

    /// Drops those that the program holds.
    pub(super) fn drop_watches(&mut self) {
        for (number, watch) in mem::take(&mut self.watches) {
            self.oracle.watches[number as usize].give_up();
            drop(watch);
        }
    }

    /// Compares the callbacks that ran, and what is known of their targets.
    pub(super) fn check_special(&mut self) {
        let called = mem::take(&mut open(&self.log).called);
        self.oracle.check_callbacks(&called);
        let weak_counts = self.oracle.weak_counts();
        for (number, watch) in &self.watches {
            let known = &self.oracle.watches[*number as usize];
            let target = self.oracle.object(known.target);
            let counts = (target.strong, weak_counts[known.target as usize]);
            let expected = if known.is_done { (0, 0) } else { counts };
            assert_eq!(watch.counts(), expected, "handles to the target of watch {number}");
            let is_waiting = watch.has_callback();
            assert_eq!(is_waiting, !known.is_done, "whether callback {number} waits");
        }
    }

    // Weak maps.

    /// The position and the number of an object that owns a weak map, and those
    /// of a key.
    fn pick_entry(&self, map: u8, key: u8) -> Option<((usize, Id), (usize, Id))> {
        let (map, key) = (pick(map, self.roots.len())?, pick(key, self.roots.len())?);
        let (owner, key_id) = (self.oracle.roots[map], self.oracle.roots[key]);
        let has_map =
            !matches!(self.oracle.object(owner).kind, Kind::Empty | Kind::Leaf | Kind::Acyclic);
        // What untracked objects own is not looked at: a leaf in one would
        // outlive an entry that leads there.
        let has_map = has_map && !self.is_hidden(key_id);
        has_map.then_some(((map, owner), (key, key_id)))
    }

    /// Whether an untracked object owns a handle to it.
    fn is_hidden(&self, id: Id) -> bool {
        let mut owners = self.oracle.objects.iter().filter(|object| object.is_alive);
        owners.any(|owner| owner.kind == Kind::Acyclic && owner.edges.contains(&id))
    }

    fn attach(&mut self, map: u8, key: u8) {
        let Some(((map, owner), (key, key_id))) = self.pick_entry(map, key) else { return };
        let target = (key + 1) % self.roots.len();
        let target_id = self.oracle.roots[target];
        self.oracle.retain(target_id);
        let entry = self.oracle.make(Kind::Entry, Behaviour::Plain, None);
        match entry {
            Some(entry) => {
                let old = self.oracle.entry(owner, key_id);
                self.oracle.object_mut(entry).edges.push(target_id);
                old.into_iter().for_each(|old| self.oracle.detach(owner, old));
                self.oracle.attach(owner, key_id, entry);
                old.into_iter().for_each(|old| self.oracle.release(old));
            }
            None => self.oracle.release(target_id),
        }
        self.act(|machine| {
            let (map, key) = (&machine.roots[map], &machine.roots[key]);
            let target = machine.roots[target].clone();
            machine.with_recipe(Container::Vector, |recipe| map.attach(key, target, recipe));
        });
    }

    fn detach(&mut self, map: u8, key: u8) {
        let Some(((map, owner), (key, key_id))) = self.pick_entry(map, key) else { return };
        let entry = self.oracle.entry(owner, key_id);
        if let Some(entry) = entry {
            self.oracle.detach(owner, entry);
            self.oracle.release(entry);
        }
        let detached = self.act(|machine| machine.roots[map].detach(&machine.roots[key]));
        if let Some(detached) = detached {
            assert_eq!(detached, entry.is_some(), "whether something is attached to {key_id}");
        }
    }

    fn look_up(&mut self, map: u8, key: u8) {
        let Some(((map, owner), (key, key_id))) = self.pick_entry(map, key) else { return };
        let expected = self.oracle.entry(owner, key_id);
        let expected = expected.map(|entry| self.oracle.object(entry).edges[0]);
        let found = self.roots[map].look_up(&self.roots[key]);
        assert_eq!(found.as_ref().map(Handle::id), expected, "what is attached to {key_id}");
        if let Some(handle) = found {
            self.oracle.retain(handle.id());
            self.keep(handle);
        }
    }

    // Objects that `get_mut` lends.

    fn collect_lent(&mut self, object: u8, generation: usize) {
        let Some(index) = pick(object, self.roots.len()) else { return };
        let is_lendable = self.oracle.is_unique(self.oracle.roots[index]);
        let expected = is_lendable.then(|| self.oracle.collect(generation, None));
        let generation = Generation::try_from(generation).expect("there are three");
        let collected =
            self.act(|machine| machine.roots[index].lent(|| gc::collect_generation(generation)));
        if let Some(collected) = collected {
            assert_eq!(collected, expected, "what the collection of a lent object returned");
        }
    }

    fn make_lent(&mut self, object: u8) {
        let Some(index) = pick(object, self.roots.len()) else { return };
        let is_lendable = self.oracle.is_unique(self.oracle.roots[index]);
        let expected = is_lendable.then(|| self.oracle.make(Kind::Small, Behaviour::Plain, None));
        let made = self.act(|machine| {
            let mut lent = machine.roots.swap_remove(index);
            let plain = || machine.with_recipe(Container::Vector, Handle::make);
            // Caught, so that the handle is put back.
            let made = catch_unwind(AssertUnwindSafe(|| lent.lent(plain)));
            machine.roots.push(lent);
            let last = machine.roots.len() - 1;
            machine.roots.swap(index, last);
            made.unwrap_or_else(|panic| resume_unwind(panic))
        });
        if let Some(made) = made {
            let made_id = made.as_ref().map(|handle| Some(handle.id()));
            assert_eq!(made_id, expected, "the object made while another was lent");
            made.into_iter().for_each(|handle| self.keep(handle));
        }
    }

    // Copy on write.

    fn make_mut(&mut self, object: u8, panics: bool) {
        let Some(index) = pick(object, self.roots.len()) else { return };
        let id = self.oracle.roots[index];
        if self.oracle.object(id).strong == 1 {
            if !self.oracle.is_unique(id) {
                self.oracle.move_value(id);
                note_husk(&self.log);
            }
        } else if panics {
            self.oracle.has_panicked = true;
        } else if let Some(clone) = self.oracle.clone_value(id) {
            self.oracle.roots[index] = clone;
        }
        self.act(|machine| {
            let Machine { roots, log, .. } = machine;
            let make_mut = || catch_unwind(AssertUnwindSafe(|| roots[index].make_mut(log)));
            with_clones_that_panic(panics, make_mut).unwrap_or_else(|panic| resume_unwind(panic));
        });
    }

    // Objects that know themselves.

    fn make_cyclic(&mut self, container: Container, generation: usize) {
        let id = self.oracle.make(Kind::Small, Behaviour::Plain, None);
        if let Some(id) = id {
            // It is not there while the collection runs.
            self.oracle.object_mut(id).is_alive = false;
            self.oracle.collect_unbuilt(generation);
            let object = self.oracle.object_mut(id);
            object.is_alive = true;
            object.weaks.push(id);
        }
        let generation = Generation::try_from(generation).expect("there are three");
        self.act(|machine| {
            let mut panic = None;
            let made = machine.with_recipe(container, |recipe| {
                Handle::make_cyclic(recipe, || {
                    let collect = || gc::collect_generation(generation);
                    panic = catch_unwind(AssertUnwindSafe(collect)).err();
                })
            });
            machine.keep(made);
            if let Some(panic) = panic {
                resume_unwind(panic);
            }
        });
    }
}
