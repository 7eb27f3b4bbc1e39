//! The edges that values report: the objects that they hold.

use alloc::vec::Vec;
use core::iter;
use core::ptr::NonNull;

use crate::object::header::ObjPtr;
use crate::object::label::{Label, LabelBuilder, Step};
use crate::object::put_off::{PutOff, floor};
#[cfg(feature = "sync")]
use crate::object::shared_edges::SharedEdges;
use crate::object::stack::stack_address;
use crate::object::unwind::FirstPanic;

/// The edges that values reported.
///
/// Reporting cannot fail, but memory can run out: then edges are dropped and
/// [`is_complete`](EdgeBuffer::is_complete) says so.
#[derive(Debug)]
pub(crate) struct EdgeBuffer {
    targets: Vec<ObjPtr>,
    /// Where the handle of each edge is, unless that is on the stack.
    #[cfg(any(debug_assertions, gc_zeal))]
    handles: Vec<Option<usize>>,
    /// The watches whose weak handles were reported; see `watch`.
    watches: Vec<NonNull<()>>,
    is_incomplete: bool,
    /// Whether there was a cell or a lock that could not be looked into.
    #[cfg(feature = "isolates")]
    is_partial: bool,
    /// How far down the stack `trace` may go.
    floor: usize,
    /// The deeper contents of the object that is being traced.
    put_off: PutOff<Contents>,
    /// The edges to objects that threads share.
    #[cfg(feature = "sync")]
    shared: SharedEdges,
}

impl Default for EdgeBuffer {
    fn default() -> Self {
        EdgeBuffer::new()
    }
}

impl EdgeBuffer {
    /// A buffer without edges.
    pub(crate) const fn new() -> Self {
        EdgeBuffer {
            targets: Vec::new(),
            #[cfg(any(debug_assertions, gc_zeal))]
            handles: Vec::new(),
            watches: Vec::new(),
            is_incomplete: false,
            #[cfg(feature = "isolates")]
            is_partial: false,
            floor: 0,
            put_off: PutOff::new(),
            #[cfg(feature = "sync")]
            shared: SharedEdges::new(),
        }
    }

    /// What becomes of edges to objects that threads share.
    #[cfg(feature = "sync")]
    #[inline]
    pub(crate) fn shared(&mut self) -> &mut SharedEdges {
        &mut self.shared
    }

    /// Notes that an edge was left out.
    #[cfg(any(feature = "sync", feature = "isolates"))]
    pub(crate) fn note_incomplete(&mut self) {
        self.is_incomplete = true;
    }

    /// Notes a cell or a lock that may hold handles, and cannot be looked into.
    #[cfg(feature = "isolates")]
    #[cold]
    pub(crate) fn note_closed(&mut self) {
        self.is_partial = true;
    }

    /// Whether there was one.
    #[cfg(feature = "isolates")]
    pub(crate) fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// From here on `trace` may use so much stack and no more.
    #[inline]
    pub(crate) fn start(&mut self) {
        self.floor = floor();
    }

    /// Whether `trace` may go on by recursion.
    #[inline]
    pub(crate) fn is_shallow(&self) -> bool {
        stack_address() >= self.floor
    }

    /// Whether anything of the object that was traced is still to be traced.
    #[inline]
    pub(crate) fn has_put_off(&self) -> bool {
        !self.put_off.is_empty()
    }

    /// Leaves the contents of a container for later.
    #[cold]
    pub(crate) fn put_off(&mut self, contents: Contents) {
        self.is_incomplete |= !self.put_off.add(contents);
    }

    /// Keeps a guard until what was put off has been traced.
    ///
    /// # Safety
    ///
    /// What the guard borrows lives until the object was traced.
    #[cold]
    pub(crate) unsafe fn keep<G>(&mut self, guard: G) {
        // SAFETY: as promised by the caller.
        self.is_incomplete |= !unsafe { self.put_off.keep(guard) };
    }

