//! The contents of a picture of a heap: boxes and arrows, in whatever format they are
//! drawn.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::inspect::graph::components::Components;
use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::{Edge, ObjectId, ObjectInfo};
use crate::inspect::snapshot::table::grouped;
use crate::inspect::snapshot::type_name::short;

/// Selects what a picture shows.
///
/// It starts with the whole heap, and the methods narrow it down. If more than
/// [`limit`](Drawing::limit) objects remain, the picture has one box for each type
/// instead, and says so.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, inspect::{Drawing, HeapSnapshot}};
///
/// let list = Gc::new(vec![Gc::new(1), Gc::new(2)]);
/// let snapshot = HeapSnapshot::capture();
///
/// let whole = snapshot.to_dot(&Drawing::new());
/// assert!(whole.starts_with("digraph"));
///
/// let who_holds_it = Drawing::new().referrers_of(&list[0], 2);
/// assert!(snapshot.to_dot(&who_holds_it).contains("Vec<"));
/// ```
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Objects to start from, and how far to go against and along the edges.
    center: Option<(ObjectId, usize, usize)>,
    is_only_cycles: bool,
    is_by_type: bool,
    limit: usize,
    highlighted: Vec<ObjectId>,
}

/// More objects than this are hard to make out in one picture.
const USUAL_LIMIT: usize = 200;

impl Default for Drawing {
    fn default() -> Drawing {
        Drawing::new()
    }
}

impl Drawing {
    /// The whole heap.
    #[must_use]
    pub fn new() -> Drawing {
        Drawing {
            center: None,
            is_only_cycles: false,
            is_by_type: false,
            limit: USUAL_LIMIT,
            highlighted: Vec::new(),
        }
    }

    /// Only an object, the objects that refer to it, and so on, up to `depth` edges away,
    /// like `objgraph.show_backrefs`.
    #[must_use]
    pub fn referrers_of(self, object: impl Into<ObjectId>, depth: usize) -> Drawing {
        self.centered(object.into(), depth, 0)
    }

    /// Only an object, the objects that it refers to, and so on, up to `depth` edges
    /// away, like `objgraph.show_refs`.
    #[must_use]
    pub fn referents_of(self, object: impl Into<ObjectId>, depth: usize) -> Drawing {
        self.centered(object.into(), 0, depth)
    }

    /// Only an object and the objects up to `depth` edges away from it in either
    /// direction.
    #[must_use]
    pub fn around(self, object: impl Into<ObjectId>, depth: usize) -> Drawing {
        self.centered(object.into(), depth, depth)
    }

    fn centered(mut self, object: ObjectId, backward: usize, forward: usize) -> Drawing {
        self.center = Some((object, backward, forward));
        self.highlighted.push(object);
        self
    }

    /// Only objects that are part of a [cycle](HeapSnapshot::cycles).
    #[must_use]
    pub fn only_cycles(mut self) -> Drawing {
        self.is_only_cycles = true;
        self
    }

    /// One box for each type, however few objects there are.
    #[must_use]
    pub fn by_type(mut self) -> Drawing {
        self.is_by_type = true;
        self
    }

    /// The maximum number of boxes (default 200).
    ///
    /// If there are more types than that, those with the most bytes are drawn.
    #[must_use]
    pub fn limit(mut self, boxes: usize) -> Drawing {
        self.limit = boxes;
        self
    }

    /// Draws an object prominently.
    #[must_use]
    pub fn highlight(mut self, object: impl Into<ObjectId>) -> Drawing {
        self.highlighted.push(object.into());
        self
    }

    /// Draws it.
    pub(crate) fn compose(&self, snapshot: &HeapSnapshot) -> Picture {
        let objects = self.choose(snapshot);
        if self.is_by_type || objects.len() > self.limit {
            self.compose_types(snapshot, &objects)
        } else {
            self.compose_objects(snapshot, &objects)
        }
    }

