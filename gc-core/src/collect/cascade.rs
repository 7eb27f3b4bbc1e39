//! How deep the drops in progress on this thread are nested, and the objects that die
//! too deep down: a queue, linked through their headers.
//!
//! Dropping a value may take the count of the next object to zero, and so on. The drops
//! nest on the call stack as long as it is shallow: not more than a few KiB below the
//! shallowest point at which an object of this thread died. Below that, the first drop
//! counts as shallow itself, those within a few KiB of it nest, and objects that die
//! further down are queued. The first drop then drains the queue, with little room on the
//! stack for each object. So a list of any length is dropped with a small stack, and
//! without allocating.

use core::cell::Cell;
use core::mem::ManuallyDrop;

use crate::object::flags::Flags;
use crate::object::header::ObjPtr;
use crate::object::stack::stack_address;

/// How much stack nested drops may take before objects are queued, in bytes.
const MAX_STACK: usize = 8 << 10;

/// How much stack nested drops may take while the queue is drained, in bytes.
///
/// A processor predicts the return addresses of about the last twenty nested calls. Many
/// processors cannot predict those further out, and each of these returns costs as much
/// as dropping three nodes of a list. This is room for a dozen nodes.
const DRAIN_STACK: usize = 384;

/// The most stack, in bytes, between a drop and one that it leads to, if no code of the
/// program lies between them.
const NEXT_DROP: usize = 1 << 10;

/// How many drops in a row must start in one place before that counts as the place where
/// the program works. A finalizer, too, may drop some objects in one place before the
/// next one runs.
const OFTEN: u32 = 100;

/// In how many places, each further down than the one before, drops may count as shallow.
/// A program that works far down needs one. Between two of them there may be code of the
/// program that runs in a drop, and drops the next object there.
const MOST_SETTLED: usize = 4;

/// How far above the bottom drops are known to be shallow, in bytes.
const SHALLOW: usize = 2 * MAX_STACK;

/// The drops in progress on this thread. Addresses of the stack, which grows
/// down.
struct Cascade {
    /// How far down drops may simply nest: [`MAX_STACK`] below the shallowest
    /// point at which an object died, or a little less. It moves up at once, and
    /// down when drops [often](OFTEN) start further down. While one that does is to
    /// drain the queue, that is the point, and while it drains it,
    /// [`DRAIN_STACK`] below that.
    bottom: Cell<usize>,
    /// Where the last of those started, and how many before it about there.
    deep_start: Cell<(usize, u32)>,
    /// The places to which the bottom moved down so, with a 0 behind the last.
    settled: [Cell<usize>; MOST_SETTLED],
    /// Whether such a drop is in progress.
    is_draining: Cell<bool>,
    /// Dead objects whose values are still to be dropped.
    queue: Cell<Option<ObjPtr>>,
}

std::thread_local! {
    static CASCADE: Cascade = const {
        Cascade {
            bottom: Cell::new(0),
            deep_start: Cell::new((0, 0)),
            settled: [const { Cell::new(0) }; MOST_SETTLED],
            is_draining: Cell::new(false),
            queue: Cell::new(None),
        }
    };
}

/// What became of a drop that began.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entered {
    /// It nests in others, or is the shallowest.
    Shallow,
    /// It is to [drain](start_to_drain) the queue when it ends.
    Draining(Outer),
    /// It is nested too deep: the object is to [wait].
    TooDeep,
}

/// The bottom before the queue was drained.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer(usize);

/// Begins a drop here.
#[inline]
pub(super) fn enter() -> Entered {
    CASCADE.with(|cascade| cascade.enter(stack_address()))
}

impl Cascade {
    fn enter(&self, here: usize) -> Entered {
        let bottom = self.bottom.get();
        if here.wrapping_sub(bottom) < SHALLOW {
            return Entered::Shallow;
        }
        if self.is_draining.get() {
            return Entered::TooDeep;
        }
        self.bottom.set(here - MAX_STACK);
        if here > bottom {
            self.come_up(here);
            return Entered::Shallow;
        }
        self.is_draining.set(true);
        Entered::Draining(Outer(bottom))
    }

    /// The stack ends `here`: everything that ran further down has returned.
    fn come_up(&self, here: usize) {
        for place in &self.settled {
            if place.get() < here {
                place.set(0);
            }
        }
    }

