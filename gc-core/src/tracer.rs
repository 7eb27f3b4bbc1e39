//! Where `trace` reports to: [`Tracer`] for collections, [`LabelTracer`] for
//! tools that also want to know by which field an edge is held.
//!
//! Both know the erased [`ObjPtr`] only, never `Gc<T>`. A [`Tracer`] is the
//! public face of an [`EdgeBuffer`]; a [`LabelTracer`] carries the way from the
//! object to the field as a list of segments on the stack and renders it when
//! an edge is reported. Programs that never look at their heap never run a line
//! of it.

use alloc::string::String;
use core::fmt::Write as _;
use core::marker::PhantomData;

use crate::object::{EdgeBuffer, LabelledEdges, ObjPtr};
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

/// One step on the way from an object to a field.
#[derive(Clone, Copy, Debug)]
enum Segment {
    /// The object itself.
    Start,
    /// A named or numbered field, or a variant's field as in `Some.0`.
    Field(&'static str),
    /// A position in a sequence.
    Index(usize),
}

/// The steps taken so far; each frame of the walk holds its own.
#[derive(Clone, Copy, Debug)]
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment,
}

impl Path<'_> {
    fn render(&self, out: &mut String) {
        if let Some(parent) = self.parent {
            parent.render(out);
        }
        match self.segment {
            Segment::Start => {}
            Segment::Field(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Segment::Index(index) => {
                write!(out, "[{index}]").expect("writing to a String does not fail");
            }
        }
    }
}

/// Receives edges together with the field that holds them, for
/// [`Trace::trace_labelled`](crate::Trace::trace_labelled).
#[derive(Debug)]
pub struct LabelTracer<'a> {
    sink: &'a mut LabelledEdges,
    path: Path<'a>,
}

impl<'a> LabelTracer<'a> {
    /// A tracer that stands at the object itself.
    pub(crate) fn new(sink: &'a mut LabelledEdges) -> Self {
        let path = Path { parent: None, segment: Segment::Start };
        LabelTracer { sink, path }
    }

    fn step(&mut self, segment: Segment) -> LabelTracer<'_> {
        let path = Path { parent: Some(&self.path), segment };
        LabelTracer { sink: &mut *self.sink, path }
    }

    /// A tracer for what the field `name` holds.
    pub fn field(&mut self, name: &'static str) -> LabelTracer<'_> {
        self.step(Segment::Field(name))
    }

    /// A tracer for what the element at `index` holds.
    pub fn index(&mut self, index: usize) -> LabelTracer<'_> {
        self.step(Segment::Index(index))
    }

    /// Reports the edges of `trace`, all under the name reached so far.
    pub fn unlabelled(&mut self, trace: impl FnOnce(&mut Tracer<'_>)) {
        trace(Tracer::lend(&mut self.sink.edges));
        let reported = self.sink.edges.len();
        let mut label = String::new();
        self.path.render(&mut label);
        self.sink.labels.resize(reported, label);
    }
}
