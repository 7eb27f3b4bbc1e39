//! Generations without lists: birth epochs and watermarks.
//!
//! CPython keeps a linked list for each generation and moves objects between them. Here
//! an object only remembers the [`Epoch`] it was born in, and the heap remembers three
//! watermarks that divide the epochs into generations:
//!
//! ```text
//!   start ........ frozen ........ old ......... middle ........ epoch
//!   |  permanent     |      Old     |    Middle    |    Young      |
//! ```
//!
//! Promoting every survivor of a collection then takes an assignment, which raises the
//! watermarks of the generations that were collected. Freezing the heap is another
//! assignment. The types are plain data; nothing here touches memory.

use core::fmt;

/// CPython's thresholds: how many net allocations make a young collection due,
/// how many young collections a middle one, how many middle ones a full one.
pub(crate) const DEFAULT_THRESHOLDS: [u32; 3] = [700, 10, 10];

/// One of the three generations a collection can be asked for.
///
/// A collection of a generation examines all younger ones too.
///
/// ```
/// use gcycle::gc::Generation;
///
/// assert_eq!(Generation::try_from(2), Ok(Generation::Old));
/// assert_eq!(
///     Generation::try_from(3).unwrap_err().to_string(),
///     "invalid generation: 3 (must be 0, 1 or 2)",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// Generation 0: objects that no collection has examined yet.
    Young = 0,
    /// Generation 1: objects that survived one collection.
    Middle = 1,
    /// Generation 2: objects that survived two collections, or a full one.
    Old = 2,
}

impl Generation {
    /// All generations, youngest first.
    pub const ALL: [Generation; 3] = [Generation::Young, Generation::Middle, Generation::Old];

    /// Where survivors of a collection of this generation are promoted to.
    pub(crate) fn next(self) -> Generation {
        match self {
            Generation::Young => Generation::Middle,
            Generation::Middle | Generation::Old => Generation::Old,
        }
    }

    /// The position of this generation in arrays that hold one entry for each.
    #[inline]
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

impl TryFrom<usize> for Generation {
    type Error = InvalidGeneration;

    fn try_from(number: usize) -> Result<Self, InvalidGeneration> {
        Generation::ALL.get(number).copied().ok_or(InvalidGeneration(number))
    }
}

/// The error for a number that is not a [`Generation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidGeneration(usize);

impl fmt::Display for InvalidGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid generation: {} (must be 0, 1 or 2)", self.0)
    }
}

impl core::error::Error for InvalidGeneration {}

/// A point in the life of a heap; it advances with each collection.
///
/// While a full collection runs in slices, the objects that it examines share one epoch
/// before the first; see [`Stamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Epoch(u32);

impl Epoch {
    /// Before every collection: no object that can be collected is born here,
    /// so it marks what no generation contains.
    pub(crate) const NEVER: Epoch = Epoch(0);
    /// No object is born here, and all that can be collected are born later, but for those
    /// that a collection in slices examines.
    const START: Epoch = Epoch(1 << 30);
    /// The last epoch; the heap starts over before it gets here.
    pub(crate) const LAST: Epoch = Epoch(Stamp::INDEX_BIT - 1);

    /// Whether it stands for a place in a collection in slices.
    fn is_in_slices(self) -> bool {
        self > Epoch::NEVER && self < Epoch::START
    }

    /// Its number.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) const fn number(self) -> u32 {
        self.0
    }
}

/// What the header of an object holds beside its count: the epoch it was born
/// in, or, while a snapshot contains it, its index there.
///
/// ```text
///   0                      no generation
///   1 ........ 2^30 - 1    index in the collection that runs in slices, plus one
///   2^30 ..... 2^31 - 1    birth epoch
///   2^31 ..... 2^32 - 1    index in the running snapshot
/// ```
///
/// All share a word so that following an edge costs one load. To whoever looks for young
/// objects, those of a collection in slices were born before all others, so that nobody has to
/// ask for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Stamp(u32);

impl Stamp {
    const INDEX_BIT: u32 = 1 << 31;
    /// The number of objects one snapshot can hold.
    pub(crate) const MAX_INDEX: usize = Self::INDEX_BIT as usize;
    /// The number of objects that a collection in slices can hold.
    pub(crate) const MAX_SLICED: usize = Epoch::START.0 as usize - 1;
    /// The stamp of objects that belong to no generation.
    pub(crate) const NEVER: Stamp = Stamp::born(Epoch::NEVER);

    /// Born in `epoch`.
    #[inline]
    pub(crate) const fn born(epoch: Epoch) -> Stamp {
        Stamp(epoch.0)
    }

    /// Number `index` of the running snapshot; `index < MAX_INDEX`.
    #[inline]
    pub(crate) fn at(index: usize) -> Stamp {
        Stamp(Self::INDEX_BIT | narrow(index))
    }

    /// The index in the running snapshot, if the object is in it.
    #[inline]
    pub(crate) fn index(self) -> Option<u32> {
        (self.0 & Self::INDEX_BIT != 0).then_some(self.0 & !Self::INDEX_BIT)
    }

