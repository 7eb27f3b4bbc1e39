//! The objects that a collection in slices examines, as flat lists.
//!
//! They are like those of a [snapshot](crate::collect::snapshot), but the program runs while
//! they are filled. So they say what was true when it was noted. Counts may have changed since
//! then, edges may have ended, and objects may have died.

use alloc::vec::Vec;
use core::ops::Range;

use super::lists::Lists;
use super::pieces::{PIECE, Pieces};
use crate::collect::activity::Activity;
use crate::collect::arrays::{BATCH, Ends, OUTSIDE, fetch_ahead, push_reserved};
use crate::collect::snapshot::set::OutOfMemory;
use crate::memory::heap::entered::Members;
use crate::object::edges::EdgeBuffer;
use crate::object::generation::{Epoch, Epochs, Generation, Stamp, narrow};
use crate::object::header::ObjPtr;

/// All entries of a batch are there.
const ALL_PRESENT: u32 = u32::MAX;

/// What is noted for an entry that was sorted and is not suspected.
const NO_SUSPECT: u32 = u32::MAX;

/// Which objects take part: those of the generations that are collected when all candidates are
/// listed. They are old then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    /// Those born later than this,
    floor: Epoch,
    /// and not later than this.
    ceiling: Epoch,
}

impl Ages {
    /// What was born after `floor`, and is old now.
    pub(super) fn after(floor: Epoch, epochs: &Epochs) -> Ages {
        Ages { floor, ceiling: epochs.birth_in(Generation::Old) }
    }

    /// When those that take part count as born once the collection is over.
    pub(super) fn ceiling(self) -> Epoch {
        self.ceiling
    }

    /// Whether an object with this stamp takes part and is no entry yet.
    #[inline]
    fn admit(self, stamp: Stamp) -> bool {
        stamp.epoch().is_some_and(|birth| birth > self.floor && birth <= self.ceiling)
    }

    /// Whether the slot at `object` has an object that takes part and is no entry yet.
    pub(super) fn admit_slot(self, object: ObjPtr) -> bool {
        !object.is_dead() && self.admit(object.stamp())
    }
}

/// The objects, and what was noted of them.
///
/// # Invariants
///
/// Each of `objects` is a slot that had an object when it became an entry. The heap holds these
/// slots: there is the same object now, or another one, or the count is 0. The stamp tells
/// whether it is the same: nobody but entry `i` has [`Stamp::in_slices`] of `i`.
#[derive(Debug)]
pub(super) struct Entries {
    lists: Lists,
    /// What the batch at hand reported.
    buffer: EdgeBuffer,
    ages: Ages,
    /// How many were traced,
    traced: usize,
    /// and how many of those in the last batch.
    batch: usize,
    /// Those from this number on became entries in this slice, so that they are there.
    new: usize,
    /// Those of a batch that are there.
    present: Vec<ObjPtr>,
    /// Where the edges of each of these end. It is here, and not in the function that fills it, since
    /// the entries of a list are batches of one.
    ends: Ends,
}

impl Entries {
    /// No entries yet; objects of these `ages` become some. `lists` lend their memory.
    pub(super) fn new(lists: Lists, ages: Ages) -> Result<Entries, OutOfMemory> {
        let mut present = Vec::new();
        present.try_reserve_exact(BATCH)?;
        Ok(Entries {
            lists,
            buffer: EdgeBuffer::new(),
            ages,
            traced: 0,
            batch: 0,
            new: 0,
            present,
            ends: [0; BATCH],
        })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lists.objects.len()
    }

    /// How many were traced.
    pub(super) fn traced(&self) -> usize {
        self.traced
    }

    /// Whether all were traced.
    pub(super) fn are_traced(&self) -> bool {
        self.traced == self.len()
    }

    /// Whether any of the batch that was traced last owns weak handles with a callback.
    pub(super) fn has_watches(&self) -> bool {
        !self.buffer.watches().is_empty()
    }

    /// A slice begins: the program ran meanwhile.
    pub(super) fn start_slice(&mut self) {
        self.new = self.len();
    }

    /// Which objects take part.
    pub(super) fn ages(&self) -> Ages {
        self.ages
    }

    /// Forgets the entries from number `start` on, which were traced.
    pub(super) fn truncate(&mut self, start: usize) {
        self.lists.truncate(start);
        self.traced = start;
    }

