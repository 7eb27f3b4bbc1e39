//! A heap as plain data: its objects, and their references to each other.
//!
//! Everything is in flat arrays and indices, so that a million objects take tens of
//! megabytes, and no algorithm on them recurses. Nothing in it is a handle: a graph keeps
//! no object alive, and may go to another thread.

use alloc::vec::Vec;
use core::any::TypeId;
use core::fmt;
use core::ops::Range;
use std::sync::OnceLock;

use crate::inspect::graph::owned::Owned;
use crate::inspect::graph::sites::Sites;
use crate::inspect::graph::switches::{SharedSwitches, Switches};
use crate::inspect::graph::texts::Texts;
use crate::object::label::{Label, Labels};

/// The place where an object belongs: the key of
/// [`census_by_generation`](crate::inspect::HeapSnapshot::census_by_generation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Generation 0.
    Young,
    /// Generation 1.
    Middle,
    /// Generation 2.
    Old,
    /// Taken out of the generations by [`gc::freeze`](crate::gc::freeze).
    Permanent,
    /// In no generation: the type cannot be part of a cycle.
    Untracked,
    /// In no generation: threads share the object, and it can be part of a cycle. Only a
    /// `SharedSnapshot` shows such objects.
    Shared,
}

impl Place {
    /// The word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Place::Young => "young",
            Place::Middle => "middle",
            Place::Old => "old",
            Place::Permanent => "permanent",
            Place::Untracked => "untracked",
            Place::Shared => "shared",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is true of an object beside its counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traits {
    /// It was finalized and resurrected.
    pub(crate) is_finalized: bool,
    /// A `GcMut` guard gave out `&mut` to it: its edges were not looked at.
    pub(crate) is_exclusive: bool,
    /// Its count saturated: it is never freed.
    pub(crate) is_immortal: bool,
}

/// What is known of one object, in 16 bytes: a snapshot of a million objects
/// spends a third of its time on getting memory to write to. `repr(C)` keeps the two
/// halves of a word beside each other: the order of other layouts is not promised.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Record {
    /// The address of the value.
    pub(crate) id: usize,
    /// The number of handles.
    pub(crate) strong: u32,
    /// From the lowest bit: three traits, the place, the kind.
    packed: u32,
}

const _: () = assert!(size_of::<Record>() <= 16);

const TRAIT_BITS: u32 = 3;
const PLACE_BITS: u32 = 3;

/// Places by their number.
pub(crate) const PLACES: [Place; 6] =
    [Place::Young, Place::Middle, Place::Old, Place::Permanent, Place::Untracked, Place::Shared];

impl Record {
    /// The record of an object.
    ///
    /// # Panics
    ///
    /// If `kind` has more than 26 bits.
    #[inline]
    pub(crate) fn new(id: usize, strong: u32, kind: u32, place: Place, traits: Traits) -> Record {
        assert!(kind >> (u32::BITS - TRAIT_BITS - PLACE_BITS) == 0, "a heap has fewer kinds");
        let Traits { is_finalized, is_exclusive, is_immortal } = traits;
        let packed = u32::from(is_finalized)
            | u32::from(is_exclusive) << 1
            | u32::from(is_immortal) << 2
            | (place as u32) << TRAIT_BITS
            | kind << (TRAIT_BITS + PLACE_BITS);
        Record { id, strong, packed }
    }

    /// Index in [`Graph::kinds`].
    #[inline]
    pub(crate) fn kind(&self) -> usize {
        (self.packed >> (TRAIT_BITS + PLACE_BITS)) as usize
    }

    /// Where it belongs.
    #[inline]
    pub(crate) fn place(&self) -> Place {
        PLACES[(self.packed >> TRAIT_BITS & ((1 << PLACE_BITS) - 1)) as usize]
    }

    /// What is true of it.
    pub(crate) fn traits(&self) -> Traits {
        Traits {
            is_finalized: self.packed & 1 != 0,
            is_exclusive: self.packed & 1 << 1 != 0,
            is_immortal: self.packed & 1 << 2 != 0,
        }
    }
}

/// A type with objects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeRecord {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
}

/// Objects of one type and one size; most types have but one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Kind {
    /// Index in [`Graph::types`].
    pub(crate) type_index: u32,
    /// The size of the value.
    pub(crate) size: usize,
    /// The bytes of the slot.
    pub(crate) bytes: usize,
}

/// Lists of indices, one behind the other (compressed sparse rows).
///
/// # Invariants
///
/// `first` has one entry more than there are rows, is sorted, and ends with the
/// length of `entries`.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) first: Vec<u32>,
    pub(crate) entries: Vec<u32>,
}

impl Rows {
    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// Where row number `row` lies in `entries`.
    #[inline]
    pub(crate) fn range(&self, row: u32) -> Range<usize> {
        self.first[row as usize] as usize..self.first[row as usize + 1] as usize
    }

    /// Row number `row`.
    #[inline]
    pub(crate) fn row(&self, row: u32) -> &[u32] {
        &self.entries[self.range(row)]
    }

