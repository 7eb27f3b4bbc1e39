//! Taking a snapshot: one walk over the heap's pages.
//!
//! The walk notes what the header of each object says, and traces it once. An edge leads
//! to an address, and the page of the address tells which *slot* that is (see
//! [`PageIndex`]). The object number of each slot is known only when the walk is over;
//! one pass over the edges then replaces slots by numbers. Edges to objects that a walk
//! must not show are left out: objects that are dead, that are not built yet, or that the
//! running collection is about to reclaim.
//!
//! Nothing in the heap is written, no count is raised, and no object is allocated, so a
//! snapshot can be taken at any time, even in the middle of a collection. The only user
//! code that runs is `trace`, and the panic hook if `trace` panics. After a panic there
//! is nothing to put back; but until the walk is over, no object may die. What values own
//! is reported by the same `trace`. Texts are another matter: see [`Texts`].

use alloc::vec::Vec;
use std::sync::OnceLock;

use crate::collect::activity::Activity;
use crate::collect::death::looking;
use crate::inspect::graph::heap_graph::{Graph, Place, Record, Rows, Traits, narrow};
use crate::inspect::graph::kinds::Kinds;
use crate::inspect::graph::names::names_of;
use crate::inspect::graph::owned::Owned;
use crate::inspect::graph::room::{filled, with_room};
use crate::inspect::graph::sites::Noted;
use crate::inspect::graph::switches::Switches;
use crate::inspect::graph::texts::{Described, Texts};
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::memory::page_index::PageIndex;
use crate::memory::walk::is_visible;
use crate::object::edges::{LabelledEdges, Names};
use crate::object::flags::Flags;
use crate::object::generation::{Epochs, Generation};
use crate::object::header::ObjPtr;
use crate::object::label::Label;

/// Room is reserved for so many edges of each object, because room that grows has to be
/// copied. Room that is not used is memory that is never touched.
const USUAL_DEGREE: usize = 6;

/// The target of an edge that leads to an object that is not shown.
const HIDDEN: u32 = u32::MAX;

/// The heap of this thread, as it is now.
///
/// Runs user code: hand-written `trace` implementations.
pub(crate) fn capture() -> Graph {
    looking(|| walk(false).finish())
}

/// The same with the texts of its values. A `trace` that is running gets none: code that writes
/// texts may do what no `trace` may.
///
/// Runs user code: hand-written `trace` implementations, and code that writes texts.
pub(crate) fn capture_with_texts() -> Graph {
    let is_tracing = Activity::current().is_tracing();
    let (mut graph, described) = looking(|| {
        let mut walk = walk(!is_tracing);
        let described = walk.hold_described();
        (walk.finish(), described)
    });
    graph.texts = Texts::write(described.iter().map(|(index, object)| (*index, object)));
    graph
}

/// A walk over all pages of this thread.
///
/// Runs user code: hand-written `trace` implementations.
fn walk(takes_texts: bool) -> Walk {
    let heap = Heap::current();
    let mut pages: Vec<Page> = heap.pages().collect();
    // By address, so that the records are sorted by id.
    pages.sort_unstable();
    let mut walk = Walk::new(&pages, heap.epochs(), takes_texts);
    for page in pages {
        walk.visit(page);
    }
    walk
}

/// A walk under way.
struct Walk {
    epochs: Epochs,
    index: PageIndex,
    /// The number of the object plus one, by slot; 0 for slots without.
    numbers: Vec<u32>,
    records: Vec<Record>,
    kinds: Kinds,
    /// The edges; the entries are slots.
    edges: Rows,
    /// What `trace` reported of one object; the labels are those of all.
    reported: LabelledEdges,
    owned: Owned,
    sites: Noted,
    takes_texts: bool,
    /// The objects that have a text, with their numbers.
    described: Vec<(u32, ObjPtr)>,
}

