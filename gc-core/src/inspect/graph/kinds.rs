//! The types and sizes of a heap's objects, in numbers.
//!
//! A heap of a million objects has few types. So each object has the number of its kind, which
//! is a type and a size, and what is known of the kind is looked up once.

use alloc::vec::Vec;
use std::collections::HashMap;

use crate::inspect::graph::heap_graph::{Kind, TypeRecord, narrow};
use crate::object::header::ObjPtr;

/// The types and sizes met so far.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    pub(crate) types: Vec<TypeRecord>,
    pub(crate) found: Vec<Kind>,
    known: HashMap<Key, Known>,
    /// The one that was met last: neighbours are often alike.
    last: Option<(Key, Known)>,
}

/// What tells a kind: the address of the vtable, the size of the value, and
/// that of the slot.
type Key = (usize, usize, usize);

/// What is known of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) kind: u32,
    pub(crate) has_finalizer: bool,
    pub(crate) has_text: bool,
}

impl Kinds {
    /// What is known of `object`, whose slot has so many bytes.
    #[inline]
    pub(crate) fn look_up(&mut self, object: ObjPtr, slot_bytes: usize) -> Known {
        let key = (object.vtable_address(), object.size_of_value(), slot_bytes);
        match self.last {
            Some((last, known)) if last == key => known,
            _ => {
                let known = self.known.get(&key).copied();
                let known = known.unwrap_or_else(|| self.meet(object, key));
                self.last = Some((key, known));
                known
            }
        }
    }

    #[cold]
    fn meet(&mut self, object: ObjPtr, key: Key) -> Known {
        // One type may have several vtables.
        let id = object.type_id();
        let types = &mut self.types;
        let type_index = types.iter().position(|known| known.id == id).unwrap_or_else(|| {
            types.push(TypeRecord { id, name: object.type_name() });
            types.len() - 1
        });
        let (_, size, bytes) = key;
        self.found.push(Kind { type_index: narrow(type_index), size, bytes });
        let kind = narrow(self.found.len() - 1);
        let known =
            Known { kind, has_finalizer: object.has_finalizer(), has_text: object.has_text() };
        self.known.insert(key, known);
        known
    }
}