    /// The objects to show, sorted.
    fn choose(&self, snapshot: &HeapSnapshot) -> Vec<u32> {
        let mut chosen: Vec<u32> = match self.center {
            None => snapshot.graph().indices().collect(),
            Some((center, backward, forward)) => {
                let center = snapshot.get(center);
                let referrers =
                    near(center, backward, |object| object.referrers().map(Edge::owner).collect());
                let referents =
                    near(center, forward, |object| object.referents().map(Edge::target).collect());
                referrers.into_iter().chain(referents).collect()
            }
        };
        chosen.sort_unstable();
        chosen.dedup();
        if self.is_only_cycles {
            let components = Components::find(&snapshot.graph().edges, |_| true);
            let mut members: Vec<u32> = components.larger_than_one().concat();
            members.sort_unstable();
            chosen.retain(|object| members.binary_search(object).is_ok());
        }
        chosen
    }

    fn compose_objects(&self, snapshot: &HeapSnapshot, objects: &[u32]) -> Picture {
        let boxes = objects.iter().map(|&index| {
            let object = snapshot.object_at(index);
            let handles = object.ref_count();
            let plural = if handles == 1 { "" } else { "s" };
            let type_name = short(object.type_name());
            let name = match object.name() {
                Some(name) => format!("{name:?} {type_name}"),
                None => type_name,
            };
            PictureBox {
                title: match object.quoted_text() {
                    Some(text) => format!("{name} {text}"),
                    None => name,
                },
                detail: format!(
                    "{}, {handles} handle{plural}",
                    in_bytes(object.bytes(), object.owned())
                ),
                hint: format!("{object}\n{}", object.place()),
                role: self.role(object),
            }
        });
        let place = |index: u32| objects.binary_search(&index).ok();
        let mut arrows = Vec::new();
        for (from, &index) in objects.iter().enumerate() {
            for edge in snapshot.object_at(index).referents() {
                if let Some(to) = place(edge.target().index()) {
                    arrows.push(Arrow { from, to, label: edge.label().to_string() });
                }
            }
        }
        let note = match snapshot.len() - objects.len() {
            0 => format!("{} objects", grouped(objects.len())),
            others => format!("{} objects; {} more", grouped(objects.len()), grouped(others)),
        };
        Picture { boxes: boxes.collect(), arrows, note }
    }

    fn role(&self, object: ObjectInfo<'_>) -> Role {
        if self.highlighted.contains(&object.id()) {
            Role::Highlighted
        } else if object.is_root() {
            Role::Root
        } else if object.is_reachable() {
            Role::Plain
        } else {
            Role::Garbage
        }
    }

    fn compose_types(&self, snapshot: &HeapSnapshot, objects: &[u32]) -> Picture {
        // By name, as a census.
        let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
        for &index in objects {
            let object = snapshot.object_at(index);
            let group = groups.entry(object.type_name()).or_default();
            group.count += 1;
            group.bytes += object.bytes();
            group.owned = group.owned.saturating_add(object.owned());
            group.roots += usize::from(object.is_root());
            for edge in object.referents() {
                if objects.binary_search(&edge.target().index()).is_ok() {
                    *group.edges.entry(edge.target().type_name()).or_default() += 1;
                }
            }
        }
        let types = groups.len();
        let mut groups: Vec<(&str, Group)> = groups.into_iter().collect();
        groups.sort_by_key(|(_, group)| Reverse(group.bytes.saturating_add(group.owned)));
        groups.truncate(self.limit);
        let place: BTreeMap<&str, usize> =
            groups.iter().enumerate().map(|(place, (name, _))| (*name, place)).collect();
        let mut picture = Picture { boxes: Vec::new(), arrows: Vec::new(), note: String::new() };
        for (from, (name, group)) in groups.iter().enumerate() {
            picture.boxes.push(group.draw(name));
            for (target, count) in &group.edges {
                if let Some(&to) = place.get(target) {
                    let label = format!("{} edges", grouped(*count));
                    picture.arrows.push(Arrow { from, to, label });
                }
            }
        }
        let count = grouped(objects.len());
        let reason = if self.is_by_type {
            String::new()
        } else {
            format!(" because there are more than {}", self.limit)
        };
        let rest = if types > self.limit {
            format!("; the largest {} of {types} types", self.limit)
        } else {
            String::new()
        };
        picture.note = format!("{count} objects, drawn by type{reason}{rest}");
        picture
    }
}

