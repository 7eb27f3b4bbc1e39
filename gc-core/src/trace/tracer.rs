//! The receivers of what `trace` reports: [`Tracer`] for collections, [`LabelTracer`] for
//! tools that also need the name of the field that holds an edge.
//!
//! Both know only the erased [`ObjPtr`], never `Gc<T>`. A [`LabelTracer`] carries the
//! path from the object to the field as a list of steps on the stack, and looks up its
//! shape when an edge is reported.
//!
//! A type that derives `Trace` has one function, `trace`, which reports the names of the
//! fields along with their edges. The [`Tracer`] of a collection ignores the names; a
//! [`Tracer`] that a [`LabelTracer`] lends passes them on. So each type is compiled once
//! for both.

use core::iter;
use core::ptr::NonNull;

#[cfg(feature = "isolates")]
use crate::object::edges::WeakEdges;
use crate::object::edges::{Contents, EdgeBuffer, LabelledEdges, Names};
use crate::object::header::ObjPtr;
use crate::object::label::{Name, Step};
#[cfg(feature = "sync")]
use crate::object::unwind::FirstPanic;
use crate::watch::entry::EntryPtr;
use crate::watch::watches::WatchRef;

/// Receives the edges that [`Trace::trace`](crate::Trace::trace) reports.
#[derive(Debug)]
pub struct Tracer<'a> {
    edges: &'a mut EdgeBuffer,
    /// For tools that want names.
    naming: Option<Naming<'a>>,
}

/// How the edges of a [`Tracer`] get names.
#[derive(Debug)]
struct Naming<'a> {
    names: &'a mut Names,
    path: Option<&'a Path<'a>>,
    /// Edges before this one have theirs.
    named: usize,
}

impl Naming<'_> {
    /// Names the edges up to `reported` by the path.
    #[inline]
    fn catch_up(&mut self, reported: usize) {
        if reported > self.named {
            self.name_all(reported);
        }
    }

    /// Rare: a type that derives `Trace` names all its edges itself.
    #[cold]
    #[inline(never)]
    fn name_all(&mut self, reported: usize) {
        self.names.add(reported - self.named, Path::steps(self.path));
        self.named = reported;
    }
}

impl<'a> Tracer<'a> {
    /// A tracer that puts edges into `edges`.
    #[inline]
    pub(crate) fn new(edges: &'a mut EdgeBuffer) -> Self {
        Tracer { edges, naming: None }
    }

    /// Reports that the value owns so many bytes of memory elsewhere, as [`LabelTracer::owns`]
    /// does, for containers that the library does not know.
    ///
    /// Only heap tools and whoever weighs objects take note of it; in collections it does
    /// nothing.
    ///
    /// ```
    /// use gcycle::{Gc, Trace, Tracer};
    ///
    /// # mod other { pub struct Image(pub Vec<u8>); impl Image { pub fn as_raw(&self) -> &[u8] { &self.0 } } }
    /// /// For the type of another crate.
    /// fn weigh_image(image: &other::Image, tracer: &mut Tracer<'_>) {
    ///     tracer.owns(image.as_raw().len());
    /// }
    ///
    /// #[derive(Trace)]
    /// struct Picture {
    ///     // SAFETY: an image owns no `Gc`, and only its length is read.
    ///     #[trace(unsafe_with = weigh_image)]
    ///     image: other::Image,
    /// }
    ///
    /// let picture = Gc::new(Picture { image: other::Image(vec![0; 1 << 20]) });
    /// # #[cfg(feature = "inspect")] {
    /// let snapshot = gcycle::inspect::HeapSnapshot::capture();
    /// assert_eq!(snapshot.get(&picture).unwrap().owned(), 1 << 20);
    /// # }
    /// ```
    #[inline]
    pub fn owns(&mut self, bytes: usize) {
        if let Some(naming) = &mut self.naming {
            naming.names.owned = naming.names.owned.saturating_add(bytes);
        }
    }

    /// Reports one owned edge that is no `Gc`.
    #[inline]
    pub(crate) fn edge_to(&mut self, target: ObjPtr) {
        self.edges.push(target);
    }

    /// Reports one owned edge, and the address of its handle: by the address debug builds
    /// notice when one handle is reported twice.
    #[inline]
    pub(crate) fn edge_of<H>(&mut self, handle: &H, target: ObjPtr) {
        self.edges.push_handle(target, (&raw const *handle).addr());
    }

