//! The values that programs put on the heap: every shape an object can have,
//! each telling a [`Log`] what happens to it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gcycle::weak::WeakMap;
use gcycle::{Closure, Gc, Trace, Tracer, Untraced, Weak, gc, unsize};

use super::program::{Behaviour, Container, Kind};

use special::{Attached, Lend as _};

#[path = "values/special.rs"]
mod special;

/// The number of an object in the oracle.
pub(crate) type Id = u32;

/// What happened to the objects, as they told it.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// How often the value of each object was dropped.
    pub(crate) times_dropped: Vec<u32>,
    /// How often the finalizer of each object ran.
    pub(crate) times_finalized: Vec<u32>,
    /// Values dropped since the last check.
    pub(crate) dropped: Vec<Id>,
    /// Finalizers that ran since the last check.
    pub(crate) finalized: Vec<Id>,
    /// Callbacks that ran since the last check.
    pub(crate) called: Vec<u32>,
    /// What was wrong with a value when it was dropped or finalized.
    pub(crate) complaints: Vec<String>,
}

/// A log that survives its thread.
pub(crate) type SharedLog = Arc<Mutex<Log>>;

/// Opens `log`, after a failed check too.
pub(crate) fn open(log: &SharedLog) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where finalizers store handles.
pub(crate) type Stored = RefCell<Vec<(Id, Handle)>>;

/// Says when the value that owns it is dropped.
struct Tag {
    id: Id,
    log: SharedLog,
    panics: bool,
}

impl Drop for Tag {
    fn drop(&mut self) {
        let mut log = open(&self.log);
        log.times_dropped[self.id as usize] += 1;
        log.dropped.push(self.id);
        drop(log);
        assert!(!self.panics, "as the program asked");
    }
}

/// What makes a value large or aligned; its bytes tell whether anyone wrote
/// over them.
pub(crate) trait Payload: 'static {
    /// The payload of object `id`.
    fn make(id: Id) -> Self;
    /// Whether it is still as it was made.
    fn is_intact(&self, id: Id) -> bool;
}

impl Payload for () {
    fn make(_: Id) {}

    fn is_intact(&self, _: Id) -> bool {
        true
    }
}

impl<const N: usize> Payload for [u8; N] {
    fn make(id: Id) -> Self {
        [id.to_le_bytes()[0] ^ 0x5A; N]
    }

    fn is_intact(&self, id: Id) -> bool {
        let expected = id.to_le_bytes()[0] ^ 0x5A;
        self.iter().all(|&byte| byte == expected)
    }
}

macro_rules! aligned {
    ($($name:ident: $align:literal, $size:literal;)*) => {$(
        #[repr(align($align))]
        pub(crate) struct $name([u8; $size]);

        impl Payload for $name {
            fn make(id: Id) -> Self {
                $name(Payload::make(id))
            }

            fn is_intact(&self, id: Id) -> bool {
                let address = (&raw const *self).addr();
                address % $align == 0 && self.0.is_intact(id)
            }
        }
    )*};
}

aligned! {
    To64: 64, 64;
    To4K: 4096, 9000;
}

/// The edges of an object.
enum Edges {
    Vector(RefCell<Vec<Handle>>),
    Map(RefCell<BTreeMap<usize, Handle>>),
    Locked(Mutex<VecDeque<Handle>>),
    Cell(Cell<Vec<Handle>>),
}

impl Edges {
    fn new(container: Container) -> Edges {
        match container {
            Container::Vector => Edges::Vector(RefCell::default()),
            Container::Map => Edges::Map(RefCell::default()),
            Container::Locked => Edges::Locked(Mutex::default()),
            Container::Cell => Edges::Cell(Cell::default()),
        }
    }

    /// Adds an edge behind the others.
    fn push(&self, handle: Handle) {
        match self {
            Edges::Vector(edges) => edges.borrow_mut().push(handle),
            Edges::Map(edges) => {
                let mut edges = edges.borrow_mut();
                let key = edges.len();
                edges.insert(key, handle);
            }
            Edges::Locked(edges) => edges.lock().unwrap().push_back(handle),
            Edges::Cell(edges) => {
                let mut taken = edges.take();
                taken.push(handle);
                edges.set(taken);
            }
        }
    }

