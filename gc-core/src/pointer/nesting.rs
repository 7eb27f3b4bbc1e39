//! Records which objects a recursive walk is inside of. This is how `Debug` and
//! `Serialize` notice a cycle, and how they stop on a list of a million objects.
//!
//! Both recurse through the user's types, so a [`Gc`](crate::Gc) cannot pass
//! anything down. Instead a thread-local lists the objects that are being walked.
//! Nothing is allocated, and nothing points at a stack: a walk may be suspended with
//! the coroutine that it runs on, and end before one that began later.

use core::cell::Cell;
use std::thread::LocalKey;

/// How many objects walks may be inside of. They use the stack of the program,
/// some hundred bytes to a few kilobytes for each object.
const MAX_DEPTH: usize = 128;

/// The objects that walks of one kind are inside of on this thread, outermost first; an `O` tells
/// one from others.
///
/// # Invariants
///
/// They are compared and not looked at: one that a suspended walk is inside of may be gone.
pub(crate) struct Walk<O> {
    objects: [Cell<Option<O>>; MAX_DEPTH],
    depth: Cell<usize>,
}

/// Why a walk does not enter an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is inside of that object already.
    Cycle,
    /// It is inside of too many objects.
    TooDeep,
}

impl<O: Copy + PartialEq> Walk<O> {
    /// No walk.
    pub(crate) const fn new() -> Walk<O> {
        Walk { objects: [const { Cell::new(None) }; MAX_DEPTH], depth: Cell::new(0) }
    }

    /// Those that are being walked.
    fn objects(&self) -> &[Cell<Option<O>>] {
        &self.objects[..self.depth.get()]
    }

    fn enter(&self, object: O) -> Result<(), Refusal> {
        if self.objects().iter().any(|walked| walked.get() == Some(object)) {
            return Err(Refusal::Cycle);
        }
        let place = self.objects.get(self.depth.get()).ok_or(Refusal::TooDeep)?;
        place.set(Some(object));
        self.depth.set(self.depth.get() + 1);
        Ok(())
    }

    /// Leaves `object`, which is the innermost but for coroutines.
    fn leave(&self, object: O) {
        let objects = self.objects();
        let Some(place) = objects.iter().rposition(|walked| walked.get() == Some(object)) else {
            return;
        };
        for pair in objects[place..].windows(2) {
            pair[0].set(pair[1].get());
        }
        self.depth.set(self.depth.get() - 1);
    }
}

/// Runs `inside` with the walk being inside of `object`.
pub(crate) fn enter<O: Copy + PartialEq + 'static, R>(
    walk: &'static LocalKey<Walk<O>>,
    object: O,
    inside: impl FnOnce() -> R,
) -> Result<R, Refusal> {
    /// Leaves the object, also if `inside` panics.
    struct Leave<O: Copy + PartialEq + 'static>(&'static LocalKey<Walk<O>>, O);
    impl<O: Copy + PartialEq> Drop for Leave<O> {
        fn drop(&mut self) {
            self.0.with(|walk| walk.leave(self.1));
        }
    }

    walk.with(|walk| walk.enter(object))?;
    let _leave = Leave(walk, object);
    Ok(inside())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pointer::gc_ptr::Gc;

    #[test]
    fn a_walk_that_began_later_may_end_later() {
        let walk = Walk::new();
        let [one, two, three] = [1, 2, 3].map(Gc::new);
        let [one, two, three] = [&one, &two, &three].map(Gc::object);
        for object in [one, two, three] {
            assert_eq!(walk.enter(object), Ok(()));
        }
        assert_eq!(walk.enter(two), Err(Refusal::Cycle));
        walk.leave(one);
        assert_eq!(walk.enter(three), Err(Refusal::Cycle));
        assert_eq!(walk.enter(one), Ok(()));
        walk.leave(three);
        walk.leave(two);
        assert_eq!(walk.enter(one), Err(Refusal::Cycle));
        walk.leave(one);
        assert_eq!(walk.depth.get(), 0);
    }

    #[test]
    fn a_walk_is_not_inside_of_too_many_objects() {
        let walk = Walk::new();
        let objects: alloc::vec::Vec<Gc<usize>> = (0..=MAX_DEPTH).map(Gc::new).collect();
        for object in &objects[..MAX_DEPTH] {
            assert_eq!(walk.enter(object.object()), Ok(()));
        }
        assert_eq!(walk.enter(objects[MAX_DEPTH].object()), Err(Refusal::TooDeep));
        walk.leave(objects[0].object());
        assert_eq!(walk.enter(objects[MAX_DEPTH].object()), Ok(()));
    }
}