    /// Reports one owned edge to an object that threads share. Only collections of these take
    /// note of it.
    #[cfg(feature = "sync")]
    #[inline]
    pub(crate) fn shared_edge<H>(&mut self, handle: &H, target: NonNull<()>) {
        self.edges.shared().report(target, (&raw const *handle).addr());
        // The edges to objects of one thread are counted, and named later. These are not.
        #[cfg(feature = "inspect")]
        if let Some(naming) = &mut self.naming
            && self.edges.shared().is_active()
        {
            naming.names.add(1, Path::steps(naming.path));
        }
    }

    /// Whether it is that of a collection of objects that threads share.
    #[cfg(feature = "sync")]
    #[inline]
    pub(crate) fn is_shared(&mut self) -> bool {
        self.edges.shared().is_active()
    }

    /// Calls `trace` with what lies behind a lock, unless `lock` does not open it, and keeps the
    /// guard as long as such a collection wants, whatever happens: guards of locks that lie inside
    /// may have been kept already. If some of it is traced later, the guard is kept until then.
    ///
    /// Runs user code: `trace`.
    #[cfg(feature = "sync")]
    pub(crate) fn trace_behind<G>(
        &mut self,
        lock: impl FnOnce() -> Option<G>,
        trace: impl FnOnce(&G, &mut Tracer<'_>),
    ) {
        let Some(opened) = self.edges.shared().open() else {
            return self.edges.note_incomplete();
        };
        let Some(guard) = lock() else {
            return self.edges.shared().pass_over();
        };
        let panics = FirstPanic::of(|| trace(&guard, self));
        if self.edges.shared().must_keep(opened) || self.edges.has_put_off() {
            // SAFETY: objects of such a collection are pinned until it has dropped the guards.
            unsafe { self.edges.shared().close_with(guard) };
        } else {
            self.edges.shared().close();
            drop(guard);
        }
        panics.resume();
    }

    /// Reports one owned weak handle without a callback.
    #[cfg(feature = "isolates")]
    #[inline]
    pub(crate) fn weak_to(&mut self, target: ObjPtr) {
        self.note_weak(target, |weak| &mut weak.handles);
    }

    /// Reports the entry of a weak map, which the map owns.
    #[inline]
    pub(crate) fn entry(&mut self, entry: EntryPtr) {
        self.edge_to(entry.object());
        #[cfg(feature = "isolates")]
        if let Some(key) = entry.key() {
            self.note_weak(key, |weak| &mut weak.keys);
        }
    }

    /// Whether anybody takes note of weak handles without a callback.
    #[cfg_attr(not(feature = "isolates"), expect(clippy::unused_self, reason = "nobody does"))]
    #[inline]
    pub(crate) fn asks_for_weak(&self) -> bool {
        #[cfg(feature = "isolates")]
        return self.naming.as_ref().is_some_and(|naming| naming.names.weak.is_some());
        #[cfg(not(feature = "isolates"))]
        false
    }

    #[cfg(feature = "isolates")]
    fn note_weak(&mut self, target: ObjPtr, list: fn(&mut WeakEdges) -> &mut Vec<ObjPtr>) {
        let Some(naming) = &mut self.naming else { return };
        let Some(weak) = &mut naming.names.weak else { return };
        let list = list(weak);
        if list.try_reserve(1).is_ok() {
            list.push(target);
        } else {
            self.edges.note_incomplete();
        }
    }

    /// Reports a cell or a lock that holds a `T`, and cannot be looked into now. Only whoever detaches
    /// a heap takes note of it: handles in it might lead out of the heap.
    #[cfg_attr(not(feature = "isolates"), expect(clippy::unused_self, reason = "nothing moves"))]
    #[inline]
    pub(crate) fn closed<T>(&mut self) {
        #[cfg(feature = "isolates")]
        if core::mem::needs_drop::<T>() {
            self.edges.note_closed();
        }
    }

    /// Reports one owned weak handle that has a callback.
    pub(crate) fn watched_by(&mut self, watch: WatchRef) {
        self.edges.push_watch(watch.address());
    }

    /// Traces what `container` holds, later if the stack is deep.
    #[inline]
    pub(crate) fn descend<T: Contain>(&mut self, container: &T) {
        if self.edges.is_shallow() {
            container.trace_contents(self);
        } else {
            self.edges.put_off(contents_of(container));
        }
    }

    /// Takes over a guard through which contents were traced, in case tracing some of
    /// them was put off.
    #[inline]
    pub(crate) fn keep<G>(&mut self, guard: G) {
        keep(self.edges, guard);
    }

    /// Whether edges get names.
    #[inline]
    pub(crate) fn is_naming(&self) -> bool {
        self.naming.is_some()
    }

    /// A tracer for the fields of the object itself, if edges get names and that is
    /// where this one stands.
    #[inline]
    pub(crate) fn names_at_object(&mut self) -> Option<LabelTracer<'_>> {
        let naming = self.naming.as_mut().filter(|naming| naming.path.is_none())?;
        naming.catch_up(self.edges.len());
        // The compiler is to know it: then it knows the ways to most edges.
        let path = None;
        Some(LabelTracer { edges: &mut *self.edges, names: &mut *naming.names, path })
    }

