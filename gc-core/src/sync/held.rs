//! [`Held`]: objects that a tool holds, so that code of the program can write their texts when no lock
//! is held any more.

use core::fmt;

use crate::sync::backlog;
use crate::sync::deaths;
use crate::sync::header::ObjectPtr;
use crate::sync::lists;
use crate::sync::protocol::dead::Dead;
use crate::sync::protocol::word::{Released, Upgraded};

/// A handle to an object whose value has a text.
///
/// # Invariants
///
/// It is one of the handles that the object counts, so that the value is there, and nobody has it alone.
#[derive(Debug)]
pub(crate) struct Held(ObjectPtr);

impl Held {
    /// Holds the object, if its value has a text, is there, and no thread has it alone.
    ///
    /// The caller runs in the place of a collection, so that nobody decides about the object, and has
    /// pinned it, or knows of a handle that nobody can drop now.
    pub(crate) fn described(object: ObjectPtr) -> Option<Held> {
        // As from a weak handle: the last handle may have been dropped while the object was pinned.
        let is_held = has_text(object) && object.word().upgrade(false) == Upgraded::Made;
        is_held.then(|| Held(object))
    }
}

fn has_text(object: ObjectPtr) -> bool {
    // SAFETY: without a formatter, nothing is read.
    unsafe { (object.tools().describe)(object.any_value(), object.len(), None) }.is_some()
}

impl fmt::Display for Held {
    /// The text of the value.
    ///
    /// Runs user code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = self.0;
        // SAFETY: by the type invariant the value is there and shared, as long as `self` is borrowed.
        let result =
            unsafe { (object.tools().describe)(object.any_value(), object.len(), Some(f)) };
        result.unwrap_or(Ok(()))
    }
}

impl Drop for Held {
    /// The object may be in a cycle that nothing else has held, so that it becomes a candidate if others
    /// hold it, as what the look has examined. If this was the last handle, what runs code of the
    /// program is left to another thread: this one may hold any lock.
    fn drop(&mut self) {
        match self.0.word().release() {
            Released::Kept => {}
            Released::NewCandidate => lists::leave_to_all(self.0),
            Released::Last(burial) => {
                let mut dead = Dead::new();
                dead.bury(self.0, burial);
                reclaim(dead);
            }
        }
    }
}

/// Reclaims here what runs no code of the program, unless a drop is under way.
fn reclaim(dead: Dead<ObjectPtr>) {
    if deaths::are_under_way() {
        return backlog::leave(dead);
    }
    let (loud, panics) = deaths::reclaim_quietly(dead);
    backlog::leave(loud);
    // The hook has reported them.
    drop(panics);
}
