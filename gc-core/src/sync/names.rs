//! The names that the program gives to single objects, for heap tools.
//!
//! They stand in a table of the process, each with a weak handle to its object. The handle keeps
//! the slot, so that no other object can take the address, and so the name, while the entry is there. Entries of dead objects are
//! taken out when names are given, at most once for as many names as are left.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::sync::header::ObjectPtr;
use crate::sync::protocol::weak;

/// What the objects are called. No code of the program runs while it is locked.
static NAMED: Mutex<Named> = Mutex::new(Named { entries: BTreeMap::new(), most: FEW });

/// So many entries are not worth looking through.
const FEW: usize = 32;

/// # Invariants
///
/// The key of an entry is the address of its object.
struct Named {
    entries: BTreeMap<NonZeroUsize, Entry>,
    /// With more entries than this, those of dead objects are looked for.
    most: usize,
}

struct Entry {
    object: Slot,
    name: Arc<str>,
}

/// # Invariants
///
/// It is one of the weak handles that the object counts.
struct Slot(ObjectPtr);

impl Slot {
    /// Keeps the slot of an object that the caller has a handle to.
    fn keep(object: ObjectPtr) -> Slot {
        weak::downgrade(object);
        Slot(object)
    }

    fn is_dead(&self) -> bool {
        self.0.word().live_count() == 0
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        weak::release(self.0);
    }
}

fn named() -> MutexGuard<'static, Named> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names an object that the caller has a handle to; an empty name takes the name away.
pub(crate) fn give(object: ObjectPtr, name: &str) {
    let address = object.address().addr();
    let mut named = named();
    if name.is_empty() {
        named.entries.remove(&address);
        return;
    }
    let entry = Entry { object: Slot::keep(object), name: name.into() };
    named.entries.insert(address, entry);
    if named.entries.len() > named.most {
        named.entries.retain(|_, entry| !entry.object.is_dead());
        named.most = FEW.max(2 * named.entries.len());
    }
}

/// All names, each with the address of a value; these increase.
///
/// A value that the caller keeps in its slot is the one that was named.
pub(crate) fn all() -> Vec<(usize, Arc<str>)> {
    let named = named();
    let entries = named.entries.values();
    entries.map(|entry| (entry.object.0.any_value().addr().get(), entry.name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::gc_ptr::Gc;

    #[test]
    fn the_table_forgets_the_dead() {
        let kept = Gc::new(0_usize);
        give(kept.object(), "kept");
        for number in 0..10 * FEW {
            give(Gc::new(number).object(), "gone");
            assert!(named().entries.len() <= FEW + 1);
        }
        assert!(all().iter().any(|(_, name)| &**name == "kept"));
        give(kept.object(), "");
        assert!(all().iter().all(|(_, name)| &**name == "gone"));
    }
}
