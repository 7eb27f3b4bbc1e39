//! What the protocol asks of the value of an object: that it reports its edges.

use crate::sync::protocol::graph::Graph;
use crate::sync::protocol::object::Object;

/// What receives the reports of values, for the time of one collection.
pub(crate) trait Tracing {
    /// How many objects are confirmed together: not more, unless they are connected.
    const PART: usize;

    /// So many members of a graph are near the processor, so that it does not matter how often it waits
    /// for one.
    const FAR: usize;

    /// How many of the others are traced at a time.
    const SEVERAL: usize;

    /// So many are one part in any case.
    const UNDIVIDED: usize;

    /// From now on until [`end`](Tracing::end) the collection reads values, and nobody begins to
    /// have alone what it has pinned.
    fn begin(&mut self);

    /// Lets those in for a moment who wait for that, if there are any.
    fn pause(&mut self);

    /// Ends that.
    fn end(&mut self);

    /// From now on the guards of the locks that are traced are kept.
    fn keep_guards(&mut self);

    /// Drops the guards that were kept.
    fn drop_guards(&mut self);

    /// From now on until [`decided`](Tracing::decided), nobody makes a handle from a weak one to a
    /// marked object.
    fn decide(&mut self);

    /// Ends that.
    fn decided(&mut self);
}

/// A pointer to an object whose value reports its edges.
pub(crate) trait Traced: Object {
    /// What receives the reports of values.
    type Tracing: Tracing;

    /// Reports the edges of the value to `graph`, each while nobody can drop the handle. Says
    /// whether it went on to the end and each guard was kept, if guards are to be kept. If not, a
    /// later collection looks again, and the edges do not count for a confirmation.
    ///
    /// It does not unwind.
    ///
    /// # Safety
    ///
    /// The object is pinned with its value, which [may be read](crate::sync::protocol::word::Word::may_be_read). It is not unpinned, nor its value dropped, before the
    /// guards that `tracing` keeps are dropped.
    unsafe fn trace(self, graph: &mut Graph<Self>, tracing: &mut Self::Tracing) -> bool;
}
