//! A collection, phase by phase. One runs at a time; everyone else goes on.
//!
//! 1. [`gather`] takes the candidates, and pins each.
//! 2. [`look`] traces what they reach, while others clone, drop and move handles. What it sees
//!    is from different moments, so it only proposes: [`Graph::divide`] names the suspects.
//! 3. [`confirm`] traces the suspects again and keeps the locks that handles lie behind, so that none of
//!    these is taken away; counts the handles of all, and marks each; and then sees whether all marks are still
//!    there. Whoever makes a handle removes the mark. What still has it and is held only by suspects
//!    is unreachable, for ever. Suspects that nothing connects are confirmed in parts, so that others
//!    do not have to wait long.
//!
//! A collection of [young](Generation::Young) objects does that with those that no collection has looked
//! at. What it leaves are candidates of one of all objects.
//!
//! The caller [reclaims](Dead) what is dead when it has let the next collection begin.

use crate::sync::protocol::candidates::Candidates;
use crate::sync::protocol::dead::{Condemned, Dead};
use crate::sync::protocol::generation::Generation;
use crate::sync::protocol::graph::Graph;
use crate::sync::protocol::object::Object;
use crate::sync::protocol::traced::{Traced, Tracing};
use crate::sync::protocol::weak::give_up_slot;
use crate::sync::protocol::word::{Burial, Taken};

/// How many objects a collection dealt with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The candidates.
    pub(crate) candidates: usize,
    /// Those that it looked at: the candidates, and what they reach.
    pub(crate) looked_at: usize,
    /// Those that it looked at again.
    pub(crate) suspected: usize,
    /// Those that it found unreachable.
    pub(crate) unreachable: usize,
}

/// Finds the unreachable objects among the `candidates` and what they reach of this `generation`, and adds
/// to `dead` what there is to reclaim.
pub(crate) fn collect<'a, O: Traced + 'a>(
    generation: Generation,
    candidates: impl IntoIterator<Item = &'a Candidates<O>>,
    tracing: &mut O::Tracing,
    dead: &mut Dead<O>,
) -> Seen {
    tracing.begin();
    let mut graph = gather(generation, candidates, dead);
    let candidates = graph.objects().len();
    look(&mut graph, tracing);
    graph.hold_roots();
    graph.propagate();
    let looked_at = graph.objects().len();
    if generation == Generation::Young {
        leave_to_all(&graph, candidates);
    }
    unpin(&graph.reachable(), dead);
    let parts = graph.into_parts(O::Tracing::PART, O::Tracing::UNDIVIDED);
    let suspected = parts.iter().map(|part| part.objects().len()).sum();
    let mut unreachable = 0;
    for suspects in parts {
        tracing.pause();
        unreachable += confirm(suspects, tracing, dead);
    }
    tracing.end();
    Seen { candidates, looked_at, suspected, unreachable }
}

/// The candidates that are not dying; as many as there is room for, and the others are candidates still.
pub(crate) fn gather<'a, O: Object + 'a>(
    generation: Generation,
    candidates: impl IntoIterator<Item = &'a Candidates<O>>,
    dead: &mut Dead<O>,
) -> Graph<O> {
    let mut graph = Graph::growing(generation);
    // All lists before the first entry: an object whose entry was accepted may be entered again, in another.
    let mut lists: Vec<_> = candidates.into_iter().map(Candidates::take_all).collect();
    // One of each list by turns: where an entry is, the one before says, but meanwhile the
    // processor fetches those of the other lists.
    while !lists.is_empty() {
        lists.retain_mut(|entries| {
            let next = entries.next();
            next.inspect(|&object| accept(object, generation, &mut graph, dead)).is_some()
        });
    }
    graph
}

/// Accepts the entry of one candidate. One that has become old since it was entered goes on to the list of
/// these, entry and all, unless it is dying.
fn accept<O: Object>(object: O, generation: Generation, graph: &mut Graph<O>, dead: &mut Dead<O>) {
    if !generation.contains(object) && !object.word().is_dying() {
        return object.leave_to_all();
    }
    match object.word().take() {
        Taken::Pinned(_) if graph.is_full() => {
            ask_again(object);
            unpin_one(object, dead);
        }
        Taken::Pinned(handles) => {
            debug_assert!(graph.members().position(object).is_none(), "an object has two entries");
            graph.add(object, handles);
        }
        Taken::Dying => {}
        // SAFETY: the value was dropped, and the entry was the last pointer to the slot.
        Taken::Dropped => unsafe { object.free() },
        Taken::DroppedWithWeak => give_up_slot(object),
    }
}

/// Traces all that the candidates reach, but for what a thread has alone: it is alive, and the drop that
/// ends this makes a candidate, or is that of the last handle.
///
/// Where the members are [far](Tracing::FAR) from the processor, a few are traced before it takes in what
/// they report, so that it fetches all of that at the same time. Their guards are kept until then.
pub(crate) fn look<O: Traced>(graph: &mut Graph<O>, tracing: &mut O::Tracing) {
    let mut next = 0;
    while next < graph.objects().len() {
        tracing.pause();
        if next < O::Tracing::FAR {
            trace_member(graph, next, tracing);
            next += 1;
        } else {
            next = look_at_several(graph, next, tracing);
        }
    }
}

/// Traces a few members from `next` on, and returns which one comes after these.
fn look_at_several<O: Traced>(
    graph: &mut Graph<O>,
    mut next: usize,
    tracing: &mut O::Tracing,
) -> usize {
    let end = graph.objects().len().min(next + O::Tracing::SEVERAL);
    tracing.keep_guards();
    graph.put_off();
    while next < end && !graph.has_put_off_many() {
        trace_member(graph, next, tracing);
        next += 1;
    }
    // As long as no handle that was found can be dropped.
    graph.catch_up();
    tracing.drop_guards();
    next
}