    /// Number `index` of the collection that runs in slices; `index < MAX_SLICED`.
    #[inline]
    pub(crate) fn in_slices(index: usize) -> Stamp {
        debug_assert!(index < Self::MAX_SLICED);
        Stamp(narrow(index) + 1)
    }

    /// The index in the collection that runs in slices, if the object is in it.
    #[inline]
    pub(crate) fn index_in_slices(self) -> Option<u32> {
        Epoch(self.0).is_in_slices().then(|| self.0 - 1)
    }

    /// Whether the object is in the running snapshot or in the collection that runs in slices.
    pub(crate) fn is_index(self) -> bool {
        self.index().is_some() || self.index_in_slices().is_some()
    }

    /// The birth epoch, if the object is in no snapshot.
    #[inline]
    pub(crate) fn epoch(self) -> Option<Epoch> {
        (self.0 & Self::INDEX_BIT == 0).then_some(Epoch(self.0))
    }
}

/// An index of a snapshot, in the width that snapshots keep.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a snapshot has at most 2^31 objects")]
pub(crate) fn narrow(index: usize) -> u32 {
    debug_assert!(u32::try_from(index).is_ok());
    index as u32
}

/// The current epoch and the watermarks between the generations.
///
/// # Invariants
///
/// `Epoch::START <= frozen <= old <= middle < epoch <= Epoch::LAST`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Epochs {
    frozen: Epoch,
    old: Epoch,
    middle: Epoch,
    epoch: Epoch,
}

impl Epochs {
    /// A heap that never collected: everything is young.
    pub(crate) const fn new() -> Self {
        const { Epochs::from(Epoch::START) }
    }

    const fn from(start: Epoch) -> Self {
        Epochs { frozen: start, old: start, middle: start, epoch: Epoch(start.0 + 1) }
    }

    /// The epoch that objects are born in now.
    #[inline]
    pub(crate) const fn now(&self) -> Epoch {
        self.epoch
    }

    /// Objects born after this epoch belong to `generation` or a younger one.
    #[inline]
    pub(crate) fn floor(&self, generation: Generation) -> Epoch {
        match generation {
            Generation::Young => self.middle,
            Generation::Middle => self.old,
            Generation::Old => self.frozen,
        }
    }

    /// Whether no object can be in the middle or the old generation.
    pub(crate) fn is_all_young(&self) -> bool {
        self.middle == self.frozen
    }

    /// The generation of an object born in `epoch`; `None` if it is permanent.
    pub(crate) fn generation_of(&self, epoch: Epoch) -> Option<Generation> {
        if epoch.is_in_slices() {
            return Some(Generation::Old);
        }
        Generation::ALL.into_iter().find(|&generation| epoch > self.floor(generation))
    }

    /// The latest epoch whose objects belong to `generation`.
    pub(crate) fn birth_in(&self, generation: Generation) -> Epoch {
        match generation {
            Generation::Young => self.epoch,
            Generation::Middle => self.middle,
            Generation::Old => self.old,
        }
    }

    /// Ends a collection: everything born until now that belongs to the
    /// generations collected belongs to the next one.
    pub(crate) fn promote(&mut self, collected: Generation) {
        self.middle = self.epoch;
        if collected != Generation::Young {
            self.old = self.epoch;
        }
        self.advance();
    }

    /// Moves all objects out of the generations.
    pub(crate) fn freeze(&mut self) {
        self.frozen = self.epoch;
        self.old = self.epoch;
        self.middle = self.epoch;
        self.advance();
    }

    /// Moves permanent objects to the old generation.
    pub(crate) fn unfreeze(&mut self) {
        self.frozen = Epoch::START;
    }

    /// Whether the epochs have run out, so that the heap must
    /// [`restart`](Epochs::restart) them before the next collection.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.epoch >= Epoch::LAST
    }

    /// Starts the epochs over with room for one of each generation.
    ///
    /// Returns the epoch to stamp every object of a generation with, `None`
    /// standing for permanent ones.
    pub(crate) fn restart(&mut self) -> impl Fn(Option<Generation>) -> Epoch + use<> {
        let nth = |number: u32| Epoch(Epoch::START.0 + number);
        *self = Epochs { frozen: nth(1), old: nth(2), middle: nth(3), epoch: nth(4) };
        move |generation| match generation {
            None => nth(1),
            Some(Generation::Old) => nth(2),
            Some(Generation::Middle) => nth(3),
            Some(Generation::Young) => nth(4),
        }
    }

    /// Continues from an epoch close to the last one.
    #[cfg(test)]
    pub(crate) fn exhaust(&mut self) {
        self.epoch = Epoch(Epoch::LAST.0 - 1);
    }

    fn advance(&mut self) {
        debug_assert!(!self.is_exhausted(), "the heap restarts the epochs in time");
        self.epoch.0 += 1;
    }
}
