//! A heap as a page brings it along: JSON in flat arrays.
//!
//! Nothing in a text can end the element of the page that the JSON stands in, and what the
//! program wrote is escaped before, so that it cannot change what is around it.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, Write};

use serde_json_1 as json;

use crate::inspect::graph::heap_graph::{Kind, PLACES, Place, narrow};
#[cfg(feature = "sites")]
use crate::inspect::pictures::page_sites::sites;
use crate::inspect::reports::census::CensusRow;
use crate::inspect::reports::cycles::Cycle;
use crate::inspect::reports::garbage::ALL;
use crate::inspect::reports::recording::{Moment, Recording};
use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::ObjectInfo;
use crate::inspect::snapshot::type_name::short;

/// A page shows the objects of a heap one by one up to this many.
const MOST_OBJECTS: usize = 100_000;
/// At least so many objects of each type are shown.
const OF_EACH_TYPE: usize = 200;

/// What goes into a page.
pub(crate) struct Heap<'a> {
    title: &'a str,
    earlier: Option<&'a HeapSnapshot>,
    recording: Option<&'a Recording>,
    snapshot: &'a HeapSnapshot,
    /// The objects that are shown one by one, by address.
    objects: Vec<ObjectInfo<'a>>,
    /// The place in `objects` of each object; [`NOT_SHOWN`] for others.
    place: Vec<u32>,
}

const NOT_SHOWN: u32 = u32::MAX;

/// A JSON array under a name.
pub(crate) type Columns = Vec<(&'static str, json::Value)>;

/// The objects that are shown one by one, by address.
fn shown(snapshot: &HeapSnapshot) -> Vec<ObjectInfo<'_>> {
    let mut objects: Vec<ObjectInfo<'_>> = snapshot.objects().collect();
    if objects.len() <= MOST_OBJECTS {
        return objects;
    }
    objects.sort_by_cached_key(|object| Reverse(object.retained_size()));
    let mut is_shown = alloc::vec![false; objects.len()];
    let mut left = MOST_OBJECTS;
    // A leak may be of small objects: some of each type, with what they hang on.
    let mut of_type = alloc::vec![OF_EACH_TYPE; snapshot.graph().types.len()];
    for &object in &objects {
        let of_type = &mut of_type[object.type_index()];
        let mut next = Some(object).filter(|_| *of_type > 0);
        *of_type = of_type.saturating_sub(1);
        while let Some(object) = next.filter(|object| !is_shown[object.index() as usize])
            && left > 0
        {
            is_shown[object.index() as usize] = true;
            left -= 1;
            next = object.dominator();
        }
    }
    // A dominator retains more than what it dominates, so what is left out are whole branches
    // of the tree, the smallest ones.
    for object in &objects {
        if left > 0 && !is_shown[object.index() as usize] {
            is_shown[object.index() as usize] = true;
            left -= 1;
        }
    }
    objects.retain(|object| is_shown[object.index() as usize]);
    objects.sort_by_key(|object| object.index());
    objects
}

