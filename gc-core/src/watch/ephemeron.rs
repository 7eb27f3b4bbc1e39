//! Entries of weak maps, and which of them wait for which key.
//!
//! An ephemeron is an entry whose value lives as long as its map *and* its key. Each
//! entry is an object of its own, with one handle, which the [`Table`] of its map has. A
//! registry leads from a key to its entries, so that they are removed when the key dies,
//! and so that a collection that looks at the key finds them:
//!
//! ```text
//!   table of map 1: key --> entry <-.          registry: key --> first entry
//!                                   | list of the key's entries
//!   table of map 2: key --> entry <-'
//! ```
//!
//! Types are erased here: the map knows which they are. No user code runs in
//! this file, and nothing is allocated on the collected heap, so a table is
//! never found borrowed. See `collect::ephemerons` for the algorithm.

use alloc::boxed::Box;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::hash::{BuildHasherDefault, Hasher};
use core::iter;
use core::mem::{self, ManuallyDrop};
use core::ptr::NonNull;
use std::collections::HashMap;

use crate::memory::heap::Heap;
use crate::object::flags::Flags;
use crate::object::generation::Stamp;
use crate::object::header::ObjPtr;
use crate::object::shrink::{shrink_if_sparse, shrink_to};

/// The start of an entry's value.
///
/// An entry is linked while its table holds it; then `key` and `table` are there
/// and the entry is in the list of the key's entries. After that `next` links it to others
/// that were [detached](detach) with it.
#[derive(Default)]
pub(crate) struct Link {
    key: Cell<Option<ObjPtr>>,
    table: Cell<Option<TableRef>>,
    previous: Cell<Option<EntryPtr>>,
    next: Cell<Option<EntryPtr>>,
}

/// An object that is an entry.
///
/// # Invariants
///
/// As for [`ObjPtr`], and the value of the object starts with a [`Link`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct EntryPtr(ObjPtr);

impl EntryPtr {
    /// The entry that `object` is.
    ///
    /// # Safety
    ///
    /// The invariants of the type hold for it.
    pub(crate) unsafe fn from_object(object: ObjPtr) -> EntryPtr {
        EntryPtr(object)
    }

    /// The object that the entry is.
    pub(crate) fn object(self) -> ObjPtr {
        self.0
    }

    fn link(&self) -> &Link {
        // SAFETY: by the type invariant; the link consists of cells, so other
        // pointers to it may write through them.
        unsafe { self.0.value().cast::<Link>().as_ref() }
    }

    /// The key, while the entry is in a table.
    pub(crate) fn key(self) -> Option<ObjPtr> {
        self.link().key.get()
    }

    /// Takes the entry off the start of a list of [detached](detach) ones, and returns the
    /// next.
    pub(crate) fn take_next(self) -> Option<EntryPtr> {
        self.link().next.take()
    }

    /// Puts the entry into the list of `key`.
    fn link_to(self, key: ObjPtr, table: TableRef) {
        let first = with_registry(|registry| registry.insert(key, self));
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
        match (previous, next) {
            (Some(previous), _) => previous.link().next.set(next),
            (None, Some(next)) => drop(with_registry(|registry| registry.insert(key, next))),
            (None, None) => drop(with_registry(|registry| registry.remove(&key))),
        }
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

// The registry.

/// The first entry of each key.
type Registry = HashMap<ObjPtr, EntryPtr, ByAddress>;

std::thread_local! {
    /// Without `Drop`, so that objects can die in other thread-locals' drops;
    /// it keeps no memory when the last entry is gone.
    static REGISTRY: ManuallyDrop<RefCell<Registry>> = const {
        ManuallyDrop::new(RefCell::new(HashMap::with_hasher(ByAddress::new())))
    };
}

fn with_registry<R>(use_it: impl FnOnce(&mut Registry) -> R) -> R {
    REGISTRY.with(|registry| {
        let mut registry = registry.borrow_mut();
        let result = use_it(&mut registry);
        if registry.is_empty() {
            *registry = HashMap::default();
        } else {
            shrink_if_sparse(&mut *registry);
        }
        result
    })
}

/// Whether a weak map of this thread has an entry.
pub(crate) fn is_in_use() -> bool {
    REGISTRY.with(|registry| !registry.borrow().is_empty())
}

/// Whether a weak map has an entry with this key.
pub(crate) fn is_key(object: ObjPtr) -> bool {
    object.has(Flags::OBSERVED) && entries_of(object).next().is_some()
}

/// The entries of `key` in all maps.
pub(crate) fn entries_of(key: ObjPtr) -> impl Iterator<Item = EntryPtr> {
    let first = REGISTRY.with(|registry| registry.borrow().get(&key).copied());
    iter::successors(first, |entry| entry.link().next.get())
}

/// Takes all entries of `key` out of their maps, and links them, with the handles that
/// the maps had, before those `detached` already; returns the first.
pub(crate) fn detach(key: ObjPtr, detached: Option<EntryPtr>) -> Option<EntryPtr> {
    let mut next = with_registry(|registry| registry.remove(&key));
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

// Tables.

/// The entries of one map, by key.
#[derive(Default)]
pub(crate) struct Table {
    entries: RefCell<HashMap<ObjPtr, EntryPtr, ByAddress>>,
}

impl Table {
    /// Takes an entry out, still linked, with the memory that nothing needs any more.
    fn take(&self, key: ObjPtr) -> Option<EntryPtr> {
        let mut entries = self.entries.borrow_mut();
        let entry = entries.remove(&key)?;
        shrink_if_sparse(&mut entries);
        Some(entry)
    }
}

/// A table, which stays where it is when its map moves.
///
/// # Invariants
///
/// Points at an initialised [`Table`] that was not [freed](TableRef::free).
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct TableRef(NonNull<Table>);

impl TableRef {
    /// An empty table.
    pub(crate) fn new() -> TableRef {
        TableRef(NonNull::from(Box::leak(Box::default())))
    }

    /// Frees an empty table.
    ///
    /// # Safety
    ///
    /// It is empty, and not used again.
    pub(crate) unsafe fn free(self) {
        // SAFETY: `new` leaked this box.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }

    fn get(&self) -> &Table {
        // SAFETY: by the type invariant; all that changes is in a cell.
        unsafe { self.0.as_ref() }
    }

    /// The number of entries.
    pub(crate) fn len(self) -> usize {
        self.get().entries.borrow().len()
    }

    /// The number of entries that there is room for.
    pub(crate) fn capacity(self) -> usize {
        self.get().entries.borrow().capacity()
    }

    /// Gives back the memory of entries that are not there, if there is memory to do so.
    pub(crate) fn shrink_to_fit(self) {
        shrink_to(&mut self.get().entries.borrow_mut(), 0);
    }

    /// The entry of `key`.
    pub(crate) fn entry(self, key: ObjPtr) -> Option<EntryPtr> {
        self.get().entries.borrow().get(&key).copied()
    }

    /// Calls `visit` with each entry. It must not change the table.
    pub(crate) fn for_each(self, visit: impl FnMut(EntryPtr)) {
        self.get().entries.borrow().values().copied().for_each(visit);
    }

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

impl fmt::Debug for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TableRef").field(&self.len()).finish()
    }
}

// Hashing.

/// Hashes objects by their address.
pub(crate) type ByAddress = BuildHasherDefault<AddressHasher>;

/// Spreads an address over all bits. Addresses are no secret and cannot be
/// chosen, so this needs no more than one multiplication.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        const SPREAD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
        let product = u128::from(self.0 ^ address as u64).wrapping_mul(SPREAD);
        self.0 = (product >> 64) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