impl Walk {
    fn new(pages: &[Page], epochs: Epochs, takes_texts: bool) -> Walk {
        let used = pages.iter().map(|page| page.used() as usize).sum();
        let mut first = with_room(used + 1);
        first.push(0);
        let names = Names { labels: with_room(used * USUAL_DEGREE), ..Names::default() };
        let index = PageIndex::new(pages);
        Walk {
            epochs,
            numbers: filled(0, index.len()),
            index,
            records: with_room(used),
            kinds: Kinds::default(),
            edges: Rows { first, entries: with_room(used * USUAL_DEGREE) },
            reported: LabelledEdges { names, ..LabelledEdges::default() },
            owned: Owned::with_room(used),
            sites: Noted::default(),
            takes_texts,
            described: Vec::new(),
        }
    }

    /// Takes in the objects of a page.
    fn visit(&mut self, page: Page) {
        let slot_bytes = page.slot_bytes();
        for object in page.objects().filter(|&object| is_visible(object)) {
            self.record(object, slot_bytes);
            let slot = self.index.slot(object) as usize;
            self.numbers[slot] = narrow(self.records.len());
            self.reported.edges.clear();
            self.reported.names.owned = 0;
            Activity::current().look_at(object);
            object.trace_labelled(&mut self.reported);
            self.owned.push(self.reported.names.owned);
            for &target in self.reported.edges.targets() {
                self.edges.entries.push(self.index.slot(target));
            }
            self.edges.first.push(narrow(self.edges.entries.len()));
        }
    }

    #[inline]
    fn record(&mut self, object: ObjPtr, slot_bytes: usize) {
        let known = self.kinds.look_up(object, slot_bytes);
        let traits = Traits {
            is_finalized: known.has_finalizer && object.is_finalized(),
            is_exclusive: object.has(Flags::EXCLUSIVE),
            is_immortal: object.is_immortal(),
        };
        if self.takes_texts && known.has_text && object.is_readable() {
            self.described.push((narrow(self.records.len()), object));
        }
        #[cfg(feature = "sites")]
        self.sites.push(Page::site(object));
        let (id, place) = (object.value().addr().get(), self.place(object));
        self.records.push(Record::new(id, object.strong(), known.kind, place, traits));
    }

    fn place(&self, object: ObjPtr) -> Place {
        if object.has(Flags::UNTRACKED) {
            return Place::Untracked;
        }
        let birth = object.stamp().epoch();
        match birth.and_then(|birth| self.epochs.generation_of(birth)) {
            Some(Generation::Young) => Place::Young,
            Some(Generation::Middle) => Place::Middle,
            Some(Generation::Old) => Place::Old,
            None => Place::Permanent,
        }
    }

    /// Holds the objects that have a text. The walk is over, and counts no more handles.
    fn hold_described(&mut self) -> Vec<(u32, Described)> {
        let described = core::mem::take(&mut self.described);
        described.into_iter().map(|(index, object)| (index, Described::hold(object))).collect()
    }

    fn finish(self) -> Graph {
        let Walk { numbers, records, kinds, mut edges, reported, owned, sites, .. } = self;
        let Names { labels: mut edge_labels, builder, .. } = reported.names;
        for entry in &mut edges.entries {
            *entry = numbers.get(*entry as usize).map_or(HIDDEN, |number| number.wrapping_sub(1));
        }
        if edges.entries.contains(&HIDDEN) {
            leave_out_hidden(&mut edges, &mut edge_labels);
        }
        let labels = builder.finish();
        let Kinds { found: kinds, types, .. } = kinds;
        let (texts, names) = (Texts::default(), names_of(&records));
        let external = OnceLock::new();
        Graph {
            records,
            edges,
            edge_labels,
            labels,
            kinds,
            types,
            owned,
            texts,
            names,
            sites: sites.finish(),
            switches: Switches::current(),
            shared: None,
            external,
        }
    }
}

/// Removes the edges to objects that are not shown.
#[cold]
fn leave_out_hidden(edges: &mut Rows, labels: &mut Vec<Label>) {
    let mut kept = 0;
    for row in 0..narrow(edges.len()) {
        let range = edges.range(row);
        edges.first[row as usize] = narrow(kept);
        for position in range {
            if edges.entries[position] != HIDDEN {
                edges.entries[kept] = edges.entries[position];
                labels[kept] = labels[position];
                kept += 1;
            }
        }
    }
    if let Some(last) = edges.first.last_mut() {
        *last = narrow(kept);
    }
    edges.entries.truncate(kept);
    labels.truncate(kept);
}
