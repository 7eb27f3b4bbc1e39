//! [`Word`]: the count and the flags of a shared object, as one atomic number.
//!
//! ```text
//!   | overflow : 1 | count : 30 | drops : 23 | flags : 10 |
//!
//!   LEAF | UNFINALIZED | EMPTY | EXCLUSIVE | HAS_WEAK | TAKEN | DROPPED | CONDEMNED | SUSPECT | PINNED
//! ```
//!
//! Count and flags change together or not at all, and that is what most of the rules need:
//! `docs/sync.md` has the rules, and an argument for each memory order
//! that is weaker than `SeqCst`. The numbers O1 to O16 are those of that page.

use core::num::NonZeroU16;
use core::sync::atomic::{AtomicU64, Ordering};

/// A collection has a pointer to the object. Whoever drops the last handle leaves the burial to
/// that collection.
const PINNED: u64 = 1;
/// The object was counted by a confirmation, and nobody has made a handle to it since.
const SUSPECT: u64 = 1 << 1;
/// A confirmation found the object unreachable. It belongs to the thread that reclaims it.
const CONDEMNED: u64 = 1 << 2;
/// The value was dropped, and the slot waits for its entry in the list of candidates.
const DROPPED: u64 = 1 << 3;
/// The entry was taken from the list of candidates, and the slot waits for its value.
const TAKEN: u64 = 1 << 4;
/// There was a weak handle at some time, so that all handles together count as one more.
const HAS_WEAK: u64 = 1 << 5;
/// The only handle has exclusive access to the value, or its guard was forgotten.
const EXCLUSIVE: u64 = 1 << 6;
/// The only handle took the value out.
const EMPTY: u64 = 1 << 7;
/// The finalizers of the value are to run before it is dropped.
const UNFINALIZED: u64 = 1 << 8;
/// The value refers to nothing, for ever. It is in no cycle, so that its drops are not counted and no
/// collection pins it.
const LEAF: u64 = 1 << 9;
/// One drop of a handle since the entry in the list of candidates was taken.
const DROP: u64 = 1 << 10;
/// The number of such drops. Unless it is 0, the object is a *candidate*: it is in the list, or
/// about to be.
const DROPS: u64 = ONE - DROP;
/// More drops than are counted without looking. There is room for as many again: each thread that
/// has not looked adds one, and no system has so many threads.
const MANY: u64 = ONE >> 1;
/// One handle.
const ONE: u64 = 1 << 33;
/// More handles than there can be, but for a program that forgets them on purpose.
const OVERFLOW: u64 = 1 << 63;

/// The number of handles in a word.
fn count(word: u64) -> u64 {
    word / ONE
}

/// Whether an object with an entry in the list of candidates has lost its value, or is about to.
fn is_dying(word: u64) -> bool {
    count(word) == 0 || word & CONDEMNED != 0
}

/// The count and the flags of an object.
///
/// # Invariants
///
/// * The count is the number of handles. No handle is counted late, by any thread.
/// * As long as there are handles, or a collection has pinned the object, it is a candidate if and
///   only if an entry of the list of candidates exists or is owed.
/// * Only a collection pins, suspects and condemns, and there is one collection at a time.
#[derive(Debug)]
pub(crate) struct Word(AtomicU64);

/// What is known of a value by its type.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kind {
    /// Whether it has finalizers.
    pub(crate) has_finalizers: bool,
    /// Whether it never refers to anything.
    pub(crate) is_leaf: bool,
}

impl Kind {
    #[inline]
    const fn flags(self) -> u64 {
        let finalizers = if self.has_finalizers { UNFINALIZED } else { 0 };
        let leaf = if self.is_leaf { LEAF } else { 0 };
        finalizers | leaf
    }
}

/// What is left to do for whoever dropped a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Released {
    /// Nothing.
    Kept,
    /// To enter the object in the list of candidates.
    NewCandidate,
    /// To bury the object.
    Last(Burial),
}

