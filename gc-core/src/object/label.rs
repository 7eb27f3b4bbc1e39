//! The field by which an edge is held, in four bytes.
//!
//! A heap of a million objects has millions of edges, but few different *ways* from an
//! object to its edges: a hundred thousand lists of children all have the way
//! `children[i]`. So each way is kept once, as a [`Shape`] in a tree that shares
//! beginnings, and a [`Label`] is the number of a shape and the position in it:
//!
//! ```text
//!   shapes   0 (the object)         label of  children[7]    = (3, 7)
//!            1  |-- parent          label of  parent         = (1, 0)
//!            2  `-- children        label of  grid[2][5].at  = long[p]
//!            3       `-- [..]       where long[p..] is  7, 2, 5
//! ```
//!
//! Two positions or more, which are rare, go to a table of their own. Text is
//! made when somebody looks at a label. This file is plain data.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::hash::BuildHasherDefault;
use core::ptr;
use std::collections::HashMap;
use std::hash::DefaultHasher;

/// Names the way from an object to one of its edges, in [`Labels`].
///
/// The lowest bits are the shape, those above them its position. If that does
/// not fit, or there are several positions, the highest bit is set, and the
/// others say where in [`Labels::long`] to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Label(u32);

impl Label {
    const SHAPE_BITS: u32 = 11;
    const LONG: u32 = 1 << 31;

    /// The label in four bytes, if it fits.
    #[inline]
    fn short(shape: ShapeId, position: usize) -> Option<Label> {
        let fits =
            shape.0 < 1 << Self::SHAPE_BITS && position < (Self::LONG >> Self::SHAPE_BITS) as usize;
        fits.then(|| Label(shape.0 | narrow(position) << Self::SHAPE_BITS))
    }

    /// The label that stands at `start`; `None` if the table is full, after
    /// which edges go unnamed.
    fn long(start: usize) -> Option<Label> {
        (start < Self::LONG as usize).then(|| Label(narrow(start) | Self::LONG))
    }

    /// The shape and the position, or where to look.
    #[inline]
    fn read(self) -> Result<(ShapeId, u32), usize> {
        match self.0 & Self::LONG {
            0 => Ok((ShapeId(self.0 & ((1 << Self::SHAPE_BITS) - 1)), self.0 >> Self::SHAPE_BITS)),
            _ => Err((self.0 & !Self::LONG) as usize),
        }
    }
}

/// Names a [`Shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ShapeId(u32);

impl ShapeId {
    /// The object itself.
    const START: ShapeId = ShapeId(0);
}

/// The name of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    text: &'static str,
    /// Which part of the text it is, if `|` joins several; else [`WHOLE`].
    place: u32,
}

/// All of the text.
const WHOLE: u32 = u32::MAX;

impl Name {
    /// This name.
    #[inline]
    pub(crate) const fn new(text: &'static str) -> Name {
        Name { text, place: WHOLE }
    }

    /// Name number `place` of those that are `joined` by `|`, as the derive
    /// writes them. They are taken apart when somebody looks.
    #[inline]
    pub(crate) const fn part(joined: &'static str, place: u32) -> Name {
        Name { text: joined, place }
    }

    fn text(self) -> &'static str {
        match self.place {
            WHOLE => self.text,
            place => self.text.split('|').nth(place as usize).unwrap_or_default(),
        }
    }

    /// Whether it is the same text at the same address.
    #[inline]
    fn is(self, other: Name) -> bool {
        ptr::eq(self.text, other.text) && self.place == other.place
    }
}

/// One step on the way from an object to an edge.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A named or numbered field, or a variant's field as in `Circle.center`.
    Field(Name),
    /// A position in a sequence.
    Index(usize),
}

impl Step {
    /// What tells a step from others, but for positions.
    #[inline]
    fn key(self) -> Key {
        match self {
            Step::Field(Name { text, place }) => (text.as_ptr().addr(), text.len(), place),
            Step::Index(_) => (0, 0, 0),
        }
    }

