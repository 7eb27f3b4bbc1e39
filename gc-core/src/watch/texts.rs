//! A table of interned text: one object for each text.
//!
//! It holds no handles. The death of an object that is in it takes it out.

use core::borrow::Borrow;
use core::hash::{Hash, Hasher};
use core::ptr::NonNull;
use std::collections::HashMap;

use crate::object::header::ObjPtr;
use crate::object::shrink::shrink_if_sparse;
use crate::watch::by_address::ByAddress;

/// The interned text of a heap.
#[derive(Debug)]
pub(crate) struct Texts(Option<Known>);

/// # Invariants
///
/// The same texts in both. Each is the value of an object that was not freed, and nobody has a
/// `&mut` to it.
#[derive(Debug, Default)]
struct Known {
    by_text: HashMap<Text, ObjPtr>,
    by_object: HashMap<ObjPtr, Text, ByAddress>,
}

impl Texts {
    /// No text.
    pub(super) const fn new() -> Texts {
        Texts(None)
    }

    /// The value that stands for `text`, if its object is alive.
    pub(super) fn get(&self, text: &str) -> Option<NonNull<str>> {
        let (known, object) = self.0.as_ref()?.by_text.get_key_value(text)?;
        (!object.is_dead()).then_some(known.0)
    }

    /// Whether `object` is in it.
    pub(super) fn has(&self, object: ObjPtr) -> bool {
        self.0.as_ref().is_some_and(|known| known.by_object.contains_key(&object))
    }

    /// Puts `value` in, in place of one that dies; returns the object.
    ///
    /// # Safety
    ///
    /// It is the value of an object. As long as that is in the table, it is not freed, and nobody
    /// has a `&mut` to the value.
    pub(super) unsafe fn add(&mut self, value: NonNull<str>) -> ObjPtr {
        let text = Text(value);
        // SAFETY: as promised by the caller.
        let object = unsafe { ObjPtr::from_value(value.cast()) };
        let known = self.0.get_or_insert_default();
        if let Some(old) = known.by_text.remove(text.as_str()) {
            known.by_object.remove(&old);
        }
        known.by_text.insert(text, object);
        known.by_object.insert(object, text);
        object
    }

    /// Takes `object` out, if it is there. An empty table keeps no memory.
    pub(super) fn forget(&mut self, object: ObjPtr) {
        let Some(known) = &mut self.0 else { return };
        let Some(text) = known.by_object.remove(&object) else { return };
        known.by_text.remove(text.as_str());
        if known.by_object.is_empty() {
            self.0 = None;
        } else {
            shrink_if_sparse(&mut known.by_object);
            shrink_if_sparse(&mut known.by_text);
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.0.as_ref().map_or(0, |known| known.by_text.capacity().max(known.by_object.capacity()))
    }
}

/// A text, which is compared as such.
///
/// # Invariants
///
/// It is in the table of a heap; see [`Known`].
#[derive(Clone, Copy, Debug)]
struct Text(NonNull<str>);

impl Text {
    fn as_str(&self) -> &str {
        // SAFETY: by the type invariant.
        unsafe { self.0.as_ref() }
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