    /// Traces what was put off, until nothing is left.
    ///
    /// Runs user code: hand-written `trace` implementations.
    #[cold]
    pub(crate) fn catch_up(&mut self) {
        // Guards are not dropped while a panic unwinds: that would poison locks.
        let panics = FirstPanic::of(|| {
            while let Some(next) = self.put_off.next() {
                self.start();
                #[cfg(feature = "sync")]
                if !self.shared.go_inside() {
                    self.is_incomplete = true;
                    break;
                }
                // SAFETY: by the invariants of `Contents`.
                unsafe { (next.trace)(next.container, self) }
            }
        });
        self.put_off.clear();
        panics.resume();
    }

    /// The bytes of its memory.
    pub(crate) fn bytes(&self) -> usize {
        self.targets.capacity() * size_of::<ObjPtr>()
            + self.watches.capacity() * size_of::<NonNull<()>>()
    }

    /// Takes in one edge, whose target will be looked at soon.
    #[inline]
    pub(crate) fn push(&mut self, target: ObjPtr) {
        target.prefetch();
        self.add(target);
    }

    /// Takes in one edge, whose target will not be looked at.
    #[inline]
    pub(crate) fn add(&mut self, target: ObjPtr) {
        if self.targets.len() == self.targets.capacity() && !self.grow() {
            return;
        }
        self.targets.push(target);
    }

    /// Takes in the edge of the handle at `address`, which tells it from other
    /// handles to the same target.
    #[inline]
    #[cfg_attr(
        not(any(debug_assertions, gc_zeal)),
        expect(unused_variables, reason = "the address is for checks alone")
    )]
    pub(crate) fn push_handle(&mut self, target: ObjPtr, address: usize) {
        #[cfg(any(debug_assertions, gc_zeal))]
        self.note_handle(address);
        self.push(target);
    }

    #[cfg(any(debug_assertions, gc_zeal))]
    fn note_handle(&mut self, address: usize) {
        /// A `trace` may take a handle out of a cell and put it back.
        const STACK: usize = 16 << 10;
        let here = (&raw const address).addr();
        let is_on_stack = here.abs_diff(address) < STACK;
        let position = self.targets.len();
        if self.handles.try_reserve(position + 1 - self.handles.len()).is_ok() {
            self.handles.resize(position, None);
            self.handles.push((!is_on_stack).then_some(address));
        }
    }

    /// Where the handle of the edge at `position` is, if that is known.
    #[cfg(any(debug_assertions, gc_zeal))]
    pub(crate) fn handle(&self, position: usize) -> Option<usize> {
        self.handles.get(position).copied().flatten()
    }

    #[cold]
    fn grow(&mut self) -> bool {
        let grown = self.targets.try_reserve(1).is_ok();
        self.is_incomplete |= !grown;
        grown
    }

    /// Takes in a weak handle that has a callback.
    pub(crate) fn push_watch(&mut self, watch: NonNull<()>) {
        let has_room = self.watches.try_reserve(1).is_ok();
        if has_room {
            self.watches.push(watch);
        }
        // Whoever detaches a heap has to know of each.
        #[cfg(feature = "isolates")]
        if !has_room {
            self.note_closed();
        }
    }

    /// The watches of the weak handles, one entry for each handle.
    pub(crate) fn watches(&self) -> &[NonNull<()>] {
        &self.watches
    }

    /// Puts the watches in order.
    pub(crate) fn sort_watches(&mut self) {
        self.watches.sort_unstable();
    }

    /// Whether every edge that was reported is here.
    pub(crate) fn is_complete(&self) -> bool {
        !self.is_incomplete
    }

    /// The number of edges.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.targets.len()
    }

    /// The targets, in the order they were reported.
    #[inline]
    pub(crate) fn targets(&self) -> &[ObjPtr] {
        &self.targets
    }

    /// Forgets all edges.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.targets.clear();
        #[cfg(any(debug_assertions, gc_zeal))]
        self.handles.clear();
        self.watches.clear();
        self.is_incomplete = false;
        #[cfg(feature = "isolates")]
        {
            self.is_partial = false;
        }
    }

    /// Forgets what was put off.
    pub(crate) fn give_up(&mut self) {
        self.put_off.clear();
    }
}

