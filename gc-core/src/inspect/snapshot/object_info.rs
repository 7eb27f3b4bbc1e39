//! One object of a snapshot, and one edge: small handles into the flat arrays.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::panic::Location;

use crate::inspect::graph::heap_graph::{Place, Record};
use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::object::generation::Generation;
use crate::object::label::Label;
use crate::pointer::erased::Object;
use crate::pointer::gc_ptr::Gc;

/// The identity of an object: its address, as [`gc::id`](crate::gc::id).
///
/// It is unique among the objects of one snapshot. When an object dies, an object that is
/// made later may get the same identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub usize);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl<T: ?Sized> From<&Gc<T>> for ObjectId {
    fn from(gc: &Gc<T>) -> ObjectId {
        ObjectId(Gc::as_ptr(gc).addr())
    }
}

impl From<&Object> for ObjectId {
    fn from(object: &Object) -> ObjectId {
        ObjectId(object.id())
    }
}

impl From<ObjectInfo<'_>> for ObjectId {
    fn from(object: ObjectInfo<'_>) -> ObjectId {
        object.id()
    }
}

/// One object of a [`HeapSnapshot`].
#[derive(Clone, Copy)]
pub struct ObjectInfo<'a> {
    snapshot: &'a HeapSnapshot,
    index: u32,
}

impl<'a> ObjectInfo<'a> {
    /// Object number `index` of `snapshot`.
    pub(crate) fn at(snapshot: &'a HeapSnapshot, index: u32) -> ObjectInfo<'a> {
        ObjectInfo { snapshot, index }
    }

    pub(crate) fn snapshot(self) -> &'a HeapSnapshot {
        self.snapshot
    }

    pub(crate) fn index(self) -> u32 {
        self.index
    }

    /// Tells objects of one type.
    pub(crate) fn type_index(self) -> usize {
        self.snapshot.graph().kind(self.index).type_index as usize
    }

    /// Tells objects of one type and size.
    pub(crate) fn kind_index(self) -> usize {
        self.record().kind()
    }