    /// A tracer for fields, if edges get names.
    #[inline]
    pub(crate) fn names(&mut self) -> Option<LabelTracer<'_>> {
        let naming = self.naming.as_mut()?;
        naming.catch_up(self.edges.len());
        let path = naming.path.copied();
        Some(LabelTracer { edges: &mut *self.edges, names: &mut *naming.names, path })
    }

    /// Notes that all edges so far were named by a tracer that was lent.
    #[inline]
    pub(crate) fn note_named(&mut self) {
        if let Some(naming) = &mut self.naming {
            naming.named = self.edges.len();
        }
    }
}

/// Containers whose contents lie elsewhere in memory, and may contain such a container
/// again, to any depth.
pub(crate) trait Contain {
    /// Reports the edges of all that it holds.
    fn trace_contents(&self, tracer: &mut Tracer<'_>);

    /// The same with names.
    fn label_contents(&self, tracer: &mut LabelTracer<'_>);
}

/// Keeps a guard through which contents were traced, if any were put off.
#[inline]
fn keep<G>(edges: &mut EdgeBuffer, guard: G) {
    if edges.has_put_off() {
        // SAFETY: by promise 5 of `Trace` what the guard borrows stays until the object was
        // traced, and objects that are looked at live until then (I10 in docs/safety.md).
        unsafe { edges.keep(guard) }
    }
}

/// The contents of `container`, to be traced later.
fn contents_of<T: Contain>(container: &T) -> Contents {
    /// # Safety
    ///
    /// There is a `T` at `container`.
    unsafe fn trace<T: Contain>(container: NonNull<()>, edges: &mut EdgeBuffer) {
        // SAFETY: as promised by the caller.
        let container: &T = unsafe { container.cast().as_ref() };
        container.trace_contents(&mut Tracer::new(edges));
    }

    /// # Safety
    ///
    /// As for `trace`.
    unsafe fn trace_labelled<T: Contain>(container: NonNull<()>, edges: &mut LabelledEdges) {
        // SAFETY: as promised by the caller.
        let container: &T = unsafe { container.cast().as_ref() };
        container.label_contents(&mut LabelTracer::new(edges).field("..."));
    }

    let trace_labelled = trace_labelled::<T>;
    Contents { container: NonNull::from(container).cast(), trace: trace::<T>, trace_labelled }
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
    edges: &'a mut EdgeBuffer,
    names: &'a mut Names,
    /// `None` at the object itself.
    path: Option<Path<'a>>,
}

impl<'a> LabelTracer<'a> {
    /// A tracer that stands at the object itself.
    #[inline]
    pub(crate) fn new(sink: &'a mut LabelledEdges) -> Self {
        LabelTracer { edges: &mut sink.edges, names: &mut sink.names, path: None }
    }

    #[inline]
    fn step(&mut self, step: Step) -> LabelTracer<'_> {
        let path = Path { parent: self.path.as_ref(), step };
        LabelTracer { edges: &mut *self.edges, names: &mut *self.names, path: Some(path) }
    }

    /// A tracer for the contents of the field `name`.
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

    /// A tracer for the contents of the element at `index`.
    #[inline]
    pub fn index(&mut self, index: usize) -> LabelTracer<'_> {
        self.step(Step::Index(index))
    }

