//! Objects counted by where they were made, and what has grown there.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use crate::inspect::reports::census::Census;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::site::MadeAt;
use crate::inspect::snapshot::table::{Align, Table, grouped, signed};

/// What has grown between two snapshots, by type and by where objects were made. The place that
/// has grown by the most bytes comes first.
///
/// It prints as a table of the places that have grown, in number or in bytes.
#[cfg_attr(docsrs, doc(cfg(feature = "sites")))]
#[derive(Clone, Debug)]
pub struct SiteGrowth {
    rows: Vec<SiteGrowthRow>,
}

/// How the objects that were made at one place changed in number and bytes.
#[cfg_attr(docsrs, doc(cfg(feature = "sites")))]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteGrowthRow {
    /// The type and the place.
    pub made_at: MadeAt,
    /// Objects before.
    pub count_before: usize,
    /// Objects after.
    pub count_after: usize,
    /// Their bytes before, and those that they owned elsewhere.
    pub bytes_before: usize,
    /// Their bytes after, and those that they own elsewhere.
    pub bytes_after: usize,
}

impl SiteGrowthRow {
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
}

impl HeapSnapshot {
    /// Counts the objects by type and by where they were made.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let many: Vec<Gc<u32>> = (0..1200).map(|number| Gc::new(number)).collect();
    /// let line = line!() - 1;
    /// let one = Gc::new(0_u32);
    /// let census = HeapSnapshot::capture().census_by_site();
    /// let row = &census.rows()[0];
    /// assert_eq!((row.count, row.key.site.unwrap().line()), (1200, line));
    /// println!("{census}");
    /// # drop((many, one));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "sites")))]
    #[must_use]
    pub fn census_by_site(&self) -> Census<MadeAt> {
        // Places are looked up once for each, not once for each object.
        let mut places = BTreeMap::new();
        self.census_by(|object| {
            let key = (object.type_index(), object.site_number());
            *places.entry(key).or_insert_with(|| object.made_at())
        })
    }

    /// Compares this snapshot with `earlier`, a snapshot of the same heap, by type and by where
    /// objects were made.
    #[cfg_attr(docsrs, doc(cfg(feature = "sites")))]
    #[must_use]
    pub fn growth_by_site(&self, earlier: &HeapSnapshot) -> SiteGrowth {
        let mut rows: BTreeMap<MadeAt, SiteGrowthRow> = BTreeMap::new();
        let empty = |made_at| SiteGrowthRow {
            made_at,
            count_before: 0,
            count_after: 0,
            bytes_before: 0,
            bytes_after: 0,
        };
        for row in earlier.census_by_site().rows() {
            let grown = rows.entry(row.key).or_insert_with(|| empty(row.key));
            (grown.count_before, grown.bytes_before) = (row.count, row.bytes_in_all());
        }
        for row in self.census_by_site().rows() {
            let grown = rows.entry(row.key).or_insert_with(|| empty(row.key));
            (grown.count_after, grown.bytes_after) = (row.count, row.bytes_in_all());
        }
        let mut rows: Vec<SiteGrowthRow> = rows.into_values().collect();
        rows.sort_by_key(|row| Reverse((row.bytes_growth(), row.count_growth())));
        SiteGrowth { rows }
    }
}

impl SiteGrowth {
    /// All types and places of both snapshots.
    #[must_use]
    pub fn rows(&self) -> &[SiteGrowthRow] {
        &self.rows
    }
}

impl fmt::Display for SiteGrowth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            ("count", Align::Right),
            ("growth", Align::Right),
            ("bytes growth", Align::Right),
            ("type, and where it was made", Align::Left),
        ]);
        let has_grown = |row: &&SiteGrowthRow| row.count_growth() > 0 || row.bytes_growth() > 0;
        for row in self.rows.iter().filter(has_grown) {
            table.add([
                grouped(row.count_after),
                signed(row.count_growth()),
                signed(row.bytes_growth()),
                row.made_at.to_string(),
            ]);
        }
        table.fmt(f)
    }
}