    /// The object of entry `index`, if it is still there.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<ObjPtr> {
        fetch_ahead(&self.lists.objects, index);
        let object = self.lists.objects[index];
        is_entry(object, index).then_some(object)
    }

    /// Lets go of those in `range` that are alive as far as was noted, and appends the numbers of
    /// those that are left to `suspects`, which has room. From then on it is noted for each of
    /// them which of the suspects it is.
    #[inline(never)]
    pub(super) fn sort(&mut self, range: Range<usize>, suspects: &mut Vec<u32>) {
        let survived = Stamp::born(self.ages.ceiling);
        let Lists { objects, refs, .. } = &mut self.lists;
        let mut count = narrow(suspects.len());
        for (index, refs) in range.clone().zip(&mut refs[range]) {
            fetch_ahead(objects, index);
            let is_suspect = *refs == 0;
            *refs = NO_SUSPECT;
            let object = objects[index];
            if !is_entry(object, index) {
                continue;
            }
            if is_suspect {
                push_reserved(suspects, narrow(index));
                *refs = count;
                count += 1;
            } else {
                object.set_stamp(survived);
            }
        }
    }

    /// Which edges are those of entry `index`.
    #[inline]
    pub(super) fn edges_of(&self, index: usize) -> Range<usize> {
        self.lists.edges_of(index)
    }

    /// Calls `meet` with the numbers of the suspects to which these recorded edges lead, when all
    /// entries were [sorted](Entries::sort).
    #[inline]
    pub(super) fn meet_suspects(&self, mut edges: Range<usize>, mut meet: impl FnMut(u32)) {
        let refs = &self.lists.refs[..];
        while !edges.is_empty() {
            let in_piece = self.lists.edges.first_of(edges.clone());
            edges.start += in_piece.len();
            for &target in in_piece {
                if let Some(&suspect) = refs.get(target as usize)
                    && suspect != NO_SUSPECT
                {
                    meet(suspect);
                }
            }
        }
    }

    /// The candidates that were listed.
    pub(super) fn listed(&self) -> &Pieces<ObjPtr> {
        &self.lists.listed
    }

    /// The lists, to fill that of the candidates, and to find out what is alive.
    pub(super) fn lists_mut(&mut self) -> &mut Lists {
        &mut self.lists
    }

    /// Gives the memory back.
    pub(super) fn into_lists(self) -> Lists {
        self.lists
    }

    /// Makes the object in the slot at `object` an entry, if there is one that takes part.
    pub(super) fn admit(&mut self, object: ObjPtr) -> Result<(), OutOfMemory> {
        if self.ages.admit_slot(object) {
            self.reserve(1)?;
            let Lists { objects, refs, .. } = &mut self.lists;
            add(objects, refs, object);
        }
        Ok(())
    }

    fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.len() + more > Stamp::MAX_SLICED {
            return Err(OutOfMemory);
        }
        self.lists.objects.try_reserve(more)?;
        self.lists.refs.try_reserve(more)?;
        Ok(())
    }

    /// Traces the next entries, follows their edges, and returns how much work that was.
    ///
    /// Runs user code: hand-written `trace` implementations.
    pub(super) fn trace_batch(&mut self) -> Result<usize, OutOfMemory> {
        let batch = self.traced..self.len().min(self.traced + self.next_batch());
        self.buffer.clear();
        self.batch = batch.len();
        let is_present = if batch.start >= self.new {
            self.fetch_next(batch.end);
            ALL_PRESENT
        } else {
            self.list_present(batch.clone())
        };
        let objects = match is_present {
            ALL_PRESENT => &self.lists.objects[batch.clone()],
            _ => &self.present,
        };
        let count = objects.len();
        ObjPtr::trace_all(objects, &mut self.buffer, &mut self.ends[..count]);
        Activity::current().assert_nothing_was_allocated();
        let reported = self.buffer.len();
        let most = OUTSIDE as usize - PIECE;
        if !self.buffer.is_complete() || self.lists.edges.len() + reported >= most {
            return Err(OutOfMemory);
        }
        self.reserve(reported)?;
        self.lists.first_edge.try_reserve(BATCH)?;
        self.follow()?;
        self.note_ends(is_present, batch.len());
        self.traced = batch.end;
        Ok(batch.len() + reported / 4)
    }

    /// How many are traced next: fewer, if those of the last batch had many edges, which cannot be
    /// followed in two slices.
    fn next_batch(&self) -> usize {
        const MOST_EDGES: usize = BATCH * BATCH;
        let edges_each = self.buffer.len() / self.batch.max(1);
        (MOST_EDGES / edges_each.max(1)).clamp(1, BATCH)
    }

    /// Asks for the headers of the batch that starts at `next`.
    fn fetch_next(&self, next: usize) {
        self.lists.objects[next..].iter().take(BATCH).for_each(|object| object.prefetch());
    }

    /// Lists the entries of a batch that are there. Bit n: the one at place n of the batch is, if
    /// there is such a place.
    fn list_present(&mut self, batch: Range<usize>) -> u32 {
        const { assert!(BATCH <= u32::BITS as usize, "a batch has a bit for each entry") };
        self.fetch_next(batch.end);
        let Entries { lists, present, .. } = self;
        present.clear();
        let objects = &lists.objects[batch.start..];
        let mut is_present = ALL_PRESENT.checked_shl(narrow(batch.len())).unwrap_or(0);
        for (place, &object) in objects[..batch.len()].iter().enumerate() {
            if is_entry(object, batch.start + place) {
                push_reserved(present, object);
                is_present |= 1 << place;
            }
        }
        is_present
    }

    /// Follows the edges in the buffer: those to entries, new ones among them, are subtracted
    /// from their counts. Room for entries was reserved.
    fn follow(&mut self) -> Result<(), OutOfMemory> {
        let members = Members::current();
        let targets = self.buffer.targets();
        let Lists { objects, refs, edges, .. } = &mut self.lists;
        if targets.len() <= PIECE {
            let places = edges.append(targets.len(), OUTSIDE)?;
            follow(targets, places, objects, refs, self.ages, members);
            return Ok(());
        }
        edges.reserve(targets.len(), OUTSIDE)?;
        for target in targets {
            let mut place = [OUTSIDE];
            let target = core::slice::from_ref(target);
            follow(target, &mut place, objects, refs, self.ages, members);
            edges.push(place[0]);
        }
        Ok(())
    }

    /// Notes where the edges of each entry of a batch end; room was reserved.
    fn note_ends(&mut self, is_present: u32, len: usize) {
        let first_edge = &mut self.lists.first_edge;
        let first = self.lists.edges.len() - self.buffer.len();
        if is_present == ALL_PRESENT {
            for &end in &self.ends[..len] {
                push_reserved(first_edge, narrow(first + end));
            }
            return;
        }
        let mut ends = self.ends.iter().copied();
        let mut end = 0;
        for place in 0..len {
            if is_present >> place & 1 != 0 {
                end = ends.next().unwrap_or(end);
            }
            push_reserved(first_edge, narrow(first + end));
        }
    }

    /// The object of entry `index`, if it is still there, belongs to the old generation as
    /// before. Returns it.
    #[inline]
    pub(super) fn let_go(&self, index: usize) -> Option<ObjPtr> {
        let object = self.get(index)?;
        object.set_stamp(Stamp::born(self.ages.ceiling));
        Some(object)
    }

    /// From now on objects of these ages become entries.
    pub(super) fn set_ages(&mut self, ages: Ages) {
        debug_assert_eq!(self.len(), 0);
        self.ages = ages;
    }
}

