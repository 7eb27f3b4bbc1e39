//! How fast candidates are listed while the program makes others.

/// How many candidates were looked at, compared with what there is.
#[derive(Debug)]
pub(super) struct Haste {
    /// About so many objects there were at the start.
    most: usize,
    /// So many candidates were looked at.
    pub(super) looked_at: usize,
    /// In how many slices the program had made several times as many as there were objects.
    overtaken: u32,
}

impl Haste {
    /// Begins, in a heap of so many objects.
    pub(super) fn new(objects: usize) -> Haste {
        Haste { most: objects, looked_at: 0, overtaken: 0 }
    }

    /// How many times as fast as usual candidates are listed. A program that makes them as fast as
    /// they are listed is not to keep this from coming to an end, even if it makes any number of
    /// them between two slices.
    pub(super) fn factor(&mut self) -> usize {
        const FASTER: usize = 4;
        /// Until as many candidates were listed as there are objects, so many times, it is enough to
        /// be somewhat faster.
        const PATIENCE: usize = 4;
        if self.looked_at <= self.most {
            return 1;
        }
        if self.looked_at > self.most.saturating_mul(PATIENCE) {
            self.overtaken += 1;
        }
        FASTER.saturating_mul(1 << self.overtaken.min(usize::BITS / 2))
    }
}