    /// Whether it stands at the object itself: an edge that is reported here has no name.
    #[inline]
    pub(crate) fn is_at_object(&self) -> bool {
        self.path.is_none()
    }

    /// Reports that the value owns so many bytes of memory elsewhere, such as the buffer of a
    /// vector.
    ///
    /// The containers of std and of other crates report what they own. Automatic collections
    /// run earlier when objects own much memory.
    #[inline]
    pub fn owns(&mut self, bytes: usize) {
        self.names.owned = self.names.owned.saturating_add(bytes);
    }

    /// What was reported so.
    #[inline]
    pub(crate) fn weight(&self) -> usize {
        self.names.owned
    }

    /// How many items of a container stand for all, if only their weight is of interest.
    #[inline]
    pub(crate) fn sample(&self) -> Option<usize> {
        self.is_weighing().then_some(self.names.sample)
    }

    /// Sets that number for the containers among the items; it is at least 1.
    #[inline]
    pub(crate) fn set_sample(&mut self, items: usize) {
        self.names.sample = items.max(1);
    }

    /// Whether that is all that is of interest.
    #[inline]
    pub(crate) fn is_weighing(&self) -> bool {
        self.names.is_weighing
    }

    /// Reports one owned edge under the name reached so far.
    ///
    /// Heap tools look at targets in the order of the heap, not at those that
    /// were just reported: nothing is fetched.
    #[inline]
    pub(crate) fn edge_to(&mut self, target: ObjPtr) {
        if self.is_weighing() {
            return;
        }
        let before = self.edges.len();
        self.edges.add(target);
        self.names.add(self.edges.len() - before, Path::steps(self.path.as_ref()));
    }

    /// As [`Tracer::shared_edge`], under the name reached so far.
    #[cfg(feature = "sync")]
    #[inline]
    pub(crate) fn shared_edge<H>(&mut self, handle: &H, target: NonNull<()>) {
        self.unlabelled(|tracer| tracer.shared_edge(handle, target));
    }

    /// As [`Tracer::is_shared`].
    #[cfg(feature = "sync")]
    #[inline]
    pub(crate) fn is_shared(&mut self) -> bool {
        self.edges.shared().is_active()
    }

    /// As [`Tracer::trace_behind`].
    ///
    /// Runs user code: `trace`.
    #[cfg(feature = "sync")]
    pub(crate) fn trace_behind<G>(
        &mut self,
        lock: impl FnOnce() -> Option<G>,
        trace: impl FnOnce(&G, &mut LabelTracer<'_>),
    ) {
        self.unlabelled(|tracer| {
            tracer.trace_behind(lock, |guard, tracer| {
                if let Some(mut tracer) = tracer.names() {
                    trace(guard, &mut tracer);
                }
                tracer.note_named();
            });
        });
    }

    /// Traces the contents of `container`. Contents that are too deep are traced later,
    /// and their edges are named as if they were in a field `...` of the object.
    #[inline]
    pub(crate) fn descend<T: Contain>(&mut self, container: &T) {
        if self.edges.is_shallow() {
            container.label_contents(self);
        } else {
            self.edges.put_off(contents_of(container));
        }
    }

    /// As [`Tracer::closed`].
    #[cfg_attr(not(feature = "isolates"), expect(clippy::unused_self, reason = "nothing moves"))]
    #[inline]
    pub(crate) fn closed<T>(&mut self) {
        #[cfg(feature = "isolates")]
        if core::mem::needs_drop::<T>() {
            self.edges.note_closed();
        }
    }

    /// As [`Tracer::keep`].
    #[inline]
    pub(crate) fn keep<G>(&mut self, guard: G) {
        keep(self.edges, guard);
    }

    /// Reports the edges that `trace` reports, under the name reached so far. Where
    /// `trace` calls the `trace` of a type that derives [`Trace`](crate::Trace), the
    /// names of that type's fields are appended.
    #[inline]
    pub fn unlabelled(&mut self, trace: impl FnOnce(&mut Tracer<'_>)) {
        let named = self.edges.len();
        let naming = Naming { names: &mut *self.names, path: self.path.as_ref(), named };
        let mut tracer = Tracer { edges: &mut *self.edges, naming: Some(naming) };
        trace(&mut tracer);
        if let Some(naming) = &mut tracer.naming {
            naming.catch_up(tracer.edges.len());
        }
    }
}
