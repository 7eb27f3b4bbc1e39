//! What a heap keeps about its objects outside of them: the entries that wait for each key of a
//! weak map, its interned text, and its small integers.
//!
//! A thread has [`Tables`] for its own heap. An isolate brings its own, so that what is in them goes
//! where the heap goes.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use std::collections::HashMap;

use crate::memory::heap::Heap;
use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::object::shrink::shrink_if_sparse;
use crate::watch::by_address::ByAddress;
use crate::watch::entry::EntryPtr;
use crate::watch::texts::Texts;

/// The first entry of each key.
type FirstEntries = HashMap<ObjPtr, EntryPtr, ByAddress>;

/// The tables of a heap. They keep no memory when they are empty.
pub(crate) struct Tables {
    first_entries: RefCell<FirstEntries>,
    texts: RefCell<Texts>,
    /// One object for each small integer, once somebody asked for one; each with a handle.
    integers: RefCell<Vec<ObjPtr>>,
}

std::thread_local! {
    /// Without `Drop`, so that objects can die in other thread-locals' drops.
    static TABLES: ManuallyDrop<Tables> = const { ManuallyDrop::new(Tables::new()) };
}

impl Tables {
    /// Those of a heap without objects.
    pub(crate) const fn new() -> Tables {
        Tables {
            first_entries: RefCell::new(HashMap::with_hasher(ByAddress::new())),
            texts: RefCell::new(Texts::new()),
            integers: RefCell::new(Vec::new()),
        }
    }

    /// Those of the heap that the thread is in.
    pub(crate) fn current() -> &'static Tables {
        Tables::of_heap(Heap::current())
    }

    /// Those of the heap that `object` lies in.
    pub(crate) fn of(object: ObjPtr) -> &'static Tables {
        Tables::of_heap(Heap::of(object))
    }

    fn of_heap(heap: &Heap) -> &'static Tables {
        if let Some(tables) = heap.tables() {
            // SAFETY: by the invariants of `Whole` these are the heap's tables, which are there as
            // long as the heap.
            return unsafe { tables.cast::<Tables>().as_ref() };
        }
        TABLES.with(|tables| {
            let tables: *const Tables = &raw const **tables;
            // SAFETY: a thread-local without `Drop` is valid as long as its thread runs code, and
            // `Tables` is not `Sync`, so that the reference does not leave the thread.
            unsafe { &*tables }
        })
    }

    // Entries of weak maps.

    /// Lends the first entries of the keys.
    pub(super) fn with_first_entries<R>(&self, use_them: impl FnOnce(&mut FirstEntries) -> R) -> R {
        let mut entries = self.first_entries.borrow_mut();
        let result = use_them(&mut entries);
        if entries.is_empty() {
            *entries = HashMap::default();
        } else {
            shrink_if_sparse(&mut *entries);
        }
        result
    }

    /// Whether a weak map has an entry whose key is in the heap.
    pub(super) fn has_keys(&self) -> bool {
        !self.first_entries.borrow().is_empty()
    }

    /// The first entry of `key`.
    pub(super) fn first_entry(&self, key: ObjPtr) -> Option<EntryPtr> {
        self.first_entries.borrow().get(&key).copied()
    }

    // Interned text.

    /// The value of the object for `text`, if there is one.
    pub(crate) fn interned(&self, text: &str) -> Option<NonNull<str>> {
        self.texts.borrow().get(text)
    }

    /// From now on `value` is the one for its text.
    ///
    /// # Safety
    ///
    /// It is the value of an object of this heap that is alive. Nobody gets a `&mut` to it while the
    /// object [is interned](is_interned).
    pub(crate) unsafe fn intern(&self, value: NonNull<str>) {
        // SAFETY: as promised by the caller, and it is forgotten when the object dies.
        let object = unsafe { self.texts.borrow_mut().add(value) };
        object.set(Flags::OBSERVED);
    }

    /// How many texts there is room for.
    #[cfg(test)]
    pub(crate) fn room_for_texts(&self) -> usize {
        self.texts.borrow().capacity()
    }

    // Small integers.

    /// The objects of the small integers; none if nobody asked for one so far.
    pub(crate) fn integers(&self) -> &RefCell<Vec<ObjPtr>> {
        &self.integers
    }
}

/// Whether `object` is the one for its text.
pub(crate) fn is_interned(object: ObjPtr) -> bool {
    object.has(Flags::OBSERVED) && Tables::of(object).texts.borrow().has(object)
}

/// From now on `object` is not the one for its text, if it was: it dies.
pub(super) fn forget_text(object: ObjPtr) {
    Tables::of(object).texts.borrow_mut().forget(object);
}