    fn record(self) -> &'a Record {
        self.snapshot.graph().record(self.index)
    }

    /// The identity.
    #[must_use]
    pub fn id(self) -> ObjectId {
        ObjectId(self.record().id)
    }

    /// The name of the value's type: from [`type_name`](core::any::type_name)
    /// or `#[trace(name = "...")]`.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        self.snapshot.graph().types[self.type_index()].name
    }

    /// The size of the value in bytes, as [`Object::size`].
    #[must_use]
    pub fn size(self) -> usize {
        self.snapshot.graph().kind(self.index).size
    }

    /// The bytes that the object takes on the heap: the value, its header, and the loss
    /// to rounding. Memory that the value owns elsewhere, such as the elements of a
    /// `Vec`, is not included: that is [`owned`](ObjectInfo::owned).
    ///
    /// Their sum over all objects is `gc::memory().live_bytes`.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.snapshot.graph().bytes(self.index)
    }

    /// The bytes that the value owns elsewhere in memory: the capacity of its vectors, strings,
    /// maps and boxes, and of those that lie in them.
    ///
    /// Values report them as they do to the collector, which collects earlier when objects own
    /// much: see [`LabelTracer::owns`](crate::LabelTracer::owns). What is shared through an `Rc`
    /// or an `Arc` is divided among those who share it, and what it owns in turn is not counted.
    /// Nor is what lies in fields that are not traced, in a `RefCell` that is mutably borrowed, or
    /// in an object in [exclusive use](ObjectInfo::is_exclusive). For a type of another crate, let
    /// a function report it with [`Tracer::owns`](crate::Tracer::owns). The bytes that the
    /// allocator adds are not known.
    ///
    /// Vectors, strings and boxes are exact. So are hash tables, but one from which
    /// entries were removed may own twice what is reported. B-trees of more than a thousand
    /// entries are estimated, mostly to a few percent.
    ///
    /// # Examples
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let names = Gc::new(vec![String::with_capacity(1000), String::with_capacity(500)]);
    /// let snapshot = HeapSnapshot::capture();
    /// let names = snapshot.get(&names).unwrap();
    /// assert_eq!(names.owned(), 1500 + 2 * size_of::<String>());
    /// assert_eq!(names.retained_size(), names.bytes() + names.owned());
    /// ```
    #[must_use]
    pub fn owned(self) -> usize {
        self.snapshot.graph().owned.of(self.index)
    }

    /// The text of the value, if it has one and the snapshot was
    /// [taken with texts](HeapSnapshot::capture_with_texts), which a `SharedSnapshot` can be, too.
    ///
    /// It is what the program wrote: it may come from a network, and contain control characters
    /// and whatever else can be in a text. Pictures, files, and the [`Display`](fmt::Display) of
    /// objects and paths show it in quotes and escaped.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let name = Gc::new(String::from("Ada\n"));
    /// let snapshot = HeapSnapshot::capture_with_texts();
    /// let name = snapshot.get(&name).unwrap();
    /// assert_eq!(name.text(), Some("Ada\n"));
    /// assert!(name.to_string().ends_with(r#" "Ada\n">"#));
    /// ```
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        self.snapshot.graph().texts.of(self.index)
    }

    /// The text in quotes, with everything escaped that could be taken for something else.
    pub(crate) fn quoted_text(self) -> Option<String> {
        self.text().map(|text| format!("{text:?}"))
    }

    /// The text without the quotes.
    pub(crate) fn escaped_text(self) -> Option<String> {
        self.text().map(escaped)
    }

    /// The name that the program [gave](crate::inspect::name) to the object.
    ///
    /// Like a [text](ObjectInfo::text) it is shown escaped, and given here as it is.
    #[must_use]
    pub fn name(self) -> Option<&'a str> {
        self.snapshot.graph().names.of(self.index)
    }

    /// The name with everything escaped that could be taken for something else.
    pub(crate) fn escaped_name(self) -> Option<String> {
        self.name().map(escaped)
    }

    /// The number of the site where the object was made; 0 if it is not known.
    pub(crate) fn site_number(self) -> u32 {
        self.snapshot.graph().sites.number_of(self.index)
    }

    /// Where the object was made, if it was noted.
    pub(crate) fn noted_site(self) -> Option<&'static Location<'static>> {
        self.snapshot.graph().sites.place_of(self.index)
    }

    /// The place where the object belongs: in a generation, or in none.
    #[must_use]
    pub fn place(self) -> Place {
        self.record().place()
    }

    /// The generation; `None` if the object is permanent, untracked or shared.
    #[must_use]
    pub fn generation(self) -> Option<Generation> {
        match self.place() {
            Place::Young => Some(Generation::Young),
            Place::Middle => Some(Generation::Middle),
            Place::Old => Some(Generation::Old),
            Place::Permanent | Place::Untracked | Place::Shared => None,
        }
    }

    /// The number of handles.
    #[must_use]
    pub fn ref_count(self) -> usize {
        self.record().strong as usize
    }

    /// The number of handles that are not in an object of the snapshot, or are in one
    /// that could not be looked at.
    #[must_use]
    pub fn external_count(self) -> usize {
        self.snapshot.graph().external()[self.index as usize] as usize
    }

    /// Whether there are handles from outside.
    #[must_use]
    pub fn is_root(self) -> bool {
        self.external_count() > 0
    }

    /// Whether a root reaches the object. If none does, it is garbage.
    #[must_use]
    pub fn is_reachable(self) -> bool {
        self.snapshot.forest().is_reached(self.index)
    }

    /// Whether the collector examines objects of this type.
    #[must_use]
    pub fn is_tracked(self) -> bool {
        self.place() != Place::Untracked
    }

    /// Whether the object was finalized and then resurrected.
    #[must_use]
    pub fn is_finalized(self) -> bool {
        self.record().traits().is_finalized
    }

    /// Whether the object was in exclusive use. If so, its edges are not known.
    #[must_use]
    pub fn is_exclusive(self) -> bool {
        self.record().traits().is_exclusive
    }

    /// Whether the object is never freed, because its count of handles overflowed: the
    /// program made, and perhaps forgot, 2³¹ of them.
    #[must_use]
    pub fn is_immortal(self) -> bool {
        self.record().traits().is_immortal
    }

    /// The edges that lead from the object, in the order of its fields.
    pub fn referents(self) -> impl DoubleEndedIterator<Item = Edge<'a>> + ExactSizeIterator {
        let range = self.snapshot.graph().edges.range(self.index);
        range.map(move |position| Edge::at(self, position))
    }

    /// The edges that lead to the object.
    pub fn referrers(self) -> impl DoubleEndedIterator<Item = Edge<'a>> + ExactSizeIterator {
        let reversed = self.snapshot.reversed();
        reversed.rows.range(self.index).map(move |place| {
            let owner = ObjectInfo::at(self.snapshot, reversed.rows.entries[place]);
            Edge::at(owner, reversed.positions[place] as usize)
        })
    }
}

