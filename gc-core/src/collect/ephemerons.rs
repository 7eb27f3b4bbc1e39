//! Ephemerons in a collection: an entry of a weak map is alive if its map holds
//! it *and* its key is alive.
//!
//! An entry is an object like any other, and the edge from its map to it an edge like any
//! other. Only a condition is special: while its key is in the snapshot and has not been
//! found alive, an entry that is found to be held waits. When the key is found alive, the
//! entries that wait for it are alive too; entries that still wait at the end are
//! unreachable. Each entry waits for one key and is released once, so the pass stays
//! linear, however long a chain of entries is.
//!
//! The condition applies to an entry with one handle, that of its table. If the entry has
//! another handle, such as a guard for the value, it is alive unconditionally.
//!
//! `docs/ephemerons.md` argues why this is correct and complete.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use super::arrays::OUTSIDE;
use super::reachability::propagate_liveness;
use crate::object::flags::Flags;
use crate::object::generation::narrow;
use crate::object::header::ObjPtr;
use crate::object::unwind::FirstPanic;
use crate::watch::entry::EntryPtr;
use crate::watch::ephemeron;

/// Entries in a snapshot whose keys are in it too, as indices.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    /// Key and entry.
    pairs: Vec<(u32, u32)>,
}

impl Conditions {
    /// Keys in the snapshot, and the entries that depend on them.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(super) fn pairs(&self) -> &[(u32, u32)] {
        &self.pairs
    }

    /// Notes that `entry` depends on `key`.
    pub(crate) fn add(&mut self, key: u32, entry: u32) -> Result<(), TryReserveError> {
        self.pairs.try_reserve(1)?;
        self.pairs.push((key, entry));
        Ok(())
    }
}

/// The entries of `key` that are alive only if it is.
pub(crate) fn conditional_entries(key: ObjPtr) -> impl Iterator<Item = ObjPtr> {
    let entries = ephemeron::entries_of(key).map(EntryPtr::object);
    entries.filter(|entry| entry.strong() == 1 && !entry.has(Flags::UNTRACKED))
}

/// No key, in [`Pass::key_of`].
const UNCONDITIONAL: u32 = u32::MAX;

/// [`propagate_liveness`] with conditions: if there are any, raises the count of
/// what is alive to [`REACHABLE`], and sets it to 0 for all else.
pub(crate) fn propagate_conditionally(
    refs: &mut [u32],
    first_edge: &[u32],
    edges: &[u32],
    pending: &mut Vec<u32>,
    conditions: &Conditions,
) -> Result<usize, TryReserveError> {
    if conditions.pairs.is_empty() {
        return propagate_liveness(refs, first_edge, edges, pending);
    }
    let mut pass = Pass::new(refs, conditions)?;
    for start in 0..pass.refs.len() {
        if pass.refs[start] != 0 {
            pass.reach(narrow(start))?;
        }
        while let Some(object) = pass.pending.pop() {
            let object = object as usize;
            for &target in &edges[first_edge[object] as usize..first_edge[object + 1] as usize] {
                if target != OUTSIDE {
                    pass.reach(target)?;
                }
            }
            for position in pass.first_entry[object]..pass.first_entry[object + 1] {
                let entry = pass.entries[position as usize];
                if pass.refs[entry as usize] == WAITING {
                    pass.reach(entry)?;
                }
            }
        }
    }
    for &(_, entry) in &conditions.pairs {
        let refs = &mut refs[entry as usize];
        if *refs == WAITING {
            *refs = 0;
        }
    }
    Ok(refs.iter().filter(|&&refs| refs == 0).count())
}

/// The count of an object that was found alive.
const REACHABLE: u32 = u32::MAX;

/// The count of an entry that is held but whose key was not found alive so far.
const WAITING: u32 = REACHABLE - 1;

/// The state of the pass.
struct Pass<'a> {
    refs: &'a mut [u32],
    /// The key of each object that is an entry, otherwise [`UNCONDITIONAL`].
    key_of: Vec<u32>,
    /// The entries of object `i` are
    /// `entries[first_entry[i]..first_entry[i + 1]]`.
    first_entry: Vec<u32>,
    entries: Vec<u32>,
    pending: Vec<u32>,
}

impl<'a> Pass<'a> {
    fn new(refs: &'a mut [u32], conditions: &Conditions) -> Result<Self, TryReserveError> {
        let count = refs.len();
        let mut key_of = filled(count, UNCONDITIONAL)?;
        let mut first_entry = filled(count + 1, 0)?;
        let mut entries = filled(conditions.pairs.len(), 0)?;
        for &(key, entry) in &conditions.pairs {
            key_of[entry as usize] = key;
            first_entry[key as usize] += 1;
        }
        // A counting sort by key: first to where the entries of each key end,
        // then back to where they start.
        let mut end = 0;
        for first in &mut first_entry {
            end += *first;
            *first = end;
        }
        for &(key, entry) in &conditions.pairs {
            first_entry[key as usize] -= 1;
            entries[first_entry[key as usize] as usize] = entry;
        }
        Ok(Pass { refs, key_of, first_entry, entries, pending: Vec::new() })
    }

