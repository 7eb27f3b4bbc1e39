//! The census of a heap: objects counted by type, by generation, or by anything else.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::inspect::graph::heap_graph::Place;
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;
use crate::inspect::snapshot::object_info::ObjectInfo;
use crate::inspect::snapshot::table::{Align, Table, grouped};

/// The objects of a snapshot in groups, the one with the most bytes first.
///
/// It prints as a table.
///
/// # Examples
///
/// ```
/// use gcycle::{Gc, inspect::HeapSnapshot};
///
/// let _numbers: Vec<_> = (0..100).map(|number| Gc::new(f64::from(number))).collect();
/// let _list = Gc::new(vec![0; 1000]);
/// let census = HeapSnapshot::capture().census();
/// assert_eq!((census.rows()[0].count, census.rows()[0].owned), (1, 4000));
/// println!("{census}");
/// //  count       %   bytes   owned bytes       %   cum. %
/// // ─────────────────────────────────────────────────────────────────────────────
/// //      1    1.0%      40         4,000   62.7%    62.7%   alloc::vec::Vec<i32>
/// //    100   99.0%   2,400             0   37.3%   100.0%   f64
/// //    101           2,440         4,000                    in all
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Census<K> {
    rows: Vec<CensusRow<K>>,
    count: usize,
    bytes: usize,
    owned: usize,
}

/// One group of a [`Census`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CensusRow<K> {
    /// The key that the objects have in common.
    pub key: K,
    /// The number of objects.
    pub count: usize,
    /// Their [bytes](ObjectInfo::bytes).
    pub bytes: usize,
    /// The bytes that they [own](ObjectInfo::owned) elsewhere.
    pub owned: usize,
    /// Their share of the bytes of all objects, owned ones included, from 0 to 1.
    pub share: f64,
}

impl<K> CensusRow<K> {
    /// The bytes of the objects and those that they own.
    pub(crate) fn bytes_in_all(&self) -> usize {
        self.bytes.saturating_add(self.owned)
    }
}

/// The objects of one group.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: usize,
    bytes: usize,
    owned: usize,
}

impl Sums {
    fn add(&mut self, object: ObjectInfo<'_>) {
        self.count += 1;
        self.bytes += object.bytes();
        self.owned = self.owned.saturating_add(object.owned());
    }
}

impl HeapSnapshot {
    /// Counts the objects by type.
    #[must_use]
    pub fn census(&self) -> Census<&'static str> {
        // Names are compared once for each type, not once for each object.
        let graph = self.graph();
        let mut types = alloc::vec![Sums::default(); graph.types.len()];
        for object in self.objects() {
            types[object.type_index()].add(object);
        }
        let mut groups: BTreeMap<&'static str, Sums> = BTreeMap::new();
        for (known, sums) in graph.types.iter().zip(types) {
            let group = groups.entry(known.name).or_default();
            group.count += sums.count;
            group.bytes += sums.bytes;
            group.owned = group.owned.saturating_add(sums.owned);
        }
        Census::of(groups)
    }

    /// Counts the objects by the [`Place`] where they belong: a generation, the permanent
    /// objects, or the untracked ones.
    ///
    /// ```
    /// use gcycle::{Gc, gc, inspect::{HeapSnapshot, Place}};
    ///
    /// let list = Gc::new(vec![Gc::new(1)]);
    /// gc::freeze();
    /// let census = HeapSnapshot::capture().census_by_generation();
    /// assert_eq!(census.get(&Place::Permanent).unwrap().count, 1);
    /// assert_eq!(census.get(&Place::Untracked).unwrap().count, 1);
    /// ```
    #[must_use]
    pub fn census_by_generation(&self) -> Census<Place> {
        self.census_by(ObjectInfo::place)
    }

    /// Counts the objects by the value that `key` returns for them.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::HeapSnapshot};
    ///
    /// let text: Vec<Gc<str>> = ["a", "bc", "de"].map(Gc::from).into();
    /// let by_size = HeapSnapshot::capture().census_by(|object| object.size());
    /// assert_eq!(by_size.get(&2).unwrap().count, 2);
    /// ```
    pub fn census_by<'a, K: Ord>(&'a self, mut key: impl FnMut(ObjectInfo<'a>) -> K) -> Census<K> {
        let mut groups = BTreeMap::new();
        for object in self.objects() {
            groups.entry(key(object)).or_insert_with(Sums::default).add(object);
        }
        Census::of(groups)
    }
}

/// The share of `part` in `whole`, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a share needs few digits")]
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl<K: Ord> Census<K> {
    fn of(groups: BTreeMap<K, Sums>) -> Census<K> {
        let count = groups.values().map(|group| group.count).sum();
        let bytes: usize = groups.values().map(|group| group.bytes).sum();
        let owned = groups.values().map(|group| group.owned).fold(0, usize::saturating_add);
        let row = |(key, Sums { count, bytes, owned }): (K, Sums)| CensusRow {
            key,
            count,
            bytes,
            owned,
            share: 0.0,
        };
        let mut rows: Vec<CensusRow<K>> =
            groups.into_iter().filter(|(_, group)| group.count > 0).map(row).collect();
        let all = bytes.saturating_add(owned);
        for row in &mut rows {
            row.share = share(row.bytes_in_all(), all);
        }
        // Stable: groups of one size stay sorted by key.
        rows.sort_by_key(|row| core::cmp::Reverse(row.bytes_in_all()));
        Census { rows, count, bytes, owned }
    }
}

impl<K> Census<K> {
    /// The groups, the one with the most bytes first.
    #[must_use]
    pub fn rows(&self) -> &[CensusRow<K>] {
        &self.rows
    }

    /// The number of objects.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The bytes of all objects.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The bytes that they own elsewhere.
    #[must_use]
    pub fn owned(&self) -> usize {
        self.owned
    }

    /// The group with this key.
    pub fn get(&self, key: &K) -> Option<&CensusRow<K>>
    where
        K: PartialEq,
    {
        self.rows.iter().find(|row| row.key == *key)
    }
}

impl<K: fmt::Display> fmt::Display for Census<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            ("count", Align::Right),
            ("%", Align::Right),
            ("bytes", Align::Right),
            ("owned bytes", Align::Right),
            ("%", Align::Right),
            ("cum. %", Align::Right),
            ("", Align::Left),
        ]);
        let percent = |part, whole| format!("{:.1}%", share(part, whole) * 100.0);
        let all = self.bytes.saturating_add(self.owned);
        let mut so_far = 0_usize;
        for row in &self.rows {
            so_far = so_far.saturating_add(row.bytes_in_all());
            table.add([
                grouped(row.count),
                percent(row.count, self.count),
                grouped(row.bytes),
                grouped(row.owned),
                percent(row.bytes_in_all(), all),
                percent(so_far, all),
                row.key.to_string(),
            ]);
        }
        let nothing = String::new;
        let sums = [self.count, self.bytes, self.owned].map(grouped);
        let [count, bytes, owned] = sums;
        table.add([count, nothing(), bytes, owned, nothing(), nothing(), "in all".into()]);
        table.fmt(f)
    }
}
