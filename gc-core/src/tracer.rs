//! Where `trace` reports to: [`Tracer`] for collections, [`LabelTracer`] for
//! tools that also want to know by which field an edge is held.
//!
//! Both know the erased [`ObjPtr`] only, never `Gc<T>`. A [`Tracer`] is the
//! public face of an [`EdgeBuffer`]; a [`LabelTracer`] carries the way from the
//! object to the field as a list of steps on the stack, and looks its shape up
//! when an edge is reported. Programs that never look at their heap never run a
//! line of it.

use core::iter;
use core::marker::PhantomData;

use crate::edges::{EdgeBuffer, LabelledEdges};
use crate::label::{Name, Step};
use crate::object::ObjPtr;
use crate::watch::WatchRef;

/// Receives the edges that [`Trace::trace`](crate::Trace::trace) reports.
#[derive(Debug)]
#[repr(transparent)]
pub struct Tracer<'a> {
    edges: EdgeBuffer,
    scope: PhantomData<&'a mut EdgeBuffer>,
}

impl Tracer<'_> {
    /// Lends `edges` to user code as a tracer.
    #[inline]
    pub(crate) fn lend(edges: &mut EdgeBuffer) -> &mut Self {
        let edges: *mut EdgeBuffer = edges;
        // SAFETY: `Tracer` is `repr(transparent)` over `EdgeBuffer`, and the
        // borrow that is returned is the borrow that came in.
        unsafe { &mut *edges.cast::<Self>() }
    }

    /// Reports one owned edge that is no `Gc`.
    #[inline]
    pub(crate) fn edge_to(&mut self, target: ObjPtr) {
        self.edges.push(target);
    }

    /// Reports one owned edge, and where its handle is: debug builds tell by it
    /// when one handle is reported twice.
    #[inline]
    pub(crate) fn edge_of<H>(&mut self, handle: &H, target: ObjPtr) {
        self.edges.push_handle(target, (&raw const *handle).addr());
    }

    /// Reports one owned weak handle that has a callback.
    pub(crate) fn watched_by(&mut self, watch: WatchRef) {
        self.edges.push_watch(watch.address());
    }
}

/// The steps taken so far; each frame of the walk holds its own.
#[derive(Clone, Copy, Debug)]
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step,
}

impl Path<'_> {
    /// The steps, last first.
    #[inline]
    fn steps<'a>(path: Option<&'a Path<'a>>) -> impl Iterator<Item = Step> + Clone {
        iter::successors(path, |path| path.parent).map(|path| path.step)
    }
}

/// Receives edges together with the field that holds them, for
/// [`Trace::trace_labelled`](crate::Trace::trace_labelled).
#[derive(Debug)]
pub struct LabelTracer<'a> {
    sink: &'a mut LabelledEdges,
    /// `None` at the object itself.
    path: Option<Path<'a>>,
}

impl<'a> LabelTracer<'a> {
    /// A tracer that stands at the object itself.
    #[inline]
    pub(crate) fn new(sink: &'a mut LabelledEdges) -> Self {
        LabelTracer { sink, path: None }
    }

    #[inline]
    fn step(&mut self, step: Step) -> LabelTracer<'_> {
        let path = Path { parent: self.path.as_ref(), step };
        LabelTracer { sink: &mut *self.sink, path: Some(path) }
    }

    /// A tracer for what the field `name` holds.
    #[inline]
    pub fn field(&mut self, name: &'static str) -> LabelTracer<'_> {
        self.step(Step::Field(Name::new(name)))
    }

    /// A tracer for what a field holds whose name is number `place` of those
    /// that are `joined` by `|`.
    #[inline]
    pub(crate) fn field_of(&mut self, joined: &'static str, place: u32) -> LabelTracer<'_> {
        self.step(Step::Field(Name::part(joined, place)))
    }

    /// A tracer for what the element at `index` holds.
    #[inline]
    pub fn index(&mut self, index: usize) -> LabelTracer<'_> {
        self.step(Step::Index(index))
    }

    /// Reports one owned edge under the name reached so far.
    ///
    /// Heap tools look at targets in the order of the heap, not at those that
    /// were just reported: nothing is fetched.
    #[inline]
    pub(crate) fn edge_to(&mut self, target: ObjPtr) {
        let before = self.sink.edges.len();
        self.sink.edges.add(target);
        self.label_since(before);
    }

    /// Reports the edges of `trace`, all under the name reached so far.
    #[inline]
    pub fn unlabelled(&mut self, trace: impl FnOnce(&mut Tracer<'_>)) {
        let before = self.sink.edges.len();
        trace(Tracer::lend(&mut self.sink.edges));
        self.label_since(before);
    }

    /// Names the edges that were reported since there were `before`.
    #[inline]
    fn label_since(&mut self, before: usize) {
        let reported = self.sink.edges.len();
        if reported > before {
            let label = self.sink.builder.label(Path::steps(self.path.as_ref()));
            self.sink.labels.extend(iter::repeat_n(label, reported - before));
        }
    }
}