    /// Object number `index` is held: it is alive, or waits for its key.
    fn reach(&mut self, index: u32) -> Result<(), TryReserveError> {
        let refs = &mut self.refs[index as usize];
        if *refs == REACHABLE {
            return Ok(());
        }
        *refs = REACHABLE;
        let key = self.key_of[index as usize];
        if key != UNCONDITIONAL && self.refs[key as usize] != REACHABLE {
            self.refs[index as usize] = WAITING;
            return Ok(());
        }
        self.pending.try_reserve(1)?;
        self.pending.push(index);
        Ok(())
    }
}

fn filled(count: usize, value: u32) -> Result<Vec<u32>, TryReserveError> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(count)?;
    vector.resize(count, value);
    Ok(vector)
}

// Entries whose keys are gone.

/// Handles to entries that were taken out of their maps since their keys die, or the map.
///
/// They are linked to each other: an object can die when memory has run out.
#[derive(Debug)]
pub(crate) struct Detached {
    first: Option<EntryPtr>,
    /// Gives one of them up, which is not used again; runs user code.
    give_up: unsafe fn(ObjPtr),
}

impl Detached {
    /// Takes the entries of all dying `keys` out of their maps; `give_up` is how
    /// a handle to one is given up.
    pub(crate) fn from_keys(
        keys: impl Iterator<Item = ObjPtr>,
        give_up: unsafe fn(ObjPtr),
    ) -> Detached {
        let keys = keys.filter(|key| key.has(Flags::OBSERVED));
        let first = keys.fold(None, |entries, key| ephemeron::detach(key, entries));
        Detached { first, give_up }
    }

    /// All entries of a map, of which `first` is the first.
    pub(crate) fn of_map(first: Option<EntryPtr>, give_up: unsafe fn(ObjPtr)) -> Detached {
        Detached { first, give_up }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Gives the handles up; returns the first panic of a value's drop.
    ///
    /// Runs user code: drops of values.
    pub(crate) fn release(mut self) -> FirstPanic {
        self.release_all()
    }

    fn release_all(&mut self) -> FirstPanic {
        let mut panics = FirstPanic::none();
        while let Some(entry) = self.first {
            self.first = entry.take_next();
            // SAFETY: the handle was taken out of its map, and out of this list.
            panics.catch(|| unsafe { (self.give_up)(entry.object()) });
        }
        panics
    }
}

impl Drop for Detached {
    /// When the thread is already unwinding.
    fn drop(&mut self) {
        drop(self.release_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// Runs the pass on counts of external handles, a list of edges, and a list
    /// of keys with their entries.
    fn reachable(external: &[u32], edges: &[(u32, u32)], pairs: &[(u32, u32)]) -> Vec<bool> {
        let mut refs = external.to_vec();
        let mut first_edge = vec![0];
        let mut targets = Vec::new();
        for owner in 0..narrow(external.len()) {
            targets.extend(edges.iter().filter(|edge| edge.0 == owner).map(|edge| edge.1));
            first_edge.push(narrow(targets.len()));
        }
        let mut conditions = Conditions::default();
        for &(key, entry) in pairs {
            conditions.add(key, entry).unwrap();
        }
        propagate_conditionally(&mut refs, &first_edge, &targets, &mut Vec::new(), &conditions)
            .unwrap();
        assert!(refs.iter().all(|&refs| refs == REACHABLE || refs == 0));
        refs.iter().map(|&refs| refs == REACHABLE).collect()
    }

    #[test]
    fn an_entry_that_holds_its_own_key_is_unreachable() {
        assert_eq!(reachable(&[0, 1], &[(1, 0)], &[(0, 1)]), [false, false]);
    }

    #[test]
    fn an_entry_is_reachable_if_its_map_and_its_key_are() {
        // 0 is the map, 1 the key, 2 the entry, 3 its value.
        let edges = [(0, 2), (2, 3)];
        assert_eq!(reachable(&[1, 1, 0, 0], &edges, &[(1, 2)]), [true, true, true, true]);
        assert_eq!(reachable(&[1, 0, 0, 0], &edges, &[(1, 2)]), [true, false, false, false]);
        assert_eq!(reachable(&[0, 1, 0, 0], &edges, &[(1, 2)]), [false, true, false, false]);
    }

    #[test]
    fn chains_are_followed_in_any_order() {
        // Keys are even, each entry holds the next key.
        let edges = [(1, 2), (3, 4), (5, 0)];
        let pairs = [(0, 1), (2, 3), (4, 5)];
        assert_eq!(reachable(&[0, 1, 0, 1, 0, 1], &edges, &pairs), [false; 6]);
        assert_eq!(reachable(&[0, 1, 0, 1, 1, 1], &edges, &pairs), [true; 6]);
        assert_eq!(reachable(&[1, 1, 0, 1, 0, 1], &edges, &pairs), [true; 6]);
    }

    #[test]
    fn a_key_may_have_many_entries() {
        let pairs = [(0, 1), (0, 2), (0, 3)];
        assert_eq!(reachable(&[1, 1, 0, 1], &[], &pairs), [true, true, false, true]);
        assert_eq!(reachable(&[0, 1, 0, 1], &[], &pairs), [false; 4]);
    }
}
