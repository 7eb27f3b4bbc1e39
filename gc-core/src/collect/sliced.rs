//! A full collection in slices: what is long about it is done while the program runs.
//!
//! By T1 garbage may be looked for in any set of objects, if counts and edges are read in one
//! go. So the long part, which finds out what is *probably* garbage, may use what was true some
//! time ago: by T5 all garbage that there was when the collection began is suspected. The
//! suspects are looked at again in one go, as any snapshot.
//!
//! 1. *List*: the candidates of all generations. They are no candidates any more; one that loses
//!    a handle from now on becomes one for the next collection. When all are listed, the objects
//!    that there are then take part.
//! 2. *Trace*: candidates and all that they reach become [entries](entries). Each is traced
//!    once, and its edges are subtracted from the counts.
//! 3. *Sweep*: what is held from outside, or by what is held, is alive.
//! 4. *Sort*: what is alive leaves the entries. What is left is suspected.
//! 5. *Group*: suspects that edges connect belong together.
//!
//! Then one group after the other is looked at again.
//!
//! Between any two steps the program runs, and so do collections of young objects, for which
//! all entries are old.

pub(super) mod entries;
mod groups;
pub(super) mod lists;
mod pieces;
mod sweep;

use alloc::vec::Vec;
use core::iter::once;

use self::entries::{Ages, Entries};
use self::groups::Groups;
use self::lists::Lists;
use self::pieces::Pieces;
use self::sweep::Sweep;
use crate::collect::snapshot::candidates::Chunks;
use crate::collect::snapshot::set::OutOfMemory;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::{Generation, narrow};
use crate::object::header::ObjPtr;

/// How far a collection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    List,
    Trace,
    Sweep,
    Sort,
    Group,
    /// It is known what is suspected.
    Done,
}

/// A full collection that runs in slices.
///
/// # Invariants
///
/// As long as it exists the heap holds the slots of all objects that take part. What is listed
/// is a slot that had a candidate.
#[derive(Debug)]
pub(crate) struct Sliced {
    step: Step,
    /// How many candidates were listed.
    candidates: usize,
    /// How many objects were examined.
    traced: usize,
    entries: Entries,
    /// So many of them were taken in.
    taken_in: usize,
    /// How they are taken in.
    chunks: Chunks,
    /// How many entries there were before the last ones.
    part: usize,
    sweep: Sweep,
    /// So many entries were sorted.
    sorted: usize,
    suspects: Pieces<u32>,
    groups: Groups,
    /// Whether the suspects are so few that they need no groups.
    are_few: bool,
    /// So many suspects were put into their groups.
    grouped: usize,
    /// The groups of so many suspects were looked at again.
    looked_at: u32,
}

impl Sliced {
    /// Starts: all candidates that there are will be listed.
    pub(crate) fn start(heap: &Heap, lists: Lists) -> Result<Sliced, OutOfMemory> {
        make_old(heap);
        let entries = Entries::new(lists, Ages::old(&heap.epochs()))?;
        Ok(Sliced {
            step: Step::List,
            candidates: 0,
            traced: 0,
            entries,
            taken_in: 0,
            chunks: Chunks::REST,
            part: 0,
            sweep: Sweep::default(),
            sorted: 0,
            suspects: Pieces::default(),
            groups: Groups::default(),
            are_few: false,
            grouped: 0,
            looked_at: 0,
        })
    }

    /// How many candidates there were.
    pub(crate) fn candidates(&self) -> usize {
        self.candidates
    }

    /// How many objects were examined.
    pub(crate) fn traced(&self) -> usize {
        self.traced
    }

    /// Goes on until about as much work was done as tracing so many objects as are `left`, and
    /// takes it off. Returns whether it is known what is suspected.
    ///
    /// Runs user code: hand-written `trace` implementations.
    pub(crate) fn advance(&mut self, heap: &Heap, left: &mut usize) -> Result<bool, OutOfMemory> {
        while *left > 0 && self.step != Step::Done {
            let (work, next) = match self.step {
                Step::List => (self.list(heap, *left)?, Step::Trace),
                Step::Trace => (self.trace(*left)?, Step::Sweep),
                Step::Sweep => (self.sweep(*left)?, Step::Sort),
                Step::Sort => (self.sort(*left)?, Step::Group),
                Step::Group | Step::Done => (self.group(*left), Step::Done),
            };
            match work {
                Work::Paused => *left = 0,
                Work::Completed(work) => {
                    if self.step == Step::List {
                        self.end_list(heap);
                    }
                    *left = left.saturating_sub(work);
                    self.step = next;
                }
            }
        }
        Ok(self.step == Step::Done)
    }