/// What became of an attempt to make a handle from a weak one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Upgraded {
    /// The handle was counted.
    Made,
    /// There is no value, now and for ever; or not yet.
    NoValue,
    /// A confirmation may be about to decide about the object.
    Undecided,
}

/// What became of an attempt to have the value alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Alone<A> {
    /// The caller has it.
    Yes(A),
    /// There are other handles.
    No,
    /// The object was found unreachable, and the caller is the drop of a value that was, too.
    Condemned,
    /// A collection may read the value, or there may be weak handles.
    Contended,
}

/// What is left to do for whoever takes an entry from the list of candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Taken {
    /// To look at the object, which had so many handles and is pinned now.
    Pinned(u64),
    /// Nothing: whoever drops the value frees the slot.
    Dying,
    /// To free the slot: the value was dropped.
    Dropped,
    /// To give up the slot: the value was dropped, and there were weak handles.
    DroppedWithWeak,
}

/// What tools have seen of a word: the handles, and the drops so far.
#[cfg(feature = "inspect")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed(u64);

/// The right and the duty to drop the value of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Burial(
    /// The flags when the last handle was dropped, or the object was condemned, and [`BURIED`]. Whether an
    /// entry of the list of candidates or a weak handle refers to the slot is settled then.
    NonZeroU16,
);

/// There were drops, so that there is an entry, or one is owed.
const HAD_ENTRY: u16 = 1 << 14;
/// A burial is never 0.
const BURIED: NonZeroU16 = NonZeroU16::new(1 << 15).unwrap();

impl Word {
    /// For an object with one handle, whose value is of this kind.
    #[inline]
    pub(crate) fn new(kind: Kind) -> Word {
        Word(AtomicU64::new(ONE | kind.flags()))
    }

    /// For an object whose value is not there yet, and which has weak handles.
    pub(crate) fn unbuilt(kind: Kind) -> Word {
        Word(AtomicU64::new(HAS_WEAK | kind.flags()))
    }

    /// Whether the value refers to nothing, for ever.
    #[inline]
    pub(crate) fn is_leaf(&self) -> bool {
        self.0.load(Ordering::Relaxed) & LEAF != 0
    }

    /// How many handles there are, at some moment.
    #[inline]
    pub(crate) fn count(&self) -> u64 {
        count(self.0.load(Ordering::Relaxed))
    }

    // What handles do.

    /// Counts one more handle. The caller has one, so the object lives. (O1)
    #[inline]
    pub(crate) fn retain(&self) {
        let before = self.0.fetch_add(ONE, Ordering::Relaxed);
        if before & (SUSPECT | EXCLUSIVE | OVERFLOW) != 0 {
            self.retain_suspect(before);
        }
    }

    /// A confirmation that counted the handles before must see that there was one more, even if
    /// another is dropped at once. And nobody has exclusive access, whatever the flag says.
    #[cold]
    fn retain_suspect(&self, before: u64) {
        if before & OVERFLOW != 0 {
            std::process::abort();
        }
        self.0.fetch_and(!(SUSPECT | EXCLUSIVE), Ordering::Release);
    }

    /// Counts one handle less. (O2)
    ///
    /// If others are left, the object may now be in a cycle that nobody refers to, and is a
    /// candidate from the same moment on.
    #[inline]
    pub(crate) fn release(&self) -> Released {
        let word = self.0.load(Ordering::Relaxed);
        if word & !LEAF == ONE {
            return self.release_only();
        }
        if word & MANY != 0 {
            return self.release_one_of_many();
        }
        if word & LEAF != 0 {
            return self.release_leaf();
        }
        self.released(self.0.fetch_add(DROP.wrapping_sub(ONE), Ordering::Release))
    }

    /// The same, for a leaf.
    #[inline]
    fn release_leaf(&self) -> Released {
        let before = self.0.fetch_sub(ONE, Ordering::Release);
        if before < 2 * ONE { self.release_last(before) } else { Released::Kept }
    }