impl<'a> Heap<'a> {
    /// The page of `snapshot`, with the objects that it shows one by one.
    pub(crate) fn choose(
        snapshot: &'a HeapSnapshot,
        title: &'a str,
        earlier: Option<&'a HeapSnapshot>,
        recording: Option<&'a Recording>,
    ) -> Heap<'a> {
        let objects = shown(snapshot);
        let mut place = alloc::vec![NOT_SHOWN; snapshot.len()];
        for (number, object) in objects.iter().enumerate() {
            place[object.index() as usize] = narrow(number);
        }
        Heap { title, earlier, recording, snapshot, objects, place }
    }

    fn place(&self, object: ObjectInfo<'_>) -> Option<u32> {
        let place = self.place[object.index() as usize];
        (place != NOT_SHOWN).then_some(place)
    }

    /// Writes it as JSON.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let columns = [
            self.totals(),
            self.columns(),
            self.edges(),
            self.lists(),
            self.growth(),
            self.timeline(),
            sites(self.snapshot, self.earlier, &self.objects),
        ];
        for (number, (name, mut value)) in columns.into_iter().flatten().enumerate() {
            let separator = if number == 0 { "{" } else { ",\n" };
            make_harmless(&mut value);
            // Nothing in a text can end the element that the JSON stands in.
            let value = value.to_string().replace('<', "\\u003c");
            write!(out, "{separator}\"{name}\":{value}")?;
        }
        out.write_all(b"}")
    }

    fn totals(&self) -> Columns {
        let graph = self.snapshot.graph();
        let kind = |kind: &Kind| [kind.type_index as usize, kind.size, kind.bytes];
        alloc::vec![
            ("title", self.title.into()),
            ("count", self.snapshot.len().into()),
            ("edgeCount", self.snapshot.edge_count().into()),
            ("bytes", self.snapshot.bytes().into()),
            ("owned", self.snapshot.owned().into()),
            ("roots", self.snapshot.roots().count().into()),
            ("garbage", self.snapshot.unreachable().count().into()),
            ("frozen", self.snapshot.objects().filter(|object| is_frozen(*object)).count().into()),
            ("types", graph.types.iter().map(|known| known.name).collect()),
            ("shortNames", self.short_names()),
            ("kinds", json::json!(graph.kinds.iter().map(kind).collect::<Vec<_>>())),
            ("places", PLACES.iter().map(|place| place.name()).collect()),
            ("census", census(self.snapshot)),
        ]
    }

    /// The short names of all types that are named anywhere in the page.
    fn short_names(&self) -> json::Value {
        let types = self.snapshot.graph().types.iter().map(|known| known.name);
        let earlier = self.earlier.into_iter();
        let before =
            earlier.flat_map(|earlier| earlier.graph().types.iter().map(|known| known.name));
        let recorded = self.recording.into_iter().flat_map(Recording::types).copied();
        let names: BTreeSet<&str> = types.chain(before).chain(recorded).collect();
        names.into_iter().map(|name| json::json!([name, short(name)])).collect()
    }

    /// One entry for each object.
    fn columns(&self) -> Columns {
        let column = |of: &dyn Fn(ObjectInfo<'a>) -> u64| -> json::Value {
            self.objects.iter().map(|&object| of(object)).collect()
        };
        let mut last = 0;
        let distances: json::Value = self
            .objects
            .iter()
            .map(|object| object.id().0 - core::mem::replace(&mut last, object.id().0))
            .collect();
        alloc::vec![
            ("ids", distances),
            ("kind", column(&|object| object.kind_index() as u64)),
            ("ownedBytes", column(&|object| object.owned() as u64)),
            ("texts", self.texts(ObjectInfo::escaped_text)),
            ("objectNames", self.texts(ObjectInfo::escaped_name)),
            ("handles", column(&|object| object.ref_count() as u64)),
            ("external", column(&|object| object.external_count() as u64)),
            ("place", column(&|object| object.place() as u64)),
            ("traits", column(&traits)),
            ("retained", column(&|object| object.retained_size() as u64)),
            // One more than the place, 0 for none.
            (
                "dominator",
                column(&|object| {
                    let dominator = object.dominator().and_then(|dominator| self.place(dominator));
                    dominator.map_or(0, |place| u64::from(place) + 1)
                })
            ),
        ]
    }

    /// What `of` says of objects, each text behind the place of its object.
    fn texts(&self, of: fn(ObjectInfo<'a>) -> Option<String>) -> json::Value {
        let places = (0_u32..).zip(&self.objects);
        let texts = places.filter_map(|(place, &object)| Some((place, of(object)?)));
        texts.map(|(place, text)| json::json!([place, text])).collect()
    }

    fn edges(&self) -> Columns {
        let mut labels: Vec<String> = Vec::new();
        let mut known = HashMap::new();
        let (mut counts, mut targets, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for object in &self.objects {
            let before = targets.len();
            for edge in object.referents() {
                let Some(target) = self.place(edge.target()) else { continue };
                targets.push(target);
                let label = edge.raw_label();
                names.push(*known.entry(label).or_insert_with(|| {
                    labels.push(edge.label().to_string());
                    labels.len() - 1
                }));
            }
            counts.push(targets.len() - before);
        }
        alloc::vec![
            ("edges", counts.into()),
            ("targets", targets.into()),
            ("names", names.into()),
            ("labels", labels.into()),
        ]
    }

    /// What stands behind the totals.
    fn lists(&self) -> Columns {
        let cycles = self.snapshot.cycles();
        let cycle = |cycle: &Cycle<'a>| {
            let shown = cycle.members().iter().filter_map(|&member| self.place(member));
            let bytes = cycle.bytes().saturating_add(cycle.owned());
            let members: Vec<u32> = shown.collect();
            json::json!([u8::from(cycle.is_garbage()), cycle.members().len(), bytes, members])
        };
        let garbage = self.snapshot.garbage();
        let number = |waits| ALL.iter().position(|&other| other == waits);
        let waiting = garbage
            .objects()
            .filter_map(|(object, waits)| Some(json::json!([self.place(object)?, number(waits)?])));
        let waits = ALL.map(|waits| {
            let these = garbage.objects().filter(|&(_, other)| other == waits);
            let sum = these.fold((0, 0_usize), |(count, bytes), (object, _)| {
                (count + 1, bytes.saturating_add(object.bytes()).saturating_add(object.owned()))
            });
            json::json!([waits.to_string(), sum.0, sum.1])
        });
        alloc::vec![
            ("cycles", cycles.len().into()),
            ("cycleList", cycles.iter().map(cycle).collect()),
            ("waits", json::json!(waits)),
            ("waiting", waiting.collect()),
            ("schedule", garbage.schedule().into()),
        ]
    }

    fn timeline(&self) -> Columns {
        let recording = self.recording.filter(|recording| !recording.moments().is_empty());
        let Some(recording) = recording else { return Columns::new() };
        let moments: json::Value = recording.moments().iter().map(numbers_of).collect();
        alloc::vec![("timeline", json::json!({ "types": recording.types(), "moments": moments }))]
    }

    fn growth(&self) -> Columns {
        let Some(earlier) = self.earlier else { return Columns::new() };
        let diff = self.snapshot.diff(earlier);
        let new: Vec<u32> = diff.new_objects().filter_map(|object| self.place(object)).collect();
        alloc::vec![
            ("before", census(earlier)),
            ("newCount", diff.new_objects().len().into()),
            ("goneCount", diff.gone_objects().len().into()),
            ("new", new.into()),
        ]
    }
}