/// A container whose contents are still to be traced.
///
/// # Invariants
///
/// Both functions trace the contents of what `container` points at, which lives until the
/// object it belongs to was traced, and does not change meanwhile: by promise 5 of
/// [`Trace`](crate::Trace), and since the guards of locks and cells through which it was
/// reached are [kept](EdgeBuffer::keep).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contents {
    pub(crate) container: NonNull<()>,
    pub(crate) trace: unsafe fn(NonNull<()>, &mut EdgeBuffer),
    pub(crate) trace_labelled: unsafe fn(NonNull<()>, &mut LabelledEdges),
}

/// So many items of a container are weighed.
pub(crate) const SAMPLE: usize = 32;

/// Edges with the names they are held by.
#[derive(Debug, Default)]
pub(crate) struct LabelledEdges {
    /// The edges.
    pub(crate) edges: EdgeBuffer,
    /// Their names.
    pub(crate) names: Names,
}

impl LabelledEdges {
    /// For the bytes that values own, and nothing else.
    pub(crate) fn weighing() -> LabelledEdges {
        let builder = LabelBuilder::unused();
        let names = Names {
            labels: Vec::new(),
            builder,
            owned: 0,
            is_weighing: true,
            sample: SAMPLE,
            #[cfg(feature = "isolates")]
            weak: None,
        };
        LabelledEdges { edges: EdgeBuffer::new(), names }
    }

    /// For all handles, weak ones too, without names.
    #[cfg(feature = "isolates")]
    pub(crate) fn of_all_handles() -> LabelledEdges {
        let names = Names { weak: Some(WeakEdges::default()), ..Names::default() };
        LabelledEdges { edges: EdgeBuffer::new(), names }
    }

    /// Traces what was put off, until nothing is left.
    ///
    /// Runs user code: hand-written `trace` implementations.
    #[cold]
    pub(crate) fn catch_up(&mut self) {
        let panics = FirstPanic::of(|| {
            while let Some(next) = self.edges.put_off.next() {
                self.edges.start();
                #[cfg(feature = "sync")]
                if !self.edges.shared.go_inside() {
                    self.edges.is_incomplete = true;
                    break;
                }
                // SAFETY: by the invariants of `Contents`.
                unsafe { (next.trace_labelled)(next.container, self) }
            }
        });
        self.edges.put_off.clear();
        panics.resume();
    }
}

/// The names of edges.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The name of each edge, at the same position.
    pub(crate) labels: Vec<Label>,
    /// What the names mean.
    pub(crate) builder: LabelBuilder,
    /// The bytes that values own elsewhere.
    pub(crate) owned: usize,
    /// Whether only that is of interest: edges get no names.
    pub(crate) is_weighing: bool,
    /// How many items of a container are weighed then.
    pub(crate) sample: usize,
    /// What is referred to without an edge, if somebody asks for it; then edges get no names.
    #[cfg(feature = "isolates")]
    pub(crate) weak: Option<WeakEdges>,
}

/// The objects that values refer to, and do not own.
#[cfg(feature = "isolates")]
#[derive(Debug, Default)]
pub(crate) struct WeakEdges {
    /// Those of weak handles without a callback, one entry for each handle.
    pub(crate) handles: Vec<ObjPtr>,
    /// The keys of entries of weak maps, one entry for each.
    pub(crate) keys: Vec<ObjPtr>,
}

impl Names {
    /// Whether edges get no names.
    #[inline]
    fn is_nameless(&self) -> bool {
        #[cfg(feature = "isolates")]
        if self.weak.is_some() {
            return true;
        }
        self.is_weighing
    }

    /// Names the next `count` edges by the way that takes `steps`, last first.
    #[inline]
    pub(crate) fn add(&mut self, count: usize, steps: impl Iterator<Item = Step> + Clone) {
        if count > 0 && !self.is_nameless() {
            let label = self.builder.label(steps);
            self.labels.extend(iter::repeat_n(label, count));
        }
    }
}
