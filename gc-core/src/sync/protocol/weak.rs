//! What weak handles do with objects.
//!
//! Making a handle from a weak one is a way into an object that begins at no handle. So it is the one
//! thing that a confirmation excludes, for the moment in which it decides.

use crate::sync::protocol::object::Object;
use crate::sync::protocol::word::Upgraded;

/// Counts one more weak handle to an object that the caller has a handle to.
pub(crate) fn downgrade<O: Object>(object: O) {
    object.weak_count().retain();
    object.word().note_weak();
}

/// Counts one more handle to an object that the caller has a weak handle to; whether there is one.
///
/// If the object is under suspicion this refutes it, or waits for the decision.
pub(crate) fn upgrade<O: Object>(object: O) -> bool {
    let upgraded = match object.word().upgrade(false) {
        Upgraded::Undecided => object.undecided(|| object.word().upgrade(true)),
        decided => decided,
    };
    upgraded == Upgraded::Made
}

/// Counts one weak handle less.
pub(crate) fn release<O: Object>(object: O) {
    if object.weak_count().release() {
        // SAFETY: this was the last weak handle, and the object has given up its slot: by the
        // invariant of the count.
        unsafe { object.free() };
    }
}

/// Gives up the slot of an object whose value was dropped, and whose entry in the list of
/// candidates was taken if there was one: it is freed, unless there are weak handles.
pub(crate) fn give_up_slot<O: Object>(object: O) {
    if !object.word().has_weak() || object.weak_count().release() {
        // SAFETY: the value was dropped; there are no handles, no weak ones, and no entry.
        unsafe { object.free() };
    }
}