    /// The same, if nobody else has a way to the object: no other handle, weak handle, entry or
    /// collection. Then nobody would look at the count, and it stays. (O3)
    #[inline]
    fn release_only(&self) -> Released {
        self.0.load(Ordering::Acquire);
        Released::Last(Burial::of(ONE))
    }

    /// The same, and all drops so far count as one.
    #[cold]
    fn release_one_of_many(&self) -> Released {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let less = ((word - ONE) & !DROPS) | DROP;
            let swapped =
                self.0.compare_exchange_weak(word, less, Ordering::Release, Ordering::Relaxed);
            match swapped {
                Ok(_) => return self.released(word),
                Err(now) => word = now,
            }
        }
    }

    /// After a handle was dropped; the word was `before`.
    #[inline]
    fn released(&self, before: u64) -> Released {
        if before < 2 * ONE {
            self.release_last(before)
        } else if before & DROPS != 0 {
            Released::Kept
        } else {
            self.release_new_candidate()
        }
    }

    /// After the last handle was dropped; the word was `before`.
    #[inline]
    fn release_last(&self, before: u64) -> Released {
        if before & PINNED != 0 {
            return self.release_last_of_pinned(before);
        }
        // What others did to the value happened before they dropped their handles. (O3)
        self.0.load(Ordering::Acquire);
        Released::Last(Burial::of(before))
    }

    /// The same, for an object that a collection buries. That finds a candidate, and keeps the slot
    /// until the entry was taken.
    #[cold]
    fn release_last_of_pinned(&self, before: u64) -> Released {
        if before & DROPS == 0 { self.release_new_candidate() } else { Released::Kept }
    }

    /// After the object became a candidate. Whoever took its entry before is done with it. (O2)
    #[cold]
    fn release_new_candidate(&self) -> Released {
        self.0.load(Ordering::Acquire);
        Released::NewCandidate
    }

    // What weak handles do.

    /// Makes the first handle to an [unbuilt](Word::unbuilt) object, whose value is there now. (O10)
    pub(crate) fn build(&self) {
        self.0.fetch_add(ONE, Ordering::Release);
    }

    /// Notes that there are weak handles. The caller has a handle, so that whoever drops the last
    /// one sees it. (O1)
    pub(crate) fn note_weak(&self) {
        let word = self.0.load(Ordering::Relaxed);
        if word & HAS_WEAK == 0 {
            self.0.fetch_or(HAS_WEAK, Ordering::Relaxed);
        }
        if word & EXCLUSIVE != 0 {
            // The guard was forgotten.
            self.include();
        }
    }

    /// Whether there was a weak handle at some time, for those who know that there will not be a
    /// first one now.
    #[inline]
    pub(crate) fn has_weak(&self) -> bool {
        self.0.load(Ordering::Relaxed) & HAS_WEAK != 0
    }

    /// Counts one more handle, which is made from a weak one. A mark is removed only by who
    /// `may_refute` it, since no confirmation decides at the same time, and nobody finds out whether
    /// there are weak handles. (O11)
    pub(crate) fn upgrade(&self, may_refute: bool) -> Upgraded {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            if count(word) == 0 || word & CONDEMNED != 0 {
                return Upgraded::NoValue;
            }
            if word & (SUSPECT | EXCLUSIVE) != 0 && !may_refute {
                return Upgraded::Undecided;
            }
            if word & OVERFLOW != 0 {
                std::process::abort();
            }
            let more = (word + ONE) & !SUSPECT;
            let swapped =
                self.0.compare_exchange_weak(word, more, Ordering::Acquire, Ordering::Relaxed);
            match swapped {
                Ok(_) => return Upgraded::Made,
                Err(now) => word = now,
            }
        }
    }

    /// How many handles there are, at some moment; none if the object was found unreachable.
    pub(crate) fn live_count(&self) -> u64 {
        let word = self.0.load(Ordering::Relaxed);
        if word & CONDEMNED == 0 { count(word) } else { 0 }
    }

    // What the only handle does.

    /// Begins exclusive access to the value. If a collection may read it, or there may be weak handles,
    /// only who `may_contend` does. (O13)
    pub(crate) fn exclude(&self, may_contend: bool) -> Alone<()> {
        let contends = if may_contend { 0 } else { PINNED | HAS_WEAK };
        self.change_if_alone(contends, |word| word | EXCLUSIVE).map(|_| ())
    }

    /// Ends exclusive access. (O14)
    pub(crate) fn include(&self) {
        self.0.fetch_and(!EXCLUSIVE, Ordering::Release);
    }

    /// Drops the only handle, whose owner takes the value out. Who `may_contend` leaves the slot to the
    /// collection that has pinned the object, if one has; otherwise the caller has the burial. (O13)
    pub(crate) fn detach(&self, may_contend: bool) -> Alone<Option<Burial>> {
        let contends = if may_contend { 0 } else { PINNED };
        let before = self.change_if_alone(contends, |word| (word - ONE) | EMPTY);
        before.map(|word| (word & PINNED == 0).then(|| Burial::of(word | EMPTY)))
    }

    /// Changes the word if there is one handle, and none of these flags; returns what it was.
    fn change_if_alone(&self, contends: u64, change: impl Fn(u64) -> u64) -> Alone<u64> {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            if word & CONDEMNED != 0 {
                return Alone::Condemned;
            }
            if count(word) != 1 {
                return Alone::No;
            }
            if word & contends != 0 {
                return Alone::Contended;
            }
            let swapped = self.0.compare_exchange_weak(
                word,
                change(word),
                Ordering::Acquire,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => return Alone::Yes(word),
                Err(now) => word = now,
            }
        }
    }

    /// Counts one handle less if others are left, as [`release`](Word::release) does.
    pub(crate) fn release_one_of_several(&self) -> Option<Released> {
        let mut word = self.0.load(Ordering::Relaxed);
        while word >= 2 * ONE {
            let is_leaf = word & LEAF != 0;
            let left = if is_leaf { word - ONE } else { (word - ONE) | DROP };
            let swapped =
                self.0.compare_exchange_weak(word, left, Ordering::Release, Ordering::Relaxed);
            match swapped {
                Ok(_) if is_leaf => return Some(Released::Kept),
                Ok(_) => return Some(self.released(word)),
                Err(now) => word = now,
            }
        }
        None
    }

    // What a collection does.

    /// Whether the value is there and may be read, by the collection that has pinned the object. (O15)
    pub(crate) fn may_be_read(&self) -> bool {
        self.0.load(Ordering::Acquire) & (EXCLUSIVE | EMPTY) == 0
    }

    /// Whether there is no value any more, or will not be: for ever.
    pub(crate) fn is_dying(&self) -> bool {
        is_dying(self.0.load(Ordering::Relaxed))
    }

    /// Accepts an entry of the list of candidates: unless the object is dying, it is pinned, and
    /// is no candidate until another handle is dropped. (O4)
    pub(crate) fn take(&self) -> Taken {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let is_dying = is_dying(word);
            let taken = if is_dying { word | TAKEN } else { (word & !DROPS) | PINNED };
            let swapped =
                self.0.compare_exchange_weak(word, taken, Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(_) if !is_dying => return Taken::Pinned(count(word)),
                Ok(_) if word & DROPPED == 0 => return Taken::Dying,
                Ok(_) if word & HAS_WEAK == 0 => return Taken::Dropped,
                Ok(_) => return Taken::DroppedWithWeak,
                Err(now) => word = now,
            }
        }
    }

    /// Pins an object to which a handle was found that cannot be dropped now, and returns how
    /// many handles there were. (O5)
    pub(crate) fn pin(&self) -> u64 {
        count(self.0.fetch_or(PINNED, Ordering::Acquire))
    }

    /// Unpins an object that is reachable, as far as the collection knows. If its last handle
    /// was dropped meanwhile, the caller buries it. (O6)
    pub(crate) fn unpin(&self) -> Option<Burial> {
        let before = self.0.fetch_and(!(PINNED | SUSPECT), Ordering::AcqRel);
        (count(before) == 0).then(|| Burial::of(before))
    }

    /// Makes a pinned object a candidate again; whether its entry is owed for that. The lock that
    /// collections take orders this and the entry that was taken before.
    pub(crate) fn ask_again(&self) -> bool {
        self.0.fetch_or(DROP, Ordering::Relaxed) & DROPS == 0
    }

    /// Counts the handles for a confirmation, and marks the object so that the next handle that
    /// is made shows. (O7)
    pub(crate) fn suspect(&self) -> u64 {
        count(self.0.fetch_or(SUSPECT, Ordering::Acquire))
    }

    /// Whether no handle was made since the object was [suspected](Word::suspect). (O7)
    pub(crate) fn is_suspect(&self) -> bool {
        self.0.load(Ordering::Relaxed) & SUSPECT != 0
    }

    /// Makes a handle to an unreachable object, for who runs its finalizers, which count as run from now
    /// on; whether it was made. There are none for an object without handles, whose burial runs
    /// finalizers. No handle is made from a weak one meanwhile, and nobody has another. (O8)
    pub(crate) fn revive(&self) -> bool {
        if self.count() == 0 {
            return false;
        }
        self.0.fetch_add(ONE, Ordering::Relaxed);
        self.0.fetch_and(!UNFINALIZED, Ordering::Relaxed);
        true
    }

    /// Whether finalizers are to run.
    pub(crate) fn is_unfinalized(&self) -> bool {
        self.0.load(Ordering::Relaxed) & UNFINALIZED != 0
    }

    /// Gives an unreachable object to the caller. From now on, dropping a handle to it only
    /// counts: it is pinned for ever, and a candidate. Nobody else changes the word meanwhile: there is no
    /// handle that could be dropped or cloned, and who makes one from a weak one waits. (O8)
    pub(crate) fn condemn(&self) -> Burial {
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(before | CONDEMNED | DROP, Ordering::Relaxed);
        Burial::of(before)
    }
}

