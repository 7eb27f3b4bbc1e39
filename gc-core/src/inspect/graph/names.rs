//! Names that the program gives to single objects.
//!
//! They stand in a table of the thread, each with a weak handle to its object. The handle
//! keeps the slot of the object, so no other object can take the address, and so the name,
//! while the entry is there. Entries of dead objects are taken out when names are given, at
//! most once for as many names as are left: a program that names nothing does not pay, and
//! one that names much does so a constant number of times for each name. A snapshot only
//! reads the table.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use core::cell::RefCell;

use crate::inspect::graph::heap_graph::Record;
use crate::inspect::graph::texts::{Texts, cut};
use crate::pointer::gc_ptr::Gc;
use crate::pointer::weak_ptr::Weak;

std::thread_local! {
    static NAMED: RefCell<Named> = const { RefCell::new(Named::new()) };
}

/// Gives an object a name, which heap tools show wherever the object is: in paths, in
/// pictures, in the page and in the files for the DevTools.
///
/// Name what everything hangs on: the event bus, the cache, the window that is open. A path
/// then begins with a name that you know. An object has one name, and a new one replaces it;
/// an empty one takes it away. The name does not keep the object alive, and goes when the
/// object dies. Of more than 100 characters the first are kept.
///
/// Only an object that has a name pays for it. The name counts as a [`Weak`] to it, with all that
/// follows: [`Gc::get_mut`] does not succeed, [`Gc::make_mut`] moves the value into an object
/// without the name, and the memory of an object that died stays until names that are given later
/// make the table forget it.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, inspect::{self, HeapSnapshot}};
///
/// let bus = Gc::new(vec![Gc::new(1)]);
/// inspect::name(&bus, "event bus");
///
/// let snapshot = HeapSnapshot::capture();
/// assert_eq!(snapshot.get(&bus).unwrap().name(), Some("event bus"));
/// let path = snapshot.path_to_root(&bus[0]).unwrap();
/// assert!(path.to_string().contains(r#""event bus" <alloc::vec::Vec<"#));
/// ```
pub fn name<T: ?Sized>(gc: &Gc<T>, name: impl Into<String>) {
    // What `into` does is done before the table is touched.
    let name = cut(&name.into());
    let object = gc.object();
    let handle = Weak::to_object(object, object.value().cast());
    // When the thread ends there is nobody left to look.
    let replaced = NAMED.try_with(|named| named.borrow_mut().insert(handle, &name));
    drop(replaced);
}

/// What the objects of this thread are called.
///
/// # Invariants
///
/// The key of an entry is the address that its handle refers to.
struct Named {
    entries: BTreeMap<usize, Entry>,
    /// With more entries than this, those of dead objects are looked for.
    most: usize,
}

struct Entry {
    object: Weak<()>,
    name: Arc<str>,
}

/// So many entries are not worth looking through.
const FEW: usize = 32;

impl Named {
    const fn new() -> Named {
        Named { entries: BTreeMap::new(), most: FEW }
    }

    /// Names the object of `handle`; returns what is left to drop.
    fn insert(&mut self, object: Weak<()>, name: &str) -> Option<Entry> {
        let id = object.value_ptr().addr().get();
        if name.is_empty() {
            return self.entries.remove(&id);
        }
        let replaced = self.entries.insert(id, Entry { object, name: name.into() });
        if self.entries.len() > self.most {
            self.entries.retain(|_, entry| entry.object.strong_count() > 0);
            self.most = FEW.max(2 * self.entries.len());
        }
        replaced
    }
}

/// The names of these objects, which are sorted by id.
pub(crate) fn names_of(records: &[Record]) -> Texts {
    let read = |named: &RefCell<Named>| {
        // A `trace` may take a snapshot, but not while the table is written: that runs no
        // code of the program.
        let named = named.borrow();
        let alive = named.entries.iter().filter(|(_, entry)| entry.object.strong_count() > 0);
        names_by_id(records, alive.map(|(&id, entry)| (id, &entry.name)))
    };
    // When the thread ends, names may be gone before the objects.
    NAMED.try_with(read).unwrap_or_default()
}

/// The names of those of these objects that have one. Both are sorted by id.
pub(crate) fn names_by_id(
    records: &[Record],
    names: impl IntoIterator<Item = (usize, impl AsRef<str>)>,
) -> Texts {
    let mut texts = Texts::default();
    for (id, name) in names {
        let index = records.binary_search_by_key(&id, |record| record.id).ok();
        if let Some(index) = index.and_then(|index| u32::try_from(index).ok()) {
            texts.push(index, name.as_ref());
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_forgets_the_dead() {
        std::thread::spawn(|| {
            let kept = Gc::new(0_usize);
            name(&kept, "kept");
            for number in 0..10 * FEW {
                name(&Gc::new(number), "gone");
                NAMED.with(|named| assert!(named.borrow().entries.len() <= FEW + 1));
            }
            name(&kept, "");
            NAMED.with(|named| {
                let named = named.borrow();
                assert!(named.entries.values().all(|entry| &*entry.name == "gone"));
            });
        })
        .join()
        .unwrap();
    }
}
