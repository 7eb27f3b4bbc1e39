//! Why a heap cannot be detached: what leads into it from outside, or out of it.

use alloc::string::String;
use core::fmt;

/// Something that keeps an [`Isolate`](crate::Isolate) where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Escape {
    type_name: &'static str,
    kind: EscapeKind,
    way: Option<String>,
}

/// What kind of escape it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EscapeKind {
    /// So many handles to the object are not owned by values of the heap: they are variables of the
    /// program, lie in a thread-local or a global, were forgotten or leaked, were captured by a
    /// callback or a closure, or lie where `trace` does not look, such as in a `RefCell` that is
    /// borrowed, or in a field with `#[trace(skip)]`.
    Held(usize),
    /// The same of weak handles, to the object or to one that was there. The name of an object, given
    /// by a heap tool, counts as one.
    WeaklyHeld(usize),
    /// The object owns a handle to one of another heap, or a weak map with a key there.
    LeadsOut,
    /// The object owns a cell that is borrowed mutably, or a lock that is held: nobody can see whether
    /// what it holds leads out of the heap. Its guard was forgotten. Or it was made by
    /// [`Gc::new_untraced`](crate::Gc::new_untraced), so that nobody ever looks into it.
    Closed,
    /// The object owns a weak handle with a callback, which this thread may share.
    Observes,
    /// Something of this thread waits for the death of the object: a weak callback, a finalizer that
    /// was registered for it, or an entry of a weak map that is not in the heap.
    Observed,
    /// A `GcMut` guard of the object exists, or was forgotten.
    Exclusive,
    /// The object is garbage that was not reclaimed: its finalizer may have resurrected it, it is
    /// frozen, or a collection found an error in a `trace`.
    Unreachable,
    /// Objects are being made or dropped at the moment.
    InUse,
    /// A callback waits for collections of this heap.
    Callbacks,
    /// A collection or a heap tool is at work on this thread.
    Busy,
    /// There was no memory for what the objects report.
    OutOfMemory,
}

impl Escape {
    /// An escape through an object of this type.
    pub(super) fn of(type_name: &'static str, kind: EscapeKind) -> Escape {
        Escape { type_name, kind, way: None }
    }

    /// An escape that concerns no single object.
    pub(super) fn of_heap(kind: EscapeKind) -> Escape {
        Escape { type_name: "", kind, way: None }
    }

    /// The type of the object, for people; empty if it concerns no single one, or one whose value is
    /// gone.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// What kind of escape it is.
    #[must_use]
    pub fn kind(&self) -> EscapeKind {
        self.kind
    }

    /// By which fields and positions the object is reached from the root, such as
    /// `root.others[0].next`; the shortest way. `None` if it concerns no single object, or one that
    /// the root does not lead to.
    #[must_use]
    pub fn way(&self) -> Option<&str> {
        self.way.as_deref()
    }

    /// Sets it.
    pub(super) fn set_way(&mut self, way: Option<String>) {
        self.way = way;
    }
}

impl fmt::Display for Escape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            if self.type_name.is_empty() { "an object that is gone" } else { self.type_name };
        match self.kind {
            EscapeKind::Held(1) => write!(f, "1 handle from outside to {name}"),
            EscapeKind::Held(count) => write!(f, "{count} handles from outside to {name}"),
            EscapeKind::WeaklyHeld(1) => write!(f, "1 weak handle from outside to {name}"),
            EscapeKind::WeaklyHeld(count) => {
                write!(f, "{count} weak handles from outside to {name}")
            }
            EscapeKind::LeadsOut => write!(f, "a handle in {name} to an object of another heap"),
            EscapeKind::Closed => {
                write!(
                    f,
                    "a cell or a lock in {name} that is not given back, or what is not traced"
                )
            }
            EscapeKind::Observes => write!(f, "a weak handle with a callback in {name}"),
            EscapeKind::Observed => write!(f, "a callback or a weak map that observes {name}"),
            EscapeKind::Exclusive => write!(f, "a `GcMut` guard of {name}"),
            EscapeKind::Unreachable => write!(f, "garbage that is not reclaimed: {name}"),
            EscapeKind::InUse => f.write_str("objects that are being made or dropped"),
            EscapeKind::Callbacks => f.write_str("a callback that waits for its collections"),
            EscapeKind::OutOfMemory => f.write_str("no memory to find out"),
            EscapeKind::Busy => f.write_str("a collection or a heap tool at work"),
        }?;
        self.way.as_deref().map_or(Ok(()), |way| write!(f, " at {way}"))
    }
}