    /// Removes an edge; the last one takes its place.
    fn swap_remove(&self, index: usize) -> Handle {
        match self {
            Edges::Vector(edges) => edges.borrow_mut().swap_remove(index),
            Edges::Map(edges) => {
                let mut edges = edges.borrow_mut();
                let last = edges.len() - 1;
                let removed = edges.remove(&index).unwrap();
                if let Some(moved) = edges.remove(&last) {
                    edges.insert(index, moved);
                }
                removed
            }
            Edges::Locked(edges) => edges.lock().unwrap().swap_remove_back(index).unwrap(),
            Edges::Cell(edges) => {
                let mut taken = edges.take();
                let removed = taken.swap_remove(index);
                edges.set(taken);
                removed
            }
        }
    }

    /// Removes all edges without dropping them inside of a borrow.
    fn take(&self) -> Vec<Handle> {
        match self {
            Edges::Vector(edges) => edges.take(),
            Edges::Map(edges) => edges.take().into_values().collect(),
            Edges::Locked(edges) => std::mem::take(&mut *edges.lock().unwrap()).into(),
            Edges::Cell(edges) => edges.take(),
        }
    }

    /// Runs `run` while the edges cannot be looked at, if the container knows
    /// such a state.
    fn borrowed<R>(&self, run: impl FnOnce() -> R) -> R {
        match self {
            Edges::Vector(edges) => {
                let _borrowed = edges.borrow_mut();
                run()
            }
            Edges::Map(edges) => {
                let _borrowed = edges.borrow_mut();
                run()
            }
            Edges::Locked(edges) => {
                let locked = edges.lock();
                // Caught, so that the lock is not poisoned.
                let result = catch_unwind(AssertUnwindSafe(run));
                drop(locked);
                result.unwrap_or_else(|panic| resume_unwind(panic))
            }
            Edges::Cell(_) => run(),
        }
    }

    /// Calls `look` with each edge, in order.
    fn for_each(&self, look: impl FnMut(&Handle)) {
        match self {
            Edges::Vector(edges) => edges.borrow().iter().for_each(look),
            Edges::Map(edges) => edges.borrow().values().for_each(look),
            Edges::Locked(edges) => edges.lock().unwrap().iter().for_each(look),
            Edges::Cell(edges) => {
                let taken = edges.take();
                taken.iter().for_each(look);
                edges.set(taken);
            }
        }
    }
}

// SAFETY: reports each edge of the one container once; the containers' own
// implementations keep the contract.
unsafe impl Trace for Edges {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        match self {
            Edges::Vector(edges) => edges.trace(tracer),
            Edges::Map(edges) => edges.trace(tracer),
            Edges::Locked(edges) => edges.trace(tracer),
            Edges::Cell(edges) => edges.trace(tracer),
        }
    }
}

/// What every value but the empty one has.
pub(crate) struct Body {
    // Dropped first.
    watches: RefCell<Vec<AnyWeak>>,
    is_lent: Cell<bool>,
    map: WeakMap<dyn Trace, Attached>,
    edges: Edges,
    weaks: RefCell<Vec<AnyWeak>>,
    tag: Untraced<Tag>,
}

/// Everything a value is made from.
#[derive(Clone, Copy)]
pub(crate) struct Recipe<'a> {
    pub(crate) kind: Kind,
    pub(crate) container: Container,
    pub(crate) behaviour: Behaviour,
    pub(crate) log: &'a SharedLog,
    pub(crate) stored: &'a rc::Weak<Stored>,
}

impl Body {
    fn new(id: Id, recipe: Recipe<'_>) -> Body {
        let panics = recipe.behaviour == Behaviour::PanicInDrop;
        Body {
            watches: RefCell::default(),
            is_lent: Cell::new(false),
            map: WeakMap::new(),
            edges: Edges::new(recipe.container),
            weaks: RefCell::default(),
            tag: Untraced(Tag { id, log: recipe.log.clone(), panics }),
        }
    }
}