    /// A number that is another one for most other steps.
    #[inline]
    fn hash(self) -> usize {
        match self {
            Step::Field(name) => name.text.as_ptr().addr().wrapping_add(name.place as usize),
            Step::Index(_) => 0,
        }
    }
}

/// See [`Step::key`].
type Key = (usize, usize, u32);

/// A way to an edge, without its positions.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// The way without its last step.
    parent: ShapeId,
    /// The field that is the last step; `None` stands for a position.
    field: Option<Name>,
    /// How many positions the way has.
    positions: u32,
    /// The shape that was asked for after this one, the last time.
    next: ShapeId,
}

/// The ways of one snapshot.
///
/// # Invariants
///
/// `shapes[0]` is the object itself, and the parent of a shape lies before it.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    shapes: Vec<Shape>,
    /// Labels that are too long for four bytes: a shape and its positions.
    long: Vec<u32>,
}

/// Takes in ways.
///
/// Fields are told apart by the address of their names: a name that is in the
/// program twice makes two shapes that read the same.
#[derive(Debug)]
pub(crate) struct LabelBuilder {
    labels: Labels,
    /// The shape that was asked for last.
    last: ShapeId,
    /// The shape that was found last for ways with the same hash.
    recent: Box<[ShapeId]>,
    /// Shapes by the shape before and the key of the last step.
    known: HashMap<(ShapeId, Key), ShapeId, BuildHasherDefault<DefaultHasher>>,
}

/// The number of shapes that are found without following their steps; a power
/// of two.
const RECENT: usize = 1024;

impl Default for LabelBuilder {
    fn default() -> Self {
        let start =
            Shape { parent: ShapeId::START, field: None, positions: 0, next: ShapeId::START };
        LabelBuilder {
            labels: Labels { shapes: alloc::vec![start], long: Vec::new() },
            last: ShapeId::START,
            recent: Box::new([ShapeId::START; RECENT]),
            known: HashMap::default(),
        }
    }
}

impl LabelBuilder {
    /// One that takes in nothing, and has no memory.
    pub(crate) fn unused() -> LabelBuilder {
        LabelBuilder {
            labels: Labels { shapes: Vec::new(), long: Vec::new() },
            last: ShapeId::START,
            recent: Box::default(),
            known: HashMap::default(),
        }
    }

    /// Ends it.
    pub(crate) fn finish(self) -> Labels {
        self.labels
    }

    /// The label of the way that takes `steps`, last first.
    #[inline]
    pub(crate) fn label(&mut self, steps: impl Iterator<Item = Step> + Clone) -> Label {
        // The items of a list share their shape, and objects of a type report alike.
        let mut shape = self.labels.shape(self.last).next;
        if !self.labels.leads(shape, steps.clone()) {
            shape = self.shape_of(steps.clone());
            self.labels.shapes[self.last.0 as usize].next = shape;
        }
        self.last = shape;
        let mut positions = steps.filter_map(|step| match step {
            Step::Index(index) => Some(index),
            Step::Field(_) => None,
        });
        let short = match self.labels.shape(shape).positions {
            0 => Label::short(shape, 0),
            1 => positions.clone().next().and_then(|position| Label::short(shape, position)),
            _ => None,
        };
        short.unwrap_or_else(|| self.long_label(shape, &mut positions))
    }

    /// The shape of the way that takes `steps`, last first.
    #[inline]
    fn shape_of(&mut self, steps: impl Iterator<Item = Step> + Clone) -> ShapeId {
        let recent = hash(steps.clone());
        let shape = self.recent[recent];
        if self.labels.leads(shape, steps.clone()) {
            return shape;
        }
        let shape = self.follow(steps.collect());
        self.recent[recent] = shape;
        shape
    }