/// As it stands between the quotes of a string in Rust.
fn escaped(text: &str) -> String {
    let mut text = format!("{text:?}");
    text.pop();
    text.remove(0);
    text
}

impl PartialEq for ObjectInfo<'_> {
    /// Whether both are the same object of the same snapshot.
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.snapshot, other.snapshot) && self.index == other.index
    }
}

impl Eq for ObjectInfo<'_> {}

impl fmt::Display for ObjectInfo<'_> {
    /// The type and the address, as [`Object`] is shown, with the name before it and the text
    /// in it, if there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            write!(f, "{name:?} ")?;
        }
        write!(f, "<{} {}", Harmless(self.type_name()), self.id())?;
        if let Some(text) = self.text() {
            write!(f, " {text:?}")?;
        }
        f.write_str(">")
    }
}

impl fmt::Debug for ObjectInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One edge of a [`HeapSnapshot`]: a handle to one object in another.
#[derive(Clone, Copy)]
pub struct Edge<'a> {
    owner: ObjectInfo<'a>,
    position: usize,
}

impl<'a> Edge<'a> {
    /// The edge at `position` of the graph, which leads from `owner`.
    pub(crate) fn at(owner: ObjectInfo<'a>, position: usize) -> Edge<'a> {
        Edge { owner, position }
    }

    pub(crate) fn raw_label(self) -> Label {
        self.owner.snapshot.graph().edge_labels[self.position]
    }

    /// The object that owns the handle.
    #[must_use]
    pub fn owner(self) -> ObjectInfo<'a> {
        self.owner
    }

    /// The object that the handle refers to.
    #[must_use]
    pub fn target(self) -> ObjectInfo<'a> {
        let snapshot = self.owner.snapshot;
        ObjectInfo::at(snapshot, snapshot.graph().edges.entries[self.position])
    }

    /// The field that holds the handle: `parent`, `children[3]`, `Circle.center`,
    /// `map[2].key`. What lies in an `Option` is named by the field that holds the option.
    /// Empty if a hand-written `Trace` does not name it. What could be taken for something else
    /// than letters is escaped: names stand in the source code, and anything may stand there.
    #[must_use]
    pub fn label(self) -> EdgeLabel<'a> {
        EdgeLabel { edge: self }
    }
}

impl fmt::Debug for Edge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} -> {}", self.owner, self.label(), self.target())
    }
}

/// The name of an [`Edge`]. The text is made when it is displayed.
#[derive(Clone, Copy, Debug)]
pub struct EdgeLabel<'a> {
    edge: Edge<'a>,
}

impl fmt::Display for EdgeLabel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = &self.edge.owner.snapshot.graph().labels;
        Harmless(&labels.show(self.edge.raw_label()).to_string()).fmt(f)
    }
}