    /// For each index the rows that contain it, once for each time they do, and
    /// where: the positions in `entries`.
    pub(crate) fn reversed(&self) -> Reversed {
        let mut first = alloc::vec![0_u32; self.len() + 1];
        for &entry in &self.entries {
            first[entry as usize + 1] += 1;
        }
        for row in 0..self.len() {
            first[row + 1] += first[row];
        }
        let mut next = first.clone();
        let mut rows = alloc::vec![0; self.entries.len()];
        let mut positions = alloc::vec![0; self.entries.len()];
        for row in 0..narrow(self.len()) {
            for position in self.range(row) {
                let place = &mut next[self.entries[position] as usize];
                rows[*place as usize] = row;
                positions[*place as usize] = narrow(position);
                *place += 1;
            }
        }
        Reversed { rows: Rows { first, entries: rows }, positions }
    }
}

/// [`Rows`] read from the other side.
#[derive(Clone, Debug)]
pub(crate) struct Reversed {
    /// The rows that contain an index.
    pub(crate) rows: Rows,
    /// Where they do, at the same place.
    pub(crate) positions: Vec<u32>,
}

/// All objects of a heap and all edges between them.
///
/// # Invariants
///
/// The records and the rows of `edges` belong together; so do `edge_labels` and
/// the entries of `edges`.
#[derive(Debug)]
pub(crate) struct Graph {
    /// Sorted by id.
    pub(crate) records: Vec<Record>,
    /// The objects that each object refers to.
    pub(crate) edges: Rows,
    pub(crate) edge_labels: Vec<Label>,
    pub(crate) labels: Labels,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) types: Vec<TypeRecord>,
    /// What the values own elsewhere in memory.
    pub(crate) owned: Owned,
    /// The texts of the values, if they were asked for.
    pub(crate) texts: Texts,
    /// The names that the program gave to objects.
    pub(crate) names: Texts,
    /// Where the objects were made.
    pub(crate) sites: Sites,
    /// When collections run by themselves.
    pub(crate) switches: Switches,
    /// The same for objects that threads share, if these are such.
    pub(crate) shared: Option<SharedSwitches>,
    /// See [`Graph::external`].
    pub(crate) external: OnceLock<Vec<u32>>,
}

impl Graph {
    /// The indices of all objects.
    pub(crate) fn indices(&self) -> Range<u32> {
        0..narrow(self.records.len())
    }

    /// What is known of object number `index`.
    #[inline]
    pub(crate) fn record(&self, index: u32) -> &Record {
        &self.records[index as usize]
    }

    /// The type and the size of object number `index`.
    #[inline]
    pub(crate) fn kind(&self, index: u32) -> &Kind {
        &self.kinds[self.record(index).kind()]
    }

    /// The bytes of the slot of object number `index`.
    #[inline]
    pub(crate) fn bytes(&self, index: u32) -> usize {
        self.kind(index).bytes
    }

    /// The bytes that come back when object number `index` dies: those of its slot, and those
    /// that its value owns elsewhere.
    #[inline]
    pub(crate) fn bytes_in_all(&self, index: u32) -> usize {
        self.bytes(index).saturating_add(self.owned.of(index))
    }

    /// How many objects there are of each kind.
    pub(crate) fn count_by_kind(&self) -> impl Iterator<Item = (&Kind, usize)> {
        let mut counts = alloc::vec![0; self.kinds.len()];
        self.records.iter().for_each(|record| counts[record.kind()] += 1);
        self.kinds.iter().zip(counts)
    }

    /// The object with this id.
    pub(crate) fn index_of(&self, id: usize) -> Option<u32> {
        self.records.binary_search_by_key(&id, |record| record.id).ok().map(narrow)
    }

    /// How many of the handles of each object were not found in another one.
    pub(crate) fn external(&self) -> &[u32] {
        self.external.get_or_init(|| {
            let strong = self.records.iter().map(|record| record.strong);
            let mut external: Vec<u32> = strong.collect();
            for &target in &self.edges.entries {
                let external = &mut external[target as usize];
                *external = external.saturating_sub(1);
            }
            external
        })
    }

    /// The objects with handles from outside.
    pub(crate) fn roots(&self) -> impl Iterator<Item = u32> {
        let external = self.external();
        self.indices().filter(|&index| external[index as usize] > 0)
    }
}

/// An index in the width that snapshots keep.
///
/// # Panics
///
/// Beyond four billion.
#[inline]
pub(crate) fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("a snapshot holds at most 2^32 edges")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reversed_rows_name_each_edge_once() {
        let rows = Rows { first: alloc::vec![0, 3, 3, 4], entries: alloc::vec![1, 2, 1, 0] };
        let reversed = rows.reversed();
        assert_eq!(reversed.rows.row(0), [2]);
        assert_eq!(reversed.rows.row(1), [0, 0]);
        assert_eq!(reversed.rows.row(2), [0]);
        assert_eq!(reversed.positions, [3, 0, 2, 1]);
    }
}