/// Whether `object` is there, and is entry `index`.
#[inline]
fn is_entry(object: ObjPtr, index: usize) -> bool {
    // Count and stamp of the dead mean nothing any more.
    !object.is_dead() && object.stamp() == Stamp::in_slices(index)
}

/// Makes `object` an entry; room was reserved.
#[inline]
fn add(objects: &mut Vec<ObjPtr>, refs: &mut Vec<u32>, object: ObjPtr) {
    let index = objects.len();
    push_reserved(objects, object);
    push_reserved(refs, object.strong());
    object.set_stamp(Stamp::in_slices(index));
}

/// Follows edges to `targets`: objects of these `ages` become entries. Each edge to an entry is
/// subtracted from its count, and noted at its place of `edges`. Room was reserved. Not inlined:
/// the loop needs its registers.
#[inline(never)]
fn follow(
    targets: &[ObjPtr],
    edges: &mut [u32],
    objects: &mut Vec<ObjPtr>,
    refs: &mut Vec<u32>,
    ages: Ages,
    members: Members,
) {
    for (place, &target) in edges.iter_mut().zip(targets) {
        if ages.admit(target.stamp()) && members.has(target) {
            add(objects, refs, target);
        }
        *place = OUTSIDE;
        if let Some(index) = target.stamp().index_in_slices()
            && let Some(refs) = refs.get_mut(index as usize)
        {
            // It may fall below 0, which is not 0 either.
            *refs = refs.wrapping_sub(1);
            *place = index;
        }
    }
}
