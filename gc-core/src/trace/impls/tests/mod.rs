//! What the implementations report: each edge once, under its name.

mod containers;
mod opaque;
mod shared;
mod third_party;
mod tracked;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::hash::{Hash, Hasher};

use crate::Gc;
use crate::object::edges::{EdgeBuffer, LabelledEdges, Names};
use crate::trace::contract::{Acyclic, Trace};
use crate::trace::tracer::{LabelTracer, Tracer};

/// One edge, with an order and a hash, so that it fits into every container.
#[derive(Clone)]
struct Handle(u8, Gc<u8>);

impl Handle {
    fn new(rank: u8) -> Self {
        Handle(rank, Gc::new(rank))
    }
}

/// Three handles to three objects.
fn handles() -> [Handle; 3] {
    [0, 1, 2].map(Handle::new)
}

// SAFETY: the one edge is reported once.
unsafe impl Trace for Handle {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.1.trace(tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        self.1.trace_labelled(tracer);
    }
}

impl Acyclic for Handle {}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Handle {}

impl PartialOrd for Handle {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Handle {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl Hash for Handle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// The number of edges that `value` reports, none of them twice.
///
/// Every object in these tests has one handle in `value`.
fn edges(value: &(impl Trace + ?Sized)) -> usize {
    let mut edges = EdgeBuffer::new();
    value.trace(&mut Tracer::new(&mut edges));
    let mut targets = edges.targets().to_vec();
    targets.sort();
    targets.dedup();
    assert_eq!(targets.len(), edges.len(), "an edge was reported twice");
    targets.len()
}

/// The names of the edges of `value`, which are the same edges.
fn labels(value: &(impl Trace + ?Sized)) -> Vec<String> {
    let mut plain = EdgeBuffer::new();
    value.trace(&mut Tracer::new(&mut plain));
    let mut labelled = LabelledEdges::default();
    value.trace_labelled(&mut LabelTracer::new(&mut labelled));
    assert!(plain.targets() == labelled.edges.targets(), "the two reports differ");
    shown(labelled)
}

/// The bytes that `value` says it owns elsewhere.
fn owned(value: &(impl Trace + ?Sized)) -> usize {
    let mut labelled = LabelledEdges::default();
    value.trace_labelled(&mut LabelTracer::new(&mut labelled));
    labelled.names.owned
}

/// The names of edges as text.
fn shown(labelled: LabelledEdges) -> Vec<String> {
    let Names { labels, builder, .. } = labelled.names;
    let names = builder.finish();
    labels.into_iter().map(|label| names.show(label).to_string()).collect()
}