/// The objects of one type.
#[derive(Default)]
struct Group {
    count: usize,
    bytes: usize,
    /// The bytes that they own elsewhere.
    owned: usize,
    roots: usize,
    /// How many edges lead to each type.
    edges: BTreeMap<&'static str, usize>,
}

impl Group {
    fn draw(&self, name: &str) -> PictureBox {
        let (count, bytes) = (grouped(self.count), in_bytes(self.bytes, self.owned));
        PictureBox {
            title: short(name),
            detail: format!("{count} objects, {bytes}"),
            hint: format!("{}\n{} of them held from outside", Harmless(name), grouped(self.roots)),
            role: if self.roots > 0 { Role::Root } else { Role::Plain },
        }
    }
}

/// The bytes of objects, and those that they own elsewhere.
fn in_bytes(bytes: usize, owned: usize) -> String {
    match owned {
        0 => format!("{} B", grouped(bytes)),
        _ => format!("{} B and owns {} B", grouped(bytes), grouped(owned)),
    }
}

/// The objects up to `depth` steps away from `center`.
fn near<'a>(
    center: Option<ObjectInfo<'a>>,
    depth: usize,
    neighbours: impl Fn(ObjectInfo<'a>) -> Vec<ObjectInfo<'a>>,
) -> Vec<u32> {
    let mut found: Vec<ObjectInfo<'a>> = center.into_iter().collect();
    let mut is_found: BTreeSet<u32> = found.iter().map(|object| object.index()).collect();
    let mut start = 0;
    for _ in 0..depth {
        let end = found.len();
        for place in start..end {
            for neighbour in neighbours(found[place]) {
                if is_found.insert(neighbour.index()) {
                    found.push(neighbour);
                }
            }
        }
        start = end;
    }
    found.into_iter().map(ObjectInfo::index).collect()
}

/// How a box stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Plain,
    /// Handles from outside hold it.
    Root,
    /// No root reaches it.
    Garbage,
    /// It was asked for.
    Highlighted,
}

/// An object, or all objects of a type.
#[derive(Debug)]
pub(crate) struct PictureBox {
    pub(crate) title: String,
    pub(crate) detail: String,
    /// The text that appears when the pointer rests there.
    pub(crate) hint: String,
    pub(crate) role: Role,
}

/// An edge, or all edges from one type to another.
#[derive(Debug)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) label: String,
}

/// What is to be drawn.
///
/// # Invariants
///
/// All texts are [`Harmless`], but for the line breaks in hints.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) boxes: Vec<PictureBox>,
    pub(crate) arrows: Vec<Arrow>,
    /// What the picture shows, in words.
    pub(crate) note: String,
}

#[cfg(feature = "inspect-svg")]
impl Picture {
    /// Makes one arrow of all from one box to the same other.
    pub(crate) fn merge_arrows(&mut self) {
        self.arrows.sort_by_key(|arrow| (arrow.from, arrow.to));
        let merged =
            self.arrows.chunk_by(|one, other| (one.from, one.to) == (other.from, other.to));
        self.arrows = merged
            .map(|arrows| {
                let first = &arrows[0];
                let label = match arrows.len() {
                    1 => first.label.clone(),
                    count => format!("{} and {} more", first.label, count - 1),
                };
                Arrow { from: first.from, to: first.to, label }
            })
            .collect();
    }
}
