//! The growth of a heap: two snapshots compared.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::ObjectInfo;
use crate::inspect::snapshot::table::{Align, Table, grouped, signed};

/// The difference between two snapshots of one heap.
///
/// It prints as a table of the types that have grown, in number or in bytes.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, inspect::HeapSnapshot};
///
/// let kept = Gc::new(1_i64);
/// let before = HeapSnapshot::capture();
/// let leak: Vec<Gc<str>> = ["some", "more", "text"].map(Gc::from).into();
/// let after = HeapSnapshot::capture();
///
/// let diff = after.diff(&before);
/// assert_eq!(diff.rows()[0].type_name, "str");
/// assert_eq!(diff.rows()[0].count_growth(), 3);
/// assert!(diff.new_objects().any(|object| object.id() == (&leak[0]).into()));
/// ```
#[derive(Debug)]
pub struct HeapDiff<'a> {
    rows: Vec<GrowthRow>,
    new: Vec<ObjectInfo<'a>>,
    gone: Vec<ObjectInfo<'a>>,
}

/// How the objects of one type changed in number and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrowthRow {
    /// The type.
    pub type_name: &'static str,
    /// Objects before.
    pub count_before: usize,
    /// Objects after.
    pub count_after: usize,
    /// Their [bytes](ObjectInfo::bytes) before.
    pub bytes_before: usize,
    /// Their bytes after.
    pub bytes_after: usize,
    /// The bytes that they [owned](ObjectInfo::owned) elsewhere before.
    pub owned_before: usize,
    /// The bytes that they own elsewhere after.
    pub owned_after: usize,
}

impl GrowthRow {
    /// The growth in the number of objects.
    #[must_use]
    pub fn count_growth(&self) -> isize {
        self.count_after.wrapping_sub(self.count_before).cast_signed()
    }

    /// The growth in bytes.
    #[must_use]
    pub fn bytes_growth(&self) -> isize {
        self.bytes_after.wrapping_sub(self.bytes_before).cast_signed()
    }

    /// The growth in bytes that the objects own elsewhere.
    #[must_use]
    pub fn owned_growth(&self) -> isize {
        self.owned_after.wrapping_sub(self.owned_before).cast_signed()
    }

    /// The growth of both together.
    fn growth_in_all(&self) -> isize {
        self.bytes_growth().saturating_add(self.owned_growth())
    }
}

impl GrowthRow {
    /// There were no objects of this type, and there are none.
    pub(crate) fn of_none(type_name: &'static str) -> GrowthRow {
        GrowthRow {
            type_name,
            count_before: 0,
            count_after: 0,
            bytes_before: 0,
            bytes_after: 0,
            owned_before: 0,
            owned_after: 0,
        }
    }
}

impl HeapSnapshot {
    /// Compares this snapshot with `earlier`, a snapshot of the same heap.
    ///
    /// An object is new if no object of its type was at its address before. An object
    /// that took the place of a dead one of the same type is therefore not among the new
    /// ones; the counts are correct nevertheless.
    #[must_use]
    pub fn diff<'a>(&'a self, earlier: &'a HeapSnapshot) -> HeapDiff<'a> {
        let mut rows = BTreeMap::new();
        for row in earlier.census().rows() {
            let grown = row_of(&mut rows, row.key);
            (grown.count_before, grown.bytes_before) = (row.count, row.bytes);
            grown.owned_before = row.owned;
        }
        for row in self.census().rows() {
            let grown = row_of(&mut rows, row.key);
            (grown.count_after, grown.bytes_after) = (row.count, row.bytes);
            grown.owned_after = row.owned;
        }
        let mut rows: Vec<GrowthRow> = rows.into_values().collect();
        rows.sort_by_key(|row| Reverse((row.growth_in_all(), row.count_growth())));
        HeapDiff { rows, new: missing_in(earlier, self), gone: missing_in(self, earlier) }
    }
}

fn row_of<'a>(
    rows: &'a mut BTreeMap<&'static str, GrowthRow>,
    type_name: &'static str,
) -> &'a mut GrowthRow {
    rows.entry(type_name).or_insert_with(|| GrowthRow::of_none(type_name))
}

/// The objects of `of` that `other` does not contain. Both are sorted.
fn missing_in<'a>(other: &HeapSnapshot, of: &'a HeapSnapshot) -> Vec<ObjectInfo<'a>> {
    let mut others = other.objects().peekable();
    let is_missing = |object: &ObjectInfo<'_>| {
        while others.next_if(|other| other.id() < object.id()).is_some() {}
        !others.peek().is_some_and(|other| is_same(*other, *object))
    };
    of.objects().filter(is_missing).collect()
}

fn is_same(one: ObjectInfo<'_>, other: ObjectInfo<'_>) -> bool {
    one.id() == other.id() && one.type_name() == other.type_name()
}

impl<'a> HeapDiff<'a> {
    /// All types of both snapshots, the one that has grown by the most bytes
    /// first, owned ones included.
    #[must_use]
    pub fn rows(&self) -> &[GrowthRow] {
        &self.rows
    }

    /// The types that have more objects than before.
    pub fn grown(&self) -> impl Iterator<Item = &GrowthRow> {
        self.rows.iter().filter(|row| row.count_growth() > 0)
    }

    /// The objects that were not there before.
    #[must_use]
    pub fn new_objects(&self) -> impl ExactSizeIterator<Item = ObjectInfo<'a>> {
        self.new.iter().copied()
    }

    /// The objects that no longer exist, as the earlier snapshot shows them.
    #[must_use]
    pub fn gone_objects(&self) -> impl ExactSizeIterator<Item = ObjectInfo<'a>> {
        self.gone.iter().copied()
    }

    /// By how many bytes the heap has grown.
    #[must_use]
    pub fn bytes_growth(&self) -> isize {
        self.rows.iter().map(GrowthRow::bytes_growth).sum()
    }

    /// By how many bytes that its objects own elsewhere.
    #[must_use]
    pub fn owned_growth(&self) -> isize {
        self.rows.iter().map(GrowthRow::owned_growth).fold(0, isize::saturating_add)
    }
}

impl fmt::Display for HeapDiff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            ("count", Align::Right),
            ("growth", Align::Right),
            ("bytes growth", Align::Right),
            ("owned growth", Align::Right),
            ("type", Align::Left),
        ]);
        let has_grown = |row: &&GrowthRow| row.count_growth() > 0 || row.growth_in_all() > 0;
        for row in self.rows.iter().filter(has_grown) {
            table.add([
                grouped(row.count_after),
                signed(row.count_growth()),
                signed(row.bytes_growth()),
                signed(row.owned_growth()),
                row.type_name.to_string(),
            ]);
        }
        table.fmt(f)
    }
}
