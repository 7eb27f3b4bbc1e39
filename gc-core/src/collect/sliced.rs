//! A collection in slices: what is long about it is done while the program runs.
//!
//! By T1 garbage may be looked for in any set of objects, if counts and edges are read in one
//! go. So the long part, which finds out what is *probably* garbage, may use what was true some
//! time ago: by T5 all garbage that there was when the collection began is suspected. The
//! suspects are looked at again in one go, as any snapshot.
//!
//! 1. *Clear*: lists of earlier collections that are too short are given back.
//! 2. *List*: the candidates of the generations that are collected. They are no candidates any
//!    more; one that loses a handle from now on becomes one for the next collection. When all are
//!    listed, the objects of these generations that there are then take part.
//! 3. *Trace*: candidates and all that they reach become [entries](entries). Each is traced
//!    once, and its edges are subtracted from the counts. What turns out to be garbage within one
//!    slice is [reclaimed](early) immediately.
//! 4. *Sweep*: what is held from outside, or by what is held, is alive.
//! 5. *Sort*: what is alive leaves the entries. What is left is suspected.
//! 6. *Group*: suspects that edges connect belong together.
//!
//! Then one group after the other is looked at again. At last, what was listed by a collection of
//! the middle generation and survived is a candidate of the old one, as after a collection in one
//! go.
//!
//! Between any two steps the program runs, and so do collections of young objects, for which
//! all entries are old.

mod early;
pub(super) mod entries;
mod groups;
mod haste;
mod listing;
pub(super) mod lists;
mod part;
mod pieces;
mod suspects;
mod sweep;

use alloc::vec::Vec;
use core::ops::Range;

use self::entries::{Ages, Entries};
use self::haste::Haste;
use self::lists::{BYTES, Lists};
use self::part::Part;
use self::pieces::Pieces;
use self::suspects::Suspects;
use self::sweep::Sweep;
use crate::collect::snapshot::early::Garbage;
use crate::collect::snapshot::set::OutOfMemory;
use crate::memory::heap::Heap;
use crate::memory::page::Page;
use crate::object::flags::Flags;
use crate::object::generation::{Epoch, Generation};
use crate::object::header::ObjPtr;

/// How far a collection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Clear,
    List,
    Trace,
    Sweep,
    Sort,
    Group,
    /// It is known what is suspected.
    Done,
}

/// A collection that runs in slices.
///
/// # Invariants
///
/// As long as it exists the heap holds the slots of all objects that take part. What is listed
/// is a slot that had a candidate.
#[derive(Debug)]
pub(crate) struct Sliced {
    generation: Generation,
    /// Objects born later belong to the generations that are collected.
    floor: Epoch,
    /// About so many there were at the start.
    expected: usize,
    step: Step,
    haste: Haste,
    /// How many candidates were listed.
    candidates: usize,
    /// How many objects were examined.
    traced: usize,
    entries: Entries,
    /// So many of those listed were taken in.
    taken_in: usize,
    /// What the last of them led to.
    part: Part,
    /// How many objects were garbage that left.
    released: usize,
    sweep: Sweep,
    /// So many entries were sorted.
    sorted: usize,
    suspects: Suspects,
    /// So many of those listed were made candidates again.
    retained: usize,
    /// Whether the memory of the lists is being given back.
    gives_lists_back: bool,
}