    /// Notes that drops which start so far down are shallow, unless there are too many
    /// such places above.
    fn settle(&self, start: usize) -> bool {
        let free = self.settled.iter().find(|place| place.get() == 0);
        free.inspect(|place| place.set(start)).is_some()
    }

    /// Notes that a drop started so far down; whether they often do.
    fn is_usual(&self, start: usize) -> bool {
        let (place, times) = self.deep_start.get();
        let (place, times) = if start.abs_diff(place) <= NEXT_DROP {
            (place, times.saturating_add(1))
        } else {
            (start, 0)
        };
        self.deep_start.set((place, times));
        times >= OFTEN
    }
}

/// Whether a drop that starts here may simply nest.
#[inline]
pub(super) fn is_shallow() -> bool {
    CASCADE.with(|cascade| stack_address().wrapping_sub(cascade.bottom.get())) < SHALLOW
}

/// Puts a dead object into the queue.
pub(super) fn wait(object: ObjPtr) {
    object.set(Flags::DEAD);
    CASCADE.with(|cascade| {
        let next = cascade.queue.replace(Some(object));
        // SAFETY: the object is DEAD, and `next` takes the link before anyone reads
        // the count or the stamp.
        unsafe { object.set_link(next) };
    });
}

/// A drop that was to drain the queue ends: whether there is anything in it.
///
/// If not, and it seems that no other drop led here, the next one probably starts here
/// too: then it is to be shallow.
#[inline]
pub(super) fn start_to_drain(Outer(above): Outer) -> bool {
    CASCADE.with(|cascade| {
        if cascade.queue.get().is_some() {
            cascade.bottom.set(stack_address() - DRAIN_STACK);
            return true;
        }
        let start = cascade.bottom.get() + MAX_STACK;
        let is_shallow = above.wrapping_sub(start) > NEXT_DROP
            && cascade.is_usual(start)
            && cascade.settle(start);
        if !is_shallow {
            cascade.bottom.set(above);
        }
        cascade.is_draining.set(false);
        false
    })
}

/// Takes the next object out of the queue.
pub(super) fn next() -> Option<ObjPtr> {
    CASCADE.with(|cascade| {
        let object = cascade.queue.get()?;
        // SAFETY: objects in the queue were linked by `wait`.
        cascade.queue.set(unsafe { object.take_link() });
        Some(object)
    })
}

/// The drop that drained the queue ends.
pub(super) fn leave(Outer(bottom): Outer) {
    CASCADE.with(|cascade| {
        cascade.bottom.set(bottom);
        cascade.is_draining.set(false);
    });
}

/// Starts to drain the queue here, if there is anything in it and it is not being
/// drained.
pub(super) fn drain_here() -> Option<Outer> {
    CASCADE.with(|cascade| {
        if cascade.queue.get().is_none() || cascade.is_draining.replace(true) {
            return None;
        }
        Some(Outer(cascade.bottom.replace(stack_address() - MAX_STACK)))
    })
}

/// Whether there is anything in the queue.
#[cfg(feature = "isolates")]
pub(super) fn has_waiting() -> bool {
    CASCADE.with(|cascade| cascade.queue.get().is_some())
}

/// The drops in progress will not be continued, because the thread ends inside them.
/// Objects in the queue stay there.
pub(super) fn start_over() {
    CASCADE.with(|cascade| {
        cascade.bottom.set(0);
        cascade.is_draining.set(false);
        cascade.come_up(usize::MAX);
    });
}

/// While it lives, no object of this thread dies: every drop is nested too deep.
#[derive(Debug)]
pub(super) struct Postponed {
    bottom: usize,
    was_draining: bool,
}

impl Postponed {
    /// From now on.
    pub(super) fn new() -> Postponed {
        CASCADE.with(|cascade| Postponed {
            // Every point of the stack is far above this one.
            bottom: cascade.bottom.replace(0),
            was_draining: cascade.is_draining.replace(true),
        })
    }

    /// It does not end before the thread does.
    pub(super) fn last(self) {
        let _ended = ManuallyDrop::new(self);
    }
}

impl Drop for Postponed {
    fn drop(&mut self) {
        CASCADE.with(|cascade| {
            cascade.bottom.set(self.bottom);
            cascade.is_draining.set(self.was_draining);
        });
    }
}
