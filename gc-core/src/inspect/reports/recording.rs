//! A heap over time: moments, each with what the heap held and what collections did.
//!
//! A recording is plain data of bounded size. When it is full, every second moment is left out
//! and the others go on at twice the distance: it covers all the time, ever less closely.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use core::time::Duration;

use crate::gc::MemoryStats;
use crate::inspect::graph::head_count::OfType;
use crate::inspect::reports::diff::GrowthRow;
use crate::inspect::reports::metrics::Pauses;
use crate::inspect::snapshot::table::{Align, Table, grouped, signed};

/// What a [`Recorder`](crate::inspect::Recorder) has seen: moments, oldest first.
///
/// It is plain data, and can be sent to another thread. It prints as a table.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    moments: Vec<Moment>,
    /// The names of types; moments have their places.
    types: Vec<&'static str>,
    places: BTreeMap<&'static str, u32>,
}

/// One moment of a [`Recording`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Moment {
    /// The time since the recorder was started.
    pub at: Duration,
    /// What the heap held.
    pub memory: MemoryStats,
    /// Collections until then, since the thread began.
    pub collections: u64,
    /// The garbage that they freed, in objects.
    pub collected: u64,
    /// The pauses of the collections that ended since the moment before.
    pub pauses: Pauses,
    /// Of each type that has objects: its place, how many there are, and their bytes.
    types: Vec<(u32, usize, usize)>,
}

impl Recording {
    /// The moments, oldest first.
    #[must_use]
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// How each type has grown from one moment to another, by their places in
    /// [`moments`](Recording::moments); the type that has grown by the most bytes comes first.
    ///
    /// What objects own elsewhere is not recorded, and 0 here.
    ///
    /// # Panics
    ///
    /// If there are not so many moments.
    #[must_use]
    pub fn growth(&self, from: usize, to: usize) -> Vec<GrowthRow> {
        let mut rows: Vec<GrowthRow> =
            self.types.iter().map(|&type_name| GrowthRow::of_none(type_name)).collect();
        for &(place, count, bytes) in &self.moments[from].types {
            let row = &mut rows[place as usize];
            (row.count_before, row.bytes_before) = (count, bytes);
        }
        for &(place, count, bytes) in &self.moments[to].types {
            let row = &mut rows[place as usize];
            (row.count_after, row.bytes_after) = (count, bytes);
        }
        rows.retain(|row| row.count_before + row.count_after > 0);
        rows.sort_by_key(|row| (Reverse((row.bytes_growth(), row.count_growth())), row.type_name));
        rows
    }

    /// The names of types.
    pub(crate) fn types(&self) -> &[&'static str] {
        &self.types
    }

    /// Adds a moment, at which the heap held these objects.
    pub(crate) fn push(&mut self, mut moment: Moment, objects: &[OfType]) {
        let mut sums: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
        for of_type in objects {
            let (count, bytes) = sums.entry(self.place_of(of_type.name)).or_default();
            *count += of_type.count;
            *bytes += of_type.bytes;
        }
        moment.types =
            sums.into_iter().map(|(place, (count, bytes))| (place, count, bytes)).collect();
        self.moments.push(moment);
    }

    fn place_of(&mut self, name: &'static str) -> u32 {
        let types = &mut self.types;
        *self.places.entry(name).or_insert_with(|| {
            types.push(name);
            // There are fewer types than a `u32` can count.
            u32::try_from(types.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Leaves out every second moment, whose pauses count for the one behind it. Returns those
    /// for which there is none.
    pub(crate) fn thin_out(&mut self) -> Pauses {
        let mut left = Pauses::default();
        let mut is_kept = false;
        self.moments.retain_mut(|moment| {
            is_kept = !is_kept;
            if is_kept {
                moment.pauses.merge(&core::mem::take(&mut left));
            } else {
                left = moment.pauses;
            }
            is_kept
        });
        left
    }
}

impl Moment {
    /// A moment of which nothing is known but this.
    pub(crate) fn new(at: Duration, memory: MemoryStats, pauses: Pauses) -> Moment {
        Moment { at, memory, collections: 0, collected: 0, pauses, types: Vec::new() }
    }

    /// Of each type that has objects its place, how many there are, and their bytes.
    pub(crate) fn types(&self) -> &[(u32, usize, usize)] {
        &self.types
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            ("seconds", Align::Right),
            ("objects", Align::Right),
            ("live bytes", Align::Right),
            ("growth", Align::Right),
            ("collections", Align::Right),
            ("freed", Align::Right),
            ("longest pause", Align::Right),
        ]);
        let mut before: Option<&Moment> = None;
        for moment in &self.moments {
            let last = before.replace(moment).unwrap_or(moment);
            let growth = moment.memory.live_bytes.wrapping_sub(last.memory.live_bytes);
            let since = |count: fn(&Moment) -> u64| {
                grouped(usize::try_from(count(moment) - count(last)).unwrap_or(usize::MAX))
            };
            table.add([
                format!("{:.3}", moment.at.as_secs_f64()),
                grouped(moment.memory.objects),
                grouped(moment.memory.live_bytes),
                signed(growth.cast_signed()),
                since(|moment| moment.collections),
                since(|moment| moment.collected),
                format!("{:.1?}", moment.pauses.longest).to_string(),
            ]);
        }
        table.fmt(f)
    }
}
