//! [`Found`]: the edges that a survey finds, and the leaves that they lead to.
//!
//! A leaf is not pinned, as in a collection. It is looked at when its handle is found, and later
//! only if that is kept.

use alloc::vec::Vec;
use core::ptr::NonNull;
use std::collections::HashMap;

use crate::object::edges::LabelledEdges;
use crate::object::unwind::FirstPanic;
use crate::sync::header::ObjectPtr;
use crate::sync::held::Held;
use crate::sync::protocol::graph::Graph;
use crate::sync::protocol::look::Look;
use crate::sync::survey::{Seen, Sight, UNSEEN};
use crate::watch::by_address::ByAddress;

/// Traces one object, with names; its panic, and the bytes that its value owns.
///
/// Runs user code: hand-written `trace` implementations.
///
/// # Safety
///
/// Nobody drops or changes the value before the guards that are kept were dropped.
pub(crate) unsafe fn trace(object: ObjectPtr, reported: &mut LabelledEdges) -> (FirstPanic, usize) {
    let tools = object.tools();
    reported.names.owned = 0;
    let panic = FirstPanic::of(|| {
        reported.edges.start();
        // SAFETY: the tools are those of the type of the object, and as promised by the caller.
        unsafe { (tools.trace)(object.any_value(), object.len(), reported) };
        if reported.edges.has_put_off() {
            reported.catch_up();
        }
    });
    if panic.is_some() {
        reported.edges.give_up();
    }
    (panic, reported.names.owned)
}

/// The target of an edge.
#[derive(Clone, Copy, Debug)]
enum Target {
    Member(u32),
    Leaf(u32),
    Unseen,
}

/// A leaf, which may be gone already if guards are not kept.
struct Leaf {
    object: ObjectPtr,
    seen: Seen,
    held: Option<Held>,
}

/// The edges, and the leaves that they lead to.
#[derive(Default)]
pub(crate) struct Found {
    targets: Vec<Target>,
    leaves: Vec<Leaf>,
    /// Their positions, by address.
    known: HashMap<NonNull<()>, u32, ByAddress>,
    /// For what leaves own.
    scale: LabelledEdges,
    /// Whether leaves that have a text are held as soon as they are found.
    holds_leaves: bool,
    /// Those that were held in vain. They are let go of when no lock of collections is held.
    pub(crate) retracted: Vec<Held>,
    pub(crate) panics: Vec<FirstPanic>,
}

impl Found {
    pub(crate) fn new(holds_leaves: bool) -> Found {
        Found { holds_leaves, ..Found::default() }
    }

    /// How many edges were found.
    pub(crate) fn edges(&self) -> usize {
        self.targets.len()
    }

    /// The leaves.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = ObjectPtr> {
        self.leaves.iter().map(|leaf| leaf.object)
    }

    /// What was seen of the leaves.
    pub(crate) fn take_leaves(&mut self) -> impl Iterator<Item = Seen> {
        self.leaves.drain(..).map(|leaf| leaf.seen)
    }

    /// Those that are held, by their positions behind so many members.
    pub(crate) fn take_held(&mut self, members: usize) -> impl Iterator<Item = (usize, Held)> {
        let leaves = self.leaves.iter_mut().zip(members..);
        leaves.filter_map(|(leaf, position)| Some((position, leaf.held.take()?)))
    }

    /// Takes in the object of a handle that is kept until the end.
    pub(crate) fn add_root(&mut self, object: ObjectPtr, look: &mut Look<ObjectPtr>) {
        if object.word().is_leaf() {
            self.leaf(object);
        } else {
            look.add(object);
        }
    }

    /// A leaf to which there is a handle that is not dropped before this returns.
    ///
    /// Runs user code: hand-written `trace` implementations, which report what they own.
    fn leaf(&mut self, object: ObjectPtr) -> Target {
        if let Some(&known) = self.known.get(&object.address()) {
            return Target::Leaf(known);
        }
        let Ok(number) = u32::try_from(self.leaves.len()) else { return Target::Unseen };
        let mut seen = Seen::of(object);
        if object.word().may_be_read() {
            // SAFETY: the handle keeps the value, and nobody has it alone.
            let (panic, owned) = unsafe { trace(object, &mut self.scale) };
            self.scale.edges.clear();
            seen.owned = owned;
            if panic.is_some() {
                seen.sight = Sight::Failed;
                self.panics.push(panic);
            }
        }
        self.known.insert(object.address(), number);
        let held = if self.holds_leaves { Held::described(object) } else { None };
        self.leaves.push(Leaf { object, seen, held });
        Target::Leaf(number)
    }

    /// How many edges and leaves were found so far.
    pub(crate) fn here(&self) -> (usize, usize) {
        (self.targets.len(), self.leaves.len())
    }

    /// Forgets those that were found since.
    pub(crate) fn retract(&mut self, (targets, leaves): (usize, usize)) {
        self.targets.truncate(targets);
        for leaf in self.leaves.drain(leaves..) {
            self.known.remove(&leaf.object.address());
            self.retracted.extend(leaf.held);
        }
    }

    /// The targets as positions, with the leaves behind so many members.
    pub(crate) fn targets(&mut self, members: usize) -> Vec<u32> {
        let position = |target| match target {
            Target::Member(member) => member,
            Target::Leaf(leaf) => u32::try_from(members)
                .ok()
                .and_then(|members| members.checked_add(leaf))
                .unwrap_or(UNSEEN),
            Target::Unseen => UNSEEN,
        };
        self.targets.drain(..).map(position).collect()
    }
}

/// Receives the edges of one object.
pub(crate) struct Sink<'a> {
    pub(crate) graph: &'a mut Graph<ObjectPtr>,
    pub(crate) found: &'a mut Found,
}

/// Takes in an edge.
///
/// # Safety
///
/// `sink` is a [`Sink`] that is not in use, and `target` the address of an object to which a handle was
/// found, at `place`, that cannot be dropped before this returns.
pub(crate) unsafe fn report(sink: NonNull<()>, target: NonNull<()>, place: usize) {
    // SAFETY: as promised by the caller.
    let Sink { graph, found } = unsafe { sink.cast::<Sink<'_>>().as_mut() };
    // SAFETY: as promised by the caller.
    let target = unsafe { ObjectPtr::at(target) };
    let target = if target.word().is_leaf() {
        found.leaf(target)
    } else {
        graph.edge(target, place);
        let position =
            graph.members().position(target).and_then(|position| position.try_into().ok());
        position.map_or(Target::Unseen, Target::Member)
    };
    found.targets.push(target);
}
