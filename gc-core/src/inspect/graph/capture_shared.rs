//! A survey of objects that threads share as a graph, so that all that is asked of a heap can be asked
//! of it.
//!
//! A survey lists objects as it found them; a graph has them in the order of their addresses. When
//! the survey was over, no object was held any more but those whose texts are wanted: this file works on
//! plain data, and has the texts written.

use alloc::vec::Vec;
use std::collections::HashMap;
use std::sync::OnceLock;

use crate::inspect::graph::heap_graph::{
    Graph, Kind, Place, Record, Rows, Traits, TypeRecord, narrow,
};
use crate::inspect::graph::names::names_by_id;
use crate::inspect::graph::owned::Owned;
#[cfg(feature = "sites")]
use crate::inspect::graph::sites::Noted;
use crate::inspect::graph::sites::Sites;
use crate::inspect::graph::switches::{SharedSwitches, Switches};
use crate::inspect::graph::texts::Texts;
use crate::sync::held::Held;
use crate::sync::survey::{Seen, Sight, Survey, UNSEEN};

/// What is known of a survey beside its graph, by the numbers of the objects.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) candidates: Vec<u32>,
    /// Those that were not seen whole.
    pub(crate) sights: Vec<(u32, Sight)>,
    /// Those that handles were made to or dropped to meanwhile.
    pub(crate) changed: Vec<u32>,
    pub(crate) is_consistent: bool,
}

/// The graph of a survey, and the notes that belong to it.
///
/// Runs user code, if objects are held: code that writes texts.
pub(crate) fn graph_of(survey: Survey) -> (Graph, Notes) {
    let order = Order::of(&survey.objects);
    let mut kinds = SharedKinds::default();
    let mut records = Vec::with_capacity(order.objects.len());
    let mut owned = Owned::default();
    let mut edges = Rows { first: alloc::vec![0], entries: Vec::new() };
    let mut edge_labels = Vec::new();
    for &object in &order.objects {
        let seen = &survey.objects[object];
        records.push(record(seen, kinds.look_up(seen)));
        owned.push(seen.owned);
        for edge in edges_of(&survey, object) {
            if survey.targets[edge] != UNSEEN {
                edges.entries.push(order.numbers[survey.targets[edge] as usize]);
                edge_labels.push(survey.edge_labels[edge]);
            }
        }
        edges.first.push(narrow(edges.entries.len()));
    }
    let notes = notes_of(&survey, &order);
    let names = survey.names.iter().map(|(id, name)| (*id, name));
    let names = names_by_id(&records, names);
    let sites = sites_of(&survey, &order);
    let shared = Some(SharedSwitches::current());
    let texts = texts_of(survey.held, &order);
    let graph = Graph {
        records,
        edges,
        edge_labels,
        labels: survey.labels,
        kinds: kinds.found,
        types: kinds.types,
        owned,
        texts,
        names,
        sites,
        switches: Switches::default(),
        shared,
        external: OnceLock::new(),
    };
    (graph, notes)
}

/// Where the edges of object `object` of the survey are.
fn edges_of(survey: &Survey, object: usize) -> core::ops::Range<usize> {
    let Some(&end) = survey.ends.get(object) else { return 0..0 };
    object.checked_sub(1).map_or(0, |before| survey.ends[before])..end
}

/// Where the objects were made.
#[cfg(feature = "sites")]
fn sites_of(survey: &Survey, order: &Order) -> Sites {
    let mut noted = Noted::default();
    for &object in &order.objects {
        noted.push(survey.objects[object].site);
    }
    noted.finish()
}

#[cfg(not(feature = "sites"))]
fn sites_of(_: &Survey, _: &Order) -> Sites {
    Sites::default()
}

/// The texts of the objects that are held. Each is let go of when its text is written.
///
/// Runs user code: code that writes texts.
fn texts_of(held: Vec<(usize, Held)>, order: &Order) -> Texts {
    let mut numbered: Vec<(u32, Held)> =
        held.into_iter().map(|(position, object)| (order.numbers[position], object)).collect();
    numbered.sort_unstable_by_key(|&(number, _)| number);
    Texts::write(numbered)
}

fn record(seen: &Seen, kind: u32) -> Record {
    let place = if seen.is_leaf { Place::Untracked } else { Place::Shared };
    let traits = Traits {
        is_finalized: seen.is_finalized,
        is_exclusive: seen.sight == Sight::Exclusive,
        is_immortal: false,
    };
    let handles = u32::try_from(seen.handles).unwrap_or(u32::MAX);
    Record::new(seen.value, handles, kind, place, traits)
}

fn notes_of(survey: &Survey, order: &Order) -> Notes {
    let sorted = |mut numbers: Vec<u32>| {
        numbers.sort_unstable();
        numbers
    };
    let mut sights: Vec<(u32, Sight)> = (survey.objects.iter().zip(&order.numbers))
        .filter(|(seen, _)| seen.sight != Sight::Whole)
        .map(|(seen, &number)| (number, seen.sight))
        .collect();
    sights.sort_unstable_by_key(|&(number, _)| number);
    Notes {
        candidates: sorted(order.numbers[..survey.candidates].to_vec()),
        sights,
        changed: sorted(survey.changed.iter().map(|&object| order.numbers[object]).collect()),
        is_consistent: survey.is_consistent,
    }
}

/// The objects of a survey in the order of their addresses.
struct Order {
    /// Positions in the survey, by number.
    objects: Vec<usize>,
    /// Numbers, by position in the survey.
    numbers: Vec<u32>,
}

impl Order {
    /// If no guards were kept, a leaf may have died, and another object been made in its place. Both get
    /// one number, and are shown as the one that is no leaf.
    fn of(seen: &[Seen]) -> Order {
        let mut positions: Vec<usize> = (0..seen.len()).collect();
        positions.sort_unstable_by_key(|&at| (seen[at].value, seen[at].is_leaf, at));
        let mut numbers = alloc::vec![0; seen.len()];
        let mut objects: Vec<usize> = Vec::with_capacity(seen.len());
        for at in positions {
            let is_same = objects.last().is_some_and(|&last| seen[last].value == seen[at].value);
            if !is_same {
                objects.push(at);
            }
            numbers[at] = narrow(objects.len() - 1);
        }
        Order { objects, numbers }
    }
}

/// The types and sizes met so far.
#[derive(Default)]
struct SharedKinds {
    types: Vec<TypeRecord>,
    found: Vec<Kind>,
    /// By the address of what the type says of itself, the size of the value and that of the slot.
    known: HashMap<(usize, usize, usize), u32>,
}

impl SharedKinds {
    fn look_up(&mut self, seen: &Seen) -> u32 {
        let SharedKinds { types, found, known } = self;
        let key = (core::ptr::from_ref(seen.tools).addr(), seen.size, seen.bytes);
        *known.entry(key).or_insert_with(|| {
            // One type may have several tables.
            let id = (seen.tools.type_id)();
            let known = types.iter().position(|known| known.id == id);
            let type_index = known.unwrap_or_else(|| {
                types.push(TypeRecord { id, name: (seen.tools.type_name)() });
                types.len() - 1
            });
            found.push(Kind { type_index: narrow(type_index), size: seen.size, bytes: seen.bytes });
            narrow(found.len() - 1)
        })
    }
}
