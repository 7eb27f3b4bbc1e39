//! The lists of candidates, and when a collection is due.

use core::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed};

use crate::sync::header::ObjectPtr;
use crate::sync::protocol::candidates::Candidates;
use crate::sync::protocol::collection::Seen;
use crate::sync::protocol::generation::Generation;
use crate::sync::settings;

/// How many lists the candidates of an age are spread over, so that threads seldom meet.
const LISTS: usize = 16;

/// A candidate weighs one, and one more for each so many bytes of its slot, which may be all that
/// waits for the collection.
const BYTES_PER_WEIGHT: usize = 4096;

/// A collection is due when its candidates weigh so much, at least, if the program says nothing else.
const FLOOR: usize = 1024;

/// When a list has become heavier by so much, the weights of all lists are added up.
const STEP: isize = 16;

/// A list of candidates, on a cache line of its own.
#[derive(Debug)]
#[repr(align(128))]
struct List {
    candidates: Candidates<ObjectPtr>,
    /// It may be less than 0 for a moment: an entry weighs nothing before it is there.
    weight: AtomicIsize,
}

/// Lists of candidates of the same age, when they were entered.
type Lists = [List; LISTS];

const fn empty() -> Lists {
    [const { List { candidates: Candidates::new(), weight: AtomicIsize::new(0) } }; LISTS]
}

/// Those that no collection had looked at.
static YOUNG: Lists = empty();

/// All others.
static OLD: Lists = empty();

/// How many objects the last collection of all left, of those that it looked at. When the next one is due
/// grows with that.
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// If the young candidates weigh so much, a collection of young objects is due. It grows while these
/// collections find little.
static YOUNG_LIMIT: AtomicUsize = AtomicUsize::new(FLOOR);

/// How many objects collections of young ones have looked at since the last one of all, or how much their
/// candidates weighed, if that was more: where these have all died by then, there is nothing to look at.
static EXAMINED: AtomicUsize = AtomicUsize::new(0);

/// When these are so many times as many as the last one of all left, the next one is due: a large structure of
/// old objects may hang from a single candidate. So collections cost twice as much at most. It is more each time
/// that one was in vain.
static PATIENCE: AtomicUsize = AtomicUsize::new(1);

/// How many objects have become old since the last one of all. When these are as many as it left, the next one
/// is due, however often one was in vain: as many may be garbage.
static GROWN: AtomicUsize = AtomicUsize::new(0);

/// Whether one is.
static IS_DUE: AtomicBool = AtomicBool::new(false);

/// Enters a new candidate.
#[cold]
#[inline(never)]
pub(crate) fn enter(object: ObjectPtr) {
    let list = list_of(object);
    // When it was entered, a collection may free the slot.
    let more = weight(object.size());
    list.candidates.enter(object);
    let before = list.weight.fetch_add(more, Relaxed);
    let steps = |weight: isize| weight / STEP;
    if steps(before) != steps(before.wrapping_add(more)) {
        note_if_due();
    }
}

/// Enters an object that a later collection looks at again. It does not make one due, which would hardly see
/// more than this one.
pub(crate) fn enter_again(object: ObjectPtr) {
    OLD[place_of(object)].candidates.enter(object);
}

/// Enters an object that a collection of young ones, or a look of a tool, leaves to one of all.
pub(crate) fn leave_to_all(object: ObjectPtr) {
    let list = &OLD[place_of(object)];
    let more = weight(object.size());
    list.candidates.enter(object);
    list.weight.fetch_add(more, Relaxed);
}

/// The list of an object. It may be in that of another age, if it became old after it was entered.
fn list_of(object: ObjectPtr) -> &'static List {
    let lists = if Generation::Young.contains(object) { &YOUNG } else { &OLD };
    &lists[place_of(object)]
}

fn place_of(object: ObjectPtr) -> usize {
    let address = object.address().addr().get();
    (address >> 6 ^ address >> 12) % LISTS
}

/// Takes the last entry out of the list of a dead object, if it is the one of this object; whether it was.
pub(crate) fn take_back(object: ObjectPtr) -> bool {
    let list = list_of(object);
    let is_taken = list.candidates.take_back(object);
    if is_taken {
        list.weight.fetch_sub(weight(object.size()), Relaxed);
    }
    is_taken
}

/// If a collection is due, the next object that is made begins it.
pub(crate) fn note_if_due() {
    if settings::is_automatic() && due().is_some() {
        IS_DUE.store(true, Relaxed);
    }
}

/// After the settings were changed: whether a collection is due.
pub(crate) fn settings_changed() {
    IS_DUE.store(false, Relaxed);
    note_if_due();
}

