//! [`Survey`]: shared objects as they were seen, as plain data, and those that are held for their texts.

use alloc::sync::Arc;
use alloc::vec::Vec;

#[cfg(feature = "sites")]
use crate::memory::page::Site;
use crate::object::label::{Label, LabelBuilder, Labels};
use crate::sync::header::ObjectPtr;
use crate::sync::held::Held;
use crate::sync::tools::Tools;

/// How much was seen of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All that it reports.
    Whole,
    /// Not what lies behind locks that somebody held.
    Locked,
    /// Nothing: a thread had it alone.
    Exclusive,
    /// Nothing: its `trace` panicked, or there was no memory for a guard.
    Failed,
}

/// An object as it was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The address of its value.
    pub(crate) value: usize,
    pub(crate) tools: &'static Tools,
    /// The size of its value.
    pub(crate) size: usize,
    /// The bytes of its slot.
    pub(crate) bytes: usize,
    /// The bytes that its value owns elsewhere.
    pub(crate) owned: usize,
    pub(crate) handles: u64,
    pub(crate) is_leaf: bool,
    /// Its finalizers have run, and it is still there.
    pub(crate) is_finalized: bool,
    pub(crate) sight: Sight,
    /// Where it was made, if that was noted.
    #[cfg(feature = "sites")]
    pub(crate) site: Option<Site>,
}

/// What was seen.
///
/// # Invariants
///
/// The targets of object `i` end at `ends[i]`, and there is a label for each; leaves have none. Targets are positions of
/// objects, or [`UNSEEN`].
#[derive(Debug)]
pub(crate) struct Survey {
    /// The candidates, what they and the handles reach, and then the leaves.
    pub(crate) objects: Vec<Seen>,
    pub(crate) candidates: usize,
    pub(crate) targets: Vec<u32>,
    pub(crate) ends: Vec<usize>,
    pub(crate) edge_labels: Vec<Label>,
    pub(crate) labels: Labels,
    /// Those that handles were made to or dropped to while it looked.
    pub(crate) changed: Vec<usize>,
    /// All names that were given to objects by then, by the addresses of values, which increase.
    pub(crate) names: Vec<(usize, Arc<str>)>,
    /// Those whose texts are to be written, by their positions, which increase.
    pub(crate) held: Vec<(usize, Held)>,
    /// Whether all of it is from one moment.
    pub(crate) is_consistent: bool,
}

impl Default for Survey {
    /// Nothing was looked at.
    fn default() -> Survey {
        Survey {
            objects: Vec::new(),
            candidates: 0,
            targets: Vec::new(),
            ends: Vec::new(),
            edge_labels: Vec::new(),
            labels: LabelBuilder::default().finish(),
            changed: Vec::new(),
            names: Vec::new(),
            held: Vec::new(),
            is_consistent: false,
        }
    }
}

/// The target of an edge to an object that was not looked at: there were too many.
pub(crate) const UNSEEN: u32 = u32::MAX;

impl Seen {
    /// What the header says of an object, whose slot is not freed before this returns.
    pub(crate) fn of(object: ObjectPtr) -> Seen {
        let tools = object.tools();
        Seen {
            value: object.any_value().addr().get(),
            tools,
            size: tools.size * object.len(),
            bytes: object.size(),
            owned: 0,
            handles: object.word().count(),
            is_leaf: object.word().is_leaf(),
            is_finalized: (tools.has_finalizers)() && !object.word().is_unfinalized(),
            sight: Sight::Whole,
            #[cfg(feature = "sites")]
            site: object.site(),
        }
    }
}