    /// The candidates.
    fn listed(&self) -> &Pieces<ObjPtr> {
        self.entries.listed()
    }

    fn listed_mut(&mut self) -> &mut Pieces<ObjPtr> {
        &mut self.entries.lists_mut().listed
    }

    /// Lists the candidates, page by page.
    #[inline(never)]
    fn list(&mut self, heap: &Heap, most: usize) -> Result<Work, OutOfMemory> {
        /// Candidates are listed in the time in which one object is traced.
        const PER_OBJECT: usize = 4;
        let before = self.listed().len();
        while let Some(page) = heap.take_dirty_page(Generation::Old) {
            page.segment().hold();
            for mut candidates in page.take_candidates(Generation::Old) {
                while let Some(object) = candidates.next() {
                    if let Err(error) = self.listed_mut().reserve(1, object) {
                        let left = once(object).chain(candidates);
                        left.for_each(|object| Page::add_candidate(object, Generation::Old));
                        return Err(error.into());
                    }
                    object.clear(Flags::CANDIDATE);
                    self.listed_mut().push(object);
                }
            }
            if (self.listed().len() - before) / PER_OBJECT >= most {
                return Ok(Work::Paused);
            }
        }
        Ok(Work::Completed((self.listed().len() - before) / PER_OBJECT))
    }

    /// All objects that there are now take part. Those made since the collection began are among
    /// them, since one of them can be in a cycle with an object that is listed, and need not be a
    /// candidate. What became a candidate meanwhile is left to the next collection.
    fn end_list(&mut self, heap: &Heap) {
        make_old(heap);
        heap.hold_slots();
        self.entries.set_ages(Ages::old(&heap.epochs()));
        self.candidates = self.listed().len();
        self.entries.lists_mut().reserve(heap.tracked_slots());
        let chunks = Chunks::of(self.listed().len(), heap.tracked_slots());
        self.chunks = chunks.unwrap_or(Chunks::REST);
    }

    /// Takes in candidates, and traces what they reach.
    #[inline(never)]
    fn trace(&mut self, most: usize) -> Result<Work, OutOfMemory> {
        let mut work = 0;
        while work < most {
            if self.entries.len() - self.part > self.chunks.largest_part {
                // The order of the heap is better than that of the edges.
                self.chunks = Chunks::REST;
            }
            let is_rest = self.chunks.len == usize::MAX && self.taken_in < self.listed().len();
            if !self.entries.are_traced() && !is_rest {
                work += self.entries.trace_batch()?;
            } else if self.taken_in < self.listed().len() {
                work += self.take_in()?;
            } else {
                self.traced = self.entries.len();
                return Ok(Work::Completed(work));
            }
        }
        Ok(Work::Paused)
    }

    /// Takes in the next candidates.
    fn take_in(&mut self) -> Result<usize, OutOfMemory> {
        /// So many are taken in without looking at the time.
        const MOST: usize = 64;
        /// The header of the object so far ahead is asked for.
        const AHEAD: usize = 16;
        let len = self.chunks.len.min(MOST);
        self.part = self.entries.len();
        let chunk = self.taken_in..self.listed().len().min(self.taken_in + len);
        for place in chunk.clone() {
            if let Some(ahead) = self.listed().get(place + AHEAD) {
                ahead.prefetch();
            }
            self.entries.admit(self.listed().at(place))?;
            self.taken_in += 1;
        }
        Ok(chunk.len() / 4)
    }

    /// Finds out what is alive, as far as it is known.
    fn sweep(&mut self, most: usize) -> Result<Work, OutOfMemory> {
        /// Entries are swept in the time in which one object is traced.
        const PER_OBJECT: usize = 8;
        let steps = most.saturating_mul(PER_OBJECT);
        let left = self.sweep.advance(self.entries.lists_mut(), steps)?;
        Ok(left.map_or(Work::Paused, |left| Work::Completed(most - left / PER_OBJECT)))
    }

