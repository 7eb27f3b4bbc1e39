//! [`Word`]: the count and the flags of a shared object, as one atomic number.
//!
//! ```text
//!   | overflow : 1 | count : 47 | UNFINALIZED | EMPTY | EXCLUSIVE | HAS_WEAK | TAKEN | DROPPED | CONDEMNED | SUSPECT | PINNED | CANDIDATE |
//! ```
//!
//! Count and flags change together or not at all, and that is what most of the rules need:
//! `docs/sync.md` has the rules, and an argument for each memory order
//! that is weaker than `SeqCst`. The numbers O1 to O15 are those of that page.

use core::sync::atomic::{AtomicU64, Ordering};

/// The object is in the list of candidates, or about to be: an entry of the list is owed.
const CANDIDATE: u64 = 1;
/// A collection has a pointer to the object. Whoever drops the last handle leaves the burial to
/// that collection.
const PINNED: u64 = 1 << 1;
/// The object was counted by a confirmation, and nobody has made a handle to it since.
const SUSPECT: u64 = 1 << 2;
/// A confirmation found the object unreachable. It belongs to the thread that reclaims it.
const CONDEMNED: u64 = 1 << 3;
/// The value was dropped, and the slot waits for its entry in the list of candidates.
const DROPPED: u64 = 1 << 4;
/// The entry was taken from the list of candidates, and the slot waits for its value.
const TAKEN: u64 = 1 << 5;
/// There was a weak handle at some time, so that all handles together count as one more.
const HAS_WEAK: u64 = 1 << 6;
/// The only handle has exclusive access to the value, or its guard was forgotten.
const EXCLUSIVE: u64 = 1 << 7;
/// The only handle took the value out.
const EMPTY: u64 = 1 << 8;
/// The finalizers of the value are to run before it is dropped.
const UNFINALIZED: u64 = 1 << 9;
/// One handle.
const ONE: u64 = 1 << 16;
/// More handles than there can be, but for a program that forgets them on purpose.
const OVERFLOW: u64 = 1 << 63;

/// The number of handles in a word.
fn count(word: u64) -> u64 {
    word / ONE
}

/// The count and the flags of an object.
///
/// # Invariants
///
/// * The count is the number of handles. No handle is counted late, by any thread.
/// * CANDIDATE is set if and only if an entry of the list of candidates exists or is owed.
/// * Only a collection pins, suspects and condemns, and there is one collection at a time.
#[derive(Debug)]
pub(crate) struct Word(AtomicU64);

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

/// The right and the duty to drop the value of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Burial {
    /// The word when the last handle was dropped, or the object was condemned. Whether an entry of
    /// the list of candidates or a weak handle refers to the slot is settled then.
    word: u64,
}

impl Word {
    /// For an object with one handle.
    #[inline]
    pub(crate) fn new(has_finalizers: bool) -> Word {
        Word(AtomicU64::new(if has_finalizers { ONE | UNFINALIZED } else { ONE }))
    }

    /// For an object whose value is not there yet, and which has weak handles.
    pub(crate) fn unbuilt(has_finalizers: bool) -> Word {
        Word(AtomicU64::new(if has_finalizers { HAS_WEAK | UNFINALIZED } else { HAS_WEAK }))
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
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let is_last = word < 2 * ONE;
            let less = if is_last { word - ONE } else { (word - ONE) | CANDIDATE };
            let swapped =
                self.0.compare_exchange_weak(word, less, Ordering::Release, Ordering::Relaxed);
            match swapped {
                Ok(_) if is_last => return self.release_last(word),
                Ok(_) if word & CANDIDATE == 0 => return self.release_new_candidate(),
                Ok(_) => return Released::Kept,
                Err(now) => word = now,
            }
        }
    }

    /// After the last handle was dropped; the word was `before`.
    #[inline]
    fn release_last(&self, before: u64) -> Released {
        if before & PINNED != 0 {
            return Released::Kept;
        }
        // What others did to the value happened before they dropped their handles. (O3)
        self.0.load(Ordering::Acquire);
        Released::Last(Burial { word: before })
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
        before.map(|word| (word & PINNED == 0).then_some(Burial { word: word | EMPTY }))
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
            let left = (word - ONE) | CANDIDATE;
            let swapped =
                self.0.compare_exchange_weak(word, left, Ordering::Release, Ordering::Relaxed);
            match swapped {
                Ok(_) if word & CANDIDATE == 0 => return Some(self.release_new_candidate()),
                Ok(_) => return Some(Released::Kept),
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

    /// Accepts an entry of the list of candidates: unless the object is dying, it is pinned, and
    /// is no candidate until another handle is dropped. (O4)
    pub(crate) fn take(&self) -> Taken {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let is_dying = count(word) == 0 || word & CONDEMNED != 0;
            let taken = if is_dying { word | TAKEN } else { (word & !CANDIDATE) | PINNED };
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
        (count(before) == 0).then_some(Burial { word: before })
    }

    /// Makes a pinned object a candidate again; whether its entry is owed for that. The lock that
    /// collections take orders this and the entry that was taken before.
    pub(crate) fn ask_again(&self) -> bool {
        self.0.fetch_or(CANDIDATE, Ordering::Relaxed) & CANDIDATE == 0
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
    /// counts: it is pinned for ever, and a candidate. (O8)
    pub(crate) fn condemn(&self) -> Burial {
        Burial { word: self.0.fetch_or(CONDEMNED | CANDIDATE, Ordering::Relaxed) }
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
    /// Whether the value was taken out, so that there is none to be dropped.
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.word & EMPTY != 0
    }

    /// Whether nothing else refers to the slot when the value is dropped.
    #[inline]
    pub(crate) fn is_of_last(self) -> bool {
        self.word & (CANDIDATE | HAS_WEAK) == 0
    }

    /// After the value of the object with this `word` was dropped: whether the caller gives up the
    /// slot. If it does not, whoever takes the entry from the list does. (O9)
    pub(crate) fn gives_up_slot(self, word: &Word) -> bool {
        self.word & CANDIDATE == 0 || word.0.fetch_or(DROPPED, Ordering::AcqRel) & TAKEN != 0
    }
}
