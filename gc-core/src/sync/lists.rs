//! The lists of candidates, and when a collection is due.

use core::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed};

use crate::sync::header::ObjectPtr;
use crate::sync::protocol::candidates::Candidates;
use crate::sync::settings;

/// How many lists the candidates are spread over, so that threads seldom meet.
const LISTS: usize = 16;

/// A candidate weighs one, and one more for each so many bytes of its slot, which may be all that
/// waits for the collection.
const BYTES_PER_WEIGHT: usize = 4096;

/// A collection is due when all candidates weigh so much, at least, if the program says nothing else.
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

static LISTS_OF_CANDIDATES: [List; LISTS] =
    [const { List { candidates: Candidates::new(), weight: AtomicIsize::new(0) } }; LISTS];

/// The same as of now: it grows with what collections find alive.
static LIMIT: AtomicUsize = AtomicUsize::new(FLOOR);

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

/// The list of an object.
fn list_of(object: ObjectPtr) -> &'static List {
    let address = object.address().addr().get();
    &LISTS_OF_CANDIDATES[(address >> 6 ^ address >> 12) % LISTS]
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

fn note_if_due() {
    if sum() >= limit() && settings::is_automatic() {
        IS_DUE.store(true, Relaxed);
    }
}

/// After the settings were changed: whether a collection is due.
pub(crate) fn settings_changed() {
    IS_DUE.store(false, Relaxed);
    note_if_due();
}

/// If all candidates weigh so much, a collection is due.
pub(crate) fn limit() -> usize {
    let set = settings::threshold().filter(|&threshold| threshold > 0);
    set.unwrap_or_else(|| LIMIT.load(Relaxed))
}

fn weight(bytes: usize) -> isize {
    1 + (bytes / BYTES_PER_WEIGHT).cast_signed()
}

/// How much all candidates weigh.
pub(crate) fn sum() -> usize {
    let weights = LISTS_OF_CANDIDATES.iter().map(|list| list.weight.load(Relaxed).max(0));
    weights.map(isize::cast_unsigned).fold(0, usize::saturating_add)
}

/// Whether a collection is due.
#[inline]
pub(crate) fn is_collection_due() -> bool {
    IS_DUE.load(Relaxed)
}

/// All lists, for a collection that takes what is in them.
pub(crate) fn all() -> impl Iterator<Item = &'static Candidates<ObjectPtr>> {
    LISTS_OF_CANDIDATES.iter().map(|list| &list.candidates)
}

/// The list of objects that a later collection looks at again. They do not make it due: it would
/// hardly see more than this one.
pub(crate) fn again() -> &'static Candidates<ObjectPtr> {
    &LISTS_OF_CANDIDATES[0].candidates
}

/// No collection is due before there are more candidates: one was left to another thread, or none is
/// to run.
pub(crate) fn no_longer_due() {
    IS_DUE.store(false, Relaxed);
}

/// Before a collection takes the candidates: none is due.
pub(crate) fn reset() {
    IS_DUE.store(false, Relaxed);
    for list in &LISTS_OF_CANDIDATES {
        list.weight.store(0, Relaxed);
    }
}

/// After a collection that traced so many objects which stay.
///
/// It traces what its candidates reach. The more of that stays, the longer the next one waits, so that
/// each candidate costs the same in the long run.
pub(crate) fn set_limit(left: usize) {
    LIMIT.store(FLOOR.max(left / 4), Relaxed);
}
