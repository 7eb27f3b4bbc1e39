//! [`Generation`]: which objects a collection looks at.
//!
//! An object is old when it was a member of a collection once, and has survived it. What is noted of its
//! place there says so. So no step of a thread counts the age of anything, and nothing is kept for that.

use crate::sync::protocol::members::NOWHERE;
use crate::sync::protocol::object::Object;

/// Which objects a collection looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// Those that no collection has looked at. Whatever refers to them from others counts as held from
    /// outside, so that a cycle that leads through an old object is left to a collection of all.
    Young,
    /// All.
    All,
}

impl Generation {
    /// Whether it looks at this object, if that is no member already.
    pub(crate) fn contains<O: Object>(self, object: O) -> bool {
        self == Generation::All || object.index() == NOWHERE
    }
}
