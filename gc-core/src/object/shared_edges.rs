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

/// So many guards are enough for one level, so that the list of them need not be copied when there are more.
const FULL: usize = 1024;

/// Which guards are kept when all behind their locks was traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Those that have to be kept until the object was traced.
    Few,
    /// Those of locks that edges lie behind: these can then not be taken away.
    OfEdges,
    /// All: nor can any be put there.
    #[cfg(feature = "inspect")]
    All,
}

/// How much had been reported, and how many guards of the last level were kept, when a lock was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened {
    reported: usize,
    kept: usize,
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
    keeping: Keeping,
    /// How many locks are being traced.
    open: usize,
    /// How many edges were reported so far. It wraps around.
    reported: usize,
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
            keeping: Keeping::Few,
            open: 0,
            reported: 0,
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
        if self.levels.last().is_some_and(|level| level.len() >= FULL) {
            // Nothing is open. If there is no memory for another level, this one gets longer.
            self.add_level();
        }
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
            self.reported = self.reported.wrapping_add(1);
            // SAFETY: by the type invariant; the target is that of a handle.
            unsafe { report(graph, target, place) }
        }
    }

    /// Which guards are kept from now on.
    pub(crate) fn set_keeping(&mut self, keeping: Keeping) {
        self.keeping = keeping;
    }

    /// Whether the guard of a lock is kept that was `opened` then, if nothing of what lies behind it is still to
    /// be traced. One is kept in any case if that of an inner lock was.
    #[inline]
    pub(crate) fn must_keep(&self, opened: Opened) -> bool {
        if self.kept() != opened.kept {
            return true;
        }
        match self.keeping {
            Keeping::Few => false,
            Keeping::OfEdges => self.reported != opened.reported,
            #[cfg(feature = "inspect")]
            Keeping::All => true,
        }
    }

    /// What is traced next lies behind locks that were closed. `false` if there is no memory to
    /// note that.
    pub(crate) fn go_inside(&mut self) -> bool {
        let is_needed = self.levels.last().is_some_and(|level| !level.is_empty());
        !is_needed || self.add_level()
    }

    fn add_level(&mut self) -> bool {
        debug_assert_eq!(self.open, 0, "an open lock has its place in the last level");
        let has_room = self.levels.try_reserve(1).is_ok();
        if has_room {
            self.levels.push(Vec::new());
        }
        has_room
    }

    /// Before a lock is traced: `None` if there is no memory for its guard.
    #[inline]
    pub(crate) fn open(&mut self) -> Option<Opened> {
        let has_room =
            self.levels.last().is_some_and(|level| level.capacity() - level.len() > self.open);
        if !has_room && !self.make_room() {
            return None;
        }
        self.open += 1;
        Some(Opened { reported: self.reported, kept: self.kept() })
    }

    /// How many guards of the last level are kept. It stays the last one as long as a lock is open.
    #[inline]
    fn kept(&self) -> usize {
        self.levels.last().map_or(0, Vec::len)
    }

    #[cold]
    fn make_room(&mut self) -> bool {
        if self.levels.is_empty() && !self.add_level() {
            return false;
        }
        let level = self.levels.last_mut();
        level.is_some_and(|level| level.try_reserve(self.open + 1).is_ok())
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
        if let Some(level) = self.levels.last_mut() {
            // SAFETY: as promised by the caller.
            unsafe { Kept::push(level, guard) };
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

    /// The guards that are kept of a lock with another one inside, if edges lie behind one or the other alone.
    fn kept(keeping: Keeping, outer: bool, inner: bool) -> Vec<&'static str> {
        let dropped = RefCell::new(Vec::new());
        let mut edges = SharedEdges::new();
        edges.set_keeping(keeping);
        // SAFETY: it does nothing.
        unsafe { edges.start(NonNull::dangling(), |_, _, _| ()) };
        let mut opened = Vec::new();
        for has_edge in [outer, inner] {
            opened.extend(edges.open());
            if has_edge {
                edges.report(NonNull::dangling(), 0);
            }
        }
        for name in ["inner", "outer"] {
            if opened.pop().is_some_and(|opened| edges.must_keep(opened)) {
                // SAFETY: the list lives longer.
                unsafe { edges.close_with(Guard(name, &dropped)) };
            } else {
                edges.close();
            }
        }
        edges.drop_guards();
        dropped.into_inner()
    }

    #[test]
    fn guards_are_kept_of_locks_that_edges_lie_behind_and_of_those_around_them() {
        assert_eq!(kept(Keeping::OfEdges, false, true), ["inner", "outer"]);
        assert_eq!(kept(Keeping::OfEdges, true, false), ["outer"]);
        assert!(kept(Keeping::OfEdges, false, false).is_empty());
        assert!(kept(Keeping::Few, true, true).is_empty());
    }

    #[test]
    fn the_guard_around_one_that_is_kept_for_another_reason_is_kept() {
        let dropped = RefCell::new(Vec::new());
        let mut edges = SharedEdges::new();
        let outer = edges.open();
        assert!(edges.open().is_some());
        // SAFETY: the list lives longer.
        unsafe { edges.close_with(Guard("", &dropped)) };
        assert!(outer.is_some_and(|outer| edges.must_keep(outer)));
        edges.close();
        edges.drop_guards();
    }

    #[cfg(feature = "inspect")]
    #[test]
    fn tools_keep_all_guards() {
        assert_eq!(kept(Keeping::All, false, false), ["inner", "outer"]);
    }

    #[test]
    fn there_are_more_guards_than_fit_into_a_level() {
        let dropped = RefCell::new(Vec::new());
        let mut edges = SharedEdges::new();
        for _ in 0..2 * FULL {
            // SAFETY: it does nothing.
            unsafe { edges.start(NonNull::dangling(), |_, _, _| ()) };
            assert!(edges.open().is_some());
            // SAFETY: the list lives longer.
            unsafe { edges.close_with(Guard("", &dropped)) };
        }
        assert_eq!(edges.levels.iter().map(Vec::len).collect::<Vec<_>>(), [FULL, FULL]);
        edges.drop_guards();
        assert_eq!(dropped.into_inner().len(), 2 * FULL);
    }

    #[test]
    fn guards_of_inner_locks_are_dropped_first() {
        let dropped = RefCell::new(Vec::new());
        let mut edges = SharedEdges::new();
        let mut lock = |names: &[&'static str]| {
            assert!(edges.go_inside());
            for _ in names {
                assert!(edges.open().is_some());
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