    /// Lets go of what is alive, and lists the others.
    #[inline(never)]
    fn sort(&mut self, most: usize) -> Result<Work, OutOfMemory> {
        /// Entries are sorted in the time in which one object is traced.
        const PER_OBJECT: usize = 4;
        let first = self.sorted;
        let end = self.entries.len().min(first.saturating_add(most.saturating_mul(PER_OBJECT)));
        while self.sorted < end {
            let is_suspect = self.entries.is_suspect(self.sorted);
            let mut suspect = None;
            if !is_suspect {
                self.entries.let_go(self.sorted);
            } else if self.entries.get(self.sorted).is_some() {
                self.suspects.reserve(1, 0)?;
                suspect = Some(self.groups.add()?);
                self.suspects.push(narrow(self.sorted));
            }
            self.entries.note_suspect(self.sorted, suspect);
            self.sorted += 1;
        }
        let work = (end - first) / PER_OBJECT;
        Ok(if end == self.entries.len() { Work::Completed(work) } else { Work::Paused })
    }

    /// Puts the suspects that edges connect into one group.
    #[inline(never)]
    fn group(&mut self, most: usize) -> Work {
        if self.suspects.len() <= most {
            // They can be looked at together.
            self.are_few = true;
            return Work::Completed(0);
        }
        let mut left = most;
        while let Some(index) = self.suspects.get(self.grouped) {
            if left == 0 {
                return Work::Paused;
            }
            let (entries, groups) = (&self.entries, &mut self.groups);
            let number = narrow(self.grouped);
            let edges = entries.meet_suspected_targets(index as usize, |target| {
                groups.unite(number, target);
            });
            self.grouped += 1;
            left = left.saturating_sub(1 + edges / 4);
        }
        Work::Completed(most - left)
    }

    /// Moves the next suspects that are still there into `objects`, group by group, as far as
    /// there is work `left`. They are objects of the old generation then, and no candidates.
    ///
    /// If there is no memory, what was moved is in `objects`, and the rest stays.
    pub(crate) fn take_suspects(
        &mut self,
        left: &mut usize,
        objects: &mut Vec<ObjPtr>,
    ) -> Result<(), OutOfMemory> {
        if self.are_few {
            while let Some(index) = self.suspects.get(self.looked_at as usize) {
                objects.try_reserve(1)?;
                objects.extend(self.take(index as usize));
                self.looked_at += 1;
            }
            return Ok(());
        }
        while *left > 0 && !self.is_decided() {
            for member in self.groups.members(self.looked_at) {
                objects.try_reserve(1)?;
                objects.extend(self.take(self.suspects.at(member as usize) as usize));
                *left = left.saturating_sub(1);
            }
            self.looked_at += 1;
        }
        Ok(())
    }

    /// The object of entry `index`, if it is still there: it is old and no candidate then.
    fn take(&self, index: usize) -> Option<ObjPtr> {
        let object = self.entries.let_go(index)?;
        if object.has(Flags::CANDIDATE) {
            Page::remove_candidate(object);
        }
        Some(object)
    }

    /// Whether all suspects were taken.
    pub(crate) fn is_decided(&self) -> bool {
        self.step == Step::Done && self.looked_at as usize == self.suspects.len()
    }

    /// Ends the collection: all suspects were taken. Returns the memory of the lists.
    pub(crate) fn finish(self, heap: &Heap) -> Lists {
        heap.let_slots_go();
        self.entries.into_lists()
    }

    /// Ends the collection without a result: all candidates are candidates again.
    pub(crate) fn abandon(self, heap: &Heap) -> Lists {
        let ages = Ages::old(&heap.epochs());
        for index in 0..self.entries.len() {
            self.entries.let_go(index);
        }
        for object in (0..self.listed().len()).map(|place| self.listed().at(place)) {
            if ages.admit_slot(object) && !object.has(Flags::CANDIDATE) {
                Page::add_candidate(object, Generation::Old);
            }
        }
        heap.let_slots_go();
        self.entries.into_lists()
    }
}

/// Makes all objects old but permanent ones, without looking at them.
fn make_old(heap: &Heap) {
    heap.pass_over_candidates();
    heap.with_epochs(|epochs| epochs.promote(Generation::Middle));
}

/// How a step ended.
enum Work {
    /// There is more to do, but no time.
    Paused,
    /// The step is complete, after so much work.
    Completed(usize),
}
