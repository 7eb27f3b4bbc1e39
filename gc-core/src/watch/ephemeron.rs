//! Entries of weak maps, and which of them wait for which key.
//!
//! An ephemeron is an entry whose value lives as long as its map *and* its key. Each
//! entry is an object of its own, with one handle, which the table of its map has. The
//! [`Tables`] of the key's heap lead from the key to its entries, so that they are removed
//! when the key dies, and so that a collection that looks at the key finds them:
//!
//! ```text
//!   table of map 1: key --> entry <-.      tables of the heap: key --> first entry
//!                                   | list of the key's entries
//!   table of map 2: key --> entry <-'
//! ```
//!
//! Types are erased here: the map knows which they are. No user code runs in
//! this file, and nothing is allocated on the collected heap, so a table is
//! never found borrowed. See `collect::ephemerons` for the algorithm.

use core::{iter, mem};

use crate::memory::heap::Heap;
use crate::object::flags::Flags;
use crate::object::generation::Stamp;
use crate::object::header::ObjPtr;
use crate::watch::entry::{EntryPtr, TableRef};
use crate::watch::tables::Tables;

impl EntryPtr {
    /// Puts the entry into the list of `key`.
    fn link_to(self, key: ObjPtr, table: TableRef) {
        let first = Tables::of(key).with_first_entries(|entries| entries.insert(key, self));
        let link = self.link();
        link.key.set(Some(key));
        link.table.set(Some(table));
        link.next.set(first);
        if let Some(first) = first {
            first.link().previous.set(Some(self));
        }
        observe(key);
    }

    /// Takes the entry out of the list of its key.
    fn unlink(self) {
        let link = self.link();
        let Some(key) = link.key.take() else { return };
        link.table.set(None);
        let (previous, next) = (link.previous.take(), link.next.take());
        if let Some(next) = next {
            next.link().previous.set(previous);
        }
        if let Some(previous) = previous {
            return previous.link().next.set(next);
        }
        Tables::of(key).with_first_entries(|entries| match next {
            Some(next) => entries.insert(key, next),
            None => entries.remove(&key),
        });
    }
}

/// Makes sure that the death of `key` is noticed, and also that it becomes unreachable.
fn observe(key: ObjPtr) {
    key.set(Flags::OBSERVED);
    if key.has(Flags::UNTRACKED) {
        // Now it leads somewhere: to the values of its entries. They may lead
        // back, whatever its type says.
        key.clear(Flags::UNTRACKED);
        key.set_stamp(Stamp::born(Heap::of(key).epochs().now()));
    }
}

/// Whether a weak map has an entry whose key is in the heap that the thread is in.
pub(crate) fn is_in_use() -> bool {
    Tables::current().has_keys()
}

/// Whether a weak map has an entry with this key.
pub(crate) fn is_key(object: ObjPtr) -> bool {
    object.has(Flags::OBSERVED) && entries_of(object).next().is_some()
}

/// The entries of `key` in all maps.
pub(crate) fn entries_of(key: ObjPtr) -> impl Iterator<Item = EntryPtr> {
    let first = Tables::of(key).first_entry(key);
    iter::successors(first, |entry| entry.link().next.get())
}

/// Takes all entries of `key` out of their maps, and links them, with the handles that
/// the maps had, before those `detached` already; returns the first.
pub(crate) fn detach(key: ObjPtr, detached: Option<EntryPtr>) -> Option<EntryPtr> {
    let mut next = Tables::of(key).with_first_entries(|entries| entries.remove(&key));
    let mut first = detached;
    while let Some(entry) = next {
        let link = entry.link();
        next = link.next.replace(first);
        first = Some(entry);
        link.previous.set(None);
        link.key.set(None);
        if let Some(table) = link.table.take() {
            let _: Option<EntryPtr> = table.get().take(key);
        }
    }
    first
}

// Tables of maps.

impl TableRef {
    /// Puts in `entry`, whose one handle the table takes over, and returns the
    /// entry that was there, with its handle.
    #[must_use = "the handle must be given up"]
    pub(crate) fn insert(self, key: ObjPtr, entry: EntryPtr) -> Option<EntryPtr> {
        let old = self.get().entries.borrow_mut().insert(key, entry);
        if let Some(old) = old {
            old.unlink();
        }
        entry.link_to(key, self);
        old
    }

    /// Takes out the entry of `key` and returns it with its handle.
    #[must_use = "the handle must be given up"]
    pub(crate) fn remove(self, key: ObjPtr) -> Option<EntryPtr> {
        let entry = self.get().take(key)?;
        entry.unlink();
        Some(entry)
    }

    /// Takes out all entries, links them with their handles, and returns the first.
    #[must_use = "the handles must be given up"]
    pub(crate) fn take_all(self) -> Option<EntryPtr> {
        let entries = mem::take(&mut *self.get().entries.borrow_mut());
        entries.into_values().fold(None, |first, entry| {
            entry.unlink();
            entry.link().next.set(first);
            Some(entry)
        })
    }
}