    /// The shape of the way that takes `steps`, last first, step by step.
    #[cold]
    fn follow(&mut self, steps: Vec<Step>) -> ShapeId {
        steps.into_iter().rev().fold(ShapeId::START, |parent, step| {
            let shapes = &mut self.labels.shapes;
            *self.known.entry((parent, step.key())).or_insert_with(|| {
                let before = shapes[parent.0 as usize].positions;
                let (field, positions) = match step {
                    Step::Field(name) => (Some(name), before),
                    Step::Index(_) => (None, before + 1),
                };
                let next = ShapeId(narrow(shapes.len()));
                shapes.push(Shape { parent, field, positions, next });
                next
            })
        })
    }

    #[cold]
    fn long_label(&mut self, shape: ShapeId, positions: &mut dyn Iterator<Item = usize>) -> Label {
        let long = &mut self.labels.long;
        let start = long.len();
        let Some(label) = Label::long(start) else { return Label::default() };
        long.push(shape.0);
        long.extend(positions.map(narrow));
        long[start + 1..].reverse();
        label
    }
}

/// Where the shape of a way is looked for first.
#[inline]
fn hash(steps: impl Iterator<Item = Step>) -> usize {
    let hash = steps
        .fold(0_usize, |hash, step| (hash.rotate_left(5) ^ step.hash()).wrapping_mul(0x9E37_79B9));
    (hash ^ hash >> 16) % RECENT
}

/// A position beyond four billion is shown as four billion.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

impl Labels {
    #[inline]
    fn shape(&self, shape: ShapeId) -> &Shape {
        &self.shapes[shape.0 as usize]
    }

    /// Whether `shape` is that of the way that takes `steps`, last first.
    #[inline]
    fn leads(&self, mut shape: ShapeId, mut steps: impl Iterator<Item = Step>) -> bool {
        steps.all(|step| {
            let last = self.shape(shape);
            let is_start = shape == ShapeId::START;
            shape = last.parent;
            match (last.field, step) {
                (Some(known), Step::Field(name)) => known.is(name),
                (None, Step::Index(_)) => !is_start,
                _ => false,
            }
        }) && shape == ShapeId::START
    }

    /// Shows `label`.
    pub(crate) fn show(&self, label: Label) -> Shown<'_> {
        Shown { labels: self, label, has_positions: true }
    }

    /// Shows `label` with a star in place of each position.
    #[cfg(feature = "inspect")]
    pub(crate) fn show_starred(&self, label: Label) -> Shown<'_> {
        Shown { labels: self, label, has_positions: false }
    }

    /// A number that labels which differ in their positions alone have in common. Others may
    /// read the same.
    #[cfg(feature = "inspect")]
    pub(crate) fn way(&self, label: Label) -> u32 {
        self.parts(label).shape.0
    }

    /// The position, if the way is nothing but one position.
    #[cfg(any(test, feature = "inspect"))]
    pub(crate) fn only_position(&self, label: Label) -> Option<u32> {
        let parts = self.parts(label);
        let shape = self.shape(parts.shape);
        let is_only =
            shape.field.is_none() && shape.parent == ShapeId::START && shape.positions == 1;
        is_only.then(|| parts.positions()[0])
    }

    fn parts(&self, label: Label) -> Parts<'_> {
        match label.read() {
            Ok((shape, position)) => Parts { shape, one: [position], several: None },
            Err(start) => {
                let shape = ShapeId(self.long[start]);
                let count = self.shapes[shape.0 as usize].positions as usize;
                let several = &self.long[start + 1..start + 1 + count];
                Parts { shape, one: [0], several: Some(several) }
            }
        }
    }
}

/// A label taken apart.
struct Parts<'a> {
    shape: ShapeId,
    one: [u32; 1],
    several: Option<&'a [u32]>,
}

impl Parts<'_> {
    /// The positions, in the order of the way; at least one, be it used or not.
    fn positions(&self) -> &[u32] {
        self.several.unwrap_or(&self.one)
    }
}

