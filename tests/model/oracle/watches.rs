//! What the oracle knows of weak handles with a callback, and of weak maps.

use super::{Id, Oracle};

/// A weak handle with a callback.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) target: Id,
    /// Who owns its handles: objects, or `None` for the program.
    pub(crate) holders: Vec<Option<Id>>,
    /// It was cleared, or dropped: its callback runs no more.
    pub(crate) is_done: bool,
    /// Its callback ran since the last check.
    pub(crate) is_called: bool,
    /// Its target died since the last check, not by a collection.
    is_orphaned: bool,
    /// The last of its owners died since the last check.
    is_released: bool,
}

impl Watch {
    /// Looks at `target`, owned by the program.
    pub(crate) fn new(target: Id) -> Watch {
        Watch {
            target,
            holders: vec![None],
            is_done: false,
            is_called: false,
            is_orphaned: false,
            is_released: false,
        }
    }

    /// `from` gives one of its handles to `to`.
    pub(crate) fn hand_over(&mut self, from: Option<Id>, to: Option<Id>) {
        if let Some(holder) = self.holders.iter_mut().find(|holder| **holder == from) {
            *holder = to;
        }
    }

    /// The program drops one of its handles.
    pub(crate) fn give_up(&mut self) {
        if let Some(position) = self.holders.iter().position(Option::is_none) {
            self.holders.swap_remove(position);
        }
        self.is_done |= self.holders.is_empty();
    }
}

impl Oracle {
    /// An object dies: its watches call, and those that it owns go.
    pub(super) fn note_death(&mut self, id: Id) {
        for watch in self.watches.iter_mut().filter(|watch| !watch.is_done) {
            watch.is_orphaned |= watch.target == id;
            watch.holders.retain(|&holder| holder != Some(id));
            watch.is_released |= watch.holders.is_empty();
        }
    }

    /// A collection found `unreachable`: watches that are garbage themselves are
    /// cleared, and the others that look at it call.
    pub(super) fn call_callbacks(&mut self, unreachable: &[Id]) {
        let is_there =
            |watch: &&mut Watch| !watch.is_done && !watch.is_released && !watch.is_orphaned;
        for watch in self.watches.iter_mut().filter(is_there) {
            let is_garbage_too =
                |holder: &Option<Id>| holder.is_some_and(|holder| unreachable.contains(&holder));
            let is_garbage = watch.holders.iter().all(is_garbage_too);
            let is_orphaned = unreachable.contains(&watch.target);
            watch.is_called |= is_orphaned && !is_garbage;
            watch.is_done = is_orphaned || is_garbage;
        }
    }

    /// An object is gone though its value is not: all its watches call.
    pub(super) fn call_watches_of(&mut self, id: Id) {
        for watch in self.watches.iter_mut().filter(|watch| !watch.is_done && watch.target == id) {
            (watch.is_called, watch.is_done) = (true, true);
        }
    }

    /// The program clones the weak handles with a callback that an object owns;
    /// the numbers of their watches.
    pub(super) fn clone_watches_of(&mut self, owner: Id) -> Vec<usize> {
        let mut cloned = Vec::new();
        for (number, watch) in self.watches.iter_mut().enumerate() {
            let handles = watch.holders.iter().filter(|&&holder| holder == Some(owner)).count();
            watch.holders.extend(vec![None; handles]);
            cloned.extend(vec![number; handles]);
        }
        cloned
    }

    /// Drops such clones, in the middle of something.
    pub(super) fn release_watches(&mut self, numbers: &[usize]) {
        for &number in numbers {
            let watch = &mut self.watches[number];
            let was_done = watch.is_done;
            watch.give_up();
            watch.is_released |= watch.is_done && !was_done;
            watch.is_done = was_done;
        }
    }

    /// Compares the callbacks that ran since the last check, in their order.
    ///
    /// If the owner of a weak handle and its target died together, the callback
    /// ran or did not: values are dropped in an order that is not defined.
    pub(crate) fn check_callbacks(&mut self, called: &[u32]) {
        for (number, watch) in self.watches.iter_mut().enumerate() {
            let times = called.iter().filter(|&&other| other as usize == number).count();
            if watch.is_orphaned && watch.is_released {
                assert!(times <= 1, "callback {number} ran {times} times");
            } else {
                let expected = usize::from(watch.is_called || watch.is_orphaned);
                assert_eq!(times, expected, "how often callback {number} ran");
            }
            watch.is_done |= watch.is_orphaned || watch.is_released;
            (watch.is_called, watch.is_orphaned, watch.is_released) = (false, false, false);
        }
        let target = |number: u32| self.watches[number as usize].target;
        for (position, &later) in called.iter().enumerate() {
            let earlier = &called[..position];
            let is_newest_first =
                earlier.iter().all(|&other| other > later || target(other) != target(later));
            assert!(is_newest_first, "the order of callbacks: {called:?}");
        }
    }

    // Weak maps.

    /// The entry for `key` in the map of `owner`.
    pub(crate) fn entry(&self, owner: Id, key: Id) -> Option<Id> {
        let entries = &self.object(owner).map;
        entries.iter().copied().find(|&entry| self.object(entry).key == Some(key))
    }

    /// Takes an entry out of a map; the caller has its handle now.
    pub(crate) fn detach(&mut self, owner: Id, entry: Id) {
        self.object_mut(owner).map.retain(|&other| other != entry);
    }

    /// Attaches a new entry to `key`, which the collector examines from now on.
    pub(crate) fn attach(&mut self, owner: Id, key: Id, entry: Id) {
        self.object_mut(entry).key = Some(key);
        self.object_mut(owner).map.push(entry);
        let key = self.object_mut(key);
        if !key.is_examined {
            (key.is_examined, key.generation) = (true, 0);
        }
    }

    /// Whether an object is in the map of any.
    pub(crate) fn is_key(&self, id: Id) -> bool {
        let mut entries = self.objects.iter().flat_map(|object| &object.map);
        entries.any(|&entry| self.object(entry).key == Some(id))
    }

    /// Takes all entries of `key` out of their maps.
    pub(super) fn detach_all(&mut self, key: Id) -> Vec<Id> {
        let mut entries = Vec::new();
        let objects = &self.objects;
        let is_of_key = |entry: Id| objects[entry as usize].key == Some(key);
        let owners: Vec<Id> = (0..objects.len() as Id)
            .filter(|&id| objects[id as usize].map.iter().any(|&entry| is_of_key(entry)))
            .collect();
        for owner in owners {
            if let Some(entry) = self.entry(owner, key) {
                self.detach(owner, entry);
                entries.push(entry);
            }
        }
        entries
    }
}
