//! Which objects a recursive walk is inside of: how `Debug` and `Serialize`
//! notice a cycle, and end on a list of a million objects.
//!
//! Both recurse through the user's types, so a [`Gc`](crate::Gc) cannot pass
//! anything down. Instead each one that is being walked has a [`Frame`] on the
//! stack, linked to the one outside it; a thread-local points at the innermost.
//! Nothing is allocated.

use core::cell::Cell;
use core::iter;
use core::ptr::NonNull;
use std::thread::LocalKey;

use crate::object::ObjPtr;

/// How many objects a walk may be inside of. Walks use the stack of the program,
/// some hundred bytes to a few kilobytes for each object.
const MAX_DEPTH: u32 = 128;

/// One object that a walk is inside of.
struct Frame {
    object: ObjPtr,
    outer: Option<NonNull<Frame>>,
    depth: u32,
}

/// The frames of one kind of walk on this thread.
///
/// # Invariants
///
/// Points at a frame of a call of [`enter`] that has not returned, as do the
/// frames' `outer`.
pub(crate) struct Walk {
    innermost: Cell<Option<NonNull<Frame>>>,
}

impl Walk {
    /// No walk.
    pub(crate) const fn new() -> Walk {
        Walk { innermost: Cell::new(None) }
    }

    /// The frames, innermost first, until the outermost.
    fn frames(&self) -> impl Iterator<Item = &Frame> {
        // SAFETY: by the type invariant of `Walk`. Frames do not change.
        let frame = |frame: NonNull<Frame>| unsafe { frame.as_ref() };
        let innermost = self.innermost.get().map(frame);
        iter::successors(innermost, move |inner| inner.outer.map(frame))
    }
}

/// Why a walk does not enter an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is inside of that object already.
    Cycle,
    /// It is inside of too many objects.
    TooDeep,
}

/// Runs `inside` with the walk being inside of `object`.
pub(crate) fn enter<R>(
    walk: &'static LocalKey<Walk>,
    object: ObjPtr,
    inside: impl FnOnce() -> R,
) -> Result<R, Refusal> {
    /// Leaves the object, also if `inside` panics.
    struct Leave(&'static LocalKey<Walk>, Option<NonNull<Frame>>);
    impl Drop for Leave {
        fn drop(&mut self) {
            self.0.with(|walk| walk.innermost.set(self.1));
        }
    }

    let outer = walk.with(|walk| {
        if walk.frames().any(|frame| frame.object == object) {
            return Err(Refusal::Cycle);
        }
        let depth = walk.frames().next().map_or(0, |frame| frame.depth);
        if depth < MAX_DEPTH { Ok((walk.innermost.get(), depth)) } else { Err(Refusal::TooDeep) }
    });
    let (outer, depth) = outer?;
    let frame = Frame { object, outer, depth: depth + 1 };
    // INVARIANT: `Leave` takes the frame out before this call returns.
    let _leave = Leave(walk, outer);
    walk.with(|walk| walk.innermost.set(Some(NonNull::from(&frame))));
    Ok(inside())
}