/// Writes a label as Rust would write the way: `map[3].key`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    labels: &'a Labels,
    label: Label,
    has_positions: bool,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The tree is walked from its leaf: the steps are put in order first.
        let parts = self.labels.parts(self.label);
        let mut steps = Vec::new();
        let mut shape = parts.shape;
        while shape != ShapeId::START {
            steps.push(shape);
            shape = self.labels.shapes[shape.0 as usize].parent;
        }
        let mut positions = parts.positions().iter();
        for (number, shape) in steps.into_iter().rev().enumerate() {
            match self.labels.shapes[shape.0 as usize].field {
                Some(name) if number == 0 => f.write_str(name.text())?,
                Some(name) => write!(f, ".{}", name.text())?,
                None if !self.has_positions => f.write_str("[*]")?,
                None => write!(f, "[{}]", positions.next().copied().unwrap_or_default())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use std::sync::LazyLock;

    /// The label of a way, as a tracer asks for it.
    fn label(builder: &mut LabelBuilder, steps: &[Step]) -> Label {
        builder.label(steps.iter().rev().copied())
    }

    #[test]
    fn labels_read_as_rust_would_write_the_way() {
        use Step::Index;
        let field = |name| Step::Field(Name::new(name));
        let mut builder = LabelBuilder::default();
        let second = Step::Field(Name::part("one|two|three", 1));
        let ways: [(&[Step], &str); 9] = [
            (&[], ""),
            (&[field("parent")], "parent"),
            (&[field("children"), Index(7)], "children[7]"),
            (&[field("children"), Index(3_000_000)], "children[3000000]"),
            (&[field("map"), Index(3), field("key")], "map[3].key"),
            (&[field("grid"), Index(2), Index(5), field("Some.0")], "grid[2][5].Some.0"),
            (&[Index(4)], "[4]"),
            (&[Index(4), Index(0)], "[4][0]"),
            (&[second, Index(6)], "two[6]"),
        ];
        let labels: Vec<Label> = ways.iter().map(|(way, _)| label(&mut builder, way)).collect();
        let shapes = builder.labels.shapes.len();
        for (way, _) in ways {
            label(&mut builder, way);
        }
        assert_eq!(builder.labels.shapes.len(), shapes, "a way is kept once");
        let shown = builder.finish();
        for (label, (_, text)) in labels.iter().zip(ways) {
            assert_eq!(shown.show(*label).to_string(), text);
        }
        assert_eq!(shown.only_position(labels[6]), Some(4));
        assert_eq!(shown.only_position(labels[2]), None);
        assert_eq!(shown.only_position(labels[7]), None);
    }

    #[test]
    fn fields_that_share_their_start_in_memory_are_told_apart() {
        let name: &'static str = "children";
        let mut builder = LabelBuilder::default();
        let long = label(&mut builder, &[Step::Field(Name::new(name))]);
        let short = label(&mut builder, &[Step::Field(Name::new(&name[..5]))]);
        assert_ne!(long, short);
        assert_eq!(builder.finish().show(short).to_string(), "child");
    }

    #[test]
    fn more_ways_than_fit_into_a_label_keep_their_names() {
        static FIELDS: LazyLock<Vec<String>> = LazyLock::new(|| {
            (0..if cfg!(miri) { 50 } else { 5000 })
                .map(|number| alloc::format!("field{number}"))
                .collect()
        });
        let mut builder = LabelBuilder::default();
        let labels: Vec<Label> = FIELDS
            .iter()
            .map(|field| label(&mut builder, &[Step::Field(Name::new(field)), Step::Index(9)]))
            .collect();
        for (label, field) in labels.into_iter().zip(&*FIELDS) {
            let shown = builder.labels.show(label).to_string();
            assert_eq!(shown, alloc::format!("{field}[9]"));
        }
    }
}