/// Which collection is due, if any is. If the program has set a threshold, all are of all objects.
pub(crate) fn due() -> Option<Generation> {
    if sum() >= limit() {
        return Some(Generation::All);
    }
    if asked_limit().is_some() || sum_of(&YOUNG) < YOUNG_LIMIT.load(Relaxed) {
        return None;
    }
    let has_grown = GROWN.load(Relaxed) >= heap();
    Some(if is_worked_off() || has_grown { Generation::All } else { Generation::Young })
}

/// If all candidates weigh so much, a collection of all objects is due.
pub(crate) fn limit() -> usize {
    asked_limit().unwrap_or_else(limit_of_heap)
}

/// The same, if the program does not ask for another limit.
fn limit_of_heap() -> usize {
    FLOOR.max(LEFT.load(Relaxed) / 4)
}

/// How large the heap is, as far as the last collection of all has seen.
fn heap() -> usize {
    FLOOR.max(LEFT.load(Relaxed))
}

/// Whether collections of young objects have cost enough for one of all.
fn is_worked_off() -> bool {
    EXAMINED.load(Relaxed) >= heap().saturating_mul(PATIENCE.load(Relaxed))
}

/// What the program has asked for.
fn asked_limit() -> Option<usize> {
    settings::threshold().filter(|&threshold| threshold > 0)
}

fn weight(bytes: usize) -> isize {
    1 + (bytes / BYTES_PER_WEIGHT).cast_signed()
}

/// How much all candidates weigh.
pub(crate) fn sum() -> usize {
    sum_of(&YOUNG).saturating_add(sum_of(&OLD))
}

fn sum_of(lists: &Lists) -> usize {
    let weights = lists.iter().map(|list| list.weight.load(Relaxed).max(0));
    weights.map(isize::cast_unsigned).fold(0, usize::saturating_add)
}

/// Whether a collection is due.
#[inline]
pub(crate) fn is_collection_due() -> bool {
    IS_DUE.load(Relaxed)
}

/// The lists with candidates of a generation.
fn of(generation: Generation) -> impl Iterator<Item = &'static List> {
    let old: &[List] = if generation == Generation::All { &OLD } else { &[] };
    YOUNG.iter().chain(old)
}

/// The same, for a collection that takes what is in them.
pub(crate) fn candidates(
    generation: Generation,
) -> impl Iterator<Item = &'static Candidates<ObjectPtr>> {
    of(generation).map(|list| &list.candidates)
}

/// No collection is due before there are more candidates: one was left to another thread, or none is
/// to run.
pub(crate) fn no_longer_due() {
    IS_DUE.store(false, Relaxed);
}

/// Before a collection takes the candidates: none is due. Returns how much they weigh.
pub(crate) fn reset(generation: Generation) -> usize {
    IS_DUE.store(false, Relaxed);
    let weights = of(generation).map(|list| list.weight.swap(0, Relaxed).max(0));
    weights.map(isize::cast_unsigned).fold(0, usize::saturating_add)
}

/// After a collection whose candidates weighed so much, and which has seen so much: when the next ones are due.
///
/// A collection traces what its candidates reach. The more of that stays when all objects are looked at, the
/// longer the next such collection waits, so that each candidate costs the same in the long run. While there
/// is little garbage among candidates, collections of young ones wait longer, until all are of all objects.
pub(crate) fn adapt(generation: Generation, weight: usize, seen: Seen) {
    match generation {
        Generation::Young => {
            EXAMINED.fetch_add(seen.looked_at.max(weight), Relaxed);
            GROWN.fetch_add(seen.looked_at - seen.unreachable, Relaxed);
        }
        Generation::All => adapt_all(seen),
    }
    let before = YOUNG_LIMIT.load(Relaxed);
    let limit = if seen.unreachable > seen.candidates / 4 {
        before / 2
    } else if generation == Generation::Young && seen.unreachable < seen.candidates / 8 {
        before.saturating_mul(2)
    } else {
        before
    };
    YOUNG_LIMIT.store(limit.clamp(FLOOR, limit_of_heap()), Relaxed);
    note_if_due();
}

/// The same for collections of all.
fn adapt_all(seen: Seen) {
    /// One is worth its cost if it examines no more objects than this for each that is garbage.
    const WORTH: usize = 3;
    const MOST_PATIENCE: usize = 32;
    let before = PATIENCE.load(Relaxed);
    let patience = if seen.looked_at <= seen.unreachable.saturating_mul(WORTH) {
        1
    } else if is_worked_off() {
        (2 * before).min(MOST_PATIENCE)
    } else {
        before
    };
    PATIENCE.store(patience, Relaxed);
    LEFT.store(seen.looked_at - seen.unreachable, Relaxed);
    EXAMINED.store(0, Relaxed);
    GROWN.store(0, Relaxed);
}