// SAFETY: only the edges and the map own handles, and they are reported once.
unsafe impl Trace for Body {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if self.is_lent.get() {
            let complaint = format!("{} was examined while it was lent", self.tag.id);
            open(&self.tag.log).complaints.push(complaint);
        }
        self.watches.trace(tracer);
        self.map.trace(tracer);
        self.edges.trace(tracer);
    }
}

/// A value without a finalizer.
pub(crate) struct Shape<P> {
    body: Body,
    payload: Untraced<P>,
}

// SAFETY: as for `Body`.
unsafe impl<P> Trace for Shape<P> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.body.trace(tracer);
    }
}

/// A value with a finalizer.
pub(crate) struct Finalized<P> {
    body: Body,
    behaviour: Behaviour,
    /// A weak handle to this object.
    own: RefCell<AnyWeak>,
    stored: Untraced<rc::Weak<Stored>>,
    payload: Untraced<P>,
}

// SAFETY: as for `Body`.
unsafe impl<P: Payload> Trace for Finalized<P> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.body.trace(tracer);
    }

    fn finalizer() -> Option<fn(&Self)> {
        Some(Self::finalize)
    }
}

impl<P: Payload> Finalized<P> {
    fn finalize(&self) {
        let Tag { id, log, .. } = &*self.body.tag;
        let (number, log) = (*id, log.clone());
        let own = self.own.borrow().upgrade();
        {
            let mut log = open(&log);
            log.times_finalized[*id as usize] += 1;
            log.finalized.push(*id);
            if own.is_none() {
                log.complaints.push(format!("{id} has no handle to itself in its finalizer"));
            }
            if !self.payload.is_intact(*id) {
                log.complaints.push(format!("{id} was written over before its finalizer"));
            }
        }
        let Some(own) = own else { return };
        let store = |id, handle| {
            if let Some(stored) = self.stored.upgrade() {
                stored.borrow_mut().push((id, handle));
            }
        };
        match self.behaviour {
            Behaviour::ResurrectSelf => store(*id, own),
            Behaviour::ResurrectNeighbour => {
                if let Some(neighbour) = own.first_edge() {
                    store(neighbour.id(), neighbour);
                }
            }
            Behaviour::BreakCycle => {
                // Nothing but the collector holds the object now.
                drop(own);
                drop(self.body.edges.take());
                if self.body.tag.id != number || !self.payload.is_intact(number) {
                    let complaint = format!("{number} was dropped while its finalizer ran");
                    open(&log).complaints.push(complaint);
                }
            }
            Behaviour::Allocate => {
                let _pause = gc::pause();
                let new = Handle::make(Recipe {
                    kind: Kind::Small,
                    container: Container::Vector,
                    behaviour: Behaviour::Plain,
                    log: &log,
                    stored: &self.stored,
                });
                store(new.id(), new);
            }
            Behaviour::Panic => panic!("as the program asked"),
            Behaviour::Plain | Behaviour::Note | Behaviour::PanicInDrop => {}
        }
    }
}

thread_local! {
    static EMPTY_DROPPED: Cell<u32> = const { Cell::new(0) };
}

/// How many [`Empty`]s this thread dropped so far.
pub(crate) fn empty_dropped() -> u32 {
    EMPTY_DROPPED.get()
}

/// A tracked value without a size.
pub(crate) struct Empty;

impl Drop for Empty {
    fn drop(&mut self) {
        EMPTY_DROPPED.set(EMPTY_DROPPED.get() + 1);
    }
}

// SAFETY: owns nothing.
unsafe impl Trace for Empty {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// An untracked value.
pub(crate) struct Leaf(Untraced<Tag>, u64);

// SAFETY: owns nothing.
unsafe impl Trace for Leaf {
    fn trace(&self, _: &mut Tracer<'_>) {}

    fn tracked() -> bool {
        false
    }
}

/// An untracked value with edges to leaves.
pub(crate) struct Acyclic(Body);

// SAFETY: as for `Body`.
unsafe impl Trace for Acyclic {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }

