//! Entries of weak maps, and the tables that they are in.
//!
//! Types are erased here: the map knows which they are.

use alloc::boxed::Box;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::ptr::NonNull;
use std::collections::HashMap;

use crate::object::header::ObjPtr;
use crate::object::shrink::{shrink_if_sparse, shrink_to};
use crate::watch::by_address::ByAddress;

/// The start of an entry's value.
///
/// An entry is linked while its table holds it; then `key` and `table` are there
/// and the entry is in the list of the key's entries. After that `next` links it to others
/// that were [detached](super::ephemeron::detach) with it.
#[derive(Default)]
pub(crate) struct Link {
    pub(super) key: Cell<Option<ObjPtr>>,
    pub(super) table: Cell<Option<TableRef>>,
    pub(super) previous: Cell<Option<EntryPtr>>,
    pub(super) next: Cell<Option<EntryPtr>>,
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

    pub(super) fn link(&self) -> &Link {
        // SAFETY: by the type invariant; the link consists of cells, so other
        // pointers to it may write through them.
        unsafe { self.0.value().cast::<Link>().as_ref() }
    }

    /// The key, while the entry is in a table.
    pub(crate) fn key(self) -> Option<ObjPtr> {
        self.link().key.get()
    }

    /// Takes the entry off the start of a list of [detached](super::ephemeron::detach) ones, and returns the
    /// next.
    pub(crate) fn take_next(self) -> Option<EntryPtr> {
        self.link().next.take()
    }
}

/// The entries of one map, by key.
#[derive(Default)]
pub(crate) struct Table {
    pub(super) entries: RefCell<HashMap<ObjPtr, EntryPtr, ByAddress>>,
}

impl Table {
    /// Takes an entry out, still linked, with the memory that nothing needs any more.
    pub(super) fn take(&self, key: ObjPtr) -> Option<EntryPtr> {
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

    pub(super) fn get(&self) -> &Table {
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
}

impl fmt::Debug for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TableRef").field(&self.len()).finish()
    }
}
