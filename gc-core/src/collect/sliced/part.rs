//! What the last candidates led to, and whether the program ran since they were taken in.

use super::entries::Entries;

/// The entries from number `start` on.
///
/// # Invariants
///
/// If the part is of one go, it was begun in this slice, when all entries before it were traced: no
/// edge to it is noted for any other, and its counts and edges are those of one moment.
#[derive(Debug, Default)]
pub(super) struct Part {
    start: usize,
    is_of_one_go: bool,
    /// Whether anything in it owns weak handles with a callback.
    has_watches: bool,
}

impl Part {
    /// The number of its first entry.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// How many entries it has.
    pub(super) fn len(&self, entries: &Entries) -> usize {
        entries.len() - self.start
    }

    /// A slice begins: the program ran meanwhile.
    pub(super) fn start_slice(&mut self) {
        self.is_of_one_go = false;
    }

    /// What is taken in from here on is a part, together with what was not begun to be traced.
    pub(super) fn begin(&mut self, entries: &Entries) {
        if !self.is_of_one_go || entries.traced() > self.start {
            let is_of_one_go = entries.are_traced();
            *self = Part { start: entries.len(), is_of_one_go, has_watches: false };
        }
    }

    /// Some of it was traced just now.
    pub(super) fn note_traced(&mut self, entries: &Entries) {
        self.has_watches |= entries.has_watches();
    }

    /// Whether it would be known what is garbage in it, if the rest of it were traced in this slice.
    pub(super) fn is_worth_more(&self, entries: &Entries) -> bool {
        self.is_of_one_go && !entries.are_traced()
    }

    /// Whether it is known what is garbage in it, and no weak handle's callback waits for that.
    pub(super) fn is_known(&self, entries: &Entries) -> bool {
        self.is_of_one_go && self.len(entries) > 0 && entries.are_traced() && !self.has_watches
    }
}
