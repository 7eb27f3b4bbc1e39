//! The flags of an object, in the bits that a vtable's address leaves free.

use core::fmt;

/// The state of an object besides its count; kept in the low bits of a header's word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) usize);

impl Flags {
    /// No flag.
    pub(crate) const NONE: Flags = Flags(0);
    /// The count fell to non-zero since the last collection that cleared this:
    /// a candidate root, whose bit stands in its page's bitmap.
    pub(crate) const CANDIDATE: Flags = Flags(1 << 0);
    /// The type owns no edges: never a candidate, never in a snapshot of a
    /// collection.
    pub(crate) const UNTRACKED: Flags = Flags(1 << 1);
    /// There is no value to use, whatever the count says; see
    /// [`ObjPtr::is_dead`].
    pub(crate) const DEAD: Flags = Flags(1 << 2);
    /// The type has a finalizer, and it did not run yet.
    pub(crate) const UNFINALIZED: Flags = Flags(1 << 3);
    /// The page counts weak references to this object.
    pub(crate) const HAS_WEAK: Flags = Flags(1 << 4);
    /// A `GcMut` guard gave out `&mut` to the value: it must not be read. Only a guard and the
    /// death of the object clear this.
    pub(crate) const EXCLUSIVE: Flags = Flags(1 << 5);
    /// A running collection found it unreachable and has not reclaimed it yet.
    pub(crate) const UNREACHABLE: Flags = Flags(1 << 6);
    /// Something waits for its death: weak callbacks, or entries of weak maps.
    pub(crate) const OBSERVED: Flags = Flags(1 << 7);

    /// The flags that a collection has to know before it frees the object, or that forbid
    /// looking at the value.
    pub(crate) const NOTABLE: Flags =
        Flags::UNFINALIZED.union(Flags::OBSERVED).union(Flags::DEAD).union(Flags::EXCLUSIVE);

    /// The bits of all flags.
    pub(crate) const MASK: usize = (1 << 8) - 1;

    /// The union of both.
    pub(crate) const fn union(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// Whether the two have a flag in common.
    #[inline]
    pub(crate) const fn intersects(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#010b})", self.0)
    }
}