/// Traces a member. If not all of its edges were seen, or a guard was not kept that had to be, none counts.
fn trace_member<O: Traced>(graph: &mut Graph<O>, index: usize, tracing: &mut O::Tracing) {
    let object = graph.objects()[index];
    graph.members().prefetch_after(index);
    if object.word().may_be_read() {
        // SAFETY: members are pinned until `unpin`, which comes after `drop_guards`, or for ever, and then
        // they are reclaimed after it. Nobody has the value alone before the next `pause`, or before the
        // end of the confirmation.
        let is_complete = unsafe { object.trace(graph, tracing) };
        if !is_complete {
            // A handle behind a lock that is not kept may move on, and be seen again.
            graph.retract();
            ask_again(object);
        }
    }
    graph.end(index);
}

/// Has a later collection look at a pinned object, some of whose edges this one did not see. If it is
/// unreachable, the targets of these edges seem reachable, and so does what they refer to; all of that
/// is found again through this object.
fn ask_again<O: Object>(object: O) {
    if object.word().ask_again() {
        object.enter_again();
    }
}

/// Makes those of the first members, the `candidates`, that seem reachable candidates of a collection of all:
/// they may be in cycles that lead through old objects. Suspects that turn out to be reachable need not be,
/// as after a collection of all: a handle to them was there, and who drops it makes a candidate.
fn leave_to_all<O: Object>(graph: &Graph<O>, candidates: usize) {
    for (index, object) in graph.objects()[..candidates].iter().enumerate() {
        let is_reachable = !graph.is_held_by_members(index);
        if is_reachable && object.word().ask_again() {
            object.leave_to_all();
        }
    }
}

/// Lets go of objects that are not known to be unreachable.
fn unpin<O: Object>(objects: &[O], dead: &mut Dead<O>) {
    const AHEAD: usize = 8;
    for (index, &object) in objects.iter().enumerate() {
        if let Some(next) = objects.get(index + AHEAD) {
            next.prefetch_header();
        }
        unpin_one(object, dead);
    }
}

fn unpin_one<O: Object>(object: O, dead: &mut Dead<O>) {
    if let Some(burial) = object.word().unpin() {
        dead.bury(object, burial);
    }
}

/// Condemns those of the `suspects` that are unreachable, lets go of the others, and returns how
/// many were condemned.
pub(crate) fn confirm<O: Traced>(
    suspects: Graph<O>,
    tracing: &mut O::Tracing,
    dead: &mut Dead<O>,
) -> usize {
    let mut graph = suspects;
    tracing.keep_guards();
    trace_members(&mut graph, tracing);
    let have_finalizers = mark_members(&mut graph);
    graph.propagate();
    // No memory is asked for while others wait for the decision.
    let mut burials = Vec::with_capacity(graph.objects().len());
    if have_finalizers {
        dead.reserve(graph.objects().len());
    }
    tracing.decide();
    hold_what_lost_its_mark(&mut graph);
    graph.propagate();
    if have_finalizers {
        hold_what_has_finalizers(&mut graph, dead);
        graph.propagate();
    }
    let condemned = condemn_members(&graph, &mut burials);
    tracing.decided();
    // Before the objects are unpinned that the guards lie in.
    tracing.drop_guards();
    unpin(&graph.reachable(), dead);
    dead.add(Condemned::new(graph.into_members(), burials));
    condemned
}

/// Traces the members, and keeps the locks that handles lie behind.
fn trace_members<O: Traced>(graph: &mut Graph<O>, tracing: &mut O::Tracing) {
    for index in 0..graph.objects().len() {
        graph.prefetch_notes_after(index);
        trace_member(graph, index, tracing);
    }
}

/// Counts the handles of all members, and marks each. Those with handles that were not seen are
/// reachable. Returns whether any has finalizers to run, which does not change but by a decision.
fn mark_members<O: Object>(graph: &mut Graph<O>) -> bool {
    let mut have_finalizers = false;
    for index in 0..graph.objects().len() {
        graph.members().prefetch_header_after(index);
        let handles = graph.objects()[index].word().suspect();
        if handles != graph.edges_to(index) {
            graph.hold(index);
        }
        have_finalizers |= graph.objects()[index].word().is_unfinalized();
    }
    have_finalizers
}

/// After all members were marked: those that somebody has made a handle to since are reachable.
fn hold_what_lost_its_mark<O: Object>(graph: &mut Graph<O>) {
    for index in 0..graph.objects().len() {
        graph.members().prefetch_header_after(index);
        if graph.is_held_by_members(index) && !graph.objects()[index].word().is_suspect() {
            graph.hold(index);
        }
    }
}

/// Those that would be condemned and whose finalizers have not run get a handle for that, and count as
/// reachable: with all that they refer to, they are as they were when their finalizers run. A later
/// confirmation finds out what became of them.
fn hold_what_has_finalizers<O: Object>(graph: &mut Graph<O>, dead: &mut Dead<O>) {
    for index in 0..graph.objects().len() {
        let object = graph.objects()[index];
        if graph.is_held_by_members(index) && object.word().is_unfinalized() {
            if object.word().revive() {
                dead.finalize(object);
            }
            graph.hold(index);
        }
    }
}

/// Condemns the members that are not reachable, and returns how many. There is room for a burial of each
/// member.
fn condemn_members<O: Object>(graph: &Graph<O>, burials: &mut Vec<Option<Burial>>) -> usize {
    let mut condemned = 0;
    for (index, object) in graph.objects().iter().enumerate() {
        graph.members().prefetch_header_after(index);
        let burial = graph.is_held_by_members(index).then(|| object.word().condemn());
        condemned += usize::from(burial.is_some());
        burials.push(burial);
    }
    condemned
}