    fn tracked() -> bool {
        false
    }
}

macro_rules! kinds {
    ($($variant:ident: $value:ty;)*) => {
        /// A handle to an object of any of the types.
        #[derive(Clone)]
        pub(crate) enum Handle {
            $($variant(Gc<$value>),)*
            /// The number of an object that cannot keep it.
            Empty(Id, Gc<Empty>),
        }

        // SAFETY: a weak handle owns nothing, and tells of its watch.
        unsafe impl Trace for AnyWeak {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                match self {
                    $(AnyWeak::$variant(weak) => weak.trace(tracer),)*
                    AnyWeak::Empty(_, weak) => weak.trace(tracer),
                }
            }
        }

        // SAFETY: each variant owns one handle, and reports it.
        unsafe impl Trace for Handle {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                match self {
                    $(Handle::$variant(gc) => gc.trace(tracer),)*
                    Handle::Empty(_, gc) => gc.trace(tracer),
                }
            }
        }

        /// A weak handle to an object of any of the types.
        #[derive(Clone)]
        pub(crate) enum AnyWeak {
            $($variant(Weak<$value>),)*
            Empty(Id, Weak<Empty>),
        }

        impl Handle {
            /// A weak handle to the same object.
            pub(crate) fn downgrade(&self) -> AnyWeak {
                match self {
                    $(Handle::$variant(gc) => AnyWeak::$variant(Gc::downgrade(gc)),)*
                    Handle::Empty(id, gc) => AnyWeak::Empty(*id, Gc::downgrade(gc)),
                }
            }

            /// A weak handle to the same object that calls back.
            pub(crate) fn downgrade_with(&self, callback: impl FnOnce() + 'static) -> AnyWeak {
                match self {
                    $(Handle::$variant(gc) => {
                        AnyWeak::$variant(Gc::downgrade_with(gc, callback))
                    })*
                    Handle::Empty(id, gc) => {
                        AnyWeak::Empty(*id, Gc::downgrade_with(gc, callback))
                    }
                }
            }

            /// Runs `run` while `get_mut` lends the object; `None` if it does
            /// not.
            pub(crate) fn lent<R>(&mut self, run: impl FnOnce() -> R) -> Option<R> {
                match self {
                    $(Handle::$variant(gc) => {
                        let mut value = Gc::get_mut(gc)?;
                        let _lent = value.lend();
                        Some(run())
                    })*
                    Handle::Empty(_, gc) => {
                        let _lent = Gc::get_mut(gc)?;
                        Some(run())
                    }
                }
            }

            /// The same object, as the key of a weak map.
            fn as_key(&self) -> Gc<dyn Trace> {
                match self {
                    $(Handle::$variant(gc) => unsize!(gc.clone() => dyn Trace),)*
                    Handle::Empty(_, gc) => unsize!(gc.clone() => dyn Trace),
                }
            }

            /// The number of handles to the object.
            pub(crate) fn strong_count(&self) -> usize {
                match self {
                    $(Handle::$variant(gc) => Gc::strong_count(gc),)*
                    Handle::Empty(_, gc) => Gc::strong_count(gc),
                }
            }

            /// The number of weak handles to the object.
            pub(crate) fn weak_count(&self) -> usize {
                match self {
                    $(Handle::$variant(gc) => Gc::weak_count(gc),)*
                    Handle::Empty(_, gc) => Gc::weak_count(gc),
                }
            }
        }

        impl AnyWeak {
            /// A handle to the object, if it is there.
            pub(crate) fn upgrade(&self) -> Option<Handle> {
                match self {
                    $(AnyWeak::$variant(weak) => weak.upgrade().map(Handle::$variant),)*
                    AnyWeak::Empty(id, weak) => weak.upgrade().map(|gc| Handle::Empty(*id, gc)),
                }
            }

