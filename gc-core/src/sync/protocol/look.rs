//! [`Look`]: looking at objects without deciding about any, for tools.
//!
//! 1. [`Look::gather`] pins the candidates, and [`Look::add`] the objects of handles that are given.
//! 2. [`Look::trace`] has the caller read what they reach, and pins that as well. The caller keeps the
//!    guards of the locks that it looks behind, or does not.
//! 3. [`Look::observe`] counts the handles of all and marks each, as a confirmation does.
//!    [`Look::changed`] then says of which a handle was made or dropped since. If there are none, and
//!    all guards were kept, then all that was seen was there at one moment, the one between the two.
//! 4. [`Look::end`] makes the candidates candidates again, of a collection of all objects since they are old
//!    now, and lets go of all objects.
//!
//! It runs in place of a collection, so that nobody else pins or marks.

use crate::sync::protocol::candidates::Candidates;
use crate::sync::protocol::collection::gather;
use crate::sync::protocol::dead::Dead;
use crate::sync::protocol::generation::Generation;
use crate::sync::protocol::graph::Graph;
use crate::sync::protocol::object::Object;
use crate::sync::protocol::word::Observed;

/// Objects that are looked at.
///
/// # Invariants
///
/// The first members are the candidates, whose entries were taken.
#[derive(Debug)]
pub(crate) struct Look<O> {
    graph: Graph<O>,
    candidates: usize,
}

impl<O: Object> Look<O> {
    /// Takes the candidates, and pins each. What is found dead is added to `dead`.
    pub(crate) fn gather<'a>(
        candidates: impl IntoIterator<Item = &'a Candidates<O>>,
        dead: &mut Dead<O>,
    ) -> Look<O>
    where
        O: 'a,
    {
        let graph = gather(Generation::All, candidates, dead);
        Look { candidates: graph.objects().len(), graph }
    }

    /// Adds an object to which a handle exists that is not dropped before this returns. A leaf is never
    /// a member, nor is anything when there are as many as can be.
    pub(crate) fn add(&mut self, object: O) {
        let is_new = self.graph.members().position(object).is_none();
        if is_new && !object.word().is_leaf() && !self.graph.is_full() {
            let handles = object.word().pin();
            self.graph.add(object, handles);
        }
    }

    /// The members.
    pub(crate) fn objects(&self) -> &[O] {
        self.graph.objects()
    }

    /// How many of them were candidates, which come first.
    pub(crate) fn candidates(&self) -> usize {
        self.candidates
    }

    /// Calls `trace` with each member, which reports the edges of its value to the graph, each while
    /// nobody can drop the handle. Their targets become members. If it returns `false`, the edges of
    /// this object do not count.
    pub(crate) fn trace(&mut self, mut trace: impl FnMut(O, &mut Graph<O>) -> bool) {
        let mut next = 0;
        while let Some(&object) = self.graph.objects().get(next) {
            self.graph.members().prefetch_after(next);
            if !trace(object, &mut self.graph) {
                self.graph.retract();
            }
            self.graph.end(next);
            next += 1;
        }
    }

    /// Counts the handles of all members, and of the `leaves`, to each of which there is a handle that
    /// nobody can drop now; and marks each.
    pub(crate) fn observe(&self, leaves: &[O]) -> Vec<Observed> {
        self.all(leaves).map(|object| object.word().observe()).collect()
    }

    /// Removes the marks, and returns the positions of those that a handle was made to or dropped to
    /// since they were observed.
    pub(crate) fn changed(&self, leaves: &[O], observed: &[Observed]) -> Vec<usize> {
        let mut changed = Vec::new();
        for (position, (object, &observed)) in self.all(leaves).zip(observed).enumerate() {
            // The mark of each is removed, changed or not.
            if !object.word().is_unchanged(observed) {
                changed.push(position);
            }
        }
        changed
    }

    /// The members, and then the leaves.
    fn all<'a>(&'a self, leaves: &'a [O]) -> impl Iterator<Item = &'a O> {
        self.graph.objects().iter().chain(leaves)
    }

    /// Makes the candidates candidates again, and lets go of all members. No guards are kept any more
    /// of locks that lie in their values. Those whose last handle was dropped meanwhile are added to
    /// `dead`.
    pub(crate) fn end(self, dead: &mut Dead<O>) {
        for &object in &self.graph.objects()[..self.candidates] {
            // Unless a handle was dropped meanwhile, and whoever did that has entered it.
            if object.word().ask_again() {
                object.leave_to_all();
            }
        }
        for &object in self.graph.objects() {
            if let Some(burial) = object.word().unpin() {
                dead.bury(object, burial);
            }
        }
    }
}