#[cfg(feature = "inspect")]
impl Word {
    /// Counts the handles, and marks the object so that the next handle that is made shows. The object
    /// is pinned, or a leaf to which there is a handle that nobody can drop now. (O7)
    pub(crate) fn observe(&self) -> Observed {
        Observed(self.0.fetch_or(SUSPECT, Ordering::Acquire))
    }

    /// Removes the mark, and says whether no handle was made and none dropped since the object was
    /// observed. As both are steps on the word, nothing comes between them if there is no change. (O7)
    pub(crate) fn is_unchanged(&self, observed: Observed) -> bool {
        let now = self.0.fetch_and(!SUSPECT, Ordering::Acquire);
        now & SUSPECT != 0 && now / DROP == observed.0 / DROP
    }
}

#[cfg(feature = "inspect")]
impl Observed {
    /// The number of handles.
    pub(crate) fn count(self) -> u64 {
        count(self.0)
    }
}

impl<A> Alone<A> {
    fn map<B>(self, change: impl FnOnce(A) -> B) -> Alone<B> {
        match self {
            Alone::Yes(what) => Alone::Yes(change(what)),
            Alone::No => Alone::No,
            Alone::Condemned => Alone::Condemned,
            Alone::Contended => Alone::Contended,
        }
    }
}