            /// The numbers of handles and weak handles.
            pub(crate) fn counts(&self) -> (usize, usize) {
                match self {
                    $(AnyWeak::$variant(weak) => (weak.strong_count(), weak.weak_count()),)*
                    AnyWeak::Empty(_, weak) => (weak.strong_count(), weak.weak_count()),
                }
            }
        }
    };
}

kinds! {
    Small: Shape<()>;
    SmallFinalized: Finalized<()>;
    Medium: Shape<[u8; 600]>;
    MediumFinalized: Finalized<[u8; 600]>;
    Large: Shape<[u8; 9000]>;
    LargeFinalized: Finalized<[u8; 9000]>;
    Aligned: Shape<To64>;
    AlignedFinalized: Finalized<To64>;
    Overaligned: Shape<To4K>;
    OveralignedFinalized: Finalized<To4K>;
    Leaf: Leaf;
    Acyclic: Acyclic;
    Closure: Closure<Body, (), Id>;
}

/// The fields that a check looks at.
struct View<'a> {
    body: &'a Body,
    is_intact: bool,
}

fn shape<P: Payload>(shape: &Shape<P>) -> View<'_> {
    View { body: &shape.body, is_intact: shape.payload.is_intact(shape.body.tag.id) }
}

fn finalized<P: Payload>(value: &Finalized<P>) -> View<'_> {
    View { body: &value.body, is_intact: value.payload.is_intact(value.body.tag.id) }
}

fn make_shape<P: Payload>(id: Id, recipe: Recipe<'_>) -> Gc<Shape<P>> {
    Gc::new(Shape { body: Body::new(id, recipe), payload: Untraced(P::make(id)) })
}

fn make_finalized<P: Payload>(
    id: Id,
    recipe: Recipe<'_>,
    handle: fn(Gc<Finalized<P>>) -> Handle,
    weak: fn(Weak<Finalized<P>>) -> AnyWeak,
) -> Handle {
    let gc = Gc::new(Finalized {
        body: Body::new(id, recipe),
        behaviour: recipe.behaviour,
        own: RefCell::new(AnyWeak::Small(Weak::new())),
        stored: Untraced(recipe.stored.clone()),
        payload: Untraced(P::make(id)),
    });
    *gc.own.borrow_mut() = weak(Gc::downgrade(&gc));
    handle(gc)
}

/// The number of the next object.
fn next_id(recipe: Recipe<'_>) -> Id {
    let mut log = open(recipe.log);
    // An empty value cannot tell when it is dropped.
    log.times_dropped.push(u32::from(recipe.kind == Kind::Empty));
    log.times_finalized.push(0);
    log.times_dropped.len() as Id - 1
}

impl Handle {
    /// Makes an object, with the next number.
    pub(crate) fn make(recipe: Recipe<'_>) -> Handle {
        let id = next_id(recipe);
        if recipe.behaviour.has_finalizer() {
            macro_rules! finalized {
                ($variant:ident) => {
                    return make_finalized(id, recipe, Handle::$variant, AnyWeak::$variant)
                };
            }
            match recipe.kind {
                Kind::Small => finalized!(SmallFinalized),
                Kind::Medium => finalized!(MediumFinalized),
                Kind::Large => finalized!(LargeFinalized),
                Kind::Aligned => finalized!(AlignedFinalized),
                Kind::Overaligned => finalized!(OveralignedFinalized),
                Kind::Empty | Kind::Leaf | Kind::Acyclic | Kind::Entry => {}
            }
        }
        match recipe.kind {
            Kind::Small => Handle::Small(make_shape(id, recipe)),
            Kind::Medium => Handle::Medium(make_shape(id, recipe)),
            Kind::Large => Handle::Large(make_shape(id, recipe)),
            Kind::Aligned => Handle::Aligned(make_shape(id, recipe)),
            Kind::Overaligned => Handle::Overaligned(make_shape(id, recipe)),
            Kind::Empty => Handle::Empty(id, Gc::new(Empty)),
            Kind::Leaf => {
                let panics = recipe.behaviour == Behaviour::PanicInDrop;
                let tag = Tag { id, log: recipe.log.clone(), panics };
                Handle::Leaf(Gc::new(Leaf(Untraced(tag), !u64::from(id))))
            }
            Kind::Acyclic => Handle::Acyclic(Gc::new(Acyclic(Body::new(id, recipe)))),
            Kind::Entry => unreachable!("weak maps make entries"),
        }
    }