impl Sliced {
    /// Starts: all candidates of `generation` and of younger ones will be listed. About as many
    /// of the heap's `objects` are `expected`.
    pub(crate) fn start(
        heap: &Heap,
        generation: Generation,
        expected: usize,
        objects: usize,
        mut lists: Lists,
    ) -> Result<Sliced, OutOfMemory> {
        let floor = heap.epochs().floor(generation);
        if generation == Generation::Old {
            make_old(heap);
        }
        lists.start();
        let entries = Entries::new(lists, Ages::after(floor, &heap.epochs()))?;
        Ok(Sliced {
            generation,
            floor,
            expected,
            step: Step::Clear,
            haste: Haste::new(objects),
            candidates: 0,
            traced: 0,
            entries,
            taken_in: 0,
            part: Part::default(),
            released: 0,
            sweep: Sweep::default(),
            sorted: 0,
            suspects: Suspects::default(),
            retained: 0,
            gives_lists_back: false,
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
    /// takes it off. Returns whether it is known what is suspected. Calls `reclaim` with garbage
    /// that is known before that.
    ///
    /// Runs user code: hand-written `trace` implementations.
    pub(crate) fn advance(
        &mut self,
        heap: &Heap,
        left: &mut usize,
        mut reclaim: Option<impl FnMut(Garbage<'_>)>,
    ) -> Result<bool, OutOfMemory> {
        while *left > 0 && self.step != Step::Done {
            let (work, next) = match self.step {
                Step::Clear => (self.clear(*left), Step::List),
                Step::List => (self.list(heap, *left)?, Step::Trace),
                Step::Trace => (self.trace(*left, &mut reclaim)?, Step::Sweep),
                Step::Sweep => (self.sweep(*left)?, Step::Sort),
                Step::Sort => (self.sort(*left)?, Step::Group),
                Step::Group | Step::Done => (self.group(*left), Step::Done),
            };
            match work {
                Work::Paused => *left = 0,
                Work::Completed(work) => {
                    if self.step == Step::List {
                        self.end_list(heap)?;
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

    /// For so many entries room is made.
    fn room(&self) -> usize {
        self.expected + self.expected / 8
    }

    /// Gives lists back that are too short for the objects of the heap.
    fn clear(&mut self, most: usize) -> Work {
        let room = self.room();
        if self.entries.lists_mut().clear(room, most) { Work::Completed(0) } else { Work::Paused }
    }

    /// Takes in candidates, and traces what they reach. A part that began in this slice may take
    /// half a slice more.
    #[inline(never)]
    fn trace(
        &mut self,
        most: usize,
        reclaim: &mut Option<impl FnMut(Garbage<'_>)>,
    ) -> Result<Work, OutOfMemory> {
        self.part.start_slice();
        self.entries.start_slice();
        let mut work = 0;
        let longest = most.saturating_add(most / 2);
        while work < most || work < longest && self.part.is_worth_more(&self.entries) {
            if !self.entries.are_traced() {
                work += self.entries.trace_batch()?;
                self.part.note_traced(&self.entries);
                if let Some(reclaim) = reclaim {
                    work += self.release_garbage(reclaim);
                }
            } else if self.taken_in < self.listed().len() {
                work += self.take_in(most)?;
            } else {
                self.traced = self.entries.len() + self.released;
                return Ok(Work::Completed(work));
            }
        }
        Ok(Work::Paused)
    }

    /// Takes in the next candidates, when all was traced that the others led to: few, if a slice is
    /// short. So what a dead structure of its own leads to is a part of its own, also if a large
    /// part that is alive, and takes many slices, came before it.
    fn take_in(&mut self, most: usize) -> Result<usize, OutOfMemory> {
        /// So many at once: memory is slow if it is asked for one object after the other.
        const MOST: usize = 64;
        /// A slice has room for so many parts.
        const PARTS: usize = 32;
        /// The header of the object so far ahead is asked for.
        const AHEAD: usize = 16;
        let len = MOST.min(most / PARTS).max(1);
        self.part.begin(&self.entries);
        let chunk = self.taken_in..self.listed().len().min(self.taken_in + len);
        for place in chunk.clone() {
            if let Some(ahead) = self.listed().get(place + AHEAD) {
                ahead.prefetch();
            }
            self.entries.admit(self.listed().at(place))?;
            self.taken_in += 1;
        }
        Ok(chunk.len())
    }

    /// Finds out what is alive, as far as it is known.
    fn sweep(&mut self, most: usize) -> Result<Work, OutOfMemory> {
        /// Entries are swept in the time in which one object is traced.
        const PER_OBJECT: usize = 4;
        let steps = most.saturating_mul(PER_OBJECT);
        let left = self.sweep.advance(self.entries.lists_mut(), steps)?;
        Ok(left.map_or(Work::Paused, |left| Work::Completed(most - left / PER_OBJECT)))
    }

    /// Lets go of what is alive, and lists the others.
    fn sort(&mut self, most: usize) -> Result<Work, OutOfMemory> {
        /// Entries are sorted in the time in which one object is traced.
        const PER_OBJECT: usize = 4;
        let (first, all) = (self.sorted, self.entries.len());
        let end = all.min(first.saturating_add(most.saturating_mul(PER_OBJECT)));
        if first == 0 {
            // As the lists, this must not be copied when it grows. If there is no memory it must.
            let _ = self.suspects.reserve(all);
        }
        self.suspects.reserve(end - first)?;
        self.suspects.sort(&mut self.entries, first..end);
        self.sorted = end;
        Ok(if end == all { Work::Completed((end - first) / PER_OBJECT) } else { Work::Paused })
    }

    /// Puts the suspects that edges connect into one group.
    fn group(&mut self, most: usize) -> Work {
        let left = self.suspects.group(&self.entries, most);
        left.map_or(Work::Paused, |left| Work::Completed(most - left))
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
        self.suspects.take(&self.entries, left, objects)
    }

    /// Whether all suspects were taken.
    pub(crate) fn is_decided(&self) -> bool {
        self.step == Step::Done && self.suspects.are_decided()
    }

    /// When all suspects were taken: what survived a collection of the middle generation, and was
    /// a candidate, stays one, since an older object may hold it in a cycle. Returns whether that
    /// is done, after about as much work as is `left`.
    pub(crate) fn retain_candidates(&mut self, heap: &Heap, left: usize) -> bool {
        /// Candidates are made again in the time in which one object is traced.
        const PER_OBJECT: usize = 2;
        let all = if self.generation == Generation::Old { 0 } else { self.listed().len() };
        let end = all.min(self.retained.saturating_add(left.saturating_mul(PER_OBJECT)));
        self.make_candidates(heap, self.retained..end);
        self.retained = end;
        end == all
    }

    /// Makes those candidates again that are listed in `places`, and are still there.
    fn make_candidates(&self, heap: &Heap, places: Range<usize>) {
        let epochs = heap.epochs();
        for object in places.map(|place| self.listed().at(place)) {
            if object.is_dead() || object.has(Flags::CANDIDATE.union(Flags::UNTRACKED)) {
                continue;
            }
            let birth = object.stamp().epoch();
            if let Some(generation) = birth.and_then(|birth| epochs.generation_of(birth)) {
                Page::add_candidate(object, generation);
            }
        }
    }

    /// When that is done: gives memory back, that of the lists only if it is more than `most` bytes.
    /// Returns whether that is done, after about as much work as is `left`.
    pub(crate) fn give_back(&mut self, most: usize, left: usize) -> bool {
        let is_too_much = self.entries.lists_mut().bytes() > most;
        self.gives_lists_back |= is_too_much || cfg!(any(test, gc_zeal));
        left > 0
            && self.suspects.give_back(left.saturating_mul(BYTES))
            && (!self.gives_lists_back || self.entries.lists_mut().give_back(left))
    }

    /// Ends the collection: all suspects were taken. Returns the memory of the lists.
    pub(crate) fn finish(self, heap: &Heap) -> Lists {
        heap.let_slots_go();
        self.entries.into_lists()
    }

    /// Ends the collection without a result: all candidates are candidates again.
    pub(crate) fn abandon(self, heap: &Heap) -> Lists {
        for index in 0..self.entries.len() {
            self.entries.let_go(index);
        }
        self.make_candidates(heap, self.retained..self.listed().len());
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