/// Makes all texts in a value [`Harmless`].
fn make_harmless(value: &mut json::Value) {
    match value {
        json::Value::String(text) => *text = Harmless(text).to_string(),
        json::Value::Array(values) => values.iter_mut().for_each(make_harmless),
        json::Value::Object(values) => values.values_mut().for_each(make_harmless),
        _ => {}
    }
}

fn is_frozen(object: ObjectInfo<'_>) -> bool {
    object.place() == Place::Permanent
}

/// The numbers of a moment, and those of its types.
fn numbers_of(moment: &Moment) -> json::Value {
    json::json!([
        moment.at.as_secs_f64(),
        moment.memory.objects,
        moment.memory.live_bytes,
        moment.memory.reserved_bytes,
        moment.collections,
        moment.collected,
        moment.pauses.count,
        u64::try_from(moment.pauses.longest.as_micros()).unwrap_or(u64::MAX),
        moment.types(),
    ])
}

/// What is true of an object, a bit for each.
fn traits(object: ObjectInfo<'_>) -> u64 {
    u64::from(object.is_finalized())
        | u64::from(object.is_exclusive()) << 1
        | u64::from(object.is_immortal()) << 2
        | u64::from(!object.is_reachable()) << 3
}

/// Name, count, bytes and owned bytes of each type.
fn census(of: &HeapSnapshot) -> json::Value {
    let census = of.census();
    let row = |row: &CensusRow<&str>| json::json!([row.key, row.count, row.bytes, row.owned]);
    census.rows().iter().map(row).collect()
}

/// Without the feature `sites` nobody knows where objects were made.
#[cfg(not(feature = "sites"))]
fn sites(_: &HeapSnapshot, _: Option<&HeapSnapshot>, _: &[ObjectInfo<'_>]) -> Columns {
    Columns::new()
}