    fn view(&self) -> Option<View<'_>> {
        Some(match self {
            Handle::Small(gc) => shape(gc),
            Handle::SmallFinalized(gc) => finalized(gc),
            Handle::Medium(gc) => shape(gc),
            Handle::MediumFinalized(gc) => finalized(gc),
            Handle::Large(gc) => shape(gc),
            Handle::LargeFinalized(gc) => finalized(gc),
            Handle::Aligned(gc) => shape(gc),
            Handle::AlignedFinalized(gc) => finalized(gc),
            Handle::Overaligned(gc) => shape(gc),
            Handle::OveralignedFinalized(gc) => finalized(gc),
            Handle::Acyclic(gc) => View { body: &gc.0, is_intact: true },
            Handle::Closure(gc) => {
                let body = gc.captures();
                View { body, is_intact: gc.call(()) == body.tag.id }
            }
            Handle::Leaf(_) | Handle::Empty(..) => return None,
        })
    }

    /// The number of the object.
    pub(crate) fn id(&self) -> Id {
        match self {
            Handle::Leaf(gc) => gc.0.id,
            Handle::Empty(id, _) => *id,
            _ => self.view().expect("others have a body").body.tag.id,
        }
    }

    /// Whether the value is as it was made.
    pub(crate) fn is_intact(&self) -> bool {
        match self {
            Handle::Leaf(gc) => gc.1 == !u64::from(gc.0.id),
            _ => self.view().is_none_or(|view| view.is_intact),
        }
    }

    fn body(&self) -> &Body {
        self.view().expect("the object owns edges").body
    }

    /// Adds an edge.
    pub(crate) fn push_edge(&self, target: Handle) {
        self.body().edges.push(target);
    }

    /// Removes an edge; the last one takes its place.
    pub(crate) fn remove_edge(&self, index: usize) -> Handle {
        self.body().edges.swap_remove(index)
    }

    /// Removes all edges.
    pub(crate) fn take_edges(&self) -> Vec<Handle> {
        self.body().edges.take()
    }

    fn first_edge(&self) -> Option<Handle> {
        let mut first = None;
        self.for_each_edge(|edge| {
            if first.is_none() {
                first = Some(edge.clone());
            }
        });
        first
    }

    /// The targets of the edges, in order.
    pub(crate) fn targets(&self) -> Vec<Id> {
        let mut targets = Vec::new();
        self.for_each_edge(|edge| targets.push(edge.id()));
        targets
    }

    /// Calls `look` with each edge, in order.
    pub(crate) fn for_each_edge(&self, look: impl FnMut(&Handle)) {
        if let Some(view) = self.view() {
            view.body.edges.for_each(look);
        }
    }

    /// Whether the container of the edges knows a borrowed state.
    pub(crate) fn is_borrowable(&self) -> bool {
        self.view().is_some_and(|view| !matches!(view.body.edges, Edges::Cell(_)))
    }

    /// Runs `run` while the edges are borrowed.
    pub(crate) fn borrowed<R>(&self, run: impl FnOnce() -> R) -> R {
        match self.view() {
            Some(view) => view.body.edges.borrowed(run),
            None => run(),
        }
    }

    /// Gives the object a weak handle.
    pub(crate) fn store_weak(&self, weak: AnyWeak) {
        self.body().weaks.borrow_mut().push(weak);
    }

    /// Upgrades a weak handle that the object owns.
    pub(crate) fn upgrade_stored(&self, index: usize) -> Option<Handle> {
        self.body().weaks.borrow()[index].upgrade()
    }
}
