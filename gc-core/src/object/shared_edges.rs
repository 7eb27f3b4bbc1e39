//! Edges to objects that threads share, and the guards of the locks that they lie behind.
//!
//! An edge is followed at once, while the guard is held through which its handle was found: a moment
//! later another thread may have dropped the handle and freed the object. So edges are passed to
//! a function, and not collected in a buffer.
//!
//! A lock may lie behind another. When the outer one is free, a thread may move the inner one
//! elsewhere, so that the guard of the inner one must be gone by then. Tracing closes inner locks
//! before outer ones, with one exception: what was [put off](crate::object::put_off) is traced when
//! the locks around it were closed. It begins a new level.

use alloc::vec::Vec;
use core::ptr::NonNull;

use crate::object::put_off::Kept;

/// Receives edges to shared objects: `report(graph, target, place)`, with the address of the handle.
#[derive(Clone, Copy, Debug)]
struct Sink {
    graph: NonNull<()>,
    report: unsafe fn(NonNull<()>, NonNull<()>, usize),
}

/// What becomes of edges to shared objects, and of the guards that lead to them.
///
/// # Invariants
///
/// While there is a sink, its function may be called with its graph. No guard is of a lock that lies
/// behind one of a later level, or behind one that comes before it on its own level. The last level
/// has room for the guards of all locks that are open.
#[derive(Debug)]
pub(crate) struct SharedEdges {
    sink: Option<Sink>,
    levels: Vec<Vec<Kept>>,
    /// Whether guards are kept when all behind their locks was traced.
    keeps: bool,
    /// How many locks are being traced.
    open: usize,
    /// Whether a lock was passed over because somebody holds it.
    #[cfg(feature = "inspect")]
    has_passed_over: bool,
}

impl SharedEdges {
    /// Edges are ignored.
    pub(crate) const fn new() -> SharedEdges {
        SharedEdges {
            sink: None,
            levels: Vec::new(),
            keeps: false,
            open: 0,
            #[cfg(feature = "inspect")]
            has_passed_over: false,
        }
    }

    /// Passes edges to `report` with this graph, until [`stop`](SharedEdges::stop).
    ///
    /// # Safety
    ///
    /// Until then `report` may be called with `graph`, the address of any shared object to
    /// which a handle was found, and any place.
    pub(crate) unsafe fn start(
        &mut self,
        graph: NonNull<()>,
        report: unsafe fn(NonNull<()>, NonNull<()>, usize),
    ) {
        self.sink = Some(Sink { graph, report });
    }

    /// Edges are ignored again.
    pub(crate) fn stop(&mut self) {
        self.sink = None;
    }

    /// Whether they are not.
    #[inline]
    pub(crate) fn is_active(&self) -> bool {
        self.sink.is_some()
    }

    /// Takes in one edge, whose handle is at `place`.
    #[inline]
    pub(crate) fn report(&mut self, target: NonNull<()>, place: usize) {
        if let Some(Sink { graph, report }) = self.sink {
            // SAFETY: by the type invariant; the target is that of a handle.
            unsafe { report(graph, target, place) }
        }
    }

    /// From now on guards are kept when all behind their locks was traced, or dropped.
    pub(crate) fn set_keeps(&mut self, keeps: bool) {
        self.keeps = keeps;
    }

    /// Whether a guard is kept in any case: that of an inner lock may have been.
    #[inline]
    pub(crate) fn must_keep(&self) -> bool {
        self.keeps || self.levels.last().is_some_and(|level| !level.is_empty())
    }

    /// What is traced next lies behind locks that were closed. `false` if there is no memory to
    /// note that.
    pub(crate) fn go_inside(&mut self) -> bool {
        let is_needed = self.levels.last().is_some_and(|level| !level.is_empty());
        !is_needed || self.add_level()
    }

    fn add_level(&mut self) -> bool {
        let has_room = self.levels.try_reserve(1).is_ok();
        if has_room {
            self.levels.push(Vec::new());
        }
        has_room
    }

    /// Before a lock is traced: `false` if there is no memory for its guard.
    #[inline]
    pub(crate) fn open(&mut self) -> bool {
        if let Some(level) = self.levels.last()
            && level.capacity() - level.len() > self.open
        {
            self.open += 1;
            return true;
        }
        self.make_room_and_open()
    }

    #[cold]
    fn make_room_and_open(&mut self) -> bool {
        if self.levels.is_empty() && !self.add_level() {
            return false;
        }
        let level = self.levels.last_mut();
        let has_room = level.is_some_and(|level| level.try_reserve(self.open + 1).is_ok());
        self.open += usize::from(has_room);
        has_room
    }

    /// After a lock was traced and its guard is not kept.
    #[inline]
    pub(crate) fn close(&mut self) {
        self.open -= 1;
    }

    /// After a lock turned out to be held by others.
    #[inline]
    pub(crate) fn pass_over(&mut self) {
        self.close();
        #[cfg(feature = "inspect")]
        {
            self.has_passed_over = true;
        }
    }

    /// Whether that was so since this was asked the last time.
    #[cfg(feature = "inspect")]
    pub(crate) fn take_passed_over(&mut self) -> bool {
        core::mem::take(&mut self.has_passed_over)
    }

    /// After a lock was traced: keeps its guard.
    ///
    /// # Safety
    ///
    /// What the guard borrows lives until the guards are dropped.
    pub(crate) unsafe fn close_with<G>(&mut self, guard: G) {
        self.close();
        // SAFETY: as promised by the caller.
        let kept = unsafe { Kept::new(guard) };
        if let Some(level) = self.levels.last_mut() {
            level.push(kept);
        }
    }

    /// Drops the guards, those of inner locks first.
    pub(crate) fn drop_guards(&mut self) {
        while self.levels.len() > 1 {
            // From its first to its last.
            drop(self.levels.pop());
        }
        // Its memory is for the next object.
        self.levels.iter_mut().for_each(Vec::clear);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::RefCell;

    /// Notes its name when it is dropped.
    struct Guard<'a>(&'static str, &'a RefCell<Vec<&'static str>>);

    impl Drop for Guard<'_> {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0);
        }
    }

    #[test]
    fn guards_of_inner_locks_are_dropped_first() {
        let dropped = RefCell::new(Vec::new());
        let mut edges = SharedEdges::new();
        let mut lock = |names: &[&'static str]| {
            assert!(edges.go_inside());
            for _ in names {
                assert!(edges.open());
            }
            for name in names.iter().rev() {
                // SAFETY: the list lives longer.
                unsafe { edges.close_with(Guard(name, &dropped)) };
            }
        };
        lock(&["outer", "inner"]);
        lock(&["deep", "deeper"]);
        lock(&[]);
        lock(&["deepest"]);
        edges.drop_guards();
        assert_eq!(dropped.into_inner(), ["deepest", "deeper", "deep", "inner", "outer"]);
    }
}