impl Burial {
    /// That of an object with this word.
    #[inline]
    fn of(word: u64) -> Burial {
        const { assert!(DROP <= HAD_ENTRY as u64) };
        let flags = (word & (DROP - 1)) as u16;
        let entry = if word & DROPS == 0 { 0 } else { HAD_ENTRY };
        Burial(BURIED | flags | entry)
    }

    #[inline]
    fn has(self, flags: u64) -> bool {
        u64::from(self.0.get()) & flags != 0
    }

    /// Whether nothing is left to do before the slot is freed but the drop of the value: no finalizers
    /// are to run, and nothing else refers to the slot.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        self.is_of_last() && !self.has(EMPTY | UNFINALIZED)
    }

    /// Whether the value was taken out, so that there is none to be dropped.
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.has(EMPTY)
    }

    /// Whether nothing else refers to the slot when the value is dropped.
    #[inline]
    pub(crate) fn is_of_last(self) -> bool {
        !self.has(HAS_WEAK) && !self.has_entry()
    }

    /// Whether there were weak handles at some time.
    pub(crate) fn has_weak(self) -> bool {
        self.has(HAS_WEAK)
    }

    /// Whether the list of candidates had an entry of the object, or one was owed.
    pub(crate) fn has_entry(self) -> bool {
        self.0.get() & HAD_ENTRY != 0
    }

    /// After the value of the object with this `word` was dropped: whether the caller gives up the
    /// slot. If it does not, whoever takes the entry from the list does. (O9)
    pub(crate) fn gives_up_slot(self, word: &Word) -> bool {
        !self.has_entry() || word.0.fetch_or(DROPPED, Ordering::AcqRel) & TAKEN != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: u64) -> Word {
        Word(AtomicU64::new(word))
    }

    #[test]
    fn drops_that_are_many_count_as_one() {
        let word = word((3 * ONE) | MANY | DROP | HAS_WEAK);
        assert_eq!(word.release(), Released::Kept);
        assert_eq!(word.0.load(Ordering::Relaxed), (2 * ONE) | DROP | HAS_WEAK);
    }

    #[test]
    fn drops_do_not_reach_the_count() {
        let word = word((3 * ONE) | (MANY - DROP));
        assert_eq!(word.release(), Released::Kept);
        assert_eq!(word.0.load(Ordering::Relaxed), (2 * ONE) | MANY);
        assert_eq!(word.release(), Released::Kept);
        assert_eq!(word.0.load(Ordering::Relaxed), ONE | DROP);
    }

    #[test]
    fn a_leaf_is_never_a_candidate() {
        let word = Word::new(Kind { has_finalizers: false, is_leaf: true });
        word.retain();
        word.retain();
        assert_eq!(word.release(), Released::Kept);
        assert_eq!(word.release_one_of_several(), Some(Released::Kept));
        assert!(matches!(word.release(), Released::Last(burial) if burial.is_of_last()));
    }

    #[cfg(feature = "inspect")]
    #[test]
    fn a_tool_notices_each_handle_that_is_made_or_dropped_meanwhile() {
        let changes: [fn(&Word); 5] = [
            Word::retain,
            |word| {
                let _ = word.release();
            },
            |word| {
                word.retain();
                let _ = word.release();
            },
            |word| {
                let _ = word.upgrade(true);
                let _ = word.release();
            },
            |word| {
                let _ = word.release_one_of_several();
            },
        ];
        for is_leaf in [false, true] {
            for change in changes {
                let word = Word::new(Kind { has_finalizers: false, is_leaf });
                word.retain();
                word.retain();
                let seen = word.observe();
                assert_eq!(seen.count(), 3);
                change(&word);
                assert!(!word.is_unchanged(seen));
                // The mark is gone, and the next look is a new one.
                assert!(!word.is_suspect());
                let seen = word.observe();
                word.note_weak();
                assert!(word.is_unchanged(seen) && !word.is_suspect());
            }
        }
    }

    #[test]
    fn whoever_drops_the_last_handle_of_a_pinned_object_enters_it() {
        let word = word(ONE | PINNED);
        assert_eq!(word.release(), Released::NewCandidate);
        assert!(word.unpin().is_some_and(|burial| !burial.is_of_last()));
    }
}
