//! The values that programs put on the heap: every shape an object can have,
//! each telling a log what happens to it.

use std::cell::{Cell, RefCell};
use std::rc;

use gcycle::__private::Ask;
use gcycle::weak::WeakMap;
use gcycle::{Trace, Tracer, Untraced, gc};

use super::program::{Behaviour, Container, Kind};

use edges::Edges;
use log::{Tag, panic_as_asked};
use payload::Payload;
use special::Attached;

pub(crate) use copy::with_clones_that_panic;
pub(crate) use handle::{AnyWeak, Handle};
pub(crate) use log::{AsAsked, SharedLog, note_husk, open};

#[path = "values/copy.rs"]
mod copy;
#[path = "values/edges.rs"]
mod edges;
#[path = "values/handle.rs"]
mod handle;
#[path = "values/log.rs"]
mod log;
#[path = "values/payload.rs"]
mod payload;
#[path = "values/special.rs"]
mod special;

/// The number of an object in the oracle.
pub(crate) type Id = u32;

/// Where finalizers store handles.
pub(crate) type Stored = RefCell<Vec<(Id, Handle)>>;

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
unsafe impl<P: Payload> Trace for Shape<P> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.body.trace(tracer);
    }

    fn drops_quietly(_: impl Ask) -> bool {
        P::DROPS_QUIETLY
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
                // The log remembers it, whatever became of the memory.
                let is_dropped = open(&log).times_dropped[number as usize] > 0;
                if is_dropped || self.body.tag.id != number || !self.payload.is_intact(number) {
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
            Behaviour::Panic => panic_as_asked(),
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

    fn drops_quietly(_: impl Ask) -> bool {
        true
    }
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
